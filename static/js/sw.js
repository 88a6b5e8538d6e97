// The life of the service worker. worker/*.js stand before this in the same file as it is served.

self.addEventListener("install", (event) => event.waitUntil(fillShell()));

self.addEventListener("activate", (event) => {
  event.waitUntil(tidyShells().then(() => self.clients.claim()).then(() => healShell()));
});

// A new worker waits until a person says so ("skip"): pages and their scripts stay of one release.
self.addEventListener("message", (event) => {
  if (event.data === "skip") self.skipWaiting();
  else if (event.data?.type === "page") event.waitUntil(healShell(event.data.language));
});
