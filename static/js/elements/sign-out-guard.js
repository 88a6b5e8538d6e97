// <sign-out-guard><form action="/sign-out">…: with unsent records it asks first ("#sign-out-unsent"); then pages, drafts and
// badge of this person leave the phone. Only a wholly empty outbox lets the server have the browser forget the rest.
import { drain } from "../outbox/drain.js";
import { saveAsFile } from "../outbox/export.js";
import { forgetHello } from "../outbox/hello.js";
import { allRecords, countUnsent, isUnsent, removeDrafts, removeRecord } from "../outbox/records.js";
import { counted, words } from "../outbox/words.js";
import { COUNTED, dropCaches, isPageCache } from "../outbox/wipe.js";

class SignOutGuard extends HTMLElement {
  #leaving = false;

  connectedCallback() {
    this.form = this.querySelector("form");
    this.sheet = document.getElementById("sign-out-unsent");
    this.user = Number(words().user);
    if (!("indexedDB" in window)) return;
    this.form.addEventListener("submit", this.#ask);
    this.sheet.addEventListener("click", (event) => this.#act(event.target.closest("[data-act]")?.dataset.act));
  }

  #slot = (name) => this.sheet.querySelector(`[data-slot="${name}"]`);

  #ask = async (event) => {
    if (this.#leaving) return;
    event.preventDefault();
    const { mine } = await countUnsent(this.user);
    if (mine === 0) return this.#leave();
    this.#slot("count").textContent = counted("unsent", mine);
    this.#sure(false);
    if (!this.sheet.open) this.sheet.showModal();
  };

  #sure(sure) {
    this.#slot("sure").hidden = !sure;
    this.#slot("choices").hidden = sure;
    this.#slot("failed").hidden = true;
  }

  async #act(act) {
    if (act === "send") await this.#send();
    else if (act === "keep") await this.#leave();
    else if (act === "export") await saveAsFile(await this.#unsent());
    else if (act === "discard") this.#sure(true);
    else if (act === "back") this.#sure(false);
    else if (act === "discard-sure") await this.#discard();
  }

  #unsent = async () => (await allRecords()).filter((one) => one.user === this.user && isUnsent(one));

  async #send() {
    await drain({ force: true, wait: true }).catch(() => {}); // what is left is counted, whatever the reason
    const { mine } = await countUnsent(this.user);
    if (mine === 0) return this.#leave();
    this.#slot("count").textContent = counted("unsent", mine);
    this.#slot("failed").hidden = false;
  }

  async #discard() {
    for (const record of await this.#unsent()) await removeRecord(record.id);
    await this.#leave();
  }

  async #leave() {
    await removeDrafts(this.user);
    await dropCaches(isPageCache);
    await forgetHello();
    await navigator.clearAppBadge?.().catch(() => {}); // not installed
    await document.querySelector("push-keeper")?.unsubscribe?.().catch(() => {}); // no network: the server ends it with the session
    const { all } = await countUnsent(this.user);
    this.form.elements.namedItem("outbox").value = all === 0 ? "empty" : "kept";
    this.#leaving = true;
    if (all === 0) localStorage.removeItem(COUNTED);
    this.form.requestSubmit();
  }
}

customElements.define("sign-out-guard", SignOutGuard);
