// The day's pages: what one person may read without a network, in a cache of that person's own, `day-<user id>`.
// `day-owner` says whose they are and how long they may be read without a word from the server.
// That is a courtesy, not encryption: whoever has the unlocked phone can get at them.
const FIELD = "day-owner"; // named so that whoever wipes `day-…` wipes it too
const OWNER = "/field/owner";
const KEPT_MS = OFFING.keep_hours * 3600_000;
const RENEW_MS = 60_000; // so often at most is "we heard of the server" written down
const MOST_VISITED = 100; // pages that were only looked at; the prepared ones are bounded by the server
const SAVED = "X-Offing-Saved";
const VERSION = "X-Offing-Version";
const RELEASE = "X-Offing-Release";
const MY_RELEASE = OFFING.marks.join(" "); // the scripts and styles that a page of this release names

const dayOf = (user) => `day-${user}`;

// Wiping and storing never overlap, or a page on its way could outlive its owner's sign-out.
const alone = (work) => navigator.locks.request("offing-day", work);

async function owner() {
  const kept = await caches.match(OWNER, { cacheName: FIELD });
  return kept ? kept.json() : null;
}

async function own(user) {
  const cache = await caches.open(FIELD);
  await cache.put(OWNER, new Response(JSON.stringify({ user, until: Date.now() + KEPT_MS })));
}

const wipeDays = () => alone(() => dropCaches((name) => name.startsWith("day-")));

// The server has answered for this person: somebody else's pages go, one's own may be read on.
async function meet(user) {
  const known = await owner();
  if (known && known.user !== user) return wipeDays();
  if (known && known.until - KEPT_MS < Date.now() - RENEW_MS) await alone(() => own(user));
}

function mayKeep(response, kind = "text/html") {
  const caching = response.headers.get("Cache-Control") ?? "";
  const type = response.headers.get("Content-Type") ?? "";
  return (
    response.status === 200 &&
    response.type === "basic" &&
    !response.redirected &&
    /^\d+$/.test(response.headers.get(MARKER) ?? "") &&
    !caching.includes("no-store") &&
    type.startsWith(kind)
  );
}

const isHtml = (response) => response.headers.get("Content-Type")?.startsWith("text/html");
const isOfThisRelease = (html) => OFFING.marks.every((mark) => html.includes(mark));

// A kept page says so itself: <saved-copy> finds its time, and nothing has to be asked when it is shown.
async function copyOf(response, version) {
  const at = new Date().toISOString();
  const html = await response.text();
  const headers = new Headers(response.headers);
  for (const name of ["Content-Encoding", "Content-Length", "Vary"]) headers.delete(name);
  headers.set(SAVED, at);
  headers.set(VERSION, version);
  const isPlain = !isHtml(response); // what is no page names no release's files
  headers.set(RELEASE, isPlain || isOfThisRelease(html) ? MY_RELEASE : "");
  return new Response(isPlain ? html : html.replace("<saved-copy ", `<saved-copy data-at="${at}" `), { headers });
}

// Stores a page for the person it was made for, and for nobody else. A page that was merely opened is at least as new
// as the prepared one in its place, so it keeps that one's version.
async function keep(user, address, response, version) {
  if (response.headers.get(MARKER) !== user) throw new Error(`${address} is another person's page`);
  const before = await caches.match(address, { cacheName: dayOf(user) });
  const copy = await copyOf(response, version ?? before?.headers.get(VERSION) ?? "");
  await alone(async () => {
    const known = await owner();
    if (known && known.user !== user) throw new Error(`${address} came too late for its reader`);
    if (!known) await own(user);
    await (await caches.open(dayOf(user))).put(address, copy);
  });
}

// Gone for this person: so is the copy.
async function forget(user, address) {
  if (await caches.has(dayOf(user))) await (await caches.open(dayOf(user))).delete(address);
}

// What has just been looked at is kept too; with a full storage the prepared pages are worth more.
async function keepVisited(user, address, response) {
  try {
    await keep(user, address, response);
    return true;
  } catch (failure) {
    console.info(`not kept: ${failure.message}`);
    return false;
  }
}

const isOver = (response) => !(Date.now() - Date.parse(response.headers.get(SAVED)) < KEPT_MS);

// Pages and the outbox hear of the server by themselves; the later word counts.
async function mayRead({ user, until }) {
  if (Date.now() < until) return true;
  const hello = await lastHello();
  return String(hello?.user) === user && Date.now() < Date.parse(hello.offline_until);
}

// A saved page of the person whose phone this is: its answer, "locked", or null.
async function savedPage(address) {
  const known = await owner();
  if (!known) return null;
  const name = dayOf(known.user);
  if (!(await mayRead(known))) {
    await caches.delete(name);
    return "locked";
  }
  const url = new URL(address);
  const response = await caches.match(url.pathname === "/" ? "/today" : address, { cacheName: name });
  return response && !isOver(response) ? response : null;
}

// What is too old goes, and the oldest of the pages that were only looked at: a page that is stored again moves to the
// end of a cache's list.
async function prune(user) {
  const cache = await caches.open(dayOf(user));
  const visited = [];
  for (const request of await cache.keys()) {
    const response = await cache.match(request);
    if (isOver(response)) await cache.delete(request);
    else if (!response.headers.get(VERSION)) visited.push(request);
  }
  await Promise.all(visited.slice(0, -MOST_VISITED).map((request) => cache.delete(request)));
}
