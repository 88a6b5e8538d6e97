// <customer-map data-points="…" …>: draws the customers of the list that stands around it on a map. The map itself is an
// outline of our own unless data-tiles names a tile server. What is tapped opens as a card made by the server.
import { ground, here, HIGHEST, stage, WORLD } from "../lib/map-ground.js";
import { pins } from "../lib/map-pins.js";

class CustomerMap extends HTMLElement {
  async connectedCallback() {
    if (this.map) return;
    this.box = this.querySelector("[data-map]");
    this.card = this.querySelector("[data-card]");
    const { L, map } = await stage(this, this.box);
    this.map = map;
    this.load = pins(L, this.map, this, (url, place) => this.open(url, place));
    await this.lookAt(L);
    this.leave = await ground(L, map, this);
    this.map.on("moveend", () => { this.remember(); this.load(); });
    this.listen(L);
    this.dataset.ready = "";
  }

  disconnectedCallback() {
    this.leave?.();
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
    // From far away the server knows only in which cells customers lie: each look from nearer says it better.
    for (let look = 0; look < 4; look += 1) {
      const found = await this.load();
      if (!found?.bounds) return;
      const [west, south, east, north] = found.bounds;
      const before = this.map.getZoom();
      this.map.fitBounds(L.latLngBounds([south, west], [north, east]), { padding: [28, 28], maxZoom: 13, animate: false });
      if (this.map.getZoom() === before) break;
    }
    await this.load();
  }

  listen(L) {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-map-act]");
      if (button?.dataset.mapAct === "me") this.locate(L);
      if (button?.dataset.mapAct === "close") this.close();
      const ring = event.target.closest("a[data-ring]");
      if (ring) {
        event.preventDefault();
        this.open(ring.getAttribute("href"), null);
      }
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

  async locate(L) {
    const found = await here(this, (words) => this.say(words));
    if (!found) return;
    const at = `lat=${found.lat.toFixed(5)}&lng=${found.lng.toFixed(5)}`;
    const url = `${this.dataset.near}${this.dataset.near.includes("?") ? "&" : "?"}${at}`;
    await this.open(url, null);
    const shown = this.card.querySelector("[data-me-lat]"); // moved to the map's datum by the server
    if (!shown) return;
    const place = L.latLng(shown.dataset.meLat, shown.dataset.meLng);
    this.me?.remove();
    this.me = L.layerGroup([
      L.circle(place, { radius: Math.min(found.accuracyM, 50_000), className: "map-me-range", interactive: false }),
      L.marker(place, { icon: L.divIcon({ className: "map-me", iconSize: null }), interactive: false, keyboard: false }),
    ]).addTo(this.map);
    this.map.setView(place, Math.max(this.map.getZoom(), 12));
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
