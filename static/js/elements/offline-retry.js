// <offline-retry>: opens the page that was wanted as soon as the network is back.
class OfflineRetry extends HTMLElement {
  connectedCallback() {
    addEventListener("online", this.#again);
    this.querySelector("a").addEventListener("click", this.#tapped);
  }

  disconnectedCallback() {
    removeEventListener("online", this.#again);
  }

  #again = () => location.reload();

  #tapped = (event) => {
    event.preventDefault(); // following the link would put the same page into the history twice
    location.reload();
  };
}

customElements.define("offline-retry", OfflineRetry);
