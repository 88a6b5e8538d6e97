// <map-select data-area="…"> in a <customer-map>: its button lets one draw around customers with finger or mouse; what
// lies inside opens as a list with boxes. Who cannot draw chooses from the list of customers or of places.
const MOST_CORNERS = 60;

class MapSelect extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.host = this.closest("customer-map");
    this.button = this.querySelector("[data-draw]");
    this.button.addEventListener("click", () => (this.drawing ? this.stop() : this.start()));
    this.host.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.drawing) return;
      this.stop();
      this.button.focus();
    });
  }

  start() {
    const { map } = this.host;
    if (!map) return;
    this.drawing = true;
    this.button.setAttribute("aria-pressed", "true");
    this.host.say(this.dataset.drawingText);
    map.dragging.disable();
    map.touchZoom.disable();
    this.box = map.getContainer();
    this.box.classList.add("drawing");
    this.box.addEventListener("pointerdown", this.down, true);
    this.box.focus();
  }

  stop() {
    const { map } = this.host;
    this.drawing = false;
    this.button.setAttribute("aria-pressed", "false");
    this.host.say("");
    this.line?.remove();
    this.line = null;
    map.dragging.enable();
    map.touchZoom.enable();
    this.box.classList.remove("drawing");
    this.box.removeEventListener("pointerdown", this.down, true);
    removeEventListener("pointermove", this.move);
    removeEventListener("pointerup", this.up);
    removeEventListener("pointercancel", this.up);
  }

  down = (event) => {
    event.preventDefault();
    event.stopPropagation();
    const L = window.L;
    this.line = L.polygon([this.place(event)], { className: "map-lasso", interactive: false }).addTo(this.host.map);
    addEventListener("pointermove", this.move);
    addEventListener("pointerup", this.up);
    addEventListener("pointercancel", this.up);
  };

  move = (event) => this.line?.addLatLng(this.place(event));

  up = () => {
    const corners = this.line?.getLatLngs()[0] ?? [];
    this.stop();
    const every = Math.ceil(corners.length / MOST_CORNERS);
    const kept = corners.filter((_corner, index) => index % every === 0);
    if (kept.length < 3) return;
    const shape = kept.map(({ lat, lng }) => `${lng.toFixed(5)},${lat.toFixed(5)}`).join(";");
    location.assign(`${this.dataset.area}${this.dataset.area.endsWith("?") ? "" : "&"}shape=${encodeURIComponent(shape)}`);
  };

  place(event) {
    return this.host.map.mouseEventToLatLng(event);
  }
}

customElements.define("map-select", MapSelect);
