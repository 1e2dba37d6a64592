// The service worker of the customer's pages. The server writes SHELL in front
// of it: the version, the files that the program consists of, the frame of a
// page without anybody's state, and the page that says "offline".
//
// It keeps these and nothing else: no state, no token, no answer of the API. A
// page comes from the network; only where that gives none, or is too slow, the
// kept ones step in. It never takes over a page that is open: a new version
// waits until all of the old one's pages are closed.
"use strict";

const NAME = "escalate-" + SHELL.version;
const KEPT = SHELL.files.concat(SHELL.frame, SHELL.offline);
const PATIENCE = 4000; // ms; somebody who looks at a white page for longer goes away

self.addEventListener("install", (event) => {
  // The page has these already: the browser's own cache answers.
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(KEPT)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) =>
    Promise.all(names.filter((n) => n.startsWith("escalate-") && n !== NAME).map((n) => caches.delete(n)))));
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    const join = /^\/join\/[^/]+\/?$/.test(url.pathname);
    if (join || url.pathname === "/") event.respondWith(page(request, join));
    return;
  }
  const name = url.pathname + url.search;
  if (SHELL.files.includes(name)) event.respondWith(kept(name).then((r) => r || fetch(request)));
});

// kept answers with what is kept under the name, and with nothing where storage
// has been blocked, or emptied, since.
async function kept(name) {
  try {
    return await (await caches.open(NAME)).match(name);
  } catch {
    return undefined;
  }
}

// page answers from the network. Where there is none, or what stands before our
// server says that it is away, it says so; where it is slow, a join page begins
// with the frame and fetches its state by itself.
function page(request, join) {
  const network = fetch(request);
  const offline = network.then(
    (r) => (away(r) ? kept(SHELL.offline).then((k) => k || r) : r),
    () => kept(SHELL.offline).then((r) => r || Response.error()));
  if (!join) return offline;
  const slow = new Promise((done) => setTimeout(done, PATIENCE)).then(() => kept(SHELL.frame)).then((r) => r || offline);
  return Promise.race([offline, slow]);
}

// away recognizes what a balancer or a proxy says in place of our server, which
// marks all that it says.
function away(r) {
  return r.status >= 502 && r.status <= 504 && !r.headers.has("X-Robots-Tag");
}
