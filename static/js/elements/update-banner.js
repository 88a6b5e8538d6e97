// <update-banner hidden><p>…</p><button>…</button></update-banner>: appears when a new release waits; a tap applies it.
import { applyUpdate } from "../lib/worker-link.js";

class UpdateBanner extends HTMLElement {
  #waiting = null;

  connectedCallback() {
    document.addEventListener("offing:update", this.#show);
    this.querySelector("button").addEventListener("click", this.#apply);
  }

  disconnectedCallback() {
    document.removeEventListener("offing:update", this.#show);
  }

  #show = (event) => {
    this.#waiting = event.detail;
    this.hidden = false;
  };

  #apply = () => {
    this.querySelector("button").disabled = true;
    applyUpdate(this.#waiting); // the reload follows
  };
}

customElements.define("update-banner", UpdateBanner);
