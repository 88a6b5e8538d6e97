// Words of the outbox in the reader's language: they come with every page, as data of <outbox-badge>.
import { fill } from "../lib/format.js";

const NEXT = "offing.next";

export const words = () => document.querySelector("outbox-badge")?.dataset ?? {};

export const counted = (name, n, more) => fill(words()[name + (n === 1 ? "One" : "Many")], { n, ...more });

// "visits" and "visits.edit" are both visits for a person.
export function kindName(kind) {
  const [feature] = kind.split(".");
  return words()[`kind${feature[0].toUpperCase()}${feature.slice(1)}`] ?? feature;
}

export const toast = (text, tone = "good") => document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone } }));

// Says it on the page one goes to, as a redirect of the server would.
export function leaveFor(url, text) {
  sessionStorage.setItem(NEXT, text ?? "");
  location.assign(url);
}

export function sayWhatWasLeft() {
  const text = sessionStorage.getItem(NEXT);
  sessionStorage.removeItem(NEXT);
  if (text) toast(text);
}
