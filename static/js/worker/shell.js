// The shell: what every page needs to show itself, kept whole under the name of its release.
// The server puts `self.OFFING` before this: version, shell (addresses), icon, badge, key, texts by language.
const SHELL = `shell-${OFFING.version}`;
const MARKER = "X-Offing";
const OFFLINE_PAGE = OFFING.offline;

// On foreign networks anybody may answer; what lacks our marker is not ours, whatever its status says.
const isOurs = (response) => response.ok && !response.redirected && response.headers.has(MARKER);

async function fetchOurs(address) {
  const response = await fetch(address, { cache: "reload", credentials: "same-origin" });
  if (!isOurs(response)) throw new Error(`${address} is not ours (${response.status})`);
  return response;
}

// All or nothing: half a shell would look like an installed app that does not start.
async function fillShell() {
  const responses = await Promise.all(OFFING.shell.map(fetchOurs));
  const cache = await caches.open(SHELL);
  try {
    await Promise.all(OFFING.shell.map((address, i) => cache.put(address, responses[i])));
  } catch (failure) {
    await caches.delete(SHELL);
    throw failure;
  }
}

// Browsers evict caches behind a living worker's back, so each page open asks for what is missing.
// The pages in it speak the language of the page that asked last.
async function healShell(language) {
  const cache = await caches.open(SHELL);
  await Promise.allSettled(
    OFFING.shell.map(async (address) => {
      const kept = await cache.match(address);
      const spoken = kept?.headers.get("Content-Language");
      const foreign = language && spoken && spoken !== language;
      if (!kept || foreign) await cache.put(address, await fetchOurs(address));
    }),
  );
}

const dropOtherShells = () => dropCaches((name) => name.startsWith("shell-") && name !== SHELL);

// Never by `caches.open`, which would make anew what the kill switch has just dropped.
const inCache = (request, options) => caches.match(request, { cacheName: SHELL, ...options });

async function fromShell(request) {
  return (await inCache(request, { ignoreVary: true, ignoreSearch: true })) ?? fetch(request);
}
