// <call-result data-call='{"customer":7,"contact":3,"name":"…"}' data-words="Call with {name}"><dialog>…: after a tap on a
// tel: link asks, when one comes back to the page, for what was said. A row in a list names its own person by data-call.
import { fill } from "../lib/format.js";
import { CALLED } from "../outbox/wipe.js";
import { words } from "../outbox/words.js";

const STAYED_MS = 4000; // the telephone did not cover the page: it is another device, or a small window
const FORGOTTEN_MS = 12 * 3600_000;
const LONGEST_MIN = 240; // further away than that was no call

function read() {
  const call = JSON.parse(localStorage.getItem(CALLED) ?? "null");
  return call && call.user === words().user && Date.now() - call.at < FORGOTTEN_MS ? call : null;
}

const keep = (call) => localStorage.setItem(CALLED, JSON.stringify(call));
const forget = () => localStorage.removeItem(CALLED);

class CallResult extends HTMLElement {
  connectedCallback() {
    this.sheet = this.querySelector("dialog");
    document.addEventListener("click", this.#called);
    document.addEventListener("visibilitychange", this.#turned);
    this.sheet.addEventListener("close", forget);
    this.#ask(); // the page was thrown away while one talked
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("click", this.#called);
    document.removeEventListener("visibilitychange", this.#turned);
  }

  #called = (event) => {
    const link = event.target.closest?.('a[href^="tel:"]');
    if (!link) return;
    const whom = JSON.parse(link.closest("[data-call]")?.dataset.call ?? this.dataset.call ?? "null");
    if (!whom) return;
    keep({ ...whom, user: words().user, at: Date.now() });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => document.visibilityState === "visible" && this.#ask(), STAYED_MS);
  };

  #turned = () => {
    const call = read();
    if (!call) return;
    clearTimeout(this.timer);
    if (document.visibilityState === "hidden") keep({ ...call, left: call.left ?? Date.now() });
    else this.#ask();
  };

  #ask() {
    const call = read();
    if (!call || this.sheet.open) return;
    if (call.left && call.minutes === undefined) {
      const minutes = Math.max(1, Math.round((Date.now() - call.left) / 60_000));
      keep({ ...call, minutes: minutes > LONGEST_MIN ? "" : minutes });
    }
    this.querySelector("[data-slot=say]").textContent = fill(this.dataset.words, { name: call.name });
    this.querySelector("a").href = this.#form(read());
    this.sheet.showModal();
  }

  // What the form is to hold stands behind the #, so that the copy kept for work without a network is found.
  #form({ customer, contact, at, minutes }) {
    const about = new URLSearchParams({ call: at, minutes: minutes ?? "", contact: contact ?? "" });
    return `/followups/new?customer=${customer}#${about}`;
  }
}

customElements.define("call-result", CallResult);
