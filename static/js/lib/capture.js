// What photos, signatures and positions have in common: how they tell the form around them.

const tell = (element, name, detail) => element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
export const tellFile = (element, { id, kind, name, type, blob }) => tell(element, "offing:file", { id, kind, name, type, blob });
export const tellRemoved = (element, id) => tell(element, "offing:file-removed", { id });

// Hidden fields change without a word; whoever keeps a draft of the form listens for this.
export const tellChanged = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));

// crypto.randomUUID is there on https only; the plain form works without it.
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// A form that is sent while its photo is still being made smaller waits for it. `element`: `busy`, and `ready`, a promise.
export function holdSubmit(element) {
  const hold = (event) => {
    if (!element.busy || !event.target.contains(element)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { target: form, submitter } = event;
    element.ready.then(() => form.requestSubmit(submitter));
  };
  document.addEventListener("submit", hold, true);
  return () => document.removeEventListener("submit", hold, true);
}
