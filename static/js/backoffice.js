// Runs before piccolo-admin: sets its language and colours to the reader's, gives tables their names, leads to our own account pages.
const script = document.currentScript;
const words = JSON.parse(script.dataset.words);
const away = { "#/login": "/sign-in?next=/admin/", "#/change-password": "/account/password" };

const dark = script.dataset.theme ? script.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

localStorage.setItem("piccoloAdminDefaultLanguage", script.dataset.language);
localStorage.setItem("darkMode", String(dark));

function leave() {
  const target = Object.entries(away).find(([hash]) => location.hash.startsWith(hash));
  if (target) location.assign(target[1]);
}

function named(text) {
  if (words[text.toLowerCase()]) return words[text.toLowerCase()];
  const [verb, ...rest] = text.split(" "); // a heading such as "Edit Users"
  const word = words[rest.join(" ").toLowerCase()];
  return word ? `${verb} ${word}` : text;
}

function name(node) {
  const text = node.nodeValue.trim();
  const better = text && named(text);
  if (better && better !== text) node.nodeValue = node.nodeValue.replace(text, better);
}

function nameAll(root) {
  if (root.nodeType === Node.TEXT_NODE) return name(root);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    // Cells hold data: a customer called "Orders" keeps its name.
    if (!walker.currentNode.parentElement.closest("td, input, textarea, option")) name(walker.currentNode);
  }
}

function hide(input) {
  input.type = "password";
  input.autocomplete = "new-password";
}

addEventListener("hashchange", leave);
leave();
new MutationObserver((changes) => {
  for (const change of changes) {
    if (change.type === "characterData") name(change.target);
    else change.addedNodes.forEach((node) => {
      nameAll(node);
      node.querySelectorAll?.('input[name="password"]').forEach(hide);
    });
  }
}).observe(document.documentElement, { subtree: true, childList: true, characterData: true });
