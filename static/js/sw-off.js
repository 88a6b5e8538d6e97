// The kill switch (OFFING_SW_OFF=1): takes the place of a broken worker, drops its caches and goes.
// IndexedDB is not touched: unsent records stay.
self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  const dropCaches = async () => {
    const names = await caches.keys();
    await Promise.all(names.map((name) => caches.delete(name)));
    await self.registration.unregister();
  };
  event.waitUntil(dropCaches());
});
