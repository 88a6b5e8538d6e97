// "Prepare for today": fetches what the server lists for this person's day, then reads all of it back. Only what was
// read back is called ready.
const MANIFEST = "/field/manifest";
const AT_ONCE = 4;
const FETCH_MS = 30_000;
const RENEWED_MS = KEPT_MS / 3; // an unchanged page is fetched again before it gets too old to be shown
const NOTHING = { ready: [], missing: [], total: 0, at: null, lost: false };
const hearers = new Set();
let running = null;

const report = (more) => {
  for (const port of hearers) port.postMessage(more);
  return more;
};

async function ask(address, accept) {
  const headers = { Accept: accept, "X-Offing-Prepare": "1" };
  const signal = AbortSignal.timeout(FETCH_MS);
  return fetch(address, { cache: "no-store", credentials: "same-origin", redirect: "manual", headers, signal });
}

// The server's list, or the reason why there is none.
async function fetchManifest() {
  const response = await ask(MANIFEST, "application/json").catch(() => null);
  const marker = response?.headers.get(MARKER);
  if (marker === "-") return { fault: "visitor" };
  if (!marker || !response.ok) return { fault: "unreachable" };
  const manifest = await response.json();
  return { user: marker, manifest: { ...manifest, fetched: Date.now() } };
}

async function isFresh(cache, page) {
  const kept = await cache.match(page.url);
  if (!kept || !page.version || kept.headers.get(VERSION) !== page.version) return false;
  return Date.now() - Date.parse(kept.headers.get(SAVED)) < RENEWED_MS;
}

// A full storage gives up what is not of the day: map tiles first, then pages that were only looked at.
async function makeRoom(user) {
  await caches.delete("tiles");
  const cache = await caches.open(dayOf(user));
  for (const request of await cache.keys()) {
    if (!(await cache.match(request)).headers.get(VERSION)) await cache.delete(request);
  }
}

async function fetchPage(user, page, mayMakeRoom = true) {
  const response = await ask(page.url, page.type);
  if (!mayKeep(response, page.type)) throw new Error(`${page.url} answered ${response.status}`);
  try {
    await keep(user, page.url, response, page.version || "always");
  } catch (failure) {
    if (failure.name !== "QuotaExceededError" || !mayMakeRoom) throw failure;
    await makeRoom(user);
    await fetchPage(user, page, false);
  }
}

async function fetchAll(user, pages) {
  const cache = await caches.open(dayOf(user));
  const queue = [...pages];
  let done = 0;
  let full = false;
  const lane = async () => {
    for (let page = queue.shift(); page && !full; page = queue.shift()) {
      try {
        if (!(await isFresh(cache, page))) await fetchPage(user, page);
      } catch (failure) {
        full ||= failure.name === "QuotaExceededError";
        console.info(`not prepared: ${failure.message}`);
      }
      report({ state: "running", done: (done += 1), total: pages.length });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return full;
}

async function isReadable(user, page) {
  const kept = await caches.match(page.url, { cacheName: dayOf(user) });
  if (!kept || isOver(kept) || kept.headers.get(MARKER) !== user) return false;
  return (await kept.text()).trimEnd().endsWith(isHtml(kept) ? "</html>" : "]}");
}

// What stands on this phone now, by reading it: ready and missing pages of the last list, and whether the browser has
// thrown away since then what was ready.
async function readBack() {
  const known = await owner();
  const kept = known && (await mayRead(known)) && (await caches.match(MANIFEST, { cacheName: FIELD }));
  if (!kept) return NOTHING;
  const { pages, fetched, held } = await kept.json();
  const good = await Promise.all(pages.map((page) => isReadable(known.user, page)));
  const ready = pages.filter((_, i) => good[i]);
  const missing = pages.filter((_, i) => !good[i]);
  return { ready, missing, total: pages.length, at: fetched, lost: ready.length < held };
}

async function prepareDay() {
  const { fault, user, manifest } = await fetchManifest();
  if (fault) return { state: fault, ...(await readBack()) };
  await meet(user);
  const full = await alone(() => own(user))
    .then(() => storeList(manifest))
    .then(() => fetchAll(user, manifest.pages))
    .catch(isQuota);
  await prune(user);
  const found = await readBack();
  await storeList({ ...manifest, held: found.ready.length }).catch(isQuota);
  if (!found.missing.length) await dropOtherReleases(user, new Set(found.ready.map(({ url }) => url)));
  return { state: full ? "full" : "done", ...found };
}

async function storeList(manifest) {
  await (await caches.open(FIELD)).put(MANIFEST, new Response(JSON.stringify(manifest)));
}

function isQuota(failure) {
  if (failure.name !== "QuotaExceededError") throw failure;
  return true;
}

function startPreparing() {
  running ??= prepareDay()
    .catch((failure) => ({ state: "failed", ...NOTHING, detail: failure.message }))
    .then(report)
    .finally(() => {
      running = null;
      hearers.clear();
    });
  return running;
}

// A page asks for what is ready ("day"), lets it be prepared ("prepare"), or has been signed out of ("wipe").
self.addEventListener("message", (event) => {
  const [port] = event.ports;
  const { type } = event.data ?? {};
  if (type === "wipe") event.waitUntil(wipeDays());
  else if (type === "prepare" && port) {
    hearers.add(port);
    event.waitUntil(startPreparing());
  } else if (type === "day" && port) {
    if (running) hearers.add(port);
    event.waitUntil(readBack().then((found) => port.postMessage({ state: running ? "running" : "known", ...found })));
  }
});
