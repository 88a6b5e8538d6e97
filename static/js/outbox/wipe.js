// What a phone keeps of a person, and how it goes: all of it when the company says so, pages and drafts at a sign-out.
import { announce } from "./records.js";
import { answered, transact } from "./store.js";

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
  globalThis.localStorage?.removeItem("offing.outbox");
  announce();
}

export const dropDrafts = (user) =>
  transact(["records", "files"], "readwrite", async (records, files) => {
    for (const record of await answered(records.getAll())) {
      if (record.user !== user || record.state !== "draft") continue;
      for (const key of await answered(files.index("record").getAllKeys(record.id))) await answered(files.delete(key));
      await answered(records.delete(record.id));
    }
  });
