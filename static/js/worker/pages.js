// Whole pages: always from the network. Fragments, forms, foreign origins and the back office are left to the browser.
// Saved pages of the day (`day-<user id>`, used after 4 s without an answer) belong into `openPage`, before the offline page.

function isPage(request, url) {
  return request.method === "GET" && request.mode === "navigate" && url.pathname !== "/admin" && !url.pathname.startsWith("/admin/");
}

function isShell(request, url) {
  return request.method === "GET" && OFFING.shell.includes(url.pathname) && !request.headers.has("HX-Request");
}

// No time limit here: without a saved copy, a slow page is worth more than a quick "no network".
async function openPage(request) {
  try {
    return await fetch(request);
  } catch {
    const cache = await caches.open(SHELL);
    return (await cache.match(OFFLINE_PAGE)) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (isPage(request, url)) event.respondWith(openPage(request));
  else if (isShell(request, url)) event.respondWith(fromShell(request));
});
