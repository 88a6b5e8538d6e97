// Runs before piccolo-admin: sets its language to the reader's, gives tables their names, leads to our own account pages.
const script = document.currentScript;
const words = JSON.parse(script.dataset.words);
const away = { "#/login": "/sign-in?next=/admin/", "#/change-password": "/account/password" };

localStorage.setItem("piccoloAdminDefaultLanguage", script.dataset.language);

function leave() {
  const target = Object.entries(away).find(([hash]) => location.hash.startsWith(hash));
  if (target) location.assign(target[1]);
}

function name(node) {
  const text = node.nodeValue;
  const word = words[text.trim().toLowerCase()];
  if (word && word !== text.trim()) node.nodeValue = text.replace(text.trim(), word);
}

function nameAll(root) {
  if (root.nodeType === Node.TEXT_NODE) return name(root);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    // Cells hold data: a customer called "Orders" keeps its name.
    if (!walker.currentNode.parentElement.closest("td, input, textarea, option")) name(walker.currentNode);
  }
}

addEventListener("hashchange", leave);
leave();
new MutationObserver((changes) => {
  for (const change of changes) {
    if (change.type === "characterData") name(change.target);
    else change.addedNodes.forEach(nameAll);
  }
}).observe(document.documentElement, { subtree: true, childList: true, characterData: true });
