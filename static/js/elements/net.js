// Around every htmx request: the CSRF token goes along, failures are said, results are announced, errors get the focus.
import { labelOf, named } from "../lib/label.js";

const say = (text, tone) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone } }));
const words = () => document.querySelector("toast-stack").dataset;

// What is wrong is listed with the name of its field.
for (const link of document.querySelectorAll(".error-summary a")) {
  const name = labelOf(link.hash.slice(1));
  if (name) link.prepend(named(name, ""));
}

// Once only: what was read already must not take the focus from a field later.
function focusNews() {
  const news = document.querySelector("[data-focus]");
  news?.removeAttribute("data-focus");
  news?.focus();
}

document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token) event.detail.ctx.request.headers["X-CSRF-Token"] = token;
});

document.addEventListener("htmx:response:error", (event) => {
  const { status } = event.detail.ctx.response;
  if (status === 401) location.reload(); // the page itself leads to the sign-in and back
  else if (status >= 500 && !event.detail.ctx.hx?.trigger?.includes("toast")) say(words().failed, "bad");
});

document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx) say(words().offline, "warn");
});

// In the list beside a record its own row is marked, and seen.
function markBeside() {
  const row = document.querySelector(`.beside a.row-body[href="${CSS.escape(location.pathname)}"]`)?.closest("li");
  if (!row || row.ariaCurrent) return;
  row.ariaCurrent = "true";
  row.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:after:swap", () => {
  focusNews();
  markBeside();
  const count = document.querySelector("[data-announce]");
  const voice = document.getElementById("announce");
  if (count && voice && voice.textContent !== count.textContent) voice.textContent = count.textContent;
});

// Back to a list means back to where one was in it, if one came from there.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-back]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !document.referrer) return;
  const from = new URL(document.referrer);
  if (from.origin !== location.origin || from.pathname !== link.pathname || history.length < 2) return;
  event.preventDefault();
  history.back();
});

focusNews();
