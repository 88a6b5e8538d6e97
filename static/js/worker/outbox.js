// The outbox without a page: after the network came back, or when a push shows that there is one.
self.addEventListener("sync", (event) => {
  if (event.tag !== "outbox") return;
  const sent = drain({ force: true, wait: true }).then(({ stopped }) => {
    // The browser tries again when this fails; at its last chance there is nothing more to ask for.
    if (stopped && stopped !== "signed-out" && stopped !== "wiped" && !event.lastChance) throw new Error(`outbox: ${stopped}`);
  });
  event.waitUntil(sent);
});

self.addEventListener("push", (event) => event.waitUntil(drain().catch(() => {})));
