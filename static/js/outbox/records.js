// Records on this phone: draft → queued → sending → sent, or needs-login, blocked, conflict. Nothing is removed between
// "Saved on this phone" and the server's own acknowledgement, whatever the network answers.
import { answered, transact } from "./store.js";

export const FORMAT = 1;
export const NEWS = "offing-outbox";
const LEASE_MS = 60_000;
const RECEIPT_MS = 7 * 86_400_000;
const WAITING = new Set(["queued", "sending", "needs-login"]);
const UNSENT = new Set([...WAITING, "blocked", "conflict"]);

export const isUnsent = (record) => UNSENT.has(record.state) || (record.state === "sent" && record.files_left > 0);

// Once it may have reached the server, another body under the same id would be refused there.
export const isLocked = (record) =>
  record.state === "sent" || record.state === "sending" || (WAITING.has(record.state) && record.began && !record.editing);

// Tells the elements of this page and of all others, and the worker, to look again.
export function announce() {
  globalThis.dispatchEvent(new Event(NEWS));
  const channel = new BroadcastChannel(NEWS);
  channel.postMessage("changed");
  channel.close();
}

export const readRecord = (id) => transact(["records"], "readonly", (records) => answered(records.get(id)));

export const allRecords = () => transact(["records"], "readonly", (records) => answered(records.getAll()));

export async function countUnsent(user) {
  const unsent = (await allRecords()).filter(isUnsent);
  return { mine: unsent.filter((record) => record.user === user).length, all: unsent.length };
}

export async function findDraft(user, kind, url) {
  const fits = (one) => one.state === "draft" && one.user === user && one.kind === kind && one.url === url;
  return (await allRecords()).filter(fits).sort((a, b) => b.changed_at - a.changed_at)[0] ?? null;
}

// Puts a draft or an edited record down; false if it has been sent meanwhile, so that this text would be lost on it.
export const keepRecord = (record) =>
  transact(["records"], "readwrite", async (records) => {
    const there = await answered(records.get(record.id));
    if (there && isLocked(there)) return false;
    await answered(records.put({ ...record, changed_at: Date.now() }));
    return true;
  });

// The note "mark" shows later whether the browser has thrown the whole database away.
export const queueRecord = (record) =>
  transact(["records", "meta"], "readwrite", async (records, meta) => {
    const there = await answered(records.get(record.id));
    if (there && isLocked(there)) return false;
    const fresh = { state: "queued", began: false, editing: false, tries: 0, next_try: 0, errors: null, detail: null, code: null };
    await answered(records.put({ ...record, ...fresh, changed_at: Date.now() }));
    await answered(meta.put({ name: "mark", since: Date.now() }));
    return true;
  });

export const changeRecord = (id, change) =>
  transact(["records"], "readwrite", async (records) => {
    const record = await answered(records.get(id));
    if (record) await answered(records.put({ ...record, ...change }));
    return record;
  });

// While it is being edited a record is not sent; afterwards the same id goes with the new values.
export const reopenRecord = (id) =>
  transact(["records"], "readwrite", async (records) => {
    const record = await answered(records.get(id));
    if (!record || isLocked(record)) return null;
    const opened = { ...record, editing: record.state !== "draft" };
    await answered(records.put(opened));
    return opened;
  });

async function takeOut(records, files, id) {
  for (const key of await answered(files.index("record").getAllKeys(id))) await answered(files.delete(key));
  await answered(records.delete(id));
}

export const removeRecord = (id) =>
  transact(["records", "files"], "readwrite", (records, files) => takeOut(records, files, id));

export const removeDrafts = (user) =>
  transact(["records", "files"], "readwrite", async (records, files) => {
    for (const { id, state, user: whose } of await answered(records.getAll())) {
      if (whose === user && state === "draft") await takeOut(records, files, id);
    }
  });

const claim = (id, isDue) =>
  transact(["records"], "readwrite", async (records) => {
    const record = await answered(records.get(id));
    if (!record || !isDue(record)) return null;
    const claimed = { ...record, state: "sending", began: true, lease: Date.now() + LEASE_MS, tries: record.tries + 1 };
    await answered(records.put(claimed));
    return claimed;
  });

// Each record that is due, claimed, once: oldest first, but what has failed before goes behind, so that one bad record never
// stops the others. The queue is read once, and again at its end for what was added meanwhile.
// Called under the lock of the drain: a record found in sending was left there by a page that has gone.
export async function* claimEach(user, { force, locked }) {
  const had = new Set();
  const isDue = (one) =>
    one.user === user &&
    WAITING.has(one.state) &&
    !one.editing &&
    (locked || one.state !== "sending" || one.lease < Date.now()) &&
    (force || one.state !== "queued" || one.next_try <= Date.now());
  for (;;) {
    const due = (await allRecords()).filter((one) => !had.has(one.id) && isDue(one));
    if (!due.length) return;
    for (const { id } of due.sort((a, b) => a.tries - b.tries || a.queued_at - b.queued_at)) {
      const record = await claim(id, isDue);
      if (!record) continue;
      had.add(id);
      yield record;
    }
  }
}

// Whoever they belong to: nobody is signed in.
export const holdForSignIn = () =>
  transact(["records"], "readwrite", async (records) => {
    for (const record of await answered(records.getAll())) {
      if (WAITING.has(record.state)) await answered(records.put({ ...record, state: "needs-login" }));
    }
  });

export const dropOldReceipts = () =>
  transact(["records"], "readwrite", async (records) => {
    const old = Date.now() - RECEIPT_MS;
    for (const record of await answered(records.getAll())) {
      if (record.state === "sent" && !record.files_left && record.sent_at < old) await answered(records.delete(record.id));
    }
  });
