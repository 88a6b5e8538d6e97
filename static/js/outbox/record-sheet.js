// The sheet of one record on the page of the outbox: send, edit, export, discard after a second question.
import { drain } from "./drain.js";
import { saveAsFile } from "./export.js";
import { retryFiles } from "./files.js";
import { announce, changeRecord, isLocked, readRecord, removeRecord } from "./records.js";
import { editAddress, sentencesOf } from "./row.js";

export class RecordSheet {
  constructor(dialog, afterDrain) {
    this.dialog = dialog;
    this.afterDrain = afterDrain;
    dialog.addEventListener("click", (event) => this.#act(event.target.closest("[data-act]")?.dataset.act));
  }

  #slot = (name) => this.dialog.querySelector(`[data-slot="${name}"]`);

  #may(act, may) {
    this.dialog.querySelector(`[data-act="${act}"]`).hidden = !may;
  }

  async fill(id) {
    const record = (this.record = await readRecord(id));
    if (!record) return;
    this.#slot("title").textContent = record.title;
    this.#slot("errors").replaceChildren(...sentencesOf(record).map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    this.dialog.querySelector('[data-act="edit"]').href = editAddress(record);
    this.dialog.querySelector('[data-act="contact"]').href = `/contacts/new#customer=${record.id}`;
    this.#may("contact", record.kind === "customers" && record.state !== "sent" && record.state !== "draft");
    this.#may("edit", !isLocked(record));
    this.#may("send", record.state !== "draft" && record.state !== "sending");
    this.#may("discard", record.state !== "sending");
    this.#ask(false);
  }

  #ask(sure) {
    this.#slot("sure").hidden = !sure;
    this.#slot("choices").hidden = sure;
  }

  async #act(act) {
    const { record } = this;
    if (act === "discard") this.#ask(true);
    else if (act === "keep") this.#ask(false);
    else if (act === "export") await saveAsFile([record]);
    else if (act === "discard-sure") await this.#leave(() => removeRecord(record.id));
    else if (act === "send") await this.#leave(() => this.#send(record));
  }

  async #leave(work) {
    this.dialog.close();
    await work();
    announce();
  }

  // What the server refused is tried again as it is: the reason may have gone meanwhile.
  async #send({ id, state }) {
    if (state === "sent") await retryFiles(id);
    if (state === "blocked" || state === "conflict" || state === "queued") await changeRecord(id, { state: "queued", editing: false, next_try: 0 });
    this.afterDrain(await drain({ force: true }));
  }
}
