// <offline-retry>: opens the page that was wanted as soon as it can be had again.
const LONGEST_MS = 30_000;

class OfflineRetry extends HTMLElement {
  connectedCallback() {
    addEventListener("online", this.#again);
    this.querySelector("a").addEventListener("click", this.#tapped);
  }

  disconnectedCallback() {
    removeEventListener("online", this.#again);
  }

  // "Online" comes before anything can be fetched, or on a network that leads nowhere: so the page is asked for first.
  #again = async () => {
    removeEventListener("online", this.#again);
    for (let wait_ms = 500; this.isConnected; wait_ms = Math.min(wait_ms * 2, LONGEST_MS)) {
      if (!document.hidden && (await this.#isThere())) return location.reload();
      await new Promise((done) => setTimeout(done, wait_ms));
    }
  };

  async #isThere() {
    try {
      return (await fetch(location.href, { cache: "no-store" })).headers.has("X-Offing");
    } catch {
      return false;
    }
  }

  #tapped = (event) => {
    event.preventDefault(); // following the link would put the same page into the history twice
    location.reload();
  };
}

customElements.define("offline-retry", OfflineRetry);
