// Who are we for the server now, what time is it there, and may it be believed at all?
import { dropNote, readNote, writeNote } from "./store.js";
import { exchange } from "./wire.js";

const FIRST_WAIT_S = 5;
const LONGEST_WAIT_S = 900;

// state: "ready" with user, csrf and the rest of the answer; "signed-out", "portal", "unreached", "refused" with wait_s.
export async function askHello() {
  const answer = await exchange("/sync/hello");
  if (answer.from === "nobody") return { state: "unreached" };
  if (answer.from === "stranger") return { state: "portal" };
  if (answer.status === 401) return { state: "signed-out" };
  if (answer.status !== 200) return { state: "refused", wait_s: answer.wait_s };
  const { body } = answer;
  if (!Number.isInteger(body?.user) || String(body.user) !== answer.mark) return { state: "portal" };
  const offset_s = Math.round((Date.now() - Date.parse(body.at)) / 1000);
  const known = { user: body.user, person: body.name, offline_until: body.offline_until, unsettled: body.unsettled };
  await writeNote({ name: "hello", ...known, offset_s, heard_at: Date.now() });
  return { ...body, state: "ready", offset_s };
}

export const lastHello = () => readNote("hello");

export const forgetHello = () => dropNote("hello");

// Between 5 seconds and 15 minutes, never all phones at once.
export const backoffMs = (tries) => {
  const wait_s = Math.min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** Math.min(tries - 1, 10));
  return wait_s * 1000 * (0.75 + Math.random() / 4);
};

// The server's own wish is obeyed by everybody, a mere guess only by the clock: who comes back to the app may try at once.
export async function pauseOutbox(wait_s) {
  const before = await readNote("pause");
  const tries = (before?.tries ?? 0) + 1;
  const by = wait_s === null || wait_s === undefined ? "guess" : "server";
  const ms = by === "server" ? wait_s * 1000 : Math.max(FIRST_WAIT_S * 1000, backoffMs(tries));
  await writeNote({ name: "pause", by, tries, until: Date.now() + ms });
}

export const endPause = () => dropNote("pause");

export const readPause = () => readNote("pause");
