// What a phone keeps of a person, and how it goes: all of it when the company says so, pages at a sign-out.
import { announce } from "./records.js";
import { answered, transact } from "./store.js";

// How many records were unsent, in localStorage: it survives when the browser throws the database away, and so tells of it.
export const COUNTED = "offing.outbox";
// A call whose result was not noted yet, also there: the page may be thrown away while one talks.
export const CALLED = "offing.call";

export async function dropCaches(fits) {
  const names = (await caches.keys()).filter(fits);
  await Promise.all(names.map((name) => caches.delete(name)));
  return names.length;
}

export const isPageCache = (name) => name.startsWith("day-") || name.startsWith("tiles");

export async function wipeDevice() {
  await dropCaches(isPageCache);
  await transact(["records", "files", "meta"], "readwrite", async (...stores) => {
    for (const store of stores) await answered(store.clear());
  });
  for (const key of [COUNTED, CALLED]) globalThis.localStorage?.removeItem(key);
  announce();
}
