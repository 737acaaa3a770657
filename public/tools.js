// What is not wanted in the first second: going elsewhere by name, emoji, what the keys do, and completing `#room` and
// `:emoji:` while one writes. The page asks for it when it is wanted; it needs nothing of the app but the elements.

/** @typedef {{ css: string, emoji: string, words: string }} Files */
/** @typedef {{ sign: string, names: string[], group: string }} Emoji */
/** @typedef {{ shown: string, taken: string, sign?: string }} Offer */

const OFFERED = 8;
/** What is begun before the caret: a room or an emoji. */
const BEGUN = /(?:^|[\s(])([#:])([\p{L}\p{N}_+-]*)$/u;
/** An emoji that is named to the end. */
const NAMED = /(?:^|[\s(])(:([a-z0-9_+-]+):)$/;

const box = () => /** @type {HTMLTextAreaElement | null} */ (document.querySelector('#messageInput'));

/** @type {Promise<Emoji[]> | undefined} */
let loading;

/** What is said, by its name in `src/words/tool.rs`. @type {Record<string, string>} */
export let words = {};

/** @type {Promise<void> | undefined} */
let speaking;

/** Asks for what is said, in the page's language. @param {Files} files */
function speak(files) {
  speaking ??= fetch(files.words).then(async (response) => {
    if (!response.ok) throw new Error(`no words: ${response.status}`);
    words = (await response.json()).tool;
  });
  // Whoever is offline may try again.
  speaking.catch(() => { speaking = undefined; });
  return speaking;
}

/** What is wanted can be shown from here on. @param {Files} files */
export const ready = (files) => Promise.all([speak(files), styled(files.css)]);

/**
 * Opens what a button or a key asks for.
 *
 * @param {string} what
 * @param {Files} files
 * @param {Element | null} opener
 */
export async function open(what, files, opener) {
  const about = /** @type {HTMLElement | null | undefined} */ (opener?.closest('[data-seq]'))?.dataset.seq;
  await ready(files);
  if (what === 'switcher') goElsewhere();
  if (what === 'shortcuts') showKeys();
  if (what === 'members') await showMembers();
  if (what === 'emoji') await chooseEmoji(files, about);
}

/** What was asked for, by its address: whoever comes second does not overtake the first. @type {Map<string, Promise<unknown>>} */
const sheets = new Map();

/** @param {string} href */
export function styled(href) {
  const asked = sheets.get(href);
  if (asked || document.querySelector(`link[href="${href}"]`)) return asked;
  const link = element('link', { rel: 'stylesheet', href });
  const come = new Promise((done) => { link.onload = link.onerror = done; });
  sheets.set(href, come);
  document.head.append(link);
  return come;
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} has
 * @param {(Node | string)[]} children
 */
export function element(tag, has = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(has)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * A dialog; it is gone when it is closed, and whoever had the keyboard has it again.
 *
 * @param {string} title
 * @param {string} kind
 * @param {Node[]} children
 */
export function dialog(title, kind, ...children) {
  const close = element('button', { type: 'button', 'aria-label': words.Close, class: 'close' }, '\u00D7');
  const made = element('dialog', { class: `tool ${kind}`, 'aria-label': title }, element('h2', {}, title), close, ...children);
  close.onclick = () => made.close();
  made.onclick = (event) => { if (event.target === made) made.close(); };
  made.onclose = () => made.remove();
  document.body.append(made);
  made.showModal();
  return made;
}

// --- elsewhere ---------------------------------------------------------------------------------------------------------

function goElsewhere() {
  if (document.querySelector('dialog.switcher')) return;
  const ways = [...document.querySelectorAll('.places a')].map((link) => ({
    link: /** @type {HTMLAnchorElement} */ (link),
    title: link.querySelector('span:not(.count)')?.textContent ?? '',
    news: link.classList.contains('news'),
  }));
  // What is unread is what one looks for.
  ways.sort((a, b) => Number(b.news) - Number(a.news));
  const list = element('ul', { id: 'ways', role: 'listbox', 'aria-label': words.RoomsAndPeople });
  const field = element('input', {
    type: 'text', role: 'combobox', 'aria-label': words.GoTo, 'aria-controls': 'ways', 'aria-expanded': 'true',
    placeholder: words.GoToWhat, autocomplete: 'off', spellcheck: 'false',
  });
  const nothing = element('p', { role: 'status', class: 'nothing' });
  const made = dialog(words.GoTo, 'switcher', field, list, nothing);
  let chosen = 0;
  const show = () => {
    const wanted = plain(field.value.trim());
    const found = ways.filter(({ title }) => plain(title).includes(wanted));
    found.sort((a, b) => Number(plain(b.title).startsWith(wanted)) - Number(plain(a.title).startsWith(wanted)));
    chosen = Math.max(0, Math.min(chosen, found.length - 1));
    list.replaceChildren(...found.map(({ link, title, news }, at) => {
      const sign = link.querySelector('svg')?.cloneNode(true) ?? '';
      const has = { role: 'option', id: `way-${at}`, 'aria-selected': String(at === chosen), class: news ? 'news' : '' };
      const option = element('li', has, sign, element('span', { dir: 'auto' }, title));
      option.onclick = () => location.assign(link.href);
      return option;
    }));
    nothing.textContent = found.length ? '' : words.NoSuchPlace;
    field.setAttribute('aria-activedescendant', found.length ? `way-${chosen}` : '');
    list.children[chosen]?.scrollIntoView({ block: 'nearest' });
  };
  field.oninput = () => { chosen = 0; show(); };
  field.onkeydown = (event) => {
    const count = list.children.length;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      chosen = (chosen + (event.key === 'ArrowDown' ? 1 : count - 1)) % Math.max(1, count);
      show();
    } else if (event.key === 'Enter' && !event.isComposing) {
      /** @type {HTMLElement | undefined} */ (list.children[chosen])?.click();
    } else {
      return;
    }
    event.preventDefault();
  };
  show();
  field.focus();
  return made;
}

/** Without case and accents: whoever looks for Zoe finds Zoë. @param {string} text */
const plain = (text) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

// --- members -----------------------------------------------------------------------------------------------------------

/** So many are shown at once; who looks for somebody else looks by their name. */
const SHOWN = 200;

async function showMembers() {
  if (document.querySelector('dialog.members')) return;
  const { room, me } = JSON.parse(document.getElementById('first-paint')?.textContent ?? '{}');
  const field = element('input', { type: 'search', 'aria-label': words.LookForSomebody, placeholder: words.LookForSomebody, autocomplete: 'off' });
  const list = element('ul', { 'aria-label': words.Members, tabindex: '0' });
  const told = element('p', { role: 'status', class: 'nothing' }, words.Loading);
  const more = element('a', { href: `/r/${room}/about` }, words.AllAboutRoom);
  dialog(words.Members, 'members', field, list, told, more);
  field.focus();
  /** @param {string} address @returns {Promise<{ id: string, name: string, role: string, muted?: number }[]>} */
  const ask = async (address) => {
    const response = await fetch(`/api/v1/${address}`);
    if (!response.ok) throw new Error(`no members: ${response.status}`);
    return response.json();
  };
  const members = [];
  let after = '';
  try {
    do {
      const page = await ask(`rooms/${room}/members${after && `?after=${encodeURIComponent(after)}`}`);
      after = page.at(-1)?.id ?? '';
      members.push(...page);
    } while (after && members.length < SHOWN);
  } catch {
    told.textContent = words.MembersNotLoaded;
    return;
  }
  /** @type {Record<string, string>} */
  const roles = { moderator: words.Moderator, admin: words.Admin, owner: words.Owner };
  /** @param {typeof members} found */
  const draw = (found) => {
    list.replaceChildren(...found.map(({ id, name, role, muted }) => element('li', {},
      element('bdi', {}, name),
      ...(id === me?.id ? [element('span', { class: 'badge' }, words.You)] : []),
      ...(roles[role] ? [element('span', { class: 'badge' }, roles[role])] : []),
      ...(muted ? [element('span', { class: 'badge' }, words.Muted)] : []))));
    told.textContent = found.length ? '' : words.NobodyOfThatName;
  };
  const show = async () => {
    const typed = field.value.trim();
    const found = members.filter(({ name }) => plain(name).includes(plain(typed)));
    // Of those who were not loaded only the server knows; it tells who is somebody.
    const others = after && typed ? await ask(`people?room=${room}&q=${encodeURIComponent(typed)}`).catch(() => []) : [];
    // Meanwhile more may have been typed.
    if (field.value.trim() === typed) draw([...found, ...others.filter(({ id }) => members.every((member) => member.id !== id))]);
  };
  field.oninput = show;
  show();
}

// --- keys --------------------------------------------------------------------------------------------------------------

function showKeys() {
  if (document.querySelector('dialog.shortcuts')) return;
  const command = navigator.platform.startsWith('Mac') ? '\u2318' : words.KeyControl;
  const keys = [
    [`${command} K`, words.KeyGoTo],
    [words.KeyEnter, words.KeySend], [`${words.KeyShift} ${words.KeyEnter}`, words.KeyNewLine],
    ['\u2191', words.KeyEditLast], ['Esc', words.KeyLetGo],
    ['@', words.KeyNameSomebody], ['#', words.KeyNameRoom], [':', words.KeyEmoji], ['?', words.KeyThisList],
  ];
  const rows = keys.flatMap(([key, what]) => [
    element('dt', {}, ...key.split(' ').map((part) => element('kbd', {}, part))), element('dd', {}, what),
  ]);
  const marks = element('p', { class: 'marks-help' }, words.Marks);
  dialog(words.Keys, 'shortcuts', element('dl', {}, ...rows), marks);
}

// --- emoji -------------------------------------------------------------------------------------------------------------

/** @param {Files} files */
function allEmoji(files) {
  loading ??= fetch(files.emoji).then(async (response) => {
    if (!response.ok) throw new Error(`no emoji: ${response.status}`);
    return (await response.text()).trim().split('\n').map((line) => {
      const [sign, group, ...names] = line.split('\t');
      return { sign, group, names };
    });
  });
  // Whoever is offline may try again.
  loading.catch(() => { loading = undefined; });
  return loading;
}

/**
 * @param {Files} files
 * @param {string | undefined} reactsTo the seq of a message, or nothing for the box
 */
async function chooseEmoji(files, reactsTo) {
  if (document.querySelector('dialog.emojis')) return;
  const field = element('input', { type: 'search', 'aria-label': words.LookForEmoji, placeholder: words.LookForOne, autocomplete: 'off' });
  const grid = element('div', { class: 'grid' }, words.Loading);
  const made = dialog(reactsTo ? words.ReactWith : words.Emoji, 'emojis', field, grid);
  field.focus();
  try {
    const all = await allEmoji(files);
    const show = () => {
      const wanted = plain(field.value.trim()).replaceAll(' ', '_');
      const found = all.filter(({ names }) => names.some((name) => name.includes(wanted)));
      const groups = Map.groupBy ? Map.groupBy(found, ({ group }) => group) : new Map([['', found]]);
      grid.replaceChildren(...[...groups].flatMap(([group, some]) => [
        element('h3', {}, group),
        element('div', {}, ...some.map(({ sign, names }) =>
          element('button', { type: 'button', title: names[0].replaceAll('_', ' '), 'aria-label': names[0].replaceAll('_', ' ') }, sign))),
      ]));
      if (found.length === 0) grid.replaceChildren(element('p', { role: 'status' }, words.NoSuchEmoji));
    };
    field.oninput = show;
    field.onkeydown = (event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      // It would reach the box, which has the keyboard by then.
      event.preventDefault();
      grid.querySelector('button')?.click();
    };
    grid.onclick = (event) => {
      const sign = /** @type {Element} */ (event.target).closest('button')?.textContent;
      if (!sign) return;
      made.close();
      if (reactsTo) react(reactsTo, sign);
      else write(sign);
    };
    show();
  } catch {
    grid.replaceChildren(element('p', { role: 'alert' }, words.EmojiNotLoaded));
  }
}

/** As a button in the list would. @param {string} seq @param {string} sign */
function react(seq, sign) {
  const button = element('button', { type: 'button', 'data-do': 'react', 'data-seq': seq, hidden: '' }, sign);
  document.querySelector('#messages')?.parentElement?.append(button);
  button.click();
  button.remove();
}

/** Into the box, where the caret is. @param {string} text */
function write(text) {
  const field = box();
  if (!field) return;
  field.focus();
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

// --- completing --------------------------------------------------------------------------------------------------------

/** @type {{ offers: Offer[], chosen: number, from: number, list: HTMLUListElement } | undefined} */
let completing;

/**
 * Something was typed that may begin the name of a room or an emoji.
 *
 * @param {Files} files
 * @param {string} before  what stands before the caret: while all this came, more may have been typed
 */
export async function complete(files, before) {
  const field = box();
  if (!field) return;
  await ready(files);
  const named = NAMED.exec(before);
  if (named) {
    const emoji = (await allEmoji(files).catch(() => [])).find(({ names }) => names.includes(named[2]));
    if (emoji && field.value.startsWith(before)) replace(field, before.length - named[1].length, before.length, emoji.sign);
    return close();
  }
  const [, sign, typed] = BEGUN.exec(before) ?? [];
  const offers = sign === '#' ? rooms(typed) : sign === ':' && typed.length > 1 ? await emojis(files, typed) : [];
  // Meanwhile something else may have been typed, which is looked at by itself.
  if (field.value.slice(0, field.selectionStart) !== before) return;
  if (offers.length === 0) return close();
  offer(field, offers, before.length - typed.length - 1);
}

/** @param {string} typed @returns {Offer[]} */
function rooms(typed) {
  const known = [...document.querySelectorAll('.places a[href^="/r/"], .places a[href="/"]')];
  return known.map((link) => {
    const key = link.getAttribute('href') === '/' ? 'lobby' : String(link.getAttribute('href')).slice(3);
    return { shown: link.querySelector('span:not(.count)')?.textContent ?? key, taken: `#${key} `, key };
  }).filter(({ shown, key }) => !key.startsWith('direct-') && (key.startsWith(typed.toLowerCase()) || plain(shown).startsWith(plain(typed)))).slice(0, OFFERED);
}

/** @param {Files} files @param {string} typed @returns {Promise<Offer[]>} */
async function emojis(files, typed) {
  const all = await allEmoji(files).catch(() => []);
  const begins = all.filter(({ names }) => names.some((name) => name.startsWith(typed)));
  const found = [...begins, ...all.filter((emoji) => !begins.includes(emoji) && emoji.names.some((name) => name.includes(typed)))];
  return found.slice(0, OFFERED).map(({ sign, names }) => ({ sign, taken: sign, shown: names.find((name) => name.includes(typed)) ?? names[0] }));
}

/** @param {HTMLTextAreaElement} field @param {Offer[]} offers @param {number} from */
function offer(field, offers, from) {
  close();
  const list = element('ul', { class: 'names', role: 'listbox', id: 'offers', 'aria-label': words.Completions });
  completing = { offers, chosen: 0, from, list };
  field.parentElement?.append(list);
  // Before the app hears of a key.
  window.addEventListener('keydown', onKey, true);
  field.addEventListener('blur', close);
  show();
}

function show() {
  if (!completing) return;
  const { offers, chosen, list } = completing;
  list.replaceChildren(...offers.map(({ shown, sign }, at) => {
    const option = element('li', { role: 'option', id: `offer-${at}`, 'aria-selected': String(at === chosen) }, sign ? `${sign} ${shown}` : shown);
    option.onpointerdown = (event) => { event.preventDefault(); take(at); };
    return option;
  }));
  box()?.setAttribute('aria-activedescendant', `offer-${chosen}`);
}

function close() {
  completing?.list.remove();
  if (completing) box()?.removeAttribute('aria-activedescendant');
  completing = undefined;
  window.removeEventListener('keydown', onKey, true);
  box()?.removeEventListener('blur', close);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (!completing || event.target !== box() || event.isComposing || event.keyCode === 229 || event.shiftKey) return;
  const { offers } = completing;
  const step = { ArrowDown: 1, ArrowUp: offers.length - 1 }[event.key];
  if (step) {
    completing.chosen = (completing.chosen + step) % offers.length;
    show();
  } else if (box().selectionStart < completing.from) {
    // The caret has gone elsewhere.
    return close();
  } else if (event.key === 'Enter' || event.key === 'Tab') {
    take(completing.chosen);
  } else if (event.key === 'Escape') {
    close();
  } else {
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** @param {number} at */
function take(at) {
  const field = box();
  if (!completing || !field) return;
  const { offers, from } = completing;
  const { taken } = offers[at];
  close();
  replace(field, from, field.selectionStart, taken);
}

/** @param {HTMLTextAreaElement} field @param {number} from @param {number} to @param {string} text */
function replace(field, from, to, text) {
  // Who has gone on writing meanwhile goes on there.
  field.setRangeText(text, from, to, field.selectionStart > to ? 'preserve' : 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
