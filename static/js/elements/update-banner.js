// <update-banner hidden><p>…</p><button>…</button></update-banner>: appears when a new release waits; a tap applies it.
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
    this.#waiting.postMessage("skip"); // the reload follows on controllerchange
  };
}

customElements.define("update-banner", UpdateBanner);
