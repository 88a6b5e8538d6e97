// The page's end of the service worker: registers it, hears of a new release, passes messages on.
import { hasUnsavedInput } from "./device.js";

let controlled = Boolean(navigator.serviceWorker?.controller);
let asked = false;
let reloaded = false;

// The first worker that takes a page over is no new release. A later one means a reload, once, unless that would
// cost a half-filled form in a tab where nobody asked for it.
function controllerChanged() {
  if (controlled && !reloaded && (asked || !hasUnsavedInput())) {
    reloaded = true;
    location.reload();
  }
  controlled = true;
}

export function applyUpdate(waiting) {
  asked = true;
  waiting.postMessage("skip");
}

function announceUpdate(registration) {
  document.dispatchEvent(new CustomEvent("offing:update", { detail: registration.waiting }));
}

function watch(registration) {
  if (registration.waiting && navigator.serviceWorker.controller) announceUpdate(registration);
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming?.addEventListener("statechange", () => {
      // The first worker of all has nobody to wait for and is no news.
      if (coming.state === "installed" && navigator.serviceWorker.controller) announceUpdate(registration);
    });
  });
}

function hear({ data }) {
  if (data?.type === "inbox") document.dispatchEvent(new CustomEvent("offing:inbox"));
  if (data?.type === "open" && new URL(data.url).origin === location.origin) {
    if (hasUnsavedInput()) document.dispatchEvent(new CustomEvent("offing:open", { detail: data.url }));
    else location.assign(data.url);
  }
}

// With the kill switch on: registering would wake up again what is just going, and what the broken worker still put
// down while it went goes too.
async function unlinkWorker() {
  const registrations = await navigator.serviceWorker.getRegistrations();
  await Promise.all(registrations.map((registration) => registration.unregister()));
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
}

export async function linkWorker() {
  if (!("serviceWorker" in navigator)) return;
  if (document.querySelector("meta[name=service-worker][content=off]")) return unlinkWorker();
  navigator.serviceWorker.addEventListener("controllerchange", controllerChanged);
  navigator.serviceWorker.addEventListener("message", hear);
  const registration = await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
  watch(registration);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") registration.update().catch(() => {}); // no network: next time
  });
  const ready = await navigator.serviceWorker.ready;
  ready.active.postMessage({ type: "page", language: document.documentElement.lang });
}
