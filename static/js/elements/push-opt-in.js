// <push-opt-in> holds one part for each state, marked data-when="unsupported|install|blocked|off|on|failed".
// It asks for permission only after a tap on its own button, never by itself.
import { canPush, isApple, isInstalled } from "../lib/device.js";
import { currentSubscription } from "../lib/push.js";

class PushOptIn extends HTMLElement {
  async connectedCallback() {
    this.addEventListener("click", this.#tapped);
    this.#show(await this.#state());
  }

  disconnectedCallback() {
    this.removeEventListener("click", this.#tapped);
  }

  get #keeper() {
    return document.querySelector("push-keeper");
  }

  async #state() {
    // Safari on a phone has push only in the app on the Home Screen, and does not say so.
    if (isApple() && !isInstalled()) return "install";
    if (!canPush() || !this.#keeper) return "unsupported";
    if (Notification.permission === "denied") return "blocked";
    await this.#keeper.ready;
    return (await currentSubscription()) ? "on" : "off";
  }

  #show(state) {
    this.dataset.state = state;
    for (const part of this.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
  }

  #tapped = async (event) => {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    button.disabled = true;
    try {
      if (button.dataset.act === "off") await this.#keeper.unsubscribe();
      else if ((await Notification.requestPermission()) === "granted") await this.#keeper.subscribe();
      this.#show(await this.#state());
    } catch (failure) {
      console.warn("push:", failure.message);
      this.#show("failed");
    } finally {
      button.disabled = false;
    }
  };
}

customElements.define("push-opt-in", PushOptIn);
