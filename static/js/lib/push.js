// The browser's push subscription and what the server knows of it.
import { canPush } from "./device.js";

const WANTED = "offing.push"; // this device was switched on by a tap; survives a subscription that the browser lost

export const isWanted = () => localStorage.getItem(WANTED) === "on";

export async function currentSubscription() {
  if (!canPush()) return null;
  const registration = await navigator.serviceWorker.getRegistration(); // `ready` never comes where there is no worker
  return registration?.pushManager.getSubscription() ?? null;
}

// The server lists what it knows as these, so that no page holds an address one could push to.
export async function fingerprint(endpoint) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return [...new Uint8Array(digest)].slice(0, 8).map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const base64url = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

export const hasKey = (subscription, key) =>
  !subscription.options.applicationServerKey || base64url(subscription.options.applicationServerKey) === key;

export async function makeSubscription(key) {
  const registration = await navigator.serviceWorker.ready;
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

// `form` carries the address and the CSRF token. If the server refuses, the browser's half is undone: half is worse than none.
export async function tellServer(form, subscription) {
  const { endpoint, keys } = subscription.toJSON();
  const body = new FormData(form);
  for (const [name, value] of Object.entries({ endpoint, ...keys })) body.set(name, value);
  const response = await fetch(form.action, { method: "POST", body, redirect: "manual" });
  if (response.ok) {
    localStorage.setItem(WANTED, "on");
    return;
  }
  if (response.status === 422) await subscription.unsubscribe();
  throw new Error(`the server did not take the subscription (${response.status})`);
}

export async function dropSubscription(form) {
  localStorage.removeItem(WANTED);
  const subscription = await currentSubscription();
  if (!subscription) return;
  const body = new FormData(form);
  body.set("endpoint", subscription.endpoint);
  await subscription.unsubscribe();
  await fetch(form.dataset.dropAction, { method: "POST", body, redirect: "manual" });
}
