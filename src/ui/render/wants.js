// What wants the tools: a button, a key, or a sign that is typed. Lines like this one are not sent.
const files = FILES;
const tools = () => import(files.js);
const open = (what, opener) => tools().then((it) => it.open(what, files, opener));
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
