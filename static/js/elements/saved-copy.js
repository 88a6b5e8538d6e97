// <saved-copy hidden data-at="…">: the worker wrote the time into the page when it saved it; without one the page is fresh.
// Says so, and offers the newer page once the slow answer has come after all.
import { clockTime, fill } from "../lib/format.js";

class SavedCopy extends HTMLElement {
  connectedCallback() {
    if (!this.dataset.at) return;
    this.querySelector("[data-slot=say]").textContent = fill(this.dataset.words, { time: clockTime(this.dataset.at) });
    this.hidden = false;
    this.querySelector("button").addEventListener("click", () => location.reload());
    for (const toast of document.querySelectorAll("toast-stack > :not(template)")) toast.remove(); // said back then
    // Two forms of one copy are two records. <offline-form> sees to its own.
    for (const field of document.querySelectorAll("[name=client_uuid]")) {
      if (!field.closest("offline-form")) field.value = crypto.randomUUID();
    }
    navigator.serviceWorker.addEventListener("message", this.#hear);
    this.#look();
  }

  disconnectedCallback() {
    navigator.serviceWorker?.removeEventListener("message", this.#hear);
  }

  #hear = ({ data }) => {
    if (data?.type === "newer" && data.url === location.href.split("#")[0]) this.#look();
  };

  #look = async () => {
    const kept = await caches.match(location.href);
    if (kept && kept.headers.get("X-Offing-Saved") > this.dataset.at) this.querySelector("button").hidden = false;
  };
}

customElements.define("saved-copy", SavedCopy);
