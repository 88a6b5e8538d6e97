// <offline-form kind="visits" data-title data-back data-record-id data-only="do=save">form</offline-form>: keeps what is
// typed on the phone and sends it from there. Without scripts, without a safe place to keep it, or when the server shows
// the form again with what is wrong, it is the ordinary form.
import { drain } from "../outbox/drain.js";
import { countFiles, dropFile } from "../outbox/files.js";
import { FormDraft } from "../outbox/form-draft.js";
import { clearErrors, say, showErrors } from "../outbox/form-errors.js";
import { canKeep, notePosted, queue } from "../outbox/keeping.js";
import { changeRecord, readRecord, removeRecord } from "../outbox/records.js";
import { leaveFor, toast, words } from "../outbox/words.js";

const EVERY_MS = 2000;
const PATIENCE_MS = 6000;
const SHOWN_AGAIN = ".main .error-summary, .main .banner[role=alert]";

class OfflineForm extends HTMLElement {
  #busy = false;
  #filing = Promise.resolve();

  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form || !words().user || !canKeep() || document.querySelector(SHOWN_AGAIN)) return;
    this.draft = new FormDraft(this);
    this.form.addEventListener("submit", this.#send);
    this.addEventListener("input", this.#touch);
    this.addEventListener("change", this.#touch);
    this.addEventListener("offing:stamp", this.#touch);
    this.addEventListener("focusout", this.#save);
    this.addEventListener("offing:file", ({ detail }) => this.#file(() => this.draft.takeFile(detail)));
    this.addEventListener("offing:file-removed", ({ detail }) => this.#file(() => dropFile(detail.id)));
    addEventListener("pagehide", this.#save);
    this.#again();
    this.ready = this.#restore();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    removeEventListener("pagehide", this.#save);
  }

  async #restore() {
    const found = await this.draft.find().catch(() => null); // nothing can be read: a new form it is
    await this.draft.useCustomer();
    if (found) {
      await this.draft.show(found);
      if (found.errors || found.detail) showErrors(this.form, found);
      else this.#sayRestored();
    }
    this.draft.nameForm();
    this.toggleAttribute("data-ready", true);
  }

  #sayRestored() {
    say(this.form, "restored").querySelector("button").addEventListener("click", async () => {
      this.#pause();
      await this.draft.save();
      await removeRecord(this.draft.record.id);
      location.replace(location.pathname + location.search);
    });
  }

  #touch = () => (this.draft.changed = true);

  #save = () => {
    if (!this.#busy) this.draft.save();
  };

  #pause() {
    clearInterval(this.timer);
    this.#busy = true;
  }

  #file(work) {
    this.#filing = this.#filing.then(() => this.ready).then(work).catch(() => this.#notKept());
  }

  #takes(submitter) {
    const [name, value] = (this.dataset.only ?? "").split("=");
    return !name || (submitter?.name === name && submitter.value === value);
  }

  #send = async (event) => {
    if (!this.#takes(event.submitter)) return notePosted(this.draft.record.id);
    event.preventDefault();
    if (this.#busy) return;
    this.#pause();
    clearErrors(this.form);
    try {
      await this.#filing;
      await this.ready;
      await this.draft.save();
      const files_left = await countFiles(this.draft.record.id);
      const kept = await queue({ ...this.draft.snapshot(event.submitter), files_left, files_total: files_left });
      if (!kept) return leaveFor("/outbox", words().gone);
    } catch {
      return this.#notKept();
    }
    this.toggleAttribute("data-kept", true);
    toast(words().saved);
    await this.#goOn(event.submitter);
  };

  // It is safe now; a moment is given to the network, so that who has one sees the record itself.
  async #goOn(submitter) {
    const patience = new Promise((done) => setTimeout(done, PATIENCE_MS, { stopped: "slow" }));
    const { stopped } = await Promise.race([drain({ force: true, wait: true }).catch(() => ({ stopped: "unreached" })), patience]);
    const record = await readRecord(this.draft.record.id);
    if (record?.state === "sent") {
      const { url, id } = record.receipt.record;
      const after = submitter?.dataset.then ?? this.dataset.then;
      return leaveFor(after?.replace("{id}", id) ?? url, words().sent);
    }
    if (record?.state === "blocked" && record.errors) return this.#refused(record);
    const reached = stopped === null || stopped === "later" || stopped === "signed-out";
    if (!reached && !navigator.serviceWorker?.controller) return this.#stay();
    const { back } = this.dataset;
    leaveFor(back && (reached || (await caches.match(back))) ? back : "/outbox", words().later);
  }

  async #refused(record) {
    this.draft.record = { ...record, editing: true };
    await changeRecord(record.id, { editing: true });
    showErrors(this.form, record);
    this.#again();
  }

  #notKept() {
    say(this.form, "not-kept").focus();
    this.removeAttribute("data-kept");
    this.#again();
  }

  #again() {
    this.#busy = false;
    this.form.removeAttribute("aria-busy"); // set by the guard around the form, while it is being sent
    this.timer = setInterval(this.#save, EVERY_MS);
  }

  // No network and no worker to show another page: the form stays, done with.
  #stay() {
    this.form.inert = true;
    say(this.form, "kept").focus();
  }
}

customElements.define("offline-form", OfflineForm);
