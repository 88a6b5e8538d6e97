// What this device says of itself, one question each. An answer: `state`, one of the cases that the page has words for,
// and the values in those words.
import { lastHello } from "../outbox/hello.js";
import { countUnsent } from "../outbox/records.js";
import { askDay } from "./day-link.js";
import { isInstalled } from "./device.js";
import { clockTime } from "./format.js";

const MEGABYTE = 1e6;
const LITTLE_ROOM = 100 * MEGABYTE;
const WRONG_CLOCK_S = 600;
const LONG_AGO_MS = 24 * 3600_000;

export const inMegabytes = (bytes) => `${(bytes / MEGABYTE).toFixed(bytes < 10 * MEGABYTE ? 1 : 0)} MB`;

const registration = () => navigator.serviceWorker?.getRegistration();

async function worker() {
  if (!navigator.serviceWorker) return { state: "never" };
  return { state: (await registration())?.active ? "good" : "todo" };
}

// The page's own script is in the worker's stock exactly if both are of one release.
async function version() {
  const found = await registration();
  if (!found?.active) return { state: "alone" };
  if (found.waiting) return { state: "waiting" };
  const script = document.querySelector('script[type="module"][src*="/js/app."]').getAttribute("src");
  return { state: (await caches.match(script)) ? "good" : "todo" };
}

async function day() {
  if (!(await registration())?.active) return { state: "none" };
  const { total, ready, at } = await new Promise((answer, fail) => {
    setTimeout(() => fail(new Error("the worker does not answer")), 10_000);
    askDay("day", answer);
  });
  const values = { total, ready: ready?.length ?? 0, time: at ? clockTime(at) : "" };
  if (!total) return { state: "none" };
  return { state: values.ready === total ? "good" : "todo", ...values };
}

async function unsent({ user }) {
  const { mine, all } = await countUnsent(Number(user));
  if (mine) return { state: "todo", mine };
  return all ? { state: "others", all } : { state: "good" };
}

async function heard() {
  const hello = await lastHello();
  if (!hello) return { state: "never" };
  return { state: Date.now() - hello.heard_at < LONG_AGO_MS ? "good" : "todo", time: clockTime(hello.heard_at) };
}

async function clock() {
  const hello = await lastHello();
  if (!hello) return { state: "unknown" };
  const minutes = Math.round(Math.abs(hello.offset_s) / 60);
  if (Math.abs(hello.offset_s) < WRONG_CLOCK_S) return { state: "good" };
  return { state: hello.offset_s > 0 ? "fast" : "slow", minutes };
}

async function kept() {
  if (!navigator.storage?.persist) return { state: "never" };
  return { state: (await navigator.storage.persisted()) ? "good" : "todo" };
}

async function room() {
  if (!navigator.storage?.estimate) return { state: "unknown" };
  const { usage, quota } = await navigator.storage.estimate();
  const values = { used: inMegabytes(usage), quota: inMegabytes(quota), free: inMegabytes(quota - usage) };
  return { state: quota - usage < LITTLE_ROOM ? "todo" : "good", ...values };
}

async function position() {
  if (!navigator.geolocation || !isSecureContext) return { state: "unavailable" };
  const asked = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  return { state: { granted: "good", denied: "denied" }[asked?.state] ?? "ask" };
}

const installed = async () => ({ state: isInstalled() ? "good" : "todo" });

export const CHECKS = { installed, worker, version, day, unsent, heard, clock, kept, room, position };
