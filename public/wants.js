// What wants the tools: a button, a key, or a sign that is typed.
const files = JSON.parse(document.querySelector('script[data-files]').dataset.files);
const tools = () => import(files.js);
const news = () => import(files.news);
const open = (what, opener) =>
  (what === 'told' ? news().then((it) => it.choose(files)) : tools().then((it) => it.open(what, files, opener))).catch(outdated);
// A server that is newer than the page does not have the page's files any more.
const outdated = () => fetch('/healthz').then(({ ok }) => ok && location.reload(), () => {});
addEventListener('click', ({ target }) => {
  const opener = target.closest?.('[data-open]');
  if (opener) open(opener.dataset.open, opener);
});
addEventListener('keydown', (event) => {
  const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event;
  if ((ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === 'k') {
    event.preventDefault();
    open('switcher');
  } else if (key === '?' && !ctrlKey && !target.matches?.('input, textarea, select')) {
    open('shortcuts');
  }
});
addEventListener('input', ({ target }) => {
  if (target.id !== 'messageInput') return;
  const before = target.value.slice(0, target.selectionStart);
  const begun = /(^|[\s(])[#:][^\s#:]*:?$/.test(before);
  if (begun || document.getElementById('offers')) tools().then((it) => it.complete(files, before), () => {});
});
// In their order: what is asked for a second time may come before what is still coming for the first.
let telling = Promise.resolve();
addEventListener('news', ({ detail }) => (telling = telling.then(news).then((it) => it.tell(detail, files)).catch(() => {})));
const title = document.querySelector('title');
const badge = () => {
  if (title.textContent.startsWith('(') || document.querySelector('link[rel=icon]').getAttribute('href') !== files.icon)
    news().then((it) => it.badge(files), () => {});
};
const within = { childList: true, characterData: true, subtree: true };
for (const told of [title, document.querySelector('.places')]) new MutationObserver(badge).observe(told, within);
badge();
// What was unread when the app was closed may have been read elsewhere.
if (!title.textContent.startsWith('(')) navigator.clearAppBadge?.().catch(() => {});
const { room, me } = JSON.parse(document.getElementById('first-paint').textContent);
// Answers with what was kept before. Where nothing may be kept, each page is alone.
const keep = (name, value) => {
  const key = `banter.${name}`;
  try {
    const before = localStorage.getItem(key);
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
    return before;
  } catch {}
};
// Who looks at one page need not be told by another.
let attends = false;
const attend = ({ type }) => {
  const attended = type !== 'pagehide' && !document.hidden && document.hasFocus();
  if (attended || attends) keep('told.attended', attended ? room : undefined);
  attends = attended;
};
for (const event of ['focus', 'blur', 'pagehide', 'visibilitychange']) addEventListener(event, attend, true);
attend({});
// Nobody else's rooms are left in this browser, nor one's own once the session has ended.
const forget = () => globalThis.caches?.delete('rooms').catch(() => {});
const who = `${me?.id}`;
if (keep('who', who) !== who) forget();
const line = document.querySelector('.connection');
new MutationObserver(() => line.dataset.link === 'ended' && forget()).observe(line, { attributes: true });
const list = document.getElementById('messages');
const colour = (parts) => {
  if (files.code && parts.some((part) => part?.closest?.('pre') ?? part?.querySelector?.('pre'))) import(files.code).then((it) => it.colour(), () => {});
};
new MutationObserver((changes) => colour(changes.flatMap(({ addedNodes, target }) => [target.parentElement, ...addedNodes]))).observe(list, within);
colour([list]);
navigator.serviceWorker?.register('/sw.js').catch(() => {});
// On a phone the list of rooms is a page of its own: the way back leads out of it.
const drawer = document.querySelector('.drawer');
drawer.addEventListener('toggle', () => {
  if (drawer.open && !history.state?.drawer) history.pushState({ drawer: true }, '');
  if (!drawer.open && history.state?.drawer) history.back();
});
addEventListener('popstate', () => (drawer.open = false));
// The way back out of a room that was chosen there leads to it.
drawer.open = Boolean(history.state?.drawer);
// Where the browser lays its keyboard over the page (Safari does), the page is as high as what is left. Who has zoomed in wants to see
// a part of it.
const view = window.visualViewport;
view?.addEventListener('resize', () => {
  if (view.scale === 1) document.documentElement.style.setProperty('--visible', `${view.height}px`);
});
