// Push: each one shows exactly one notification, whatever it holds. iOS takes the permission away after three silent ones.

const words = (language) => OFFING.texts[language] ?? OFFING.texts[navigator.language.startsWith("zh") ? "zh-CN" : "en"];

function ownAddress(address) {
  if (typeof address !== "string") return null;
  try {
    const url = new URL(address, self.location.origin);
    return url.origin === self.location.origin ? url.href : null;
  } catch {
    return null;
  }
}

function readPush(data) {
  try {
    const message = data.json();
    return message && typeof message === "object" ? message : {};
  } catch {
    return {}; // empty or not ours: still one notification
  }
}

function notification(message) {
  const text = (value, otherwise) => (typeof value === "string" && value ? value : otherwise);
  const title = text(message.title);
  const acts = (Array.isArray(message.actions) ? message.actions : [])
    .filter((act) => act && ownAddress(act.url) && text(act.action) && text(act.title))
    .slice(0, 2); // browsers drop a third without a word
  const options = {
    body: text(message.body, title ? "" : words(message.lang).news),
    tag: text(message.tag, "offing"),
    lang: text(message.lang, ""),
    icon: OFFING.icon,
    badge: OFFING.badge,
    actions: acts.map(({ action, title }) => ({ action, title })),
    data: { url: ownAddress(message.url) ?? ownAddress("/inbox"), lang: message.lang, title, acts },
  };
  return [title ?? "Offing", options];
}

async function setBadge(count) {
  if (!Number.isInteger(count) || !navigator.setAppBadge) return;
  await navigator.setAppBadge(count).catch(() => {}); // not installed, or not allowed: the notification is what counts
}

async function tellPages(message) {
  const windows = await self.clients.matchAll({ type: "window" });
  for (const page of windows) page.postMessage(message);
}

self.addEventListener("push", (event) => {
  const message = readPush(event.data);
  const shown = self.registration.showNotification(...notification(message));
  event.waitUntil(Promise.all([shown, setBadge(message.badge), tellPages({ type: "inbox" })]));
});
