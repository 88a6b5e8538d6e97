// The draft behind a form: found again when the form is opened, put down while it is typed.
import { asBlob, readFiles } from "./files.js";
import { addHidden, fillForm, labelsOf, namesOf, valuesOf } from "./form-values.js";
import { dropPosted, keepDraft, keepPhoto } from "./keeping.js";
import { findDraft, readRecord, reopenRecord } from "./records.js";
import { kindName, words } from "./words.js";

const CAPTURES = "photo-input, signature-pad, position-stamp";

export class FormDraft {
  changed = false;
  #saving = Promise.resolve();

  constructor(element) {
    this.element = element;
    this.form = element.querySelector("form");
    this.kind = element.getAttribute("kind");
    this.base = valuesOf(this.form);
    const whose = { user: Number(words().user), person: words().person, kind: this.kind, url: location.pathname + location.search };
    const record_id = Number(element.dataset.recordId) || null;
    this.record = { id: crypto.randomUUID(), state: "draft", ...whose, record_id, files_left: 0 };
  }

  // The draft of this form, or the record that the outbox asks to edit; null if there is none.
  async find() {
    await dropPosted();
    const { user, url } = this.record;
    const asked = new URLSearchParams(location.hash.slice(1)).get("outbox");
    const found = asked ? await reopenRecord(asked) : await findDraft(user, this.kind, url);
    if (this.changed || found?.user !== user || found.kind !== this.kind) return null;
    return found;
  }

  // A form for a customer that is itself still on the phone: it names it by the phone's id.
  async useCustomer() {
    const id = new URLSearchParams(location.hash.slice(1)).get("customer");
    const customer = id && (await readRecord(id));
    const field = this.form.elements.namedItem("customer_id")?.closest(".field");
    if (customer?.kind !== "customers" || !field) return;
    const name = document.createElement("p");
    Object.assign(name, { className: "held", textContent: customer.title });
    field.replaceChildren(name);
    addHidden(this.form, "customer_uuid", id);
  }

  async show(found) {
    this.record = found;
    this.base = found.base ?? this.base;
    const { client_uuid: _mine, ...values } = found.fields;
    const homeless = fillForm(this.form, values, found.labels);
    const files = (await readFiles(found.id)).map((file) => ({ ...file, blob: asBlob(file) }));
    for (const capture of this.element.querySelectorAll(CAPTURES)) {
      await Promise.race([customElements.whenDefined(capture.localName), new Promise((done) => setTimeout(done, 5000))]);
      await capture.restore?.(files);
    }
    this.form.dispatchEvent(new CustomEvent("offing:restored", { bubbles: true }));
    if (homeless) this.element.querySelector("[data-redraw]")?.click();
  }

  // The form's own id is that of the record, so that both ways to the server make only one.
  nameForm() {
    const hidden = this.form.elements.namedItem("client_uuid");
    if (hidden) hidden.value = this.record.id;
  }

  snapshot(submitter) {
    const labels = labelsOf(this.form);
    const title = this.element.dataset.title || this.form.elements.namedItem("name")?.value || labels.customer_id || kindName(this.kind);
    const edit = this.record.record_id ? { base: this.base } : {};
    const fields = valuesOf(this.form, submitter);
    const customer_id = fields.customer_id ?? (this.kind.startsWith("customers.") ? this.record.record_id : null);
    return { ...this.record, ...edit, title, fields, labels, names: namesOf(this.form), customer_id, lead_id: fields.lead_id };
  }

  // One after the other, the newest last; what is being typed is never held up.
  save() {
    if (!this.changed) return this.#saving;
    this.changed = false;
    const put = () => keepDraft(this.snapshot());
    const mark = (kept) => this.element.toggleAttribute("data-kept", kept);
    return (this.#saving = this.#saving.then(put).then(mark, () => mark(false)));
  }

  async takeFile({ id, kind, name, type, blob }) {
    const { id: record, user } = this.record;
    const subject = this.kind.replace(/\..*/, "");
    await keepPhoto({ id, record, subject, user, kind, name, type, blob });
    this.changed = true;
    await this.save();
  }
}
