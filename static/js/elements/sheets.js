// Sheets: [data-opens="id"] shows that dialog as a modal one. Closed by [data-close], a tap beside it, Escape, or a pull at its head.
const sheetOf = (node) => node.closest?.("dialog.sheet");

function open(sheet) {
  if (!sheet || sheet.open) return;
  document.querySelectorAll("menu-button details[open]").forEach((menu) => (menu.open = false));
  sheet.showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) {
    event.preventDefault(); // else the popover of the page without scripts would open too
    open(document.getElementById(opener.dataset.opens));
    return;
  }
  const sheet = sheetOf(event.target);
  if (!sheet?.open) return;
  if (event.target === sheet || event.target.closest("[data-close]")) {
    event.preventDefault();
    sheet.close();
  }
});

document.addEventListener("close-sheets", () => {
  document.querySelectorAll("dialog.sheet[open]").forEach((sheet) => sheet.close());
});

const FAR_ENOUGH = 90;
let pull = null;

document.addEventListener("pointerdown", (event) => {
  const sheet = sheetOf(event.target);
  if (!sheet?.open || !event.target.closest("header") || event.target.closest("button")) return;
  pull = { sheet, from: event.clientY, by: 0 };
  event.target.setPointerCapture(event.pointerId);
});

document.addEventListener("pointermove", (event) => {
  if (!pull) return;
  pull.by = Math.max(0, event.clientY - pull.from);
  pull.sheet.style.translate = `0 ${pull.by}px`;
});

function letGo() {
  if (!pull) return;
  pull.sheet.style.translate = "";
  if (pull.by > FAR_ENOUGH) pull.sheet.close();
  pull = null;
}
document.addEventListener("pointerup", letGo);
document.addEventListener("pointercancel", letGo);
