// A tap on a notification opens its page; a tap on Confirm or Reject decides at once, by a token that works once.

async function showPage(address) {
  const target = ownAddress(address) ?? ownAddress("/inbox");
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((page) => page.url === target);
  const page = there ?? windows.find((other) => other.focused) ?? windows[0];
  try {
    if (!page) return void (await self.clients.openWindow(target));
    if (!there) page.postMessage({ type: "open", url: target }); // the page knows whether a form would be lost
    await page.focus();
  } catch {
    // Without the person's tap the browser opens and focuses nothing; the page has its message.
  }
}

const say = (title, body, tag, data, silent) =>
  self.registration.showNotification(title, { body, tag, data, silent, icon: OFFING.icon, badge: OFFING.badge });

async function decision(act) {
  const body = new URLSearchParams({ token: act.token ?? "" });
  try {
    const response = await fetch(act.url, { method: "POST", body, credentials: "same-origin", redirect: "manual" });
    if (!response.headers.has(MARKER)) return { done: false };
    return { done: response.ok, ...(await response.json()) };
  } catch {
    return { done: false };
  }
}

// Decisions are never queued: hours later they would surprise. What did not work is said, with the page to do it on.
async function decide(shown, act) {
  const { url, lang, title } = shown.data;
  const { done, message, badge } = await decision(act);
  if (!done) return say(words(lang).undecided, message ?? words(lang).unreached, shown.tag, { url, lang, acts: [] });
  await say(title ?? "Offing", message, shown.tag, { url, lang, acts: [] }, true);
  await setBadge(badge);
  await tellPages({ type: "inbox" });
}

self.addEventListener("notificationclick", (event) => {
  const shown = event.notification;
  shown.close();
  const act = shown.data?.acts?.find(({ action }) => action === event.action);
  event.waitUntil(act ? decide(shown, act) : showPage(shown.data?.url));
});

// Not relied on (few browsers fire it): each page open compares and repairs as well.
async function renewSubscription(old) {
  const options = { userVisibleOnly: true, applicationServerKey: OFFING.key };
  const made = await self.registration.pushManager.subscribe(options);
  const hello = await (await fetch("/push/hello", { cache: "no-store", credentials: "same-origin" })).json();
  const { endpoint, keys } = made.toJSON();
  const body = new URLSearchParams({ endpoint, ...keys, replaces: old?.endpoint ?? "" });
  await fetch("/push/subscriptions", {
    method: "POST",
    body,
    credentials: "same-origin",
    headers: { "X-CSRF-Token": hello.csrf },
  });
}

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(renewSubscription(event.oldSubscription));
});
