// <prepare-day>: has the worker fetch the day's pages, on a tap and by itself every quarter of an hour, and says what it found
// when it read them back.
import { askDay } from "../lib/day-link.js";
import { clockTime, fill } from "../lib/format.js";

const MOST_NAMED = 8;
const TONES = { known: "good", done: "good", running: "info" };

class PrepareDay extends HTMLElement {
  connectedCallback() {
    if (!("serviceWorker" in navigator)) return;
    this.button = this.querySelector("button");
    this.say = this.querySelector("[data-slot=say]");
    this.missing = this.querySelector("[data-slot=missing]");
    this.button.addEventListener("click", () => this.#prepare());
    this.hidden = false;
    askDay("day", this.#first);
  }

  #first = (found) => {
    this.#show(found);
    if (found.state !== "known" || document.querySelector("saved-copy[data-at]")) return;
    const every_ms = Number(this.dataset.every) * 60_000;
    const due = found.lost || Date.now() - found.at > every_ms;
    if (due && !navigator.connection?.saveData) this.#prepare();
  };

  #prepare() {
    this.button.disabled = true;
    askDay("prepare", this.#show);
  }

  #show = (found) => {
    const { state, done = 0, total, ready, missing = [], at } = found;
    const whole = total > 0 && missing.length === 0;
    const words = { done, total, ready: ready?.length ?? 0, time: at ? clockTime(at) : "" };
    this.dataset.state = state;
    this.say.textContent = fill(this.#pattern(state, words), words);
    this.button.disabled = state === "running";
    this.button.textContent = state === "running" || whole || !total ? this.dataset.prepare : this.dataset.again;
    this.#name(missing);
    this.className = `banner ${missing.length ? "warn" : (TONES[state] ?? "warn")}`;
    if (!total && state === "known") this.className = "banner info";
  };

  #name(missing) {
    const named = missing.slice(0, MOST_NAMED).map(({ title }) => title);
    if (missing.length > MOST_NAMED) named.push(`+ ${missing.length - MOST_NAMED}`);
    const rows = named.map((textContent) => Object.assign(document.createElement("li"), { textContent }));
    this.missing.replaceChildren(...rows);
    this.missing.hidden = !missing.length;
  }

  // What can be read here without a network is said in every state; a reason stands before it.
  #pattern(state, { total }) {
    if (state === "running") return total ? this.dataset.running : this.dataset.begins;
    const standing = total ? this.dataset.ready : this.dataset.nothing;
    return this.dataset[state] ? `${this.dataset[state]} ${total ? standing : ""}` : standing;
  }
}

customElements.define("prepare-day", PrepareDay);
