// Photos, signatures and attachments of records. They are kept as plain bytes: not every phone keeps a Blob for long.
import { answered, transact } from "./store.js";

export const readFiles = (record) =>
  transact(["files"], "readonly", (files) => answered(files.index("record").getAll(record)));

export async function keepFile({ id, record, subject, user, kind, name, type, blob, preview = null }) {
  const data = await blob.arrayBuffer();
  const file = { id, record, subject, user, kind, name, type, size: data.byteLength, data, preview, tries: 0, next_try: 0 };
  await transact(["files"], "readwrite", (files) => answered(files.put(file)));
}

export const dropFile = (id) => transact(["files"], "readwrite", (files) => answered(files.delete(id)));

export const asBlob = (file) => new Blob([file.data], { type: file.type });

export const countFiles = (record) => transact(["files"], "readonly", (files) => answered(files.index("record").count(record)));

// Which file is of which record, without reading one: photos are large.
const filesByRecord = () =>
  transact(["files"], "readonly", (files) => {
    const found = [];
    const asking = files.index("record").openKeyCursor();
    return new Promise((done, failed) => {
      asking.onerror = () => failed(asking.error);
      asking.onsuccess = () => {
        const place = asking.result;
        if (!place) return done(found);
        found.push({ id: place.primaryKey, record: place.key });
        place.continue();
      };
    });
  });

// Each file that is due, whose record has arrived; records of other people stay closed.
export async function* filesToSend(user, force) {
  for (const { id, record } of await filesByRecord()) {
    const file = await transact(["records", "files"], "readonly", async (records, files) => {
      const parent = await answered(records.get(record));
      return parent?.state === "sent" && parent.user === user ? answered(files.get(id)) : null;
    });
    if (file && !file.refused && (force || file.next_try <= Date.now())) yield file;
  }
}

export const changeFile = (id, change) =>
  transact(["files"], "readwrite", async (files) => {
    const file = await answered(files.get(id));
    if (file) await answered(files.put({ ...file, ...change }));
  });

// Somebody wants files that were refused to be tried once more.
export const retryFiles = (record) =>
  transact(["files"], "readwrite", async (files) => {
    for (const file of await answered(files.index("record").getAll(record))) await answered(files.put({ ...file, refused: false, next_try: 0 }));
  });

// Only after the server has said that it holds the whole file.
export const fileArrived = (file) =>
  transact(["records", "files"], "readwrite", async (records, files) => {
    await answered(files.delete(file.id));
    const record = await answered(records.get(file.record));
    const left = await answered(files.index("record").count(file.record));
    if (record) await answered(records.put({ ...record, files_left: left, detail: null, errors: null }));
  });
