// <customer-map data-points="…" …>: draws the customers of the list that stands around it on a map. The map itself is an
// outline of our own unless data-tiles names a tile server. What is tapped opens as a card made by the server.
import { names } from "../lib/map-names.js";
import { outline } from "../lib/map-outline.js";
import { pins } from "../lib/map-pins.js";

const WORLD = [[-70, -179.9], [84, 179.9]];
const HIGHEST = 18;

class CustomerMap extends HTMLElement {
  async connectedCallback() {
    if (this.map) return;
    await import("../../lib/leaflet.js");
    const L = window.L;
    this.box = this.querySelector("[data-map]");
    this.card = this.querySelector("[data-card]");
    this.box.hidden = false;
    const animated = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = L.map(this.box, {
      zoomControl: false, minZoom: 1, maxZoom: HIGHEST, maxBounds: WORLD, maxBoundsViscosity: 0.8, worldCopyJump: false,
      zoomAnimation: animated, fadeAnimation: animated, markerZoomAnimation: animated, inertia: animated, tapTolerance: 20,
    });
    this.map.attributionControl.setPrefix(false);
    const text = this.dataset;
    L.control.zoom({ position: "topright", zoomInTitle: text.zoomInText, zoomOutTitle: text.zoomOutText }).addTo(this.map);
    this.load = pins(L, this.map, this, (url, place) => this.open(url, place));
    await this.lookAt(L);
    await this.ground(L);
    this.map.on("moveend", () => { this.remember(); this.load(); });
    this.listen(L);
    this.dataset.ready = "";
  }

  disconnectedCallback() {
    this.watcher?.disconnect();
    this.map?.remove();
    this.map = null;
  }

  // Where we were, else all customers of the list, else everything.
  async lookAt(L) {
    const [zoom, lat, lng] = location.hash.slice(1).split("/").map(Number);
    if (Number.isFinite(zoom) && Number.isFinite(lat) && Number.isFinite(lng)) {
      this.map.setView([lat, lng], Math.min(HIGHEST, Math.max(1, zoom)));
      await this.load();
      return;
    }
    this.map.fitBounds(WORLD);
    const found = await this.load();
    if (!found?.bounds) return;
    const [west, south, east, north] = found.bounds;
    this.map.fitBounds(L.latLngBounds([south, west], [north, east]), { padding: [28, 28], maxZoom: 13, animate: false });
    await this.load();
  }

  async ground(L) {
    if (this.dataset.tiles) {
      L.tileLayer(this.dataset.tiles, { maxZoom: HIGHEST, attribution: this.dataset.attribution || "" }).addTo(this.map);
      return;
    }
    const painters = await Promise.all([outline(L, this.map, this), names(L, this.map, this)]);
    const repaint = () => painters.forEach((paint) => paint());
    this.watcher = new MutationObserver(repaint);
    this.watcher.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  }

  listen(L) {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-map-act]");
      if (button?.dataset.mapAct === "me") this.locate(L);
      if (button?.dataset.mapAct === "close") this.close();
      const row = event.target.closest("[data-lat]");
      if (row && !event.target.closest("a")) this.map.setView([row.dataset.lat, row.dataset.lng], 15);
    });
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.card.hidden) this.close();
    });
  }

  // Puts the server's card for a customer, a place or my surroundings into the panel.
  async open(url, place) {
    this.opener = document.activeElement;
    const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok) {
      this.say(this.dataset.failedText);
      return;
    }
    this.card.querySelector("[data-body]").innerHTML = await answer.text();
    this.card.hidden = false;
    this.card.focus({ preventScroll: true });
    if (place) this.map.panInside([place.lat, place.lng], { padding: [60, 120] });
  }

  close() {
    this.card.hidden = true;
    this.opener?.focus?.({ preventScroll: true });
  }

  locate(L) {
    this.say(this.dataset.locatingText);
    navigator.geolocation?.getCurrentPosition(
      async ({ coords }) => {
        const at = `lat=${coords.latitude.toFixed(5)}&lng=${coords.longitude.toFixed(5)}`;
        const url = `${this.dataset.near}${this.dataset.near.includes("?") ? "&" : "?"}${at}`;
        await this.open(url, null);
        const shown = this.card.querySelector("[data-me-lat]"); // moved to the map's datum by the server
        if (!shown) return;
        const here = L.latLng(shown.dataset.meLat, shown.dataset.meLng);
        this.me?.remove();
        this.me = L.layerGroup([
          L.circle(here, { radius: Math.min(coords.accuracy, 50_000), className: "map-me-range", interactive: false }),
          L.marker(here, { icon: L.divIcon({ className: "map-me", iconSize: null }), interactive: false, keyboard: false }),
        ]).addTo(this.map);
        this.map.setView(here, Math.max(this.map.getZoom(), 12));
      },
      (problem) => this.say(problem.code === 1 ? this.dataset.deniedText : this.dataset.nowhereText),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    ) ?? (navigator.geolocation || this.say(this.dataset.nowhereText));
  }

  remember() {
    const { lat, lng } = this.map.getCenter();
    history.replaceState(history.state, "", `#${this.map.getZoom()}/${lat.toFixed(4)}/${lng.toFixed(4)}`);
  }

  say(words) {
    this.querySelector("[data-said]").textContent = words;
  }
}

customElements.define("customer-map", CustomerMap);
