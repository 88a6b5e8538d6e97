// <device-facts>: fills its <output data-fact="worker|storage|kept|installed|network"> with what this device says of itself.
// Words come from data attributes, so that they are in the reader's language.
import { isInstalled } from "../lib/device.js";

class DeviceFacts extends HTMLElement {
  async connectedCallback() {
    this.querySelector("[data-act=keep]")?.addEventListener("click", this.#keep);
    await this.#fill();
    await navigator.serviceWorker?.ready; // on the first visit it is just being installed
    await this.#fill();
  }

  async #fill() {
    this.#say("installed", this.#yesNo(isInstalled()));
    this.#say("network", this.#yesNo(navigator.onLine));
    const registration = await navigator.serviceWorker?.getRegistration();
    this.#say("worker", this.#yesNo(Boolean(registration?.active)));
    const kept = (await navigator.storage?.persisted?.()) ?? false;
    this.#say("kept", this.#yesNo(kept));
    const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
    this.#say("storage", `${(usage / 1e6).toFixed(1)} / ${Math.round(quota / 1e6)} MB`);
    const button = this.querySelector("[data-act=keep]");
    if (button) button.hidden = kept || !navigator.storage?.persist;
  }

  #keep = async () => {
    await navigator.storage.persist();
    await this.#fill();
  };

  #yesNo(value) {
    return value ? this.dataset.yes : this.dataset.no;
  }

  #say(fact, text) {
    const place = this.querySelector(`[data-fact=${fact}]`);
    if (place) place.textContent = text;
  }
}

customElements.define("device-facts", DeviceFacts);
