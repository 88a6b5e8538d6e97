// <outbox-badge data-user="12" hidden>link with [data-slot=count]</outbox-badge>, on every page: how much of mine is unsent,
// the banners about it ([data-outbox-banner]), and the wake-ups of the outbox.
import { forgetHello, lastHello } from "../outbox/hello.js";
import { dropPosted } from "../outbox/keeping.js";
import { hear } from "../outbox/news.js";
import { allRecords, isUnsent } from "../outbox/records.js";
import { readNote } from "../outbox/store.js";
import { wakeUp } from "../outbox/wake-ups.js";
import { COUNTED } from "../outbox/wipe.js";
import { counted, sayWhatWasLeft } from "../outbox/words.js";

class OutboxBadge extends HTMLElement {
  async connectedCallback() {
    if (!("indexedDB" in window)) return;
    sayWhatWasLeft();
    await dropPosted().catch(() => {}); // a draft too many is seen on the page of the outbox
    this.leave = hear(this.#update);
    await this.#checkEviction();
    await this.#update();
    if (this.dataset.user) await this.#sameUser();
    if (!this.hasAttribute("data-visitor")) await wakeUp();
  }

  disconnectedCallback() {
    this.leave?.();
  }

  // The page was made for another user than the last answer: what is kept of that one does not count any more.
  async #sameUser() {
    const known = await lastHello();
    if (known && known.user !== Number(this.dataset.user)) await forgetHello();
  }

  async #checkEviction() {
    const lost = Number(localStorage.getItem(COUNTED) ?? 0);
    if (lost > 0 && !(await readNote("mark"))) this.#banner("evicted", lost);
  }

  #update = async () => {
    const records = await allRecords().catch(() => []);
    const unsent = records.filter(isUnsent);
    const user = Number(this.dataset.user) || null;
    const mine = user ? unsent.filter((one) => one.user === user) : unsent;
    this.hidden = mine.length === 0;
    this.querySelector("[data-slot=count]").textContent = mine.length;
    this.querySelector("a").setAttribute("aria-label", counted("unsent", mine.length));
    this.toggleAttribute("data-attention", mine.some((one) => one.state === "blocked" || one.state === "conflict"));
    const held = mine.filter((one) => one.state === "needs-login");
    this.#banner("sign-in", this.hasAttribute("data-visitor") ? unsent.length : held.length);
    if (unsent.length || (await readNote("mark").catch(() => null))) localStorage.setItem(COUNTED, unsent.length);
  };

  #banner(name, n) {
    const banner = document.querySelector(`[data-outbox-banner="${name}"]`);
    if (!banner) return;
    banner.hidden = n === 0;
    if (n) banner.querySelector("[data-slot=text]").textContent = counted(name === "sign-in" ? "signIn" : name, n);
    banner.querySelector("button")?.addEventListener("click", () => {
      banner.hidden = true;
      localStorage.removeItem(COUNTED);
    });
  }
}

customElements.define("outbox-badge", OutboxBadge);
