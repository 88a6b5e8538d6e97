// The browser's database "offing": records, files of records, and a few notes. It is opened for each operation, because
// phones close idle connections; what fails for that reason is tried once more.
const DATABASE = "offing";
const KEYS = { records: "id", files: "id", meta: "name" };
const CLOSED = new Set(["InvalidStateError", "TransactionInactiveError", "UnknownError"]);

function openDatabase() {
  return new Promise((done, failed) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(KEYS)) opening.result.createObjectStore(name, { keyPath });
      opening.transaction.objectStore("files").createIndex("record", "record");
    };
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      opening.result.onversionchange = () => opening.result.close();
      done(opening.result);
    };
  });
}

export const answered = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

async function attempt(names, mode, work) {
  const database = await openDatabase();
  try {
    const transaction = database.transaction(names, mode, { durability: "strict" });
    const finished = new Promise((done, failed) => {
      transaction.oncomplete = done;
      transaction.onabort = () => failed(transaction.error);
    });
    finished.catch(() => {}); // the fault of the work itself tells more, unless the whole transaction was refused
    try {
      const result = await work(...names.map((name) => transaction.objectStore(name)));
      await finished;
      return result;
    } catch (fault) {
      try {
        transaction.abort();
      } catch {
        // it has ended already
      }
      throw transaction.error ?? fault;
    }
  } finally {
    database.close();
  }
}

// `work` gets the stores by the order of their names and may only await requests of them. What it returns is given back
// after the transaction is safely on the disk, never before.
export async function transact(names, mode, work) {
  try {
    return await attempt(names, mode, work);
  } catch (fault) {
    if (!CLOSED.has(fault?.name)) throw fault;
    return attempt(names, mode, work);
  }
}

export const readNote = (name) => transact(["meta"], "readonly", (meta) => answered(meta.get(name)));

export const writeNote = (note) => transact(["meta"], "readwrite", (meta) => answered(meta.put(note)));

export const dropNote = (name) => transact(["meta"], "readwrite", (meta) => answered(meta.delete(name)));
