// <place-pin data-lat data-lng data-zoom data-datum>: a pin to drag over the fields of a form. The fields are the truth: they
// work without the map. The pin says its place in the map's own datum, the server moves it.
import { ground, here, stage } from "../lib/map-ground.js";

class PlacePin extends HTMLElement {
  async connectedCallback() {
    if (this.map) return;
    this.querySelectorAll("[data-needs-js]").forEach((part) => { part.hidden = false; });
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-map-act='here']")) this.stand();
    });
    this.querySelectorAll("input, select").forEach((field) => field.addEventListener("input", () => this.typed()));
    const { L, map } = await stage(this, this.querySelector("[data-map]"));
    Object.assign(this, { L, map });
    const { lat, lng, zoom, placed } = this.dataset;
    map.setView([lat, lng], Number(zoom));
    if (placed !== undefined) this.pinAt(L.latLng(lat, lng));
    map.on("click", ({ latlng }) => { this.pinAt(latlng); this.fill(latlng); });
    this.leave = await ground(L, map, this);
    this.dataset.ready = "";
  }

  disconnectedCallback() {
    this.leave?.();
    this.map?.remove();
    this.map = null;
  }

  pinAt(place) {
    if (this.pin) {
      this.pin.setLatLng(place);
      return;
    }
    const icon = this.L.divIcon({ className: "map-place", html: document.createElement("span"), iconSize: null });
    const title = this.dataset.pinText;
    this.pin = this.L.marker(place, { icon, draggable: true, autoPan: true, title, alt: title }).addTo(this.map);
    this.pin.on("dragend", () => this.fill(this.pin.getLatLng()));
    const element = this.pin.getElement();
    element.setAttribute("aria-label", title);
    element.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      const far = event.shiftKey ? 20 : 4;
      const from = this.map.latLngToContainerPoint(this.pin.getLatLng());
      const to = this.map.containerPointToLatLng(from.add([step[0] * far, step[1] * far]));
      this.pinAt(to);
      this.map.panInside(to);
      this.fill(to);
    });
  }

  fill({ lat, lng }, datum = this.dataset.datum, words = this.dataset.movedText) {
    const form = this.querySelector("form");
    form.elements.latitude.value = lat.toFixed(6);
    form.elements.longitude.value = lng.toFixed(6);
    form.elements.datum.value = datum;
    form.dispatchEvent(new Event("input", { bubbles: true })); // the form knows that it has something to lose
    this.say(words);
  }

  // Typed numbers move the pin if the map is drawn in the datum they were read off.
  typed() {
    const { latitude, longitude, datum } = this.querySelector("form").elements;
    const [lat, lng] = [Number(latitude.value), Number(longitude.value)];
    if (!this.map || !latitude.value || !longitude.value || datum.value !== this.dataset.datum) return;
    if (Math.abs(lat) <= 85 && Math.abs(lng) <= 180) {
      this.pinAt(this.L.latLng(lat, lng));
      this.map.panTo([lat, lng]);
    }
  }

  async stand() {
    const place = await here(this, (words) => this.say(words));
    if (!place) return;
    this.fill(place, "wgs84", this.dataset.hereText.replace("0", Math.round(place.accuracyM).toString()));
    if (this.dataset.datum !== "wgs84") return; // the map is drawn shifted: the pin would stand wrong
    this.pinAt(this.L.latLng(place.lat, place.lng));
    this.map.setView([place.lat, place.lng], Math.max(16, this.map.getZoom()));
  }

  say(words) {
    this.querySelector("[data-said]").textContent = words;
  }
}

customElements.define("place-pin", PlacePin);
