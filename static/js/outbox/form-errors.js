// What the server said of a record, shown in its form with the server's own markup: patterns come with every page.
import { labelOf, named } from "../lib/label.js";

const pattern = (name) => document.querySelector(`template[data-outbox="${name}"]`).content.firstElementChild.cloneNode(true);

// Puts one of the patterns before the form, where the next save takes it away again.
export function say(form, name) {
  clearErrors(form);
  const shown = pattern(name);
  shown.dataset.fromOutbox = "";
  form.before(shown);
  return shown;
}

export function clearErrors(form) {
  (form.closest("offline-form") ?? form).querySelectorAll("[data-from-outbox]").forEach((shown) => shown.remove());
  form.querySelectorAll('[aria-invalid="true"]').forEach((field) => field.removeAttribute("aria-invalid"));
}

const fieldOf = (form, name) =>
  form.querySelector(`#f-${CSS.escape(name)}`) ?? [...form.elements].find((control) => control.name === name && control.type !== "hidden");

function markField(field, sentence) {
  const error = pattern("error");
  error.dataset.fromOutbox = "";
  error.id = `${field.id}-error`;
  error.querySelector("[data-slot=text]").textContent = sentence;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", error.id);
  field.closest("details")?.setAttribute("open", "");
  (field.closest(".field") ?? field.parentElement).append(error);
}

export function showErrors(form, { code, detail, errors }) {
  form.querySelectorAll("[data-for-code]").forEach((part) => (part.hidden = part.dataset.forCode !== code));
  const summary = say(form, "errors");
  const list = summary.querySelector("ul");
  const add = (sentence, field) => {
    const line = list.appendChild(document.createElement("li"));
    const name = field?.id && labelOf(field.id);
    const words = field?.id ? line.appendChild(document.createElement("a")) : line;
    if (words !== line) words.href = `#${field.id}`;
    words.textContent = name ? named(name, sentence) : sentence;
  };
  for (const [name, sentences] of Object.entries(errors ?? {})) {
    const field = name ? fieldOf(form, name) : null;
    const all = [].concat(sentences);
    all.forEach((sentence) => add(sentence, field));
    if (field?.id) markField(field, all.join(" "));
  }
  if (!list.children.length && detail) add(detail, null);
  summary.focus();
}
