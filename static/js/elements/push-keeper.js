// <push-keeper data-key data-known="…"><form action="/push/subscriptions" data-drop-action="…">csrf</form></push-keeper>
// Once a page: compares the browser's subscription with what the server knows and repairs what was lost.
import { canPush } from "../lib/device.js";
import * as push from "../lib/push.js";

class PushKeeper extends HTMLElement {
  connectedCallback() {
    this.ready = this.#repair().catch(() => {}); // no network, or signed out meanwhile: the next page tries again
  }

  get form() {
    return this.querySelector("form");
  }

  async subscribe() {
    const subscription = await push.makeSubscription(this.dataset.key);
    await push.tellServer(this.form, subscription);
    await this.#remember(subscription);
  }

  async unsubscribe() {
    await push.dropSubscription(this.form);
  }

  async #repair() {
    if (!canPush() || Notification.permission !== "granted") return;
    let subscription = await push.currentSubscription();
    if (subscription && !push.hasKey(subscription, this.dataset.key)) {
      await subscription.unsubscribe(); // made for another key pair: nothing could be sent to it
      subscription = await push.makeSubscription(this.dataset.key);
    }
    if (!subscription && push.isWanted()) subscription = await push.makeSubscription(this.dataset.key);
    if (!subscription || this.#knows(await push.fingerprint(subscription.endpoint))) return;
    await push.tellServer(this.form, subscription);
    await this.#remember(subscription);
  }

  #knows(mark) {
    return this.dataset.known.split(" ").includes(mark);
  }

  async #remember(subscription) {
    this.dataset.known = `${this.dataset.known} ${await push.fingerprint(subscription.endpoint)}`.trim();
  }
}

customElements.define("push-keeper", PushKeeper);
