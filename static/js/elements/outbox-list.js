// <outbox-list data-kinds data-customer data-lead data-refresh>: records of this phone as rows, made from the server's own row in
// <template data-row>. With data-whole it is the page of the outbox: drafts, receipts, sealed records of others, and the acts.
import { drain } from "../outbox/drain.js";
import { saveAsFile } from "../outbox/export.js";
import { lastHello } from "../outbox/hello.js";
import { hear } from "../outbox/news.js";
import { allRecords, isUnsent } from "../outbox/records.js";
import { RecordSheet } from "../outbox/record-sheet.js";
import { fillRow } from "../outbox/row.js";
import { counted, words } from "../outbox/words.js";

const PATIENCE_MS = 10_000;

async function fetchHere() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(PATIENCE_MS) });
  return answer.ok && answer.headers.has("X-Offing") ? answer.text() : "";
}

class OutboxList extends HTMLElement {
  #shown = new Map();
  #said = new WeakMap(); // what a row was filled from: hundreds that did not change cost nothing
  #arrived = new Set();

  async connectedCallback() {
    this.whole = "whole" in this.dataset;
    this.rows = this.querySelector('[data-slot="rows"]');
    this.leave = hear(this.#update);
    if (this.whole) this.#takeActs();
    await this.#update();
  }

  disconnectedCallback() {
    this.leave?.();
  }

  #takeActs() {
    this.sheet = new RecordSheet(document.getElementById("outbox-record"), this.#say);
    this.addEventListener("click", async (event) => {
      const row = event.target.closest(".row-act")?.closest("[data-record]");
      if (row) return this.sheet.fill(row.dataset.record);
      const act = event.target.closest("[data-act]")?.dataset.act;
      if (act === "send-all") this.#say(await drain({ force: true }));
      if (act === "export-all") await saveAsFile(this.mine.filter((one) => one.state !== "sent" || one.files_left));
    });
  }

  #say = ({ stopped }) => {
    const why = this.querySelector('[data-slot="why"]');
    why.textContent = (stopped && why.dataset[stopped.replace(/-(.)/g, (_all, sign) => sign.toUpperCase())]) || "";
  };

  // On the page that is made for nobody: the one who was last signed in, as long as pages may be opened without a network.
  async #user() {
    if (words().user) return Number(words().user);
    const hello = await lastHello();
    return hello && Date.parse(hello.offline_until) > Date.now() ? hello.user : null;
  }

  #belongs(record, user) {
    const { kinds, customer, lead } = this.dataset;
    if (record.user !== user) return false;
    if (this.whole) return true;
    if (kinds && !kinds.split(" ").includes(record.kind)) return false;
    if (customer && String(record.customer_id) !== customer) return false;
    if (lead && String(record.lead_id) !== lead) return false;
    return isUnsent(record) || this.#shown.has(record.id);
  }

  #update = async () => {
    const [records, user] = await Promise.all([allRecords(), this.#user()]).catch(() => [[], null]);
    this.mine = records.filter((one) => this.#belongs(one, user));
    await this.#fetchArrived();
    const rank = (one) => (one.state === "sent" ? 2 : one.state === "draft" ? 1 : 0);
    const time = (one) => one.queued_at ?? one.changed_at;
    this.#draw(this.mine.filter((one) => !this.#isOnPage(one)).sort((a, b) => rank(a) - rank(b) || time(b) - time(a)));
    if (this.whole) await this.#drawWhole(records, user);
    this.hidden = !this.whole && this.rows.children.length === 0;
  };

  #draw(records) {
    const gone = new Set(this.#shown.keys());
    for (const [place, record] of records.entries()) {
      const row = this.#shown.get(record.id) ?? this.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
      const said = JSON.stringify(record);
      if (this.#said.get(row) !== said) fillRow(row, record, this.whole);
      this.#said.set(row, said);
      this.#shown.set(record.id, row);
      gone.delete(record.id);
      if (this.rows.children[place] !== row) this.rows.insertBefore(row, this.rows.children[place] ?? null);
    }
    for (const id of gone) {
      this.#shown.get(id).remove();
      this.#shown.delete(id);
    }
  }

  async #drawWhole(records, user) {
    const unsent = this.mine.some((one) => isUnsent(one));
    this.querySelector('[data-slot="empty"]').hidden = this.rows.children.length > 0;
    this.querySelector('[data-slot="acts"]').hidden = !unsent;
    if (!unsent) this.#say({ stopped: null });
    this.querySelector('[data-slot="unsettled"]').hidden = !((await lastHello().catch(() => null))?.unsettled > 0);
    const sealed = {};
    for (const { person } of records.filter((one) => one.user !== user && isUnsent(one))) sealed[person] = (sealed[person] ?? 0) + 1;
    const banners = Object.entries(sealed).map(([person, count]) => {
      const banner = this.querySelector("template[data-sealed]").content.firstElementChild.cloneNode(true);
      banner.querySelector(".words").textContent = counted("sealed", count, { name: person });
      return banner;
    });
    this.querySelector('[data-slot="sealed"]').replaceChildren(...banners);
  }

  // The server's own row stands on this page already.
  #isOnPage({ state, receipt }) {
    const url = state === "sent" && !this.whole && receipt?.record.url;
    return Boolean(url) && [...document.querySelectorAll(`a[href="${CSS.escape(url)}"]`)].some((link) => !this.contains(link));
  }

  async #fetchArrived() {
    const { refresh } = this.dataset;
    const fresh = this.mine.filter((one) => one.state === "sent" && !this.#arrived.has(one.id));
    for (const record of fresh) this.#arrived.add(record.id);
    const old = refresh && fresh.length && document.querySelector(refresh);
    if (!old) return;
    const html = await fetchHere().catch(() => ""); // the rows of this phone say it as well
    const page = new DOMParser().parseFromString(html, "text/html").querySelector(refresh);
    if (!page) return;
    old.replaceWith(document.adoptNode(page));
    globalThis.htmx?.process(page);
  }
}

customElements.define("outbox-list", OutboxList);
