// Putting a record down on the phone for good, and what is done when the phone is full.
import { keepFile } from "./files.js";
import { lastHello } from "./hello.js";
import { announce, FORMAT, keepRecord, queueRecord, readRecord, removeRecord } from "./records.js";
import { dropCaches } from "./wipe.js";

export const canKeep = () => isSecureContext && "indexedDB" in window && typeof crypto.randomUUID === "function";

const PREVIEW_EDGE = 240;
const isFull = (fault) => fault?.name === "QuotaExceededError";
const ROOM = [(name) => name.startsWith("tiles"), (name) => name.startsWith("day-")];

// What can be fetched again goes first: pictures of the map, then saved pages.
async function makingRoom(work) {
  for (const fits of [...ROOM, null]) {
    try {
      return await work();
    } catch (fault) {
      if (!isFull(fault) || fits === null) throw fault;
      await dropCaches(fits);
    }
  }
}

export const keepDraft = (record) => makingRoom(() => keepRecord({ ...record, format: FORMAT }));

// Lists show a small picture; drawn here, because the worker has no canvas on every phone.
async function previewOf({ blob, type }) {
  if (!type.startsWith("image/")) return null;
  const bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" }).catch(() => null); // not every format
  if (!bitmap) return null;
  const scale = Math.min(1, PREVIEW_EDGE / Math.max(bitmap.width, bitmap.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.ceil(bitmap.width * scale), height: Math.ceil(bitmap.height * scale) });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.toDataURL("image/jpeg", 0.7).split(",")[1];
}

export async function keepPhoto(file) {
  const preview = await previewOf(file);
  await makingRoom(() => keepFile({ ...file, preview }));
}

// True only when it is on the disk; false if it has gone already.
export async function queue(record) {
  const hello = await lastHello().catch(() => null);
  const now = Date.now();
  const clock_offset_s = hello?.offset_s ?? null;
  const stamped = { ...record, format: FORMAT, recorded_at: record.recorded_at ?? new Date(now).toISOString(), queued_at: now, clock_offset_s };
  const kept = await makingRoom(() => queueRecord(stamped));
  if (kept) {
    announce();
    askForSync();
    navigator.storage?.persist?.().catch(() => {}); // a wish only; the page of this device shows what came of it
  }
  return kept;
}

const POSTED = "offing.posted";
const ANSWERED = "offing.answered";

// A form that goes the ordinary way: its draft has done its duty once the server has answered.
export const notePosted = (id) => sessionStorage.setItem(POSTED, id);

export async function dropPosted() {
  const posted = sessionStorage.getItem(POSTED);
  const [arrival] = performance.getEntriesByType("navigation");
  const isAnswer = arrival?.redirectCount > 0 || document.getElementById("errors") !== null;
  // A page that is left while it removes leaves the note to the next one.
  if (posted && isAnswer) sessionStorage.setItem(ANSWERED, posted);
  sessionStorage.removeItem(POSTED);
  const done = sessionStorage.getItem(ANSWERED);
  if (!done) return;
  if ((await readRecord(done))?.state === "draft") await removeRecord(done);
  sessionStorage.removeItem(ANSWERED);
}

async function askForSync() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.sync?.register("outbox").catch(() => {}); // an extra where there is one
}
