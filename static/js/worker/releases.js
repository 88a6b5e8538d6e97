// Pages outlive an update: those of an older release still need its scripts and styles, so its shell stays beside the
// new one until no kept page is of another release.
async function isNeeded(name) {
  const cache = await caches.open(name);
  const kept = await Promise.all((await cache.keys()).map((request) => cache.match(request)));
  return kept.some((response) => response.headers.get(RELEASE) !== MY_RELEASE);
}

async function tidyShells() {
  const { installing, waiting } = self.registration;
  if (installing || waiting) return; // a newer release's files stand in the caches as well
  const days = (await caches.keys()).filter((name) => /^day-\d+$/.test(name));
  const needed = await Promise.all(days.map(isNeeded));
  if (!needed.includes(true)) await dropOtherShells();
}

// The day is whole: if it is all of this release, what was only looked at in an older one goes with that one's shell.
async function dropOtherReleases(user, prepared) {
  const cache = await caches.open(dayOf(user));
  const kept = await Promise.all((await cache.keys()).map(async (request) => [request, await cache.match(request)]));
  const old = kept.filter(([, response]) => response.headers.get(RELEASE) !== MY_RELEASE).map(([request]) => request);
  const address = (request) => request.url.slice(self.location.origin.length);
  if (old.some((request) => prepared.has(address(request)))) return;
  await Promise.all(old.map((request) => cache.delete(request)));
  await tidyShells();
}

// Names of files carry a hash, so any shell that has one has the right one.
async function fromAnyShell(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}
