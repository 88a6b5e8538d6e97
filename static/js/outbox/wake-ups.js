// When the outbox of a page tries: at its start, when it is looked at, when the browser believes in a network, and by the clock.
import { drain } from "./drain.js";
import { lastHello, readPause } from "./hello.js";
import { calmly } from "./news.js";
import { allRecords, isUnsent, NEWS } from "./records.js";
import { words } from "./words.js";

const STALE_MS = 15 * 60_000;
const LONGEST_MS = 60_000;
const SHORTEST_MS = 1000;
const BUSY_MS = 2000;
let timer;
let isSoon = false;

async function isNeeded() {
  if ((await allRecords()).some(isUnsent)) return true;
  const heard = (await lastHello())?.heard_at ?? 0;
  return Date.now() - heard > STALE_MS; // also how long pages may be opened without a network is told by it
}

// Another tab or the worker is at it, perhaps in vain: what it leaves is for us.
function soonAgain(force) {
  clearTimeout(timer);
  isSoon = true;
  timer = setTimeout(() => tryNow(force), BUSY_MS);
}

async function tryNow(force) {
  isSoon = false;
  if (document.visibilityState !== "visible") return;
  try {
    const outcome = (await isNeeded()) ? await drain({ force }) : null;
    if (outcome?.stopped === "busy") return soonAgain(force);
  } catch {
    // the browser's database cannot be read just now
  }
  await byTheClock();
}

async function byTheClock() {
  clearTimeout(timer);
  const user = Number(words().user) || (await lastHello().catch(() => null))?.user;
  const mine = (await allRecords().catch(() => [])).filter((one) => one.user === user);
  const waiting = mine.filter((one) => one.state === "queued" && !one.editing);
  const hasFiles = mine.some((one) => one.state === "sent" && one.files_left > 0);
  if (!waiting.length && !hasFiles) return;
  const pause = (await readPause().catch(() => null))?.until ?? 0;
  const first = Math.max(pause, Math.min(...waiting.map((one) => one.next_try), hasFiles ? Date.now() + LONGEST_MS : Infinity));
  timer = setTimeout(() => tryNow(false), Math.min(LONGEST_MS, Math.max(SHORTEST_MS, first - Date.now())));
}

export function wakeUp() {
  addEventListener("online", () => tryNow(true));
  addEventListener("pageshow", ({ persisted }) => persisted && tryNow(true));
  document.addEventListener("visibilitychange", () => tryNow(true));
  addEventListener(NEWS, calmly(() => isSoon || byTheClock()));
  return tryNow(true);
}
