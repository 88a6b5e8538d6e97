// Keys for the desk: "?" shows them all; "/", "n" press what carries data-key; j and k walk through rows; 1 to 4 are the tabs.
// They can be switched off in that sheet, for those whose speech or aids type single letters.
const SWITCHED_OFF = "offing.keys-off";
const typing = (node) => node.closest?.("input, textarea, select, [contenteditable]");

function sheet() {
  if (!document.getElementById("shortcuts")) {
    const template = document.getElementById("shortcuts-sheet");
    if (!template) return null;
    document.body.append(template.content.cloneNode(true));
    const choice = document.querySelector("#shortcuts input");
    choice.checked = !localStorage.getItem(SWITCHED_OFF);
    choice.addEventListener("change", () => {
      if (choice.checked) localStorage.removeItem(SWITCHED_OFF);
      else localStorage.setItem(SWITCHED_OFF, "1");
    });
  }
  return document.getElementById("shortcuts");
}

function walk(step) {
  const rows = [...document.querySelectorAll(".main a.row-body")];
  const here = rows.indexOf(document.activeElement);
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (event.key === "?") {
    sheet()?.showModal();
    return;
  }
  if (localStorage.getItem(SWITCHED_OFF) || document.querySelector("dialog[open]")) return;
  if (event.key === "j" || event.key === "k") return walk(event.key === "j" ? 1 : -1);
  if (/^[1-4]$/.test(event.key)) return document.querySelectorAll(".tabbar a.tab")[event.key - 1]?.click();
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input")) target.focus();
  else target.click();
});
