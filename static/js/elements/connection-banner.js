// <connection-banner role="status"><p hidden>…</p></connection-banner>: says so while there is no network.
// It only colours the page: `navigator.onLine` stays true on a dead network, so nothing is decided by it.
class ConnectionBanner extends HTMLElement {
  connectedCallback() {
    addEventListener("online", this.#update);
    addEventListener("offline", this.#update);
    document.addEventListener("htmx:error", this.#failed);
    document.addEventListener("htmx:after:request", this.#update);
    this.#update();
  }

  disconnectedCallback() {
    removeEventListener("online", this.#update);
    removeEventListener("offline", this.#update);
    document.removeEventListener("htmx:error", this.#failed);
    document.removeEventListener("htmx:after:request", this.#update);
  }

  // htmx tells of script faults by the same event; only a request without an answer is about the network.
  #failed = ({ detail }) => {
    if (detail.ctx && !detail.ctx.response) this.#show(true);
  };

  #update = () => this.#show(!navigator.onLine);

  #show(cut) {
    this.firstElementChild.hidden = !cut;
    document.documentElement.toggleAttribute("data-offline", cut);
  }
}

customElements.define("connection-banner", ConnectionBanner);
