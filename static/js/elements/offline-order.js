// <offline-order>: inside <order-lines>, in the place of `fetch`: the server's answer if one comes in time, else one that is made on
// the phone from the products that were saved with the day (js/offline/order.js), else what went wrong.
import { words } from "../outbox/words.js";

const CATALOGUE = "/field/catalogue";
const PATIENCE_MS = 4000;
const QUIET_MS = 20_000; // so long it is not asked again: typing must not wait for a dead network letter by letter
const KEPT_MS = 72 * 3600_000;

class OfflineOrder extends HTMLElement {
  #deaf = 0;

  connectedCallback() {
    this.parentElement.addEventListener("htmx:config:request", ({ detail }) => (detail.ctx.fetch = this.#ask));
    addEventListener("online", () => (this.#deaf = 0));
  }

  #ask = async (address, options) => {
    const saved = await this.#saved();
    if (!saved) return fetch(address, options);
    if (Date.now() > this.#deaf) {
      try {
        const patience = new Promise((_, over) => setTimeout(over, PATIENCE_MS));
        const answer = await Promise.race([fetch(address, options), patience]);
        if (answer.headers.has("X-Offing") && answer.status < 500) return answer;
      } catch (fault) {
        if (options.signal.aborted) throw fault; // what is typed goes on: nobody waits for this one
      }
      this.#deaf = Date.now() + QUIET_MS;
    }
    this.desk ??= import("../offline/order.js").then(({ OrderDesk }) => OrderDesk.open(this, saved));
    const html = (await this.desk).answer(new URL(address, location.href), options.body);
    return new Response(html, { headers: { "Content-Type": "text/html" } });
  };

  async #saved() {
    const found = await caches.match(CATALOGUE, { cacheName: `day-${words().user}` });
    const age_ms = Date.now() - Date.parse(found?.headers.get("X-Offing-Saved"));
    return age_ms < KEPT_MS ? found : null;
  }
}

customElements.define("offline-order", OfflineOrder);
