// The page without a network. The build fills in the version and the files.

const VERSION = '{{version}}';
const FILES = {{files}};

const CACHE = `pychain-${VERSION}`;
// The full list of names has a cache of its own, see the worker: it outlives versions of the page.
const NAMES_CACHE = 'pychain-names';

// A hashed name never changes what it means; the page itself is asked for anew.
self.addEventListener('install', (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

async function fill() {
  const cache = await caches.open(CACHE);
  await Promise.all([cache.addAll(FILES), cache.add(new Request('./', { cache: 'reload' }))]);
}

self.addEventListener('activate', (event) => {
  event.waitUntil(forget().then(() => self.clients.claim()));
});

// The version before stays: a window that is still open has its scripts there.
async function forget() {
  const others = (await caches.keys()).filter((name) => name.startsWith('pychain-') && name !== CACHE && name !== NAMES_CACHE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method === 'GET' && new URL(request.url).origin === self.location.origin) {
    event.respondWith(answer(request));
  }
});

async function answer(request) {
  const cache = await caches.open(CACHE);
  const found = (await cache.match(request, { ignoreSearch: true })) ?? (await caches.match(request));
  if (!found) return fetch(request);
  return request.destination === 'worker' ? guarded(found) : found;
}

// The second belt: a worker that is loaded by its address would not have the page's policy.
function guarded(found) {
  const headers = new Headers(found.headers);
  headers.set('Content-Security-Policy', "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'");
  return new Response(found.body, { status: found.status, statusText: found.statusText, headers });
}
