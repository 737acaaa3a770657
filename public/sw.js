// The page without a network: its files are kept for good, since their addresses change with them, and the rooms that were read
// last as they were then. With a network, rooms always come from the server. It also shows the notifications of pages.
//
// In front of this the server puts WORDS, what is said, by its names in `src/words/tool.rs`, and the LANGUAGE of that.

const FILES = 'files';
const ROOMS = 'rooms';
/** So many rooms are kept, and so many files: those of this version and some of the one before. */
const MOST = { [ROOMS]: 20, [FILES]: 40 };

const isRoom = (pathname) => pathname === '/' || /^\/r\/[^/]+$/.test(pathname);

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([clients.claim(), registration.navigationPreload?.enable()]));
});

addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  // Who comes in or goes out: what one may read is not what another may.
  if (request.method !== 'GET' && /^\/api\/v1\/(session|me|signup|setup)/.test(pathname)) event.waitUntil(caches.delete(ROOMS));
  if (request.method !== 'GET') return;
  if (/^\/(pkg|words)\//.test(pathname)) event.respondWith(file(request));
  else if (request.mode === 'navigate') event.respondWith(page(event, pathname));
});

/** A file is what it was: its address says so. */
async function file(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok && response.headers.get('cache-control')?.includes('immutable')) await keep(FILES, request, response.clone());
  return response;
}

async function page(event, pathname) {
  try {
    const response = (await event.preloadResponse) ?? (await fetch(event.request));
    if (isRoom(pathname)) event.waitUntil(response.ok ? keep(ROOMS, pathname, response.clone()) : forget(pathname));
    return response;
  } catch {
    return (await caches.match(pathname, { cacheName: ROOMS, ignoreVary: true })) ?? offline();
  }
}

/** Who may not read it any more has no copy of it either. */
async function forget(pathname) {
  await (await caches.open(ROOMS)).delete(pathname);
}

async function keep(name, key, response) {
  const cache = await caches.open(name);
  await cache.delete(key);
  await cache.put(key, response);
  const keys = await cache.keys();
  // The oldest come first.
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST[name])).map((old) => cache.delete(old)));
}

/** What was asked for is not kept: these are. */
async function offline() {
  const cache = await caches.open(ROOMS);
  const rooms = (await cache.keys()).reverse().map((request) => decodeURI(new URL(request.url).pathname));
  const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const links = rooms.map((room) => `<li><a href="${escaped(room)}">${escaped(room === '/' ? WORDS.Lobby : room.slice(3))}</a></li>`);
  const html = `<!DOCTYPE html><html lang="${LANGUAGE}"><meta charset="utf-8"><title>${WORDS.OfflineTitle}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:12vh auto;padding:0 1rem}a{display:block;padding:.5rem 0}</style>
<h1>${WORDS.Offline}</h1>
<p>${rooms.length ? WORDS.KeptRooms : WORDS.NothingKept}</p>
<ul>${links.join('')}</ul></html>`;
  return new Response(html, { status: 503, headers: { 'content-type': 'text/html; charset=utf-8' } });
}

addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { room } = event.notification.data;
  const address = room === 'lobby' ? '/' : `/r/${room}`;
  event.waitUntil(
    clients.matchAll({ type: 'window' }).then((open) => {
      const there = open.find(({ url }) => new URL(url).pathname === address) ?? open[0];
      if (!there) return clients.openWindow(address);
      return there.focus().then(() => (new URL(there.url).pathname === address ? undefined : there.navigate(address)));
    }),
  );
});
