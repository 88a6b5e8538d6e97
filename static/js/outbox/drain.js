// Sends what waits, in the page and in the worker alike, one at a time under one lock. Only a positive acknowledgement
// counts: our marker with our user, and the record's own id in the answer.
import { askHello, backoffMs, endPause, pauseOutbox, readPause } from "./hello.js";
import { announce, changeRecord, claimEach, dropOldReceipts, FORMAT, holdForSignIn } from "./records.js";
import { uploadFiles } from "./upload.js";
import { wipeDevice } from "./wipe.js";
import { exchange, isLater } from "./wire.js";

const LOCK = "outbox-drain";
const SOON_S = 2;

// stopped: null when everything that could go has gone, else "busy", "paused", "unreached", "portal", "signed-out", "wiped", "later".
// force: somebody is looking, so do not wait for the clock. wait: let another drain end first instead of leaving it to that one.
export function drain({ force = false, wait = false } = {}) {
  if (!navigator.locks) return run(force, false);
  return navigator.locks.request(LOCK, wait ? {} : { ifAvailable: true }, (lock) => (lock ? run(force, true) : { stopped: "busy" }));
}

async function run(force, locked) {
  const pause = await readPause();
  if (pause && pause.until > Date.now() && !(force && pause.by === "guess")) return { stopped: "paused", until: pause.until };
  const hello = await askHello();
  if (hello.state !== "ready") return stopFor(hello);
  if (hello.wipe) {
    await wipeDevice();
    return { stopped: "wiped" };
  }
  const outcome = (await sendRecords(hello, force, locked)) ?? (await sendFiles(hello, force));
  await dropOldReceipts();
  if (!outcome) await endPause();
  announce();
  return outcome ?? { stopped: null };
}

async function stopFor({ state, wait_s }) {
  if (state === "signed-out") await holdForSignIn();
  else await pauseOutbox(wait_s);
  announce();
  return { stopped: state === "refused" ? "later" : state };
}

// Of a change only what was changed, with what the form had shown: the rest is for others to change meanwhile.
function changesOf({ record_id, fields, base }) {
  const names = [...new Set([...Object.keys(fields), ...Object.keys(base)])];
  const value = (values, name) => values[name] ?? "0"; // a switch that is off is not in a form at all
  const changed = names.filter((name) => String(value(fields, name)) !== String(value(base, name)));
  const pick = (values) => Object.fromEntries(changed.map((name) => [name, value(values, name)]));
  return { record_id, fields: pick(fields), base: pick(base) };
}

const post = (record, csrf, offset_s) => {
  const { id, kind, fields, recorded_at } = record;
  const told = { id, kind, format: record.format ?? FORMAT, recorded_at, clock_offset_s: record.clock_offset_s ?? offset_s, fields };
  if (record.record_id) Object.assign(told, changesOf(record));
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf, "Idempotency-Key": id };
  return exchange("/sync/records", { method: "POST", headers, body: JSON.stringify(told) });
};

async function sendRecords(hello, force, locked) {
  let { csrf } = hello;
  for await (const record of claimEach(hello.user, { force, locked })) {
    announce();
    let answer = await post(record, csrf, hello.offset_s);
    if (answer.from === "server" && answer.status === 403 && answer.body?.code === "csrf") {
      const again = await askHello(); // the page's token was stale: one fresh one
      if (again.state !== "ready" || again.user !== hello.user) return giveBack(record, answer, "later");
      csrf = again.csrf;
      answer = await post(record, csrf, hello.offset_s);
    }
    const stop = await settle(record, answer, hello.user);
    announce();
    if (stop) return stop;
  }
  return null;
}

// Null to go on with the next record, else why the drain stops.
async function settle(record, answer, user) {
  if (answer.from === "nobody") return giveBack(record, answer, "unreached");
  if (answer.from === "stranger") return giveBack(record, answer, "portal");
  const { status, body } = answer;
  if (status === 401) {
    await holdForSignIn();
    return { stopped: "signed-out" };
  }
  if (isLater(status)) return giveBack(record, answer, "later");
  if (answer.mark !== String(user)) return giveBack(record, answer, "signed-out");
  if (status >= 200 && status < 300) return body?.id === record.id ? arrived(record, body) : giveBack(record, answer, "portal");
  if (status === 403 && body?.code === "csrf") return giveBack(record, answer, "later");
  if (status === 409 && (body?.code === "in_progress" || body?.code === "waits_for")) return againLater(record, answer);
  if (status < 400) return giveBack(record, answer, "portal");
  const refused = { code: body?.code ?? null, detail: body?.detail ?? null, errors: body?.errors ?? null };
  await changeRecord(record.id, { state: status === 409 ? "conflict" : "blocked", ...refused });
  return null;
}

// Nothing is known of it, so it stays as it was; the drain stops and comes back.
async function giveBack(record, answer, stopped) {
  const next_try = Date.now() + 2 * backoffMs(record.tries);
  await changeRecord(record.id, { state: "queued", next_try });
  await pauseOutbox(answer.wait_s);
  return { stopped };
}

async function againLater(record, { body, wait_s }) {
  const soon = body.code === "in_progress" ? (wait_s ?? SOON_S) * 1000 : backoffMs(record.tries);
  await changeRecord(record.id, { state: "queued", next_try: Date.now() + soon });
  return null;
}

// The receipt keeps what was said and where it is now, not what was typed.
async function arrived(record, body) {
  const receipt = { record: body.record, notes: body.notes ?? [] };
  await changeRecord(record.id, { state: "sent", sent_at: Date.now(), receipt, fields: null, base: null, labels: null });
  return null;
}

async function sendFiles(hello, force) {
  const answer = await uploadFiles(hello.user, hello.csrf, force);
  if (!answer) return null;
  if (answer.from === "server" && answer.status === 401) {
    await holdForSignIn();
    return { stopped: "signed-out" };
  }
  await pauseOutbox(answer.wait_s);
  return { stopped: { nobody: "unreached", stranger: "portal", server: "later" }[answer.from] };
}
