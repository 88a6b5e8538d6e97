// <day-route>: draws the stops of the list on a map and lets one drag them. The list is a form whose buttons move stops
// without this; a drag sets the order of its fields and sends it. The server reckons, and its answer replaces the list.
import { fill } from "../lib/format.js";
import { ground, here, stage } from "../lib/map-ground.js";

class DayRoute extends HTMLElement {
  async connectedCallback() {
    if (this.map) return;
    this.querySelectorAll("[data-needs-js]").forEach((part) => { part.hidden = false; });
    this.addEventListener("pointerdown", (event) => this.grab(event));
    this.addEventListener("click", (event) => {
      this.pressed = event.target.closest("[name='up'], [name='down']");
      if (event.target.closest("[data-map-act='me']")) this.fromHere();
    });
    this.arrange();
    document.addEventListener("htmx:after:swap", this.swapped);
    const { L, map } = await stage(this, this.querySelector("[data-map]"));
    Object.assign(this, { L, map });
    this.layer = L.layerGroup().addTo(map);
    this.draw();
    this.leave = await ground(L, map, this);
    this.dataset.ready = "";
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:after:swap", this.swapped);
    this.leave?.();
    this.map?.remove();
    this.map = null;
  }

  swapped = () => {
    if (!this.isConnected) return;
    this.arrange();
    this.draw();
    const moved = this.dragged || this.pressed?.value;
    const stop = moved && this.stops().find((one) => one.querySelector("[name='order']").value === moved);
    if (stop) {
      const words = { name: stop.dataset.name, n: this.stops().indexOf(stop) + 1, all: this.stops().length };
      this.say(fill(this.dataset.movedText, words));
    }
    if (stop && this.pressed) (stop.querySelector(`[name="${this.pressed.name}"]`) || stop.querySelector("[type='submit']"))?.focus();
    this.pressed = this.dragged = null;
  };

  stops() {
    return [...this.querySelectorAll("[data-stop]")];
  }

  arrange() {
    this.querySelectorAll("[data-handle]").forEach((handle) => { handle.hidden = false; });
  }

  draw() {
    if (!this.map) return;
    const { L } = this;
    this.layer.clearLayers();
    const start = this.querySelector("[data-start]");
    const points = [start, ...this.stops()].filter((part) => part?.dataset.lat);
    const way = points.map((part) => [Number(part.dataset.lat), Number(part.dataset.lng)]);
    L.polyline(way, { className: "route-line", interactive: false }).addTo(this.layer);
    points.forEach((part, index) => {
      const label = document.createElement("span");
      label.textContent = part === start ? "" : String(this.stops().indexOf(part) + 1);
      const icon = L.divIcon({ className: part === start ? "map-me" : "route-pin", html: label, iconSize: null });
      const title = part.dataset.name || "";
      const marker = L.marker(way[index], { icon, title, alt: title, keyboard: part !== start }).addTo(this.layer);
      marker.on("click", () => part.scrollIntoView({ block: "center", behavior: "smooth" }));
    });
    if (way.length) this.map.fitBounds(way, { padding: [36, 36], maxZoom: 15, animate: false });
  }

  // Dragging by the handle, with finger or mouse: the stop goes where the pointer is.
  grab(event) {
    const handle = event.target.closest("[data-handle]");
    if (!handle) return;
    event.preventDefault();
    const stop = handle.closest("[data-stop]");
    const before = this.stops().indexOf(stop);
    stop.classList.add("dragged");
    const move = ({ clientY }) => {
      const over = this.stops().find((one) => one !== stop && clientY >= one.getBoundingClientRect().top && clientY <= one.getBoundingClientRect().bottom);
      if (!over) return;
      const { top, height } = over.getBoundingClientRect();
      over[clientY < top + height / 2 ? "before" : "after"](stop);
    };
    const drop = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", drop);
      removeEventListener("pointercancel", drop);
      stop.classList.remove("dragged");
      if (this.stops().indexOf(stop) === before) return;
      this.dragged = stop.querySelector("[name='order']").value;
      stop.closest("form").requestSubmit(stop.closest("form").querySelector("[value='keep']"));
    };
    // On the window: a captured pointer would be lost when the stop moves in the page.
    addEventListener("pointermove", move);
    addEventListener("pointerup", drop);
    addEventListener("pointercancel", drop);
  }

  async fromHere() {
    const place = await here(this, (words) => this.say(words));
    if (!place) return;
    const form = this.querySelector("[data-from]");
    form.elements.from.value = `${place.lat.toFixed(5)},${place.lng.toFixed(5)}`;
    form.elements.at.disabled = true; // from where I am means now
    form.requestSubmit();
  }

  say(words) {
    this.querySelector("[data-said]").textContent = words;
  }
}

customElements.define("day-route", DayRoute);
