// What wants the tools: a button, a key, or a sign that is typed.
const files = JSON.parse(document.querySelector('script[data-files]').dataset.files);
const tools = () => import(files.js);
const news = () => import(files.news);
const open = (what, opener) =>
  what === 'told' ? news().then((it) => it.choose(files)) : tools().then((it) => it.open(what, files, opener));
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
  const begun = /(^|[\s(])[#:][^\s#:]*:?$/.test(target.value.slice(0, target.selectionStart));
  if (begun || document.getElementById('offers')) tools().then((it) => it.complete(files));
});
addEventListener('news', ({ detail }) =>
  news().then((it) => {
    it.tell(detail, files);
    // Once the list of rooms says it.
    requestAnimationFrame(() => it.badge(files));
  }));
const title = document.querySelector('title');
const badge = () => {
  if (title.textContent.startsWith('(') || document.querySelector('link[rel=icon]').getAttribute('href') !== files.icon)
    news().then((it) => it.badge(files));
};
new MutationObserver(badge).observe(title, { childList: true, characterData: true, subtree: true });
badge();
const list = document.getElementById('messages');
const colour = (parts) => {
  if (files.code && parts.some((part) => part.querySelector?.('pre'))) import(files.code).then((it) => it.colour());
};
new MutationObserver((changes) => colour(changes.flatMap(({ addedNodes }) => [...addedNodes]))).observe(list, {
  childList: true,
  subtree: true,
});
colour([list]);
// Behind everything that the first paint needs.
addEventListener('load', () => navigator.serviceWorker?.register('/sw.js').catch(() => {}));
// On a phone the list of rooms is a page of its own: the way back leads out of it.
const drawer = document.querySelector('.drawer');
drawer.addEventListener('toggle', () => {
  if (drawer.open) history.pushState({ drawer: true }, '');
  else if (history.state?.drawer) history.back();
});
addEventListener('popstate', () => (drawer.open = false));
// Where the browser lays its keyboard over the page (Safari does), the page is as high as what is left. Who has zoomed in wants to see
// a part of it.
const view = window.visualViewport;
view?.addEventListener('resize', () => {
  if (view.scale === 1) document.documentElement.style.setProperty('--visible', `${view.height}px`);
});
