// "Name: sentence", with the colon of the reader's language.
export const named = (name, sentence) => name + (document.documentElement.lang.startsWith("zh") ? "：" : ": ") + sentence;

// What a field is called on its page: by its label, or by the legend of its group.
export function labelOf(id) {
  const safe = CSS.escape(id);
  return document.querySelector(`label[for="${safe}"], #${safe} > legend`)?.textContent.trim();
}
