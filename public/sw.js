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
  if (changesWho(request)) event.waitUntil(caches.delete(ROOMS));
  if (request.method !== 'GET') return;
  if (/^\/(pkg|words)\//.test(pathname)) event.respondWith(file(event));
  else if (request.mode === 'navigate') event.respondWith(page(event, pathname));
});

/** Who comes in or goes out: what one may read is not what another may. The page sees to it where somebody else ends a session. */
function changesWho({ method, url }) {
  const { pathname, searchParams } = new URL(url);
  if (method === 'GET') return false;
  if (pathname === '/api/v1/me') return (searchParams.get('method') ?? method) === 'DELETE';
  return pathname === '/api/v1/session' || pathname === '/api/v1/accounts';
}

/** A file is what it was: its address says so. */
async function file(event) {
  const { request } = event;
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  const lasts = response.ok && response.headers.get('cache-control')?.includes('immutable');
  // Nobody waits until it is kept, and where there is no room for it, it has come all the same.
  if (lasts) event.waitUntil(keep(FILES, request, response.clone()).catch(() => {}));
  return response;
}

async function page(event, pathname) {
  try {
    const response = (await event.preloadResponse) ?? (await fetch(event.request));
    if (!isRoom(pathname)) return response;
    if (response.ok) event.waitUntil(keep(ROOMS, pathname, response.clone()).catch(() => {}));
    else if (response.status < 500 && response.status !== 429) event.waitUntil(forget(pathname));
    // What stands in front of the server says that it is gone.
    else return (await kept(pathname)) ?? response;
    return response;
  } catch {
    return (await kept(pathname)) ?? offline();
  }
}

const kept = (pathname) => caches.match(pathname, { cacheName: ROOMS, ignoreVary: true });

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
  const { room, seq } = event.notification.data;
  const address = room === 'lobby' ? '/' : `/r/${room}`;
  event.waitUntil(
    clients.matchAll({ type: 'window' }).then(async (open) => {
      const at = ({ url }) => new URL(url).pathname;
      const there = open.find((page) => at(page) === address);
      if (there) return there.focus();
      // A room keeps what is written in it; a form does not.
      const other = open.find((page) => isRoom(at(page)));
      return other ? (await other.focus()).navigate(`/r/${room}/${seq}`) : clients.openWindow(`/r/${room}/${seq}`);
    }),
  );
});
