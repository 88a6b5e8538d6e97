// What this browser can do, asked in one place.

export const isInstalled = () => matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;

// iPadOS calls itself a Mac; only the touch screen tells.
export const isApple = () =>
  /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);

export const canPush = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

// A form that somebody began to fill in must not be lost to a reload.
export function hasUnsavedInput(root = document) {
  const changed = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field instanceof HTMLSelectElement) return [...field.options].some((option) => option.selected !== option.defaultSelected && option.selected);
    return field.value !== field.defaultValue;
  };
  const fields = root.querySelectorAll("form:not([data-disposable]) :is(input:not([type=hidden]), textarea, select)");
  return [...fields].some(changed);
}
