// Whole pages: the network first, and after four seconds the page as it was saved on this phone, if it was; those of the
// shell at once.
// Fragments, forms, foreign origins and the back office are left to the browser, so a fragment never stands for a page.
const PAGE_LIMIT_MS = 4000;
const SILENCE = Symbol("no answer in time");

function isPage(request, url) {
  return request.method === "GET" && request.mode === "navigate" && url.pathname !== "/admin" && !url.pathname.startsWith("/admin/");
}

const inShell = (url) => OFFING.shell.includes(url.pathname);

function isShell(request, url) {
  return request.method === "GET" && inShell(url) && !request.headers.has("HX-Request");
}

// Ours, a redirect (whose headers nobody may read), and no fault while there is something better to show.
function isAnswer(response, saved) {
  if (response.type === "opaqueredirect") return true;
  return response.headers.has(MARKER) && !(saved && response.status >= 500);
}

// What came is kept, whether or not anybody waited for it. Signed out, the phone forgets the day.
async function keepAnswer(address, coming) {
  const response = await coming.catch(() => null); // openPage shows what there is
  const user = response?.headers.get(MARKER);
  if (!user) return false;
  const copy = mayKeep(response) && !inShell(new URL(address)) ? response.clone() : null; // before the page reads it
  if (user === "-" && new URL(address).pathname === "/sign-in") await wipeDays();
  if (user === "-") return false;
  await meet(user);
  if ([403, 404, 410].includes(response.status)) await forget(user, address);
  return copy !== null && keepVisited(user, address, copy);
}

async function tellOfNews(event, kept) {
  if (!(await kept)) return;
  const page = await self.clients.get(event.resultingClientId);
  page?.postMessage({ type: "newer", url: event.request.url });
}

const standIn = async (address) => (await inCache(address)) ?? Response.error();

// Without a saved copy there is no limit: a slow page is worth more than a quick "no network".
async function openPage(event) {
  const coming = fetch(event.request);
  const kept = keepAnswer(event.request.url, coming);
  event.waitUntil(kept);
  const found = await savedPage(event.request.url);
  const saved = found === "locked" ? null : found;
  const limit = saved ? [new Promise((done) => setTimeout(done, PAGE_LIMIT_MS, SILENCE))] : [];
  const first = await Promise.race([coming, ...limit]).catch(() => SILENCE);
  if (first !== SILENCE && isAnswer(first, saved)) return first;
  if (!saved) return standIn(found === "locked" ? OFFING.locked : OFFLINE_PAGE);
  event.waitUntil(tellOfNews(event, kept));
  return saved;
}

// Another release's page is left out: its scripts are not in this shell.
async function renewInShell(path, coming) {
  const response = await coming.catch(() => null); // it is shown as it is kept
  if (!response || !isOurs(response) || !isOfThisRelease(await response.clone().text())) return;
  await (await caches.open(SHELL)).put(path, response);
}

// Pages of the shell are nobody's, and the same every day: the answer of the server is only for the next time. On a dead
// network the outbox is what one looks for.
async function openShellPage(event) {
  const { pathname } = new URL(event.request.url);
  const kept = await inCache(pathname);
  if (!kept) return openPage(event);
  const coming = fetch(event.request);
  event.waitUntil(Promise.all([keepAnswer(event.request.url, coming), renewInShell(pathname, coming)]));
  return kept;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (isPage(request, url)) event.respondWith(inShell(url) ? openShellPage(event) : openPage(event));
  else if (isShell(request, url)) event.respondWith(fromShell(request));
  else if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(fromAnyShell(request));
});
