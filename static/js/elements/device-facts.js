// <device-facts data-user>: its rows [data-fact] say what is good on this device and what there is to do. A row holds words for
// each case, marked data-when; position and camera are tried on a tap.
import { calmly } from "../outbox/news.js";
import { NEWS } from "../outbox/records.js";
import { CHECKS, inMegabytes } from "../lib/device-checks.js";
import { fill } from "../lib/format.js";
import { prepared } from "../lib/pictures.js";
import { asMetres, takePosition } from "../lib/position.js";

const TONES = {
  good: ["good", "found"],
  warn: ["todo", "denied", "timeout", "never", "fast", "slow", "waiting", "refused", "untouched", "failed"],
};
const toneOf = (state) => Object.keys(TONES).find((tone) => TONES[tone].includes(state)) ?? "info";

class DeviceFacts extends HTMLElement {
  #tried = new Set();

  connectedCallback() {
    this.camera = this.querySelector("input[type=file]");
    this.addEventListener("click", this.#tapped);
    this.camera.addEventListener("change", this.#tryPhoto);
    document.addEventListener("visibilitychange", this.#back);
    document.addEventListener("offing:update", this.#back);
    addEventListener(NEWS, this.#back);
    this.#show("camera", { state: "ask" });
    this.#checkAll();
    navigator.serviceWorker?.ready.then(() => this.#checkAll()); // on the first visit it is just being installed
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#back);
    document.removeEventListener("offing:update", this.#back);
    removeEventListener(NEWS, this.#back);
  }

  // There is news, or somebody comes back from the phone's settings and has changed something there.
  #back = calmly(() => document.visibilityState === "visible" && this.#checkAll());

  // What was tried by hand says more than what can be asked; it stays.
  async #checkAll() {
    const asked = Object.keys(CHECKS).filter((name) => !this.#tried.has(name));
    await Promise.all(asked.map((name) => this.#check(name)));
    this.toggleAttribute("data-checked", true);
  }

  async #check(name) {
    try {
      this.#show(name, await CHECKS[name](this.dataset));
    } catch (fault) {
      console.warn(`${name}:`, fault);
      this.#show(name, { state: "failed" });
    }
  }

  #show(name, { state, ...values }) {
    const row = this.querySelector(`[data-fact=${name}]`);
    row.dataset.state = state;
    row.dataset.tone = toneOf(state);
    for (const part of row.querySelectorAll("[data-when]")) {
      part.hidden = !part.dataset.when.split(" ").includes(state);
      if (part.hidden || part.childElementCount) continue;
      part.dataset.words ??= part.textContent;
      part.textContent = fill(part.dataset.words, values);
    }
  }

  #tapped = async ({ target }) => {
    const act = target.closest("[data-act]")?.dataset.act;
    if (act === "keep") await this.#keep();
    else if (act === "position") await this.#tryPosition();
    else if (act === "photo") this.camera.click();
  };

  async #keep() {
    this.#show("kept", { state: (await navigator.storage.persist()) ? "good" : "refused" });
  }

  async #tryPosition() {
    this.#tried.add("position");
    this.#show("position", { state: "searching" });
    const { fix, accuracyM } = await takePosition();
    this.#show("position", fix === "fixed" ? { state: "found", metres: asMetres(accuracyM) } : { state: fix });
  }

  // Nothing is kept of it.
  #tryPhoto = async () => {
    const [file] = this.camera.files;
    if (!file) return;
    this.#show("camera", { state: "working" });
    try {
      const { blob, asIs } = await prepared(file);
      this.#show("camera", { state: asIs ? "untouched" : "good", before: inMegabytes(file.size), after: inMegabytes(blob.size) });
    } catch (fault) {
      console.warn("photo:", fault);
      this.#show("camera", { state: "failed" });
    }
    this.camera.value = "";
  };
}

customElements.define("device-facts", DeviceFacts);
