// Files follow their record in pieces, and go on where the server has them after every cut.
import { changeFile, fileArrived, filesToSend } from "./files.js";
import { backoffMs } from "./hello.js";
import { announce, changeRecord } from "./records.js";
import { exchange, isLater } from "./wire.js";

const PIECE = 262_144;
const PIECE_PATIENCE_MS = 60_000;
const MOST_CORRECTIONS = 5;

async function digest(data) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const isOwn = (answer, user, id) => answer.from === "server" && answer.mark === String(user) && answer.body?.id === id;

async function begin(file, csrf) {
  const { id, subject, record, kind, name, type, size, preview } = file;
  const sha256 = await digest(file.data);
  const body = JSON.stringify({ id, subject, subject_id: record, kind, name, type, size, sha256, preview });
  return exchange("/sync/files", { method: "POST", body, headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf } });
}

const sendPiece = (file, csrf, offset) =>
  exchange(`/sync/files/${file.id}`, {
    method: "PUT",
    body: file.data.slice(offset, offset + PIECE),
    patience: PIECE_PATIENCE_MS,
    headers: { "Content-Type": "application/octet-stream", "Upload-Offset": String(offset), "X-CSRF-Token": csrf },
  });

// The last answer: complete, or what stopped it.
async function sendFile(file, user, csrf) {
  let answer = await begin(file, csrf);
  let corrections = 0;
  while (isOwn(answer, user, file.id) && answer.status < 300 && !answer.body.complete) {
    const offset = answer.body.received;
    answer = await sendPiece(file, csrf, offset);
    const corrected = answer.status === 409 && Number.isInteger(answer.body?.received);
    if (corrected && corrections++ < MOST_CORRECTIONS) {
      answer = { ...answer, status: 200, body: { id: file.id, received: answer.body.received, complete: false } };
    }
  }
  return answer;
}

// A broken transfer, or one that the server has forgotten, begins anew; anything else does not get better by itself.
const isWorthAnotherTry = ({ status, body }) =>
  status < 400 || status === 404 || (status === 409 && body?.code !== "id_taken") || (status === 422 && body?.code !== "key_reused");

// Null when all that can go now has gone, else the answer that stops the drain.
export async function uploadFiles(user, csrf, force) {
  for await (const file of filesToSend(user, force)) {
    const answer = await sendFile(file, user, csrf);
    if (isOwn(answer, user, file.id) && answer.status < 300 && answer.body.complete) {
      await fileArrived(file);
      announce();
      continue;
    }
    const isStale = answer.status === 403 && answer.body?.code === "csrf";
    if (answer.from !== "server" || answer.status === 401 || isStale || isLater(answer.status)) return answer;
    const tries = file.tries + 1;
    const refused = !isWorthAnotherTry(answer);
    await changeFile(file.id, { tries, next_try: Date.now() + backoffMs(tries), refused });
    if (refused) await changeRecord(file.record, { detail: answer.body?.detail ?? null, errors: answer.body?.errors ?? null });
    announce();
  }
  return null;
}
