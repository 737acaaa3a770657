// Being told what happens while one looks elsewhere: by the sign in the tab, by a sound, by a notification of the system. How much of
// it each device wants is kept in its browser. The page asks for this when there is something to tell.

/** @typedef {{ js: string, css: string, icon: string, iconNews: string, iconNamed: string, words: string }} Files */
/** @typedef {'all' | 'named' | 'none'} Level */
/** @typedef {{ room: string, seq: number, by: string, title: string, body: string }} Said */

const HOUR_MS = 3_600_000;
/** Two pages of one browser do not sound for the same message. */
const ONE_SOUND_MS = 3_000;

const LEVELS = /** @type {[Level, string][]} */ ([['all', 'All'], ['named', 'ToMe'], ['none', 'Nothing']]);
const QUIET = /** @type {[string, string][]} */ ([
  ['0', 'NotQuiet'], ['1', 'ForAnHour'], ['8', 'ForEightHours'], ['24', 'ForADay'], ['168', 'ForAWeek'],
]);

/** What the app's own sign says. @type {number | undefined} */
let badged;

/** How far each room was read, as far as this page was told. @type {Map<string, number>} */
const read = new Map();

/** What is gone, as far as this page was told: `room.seq`. @type {Set<string>} */
const gone = new Set();

/** Nobody need be told of it any more. @param {string} room @param {number} seq */
const isOver = (room, seq) => seq <= (read.get(room) ?? 0) || gone.has(`${room}.${seq}`);

/** What is on the screen, by the room that it is of. @type {Map<string, { seq: number, shown: Notification }[]>} */
const shown = new Map();

/** What else there is, once it can be shown. @param {Files} files @returns {Promise<typeof import('./tools.js')>} */
async function tools(files) {
  const tools = await import(files.js);
  await tools.ready(files);
  return tools;
}

/** @template T @param {Record<string, string>} words @param {[T, string][]} choices @returns {[T, string][]} */
const said = (words, choices) => choices.map(([value, name]) => [value, words[name]]);

// --- what this device wants ----------------------------------------------------------------------------------------------

/** @param {string} name */
function kept(name) {
  try {
    return localStorage.getItem(`banter.told.${name}`);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value */
function keep(name, value) {
  try {
    localStorage.setItem(`banter.told.${name}`, value);
  } catch {
    // Where nothing may be kept, it holds for as long as it is looked at.
  }
}

/** People among themselves mean each other; in a room of many one wants to be told less. @param {string} room @returns {Level} */
const levelOf = (room) => /** @type {Level | null} */ (kept(`level.${room}`)) ?? 'named';
const isQuiet = () => Number(kept('quiet')) > Date.now();
const sounds = () => kept('sound') === 'on';
const here = () => JSON.parse(document.getElementById('first-paint')?.textContent ?? '{}').room;
/** Somebody looks at a page of ours, or at one of this room. @param {string} [room] */
const attended = (room) => {
  const [mine, others] = [!document.hidden && document.hasFocus() ? here() : null, kept('attended')];
  return room ? [mine, others].includes(room) : (mine ?? others) !== null;
};

// --- what happens ---------------------------------------------------------------------------------------------------------

/**
 * Something happened.
 *
 * @param {string} news  as `src/ui/state/news.rs` writes it
 * @param {Files} files
 */
export function tell(news, files) {
  const [what, room, place, title, by, ...body] = news.split('\n');
  const seq = Number(place);
  if (what === 'read') {
    read.set(room, Math.max(seq, read.get(room) ?? 0));
    return withdraw(room);
  }
  if (what === 'gone') {
    gone.add(`${room}.${seq}`);
    return withdraw(room);
  }
  const level = levelOf(room);
  if (level === 'none' || (level === 'named' && what !== 'named') || isQuiet()) return;
  if (attended(room)) return;
  sound(`${room}.${seq}`);
  if (!attended()) notify({ room, seq, by, title, body: body.join('\n') }, files);
}

/** What is shown last. */
let shownLast = Promise.resolve();

/**
 * One after the other, in the order in which it happened, however long what is needed for the first takes to come.
 *
 * @param {Said} said
 * @param {Files} files
 */
function notify(said, files) {
  shownLast = shownLast.then(() => show(said, files)).catch(() => {});
}

/**
 * @param {Said} said
 * @param {Files} files
 */
async function show({ room, seq, by, title, body }, files) {
  if (!('Notification' in window)) return;
  if (Notification.permission === 'default') return offer(files);
  if (Notification.permission !== 'granted') return;
  const head = title ? (await tools(files)).words.WhoIn.replace(/\{(.)\}/g, (_, at) => [by, title][at]) : by;
  // While this came it may have been read, or deleted, ...
  if (isOver(room, seq)) return;
  // By its tag there is one for a room, also of several pages.
  const options = { body, tag: `banter.${room}`, icon: files.icon, silent: true, data: { room, seq } };
  const worker = await navigator.serviceWorker?.getRegistration();
  if (worker) {
    await worker.showNotification(head, options);
    // ... and while it was shown.
    return withdraw(room);
  }
  const one = new Notification(head, options);
  one.onclick = () => {
    window.focus();
    one.close();
    if (room !== here()) location.assign(`/r/${room}/${seq}`);
  };
  shown.set(room, [...(shown.get(room) ?? []), { seq, shown: one }]);
}

/**
 * What was read, here or elsewhere, or is gone, need not be told any more.
 *
 * @param {string} room
 */
async function withdraw(room) {
  const left = (shown.get(room) ?? []).filter(({ seq, shown: one }) => {
    if (isOver(room, seq)) one.close();
    return !isOver(room, seq);
  });
  shown.set(room, left);
  const worker = await navigator.serviceWorker?.getRegistration();
  const ofWorker = (await worker?.getNotifications({ tag: `banter.${room}` })) ?? [];
  for (const one of ofWorker) if (isOver(room, one.data.seq)) one.close();
}

/** @param {string} which */
function sound(which) {
  if (!sounds()) return;
  if (!navigator.locks) return play();
  navigator.locks.request(`banter.sound.${which}`, { ifAvailable: true }, (mine) => {
    if (!mine) return undefined;
    play();
    return new Promise((done) => setTimeout(done, ONE_SOUND_MS));
  });
}

/** The one that all sounds are made in. @type {AudioContext | undefined} */
let context;
/** When the last one began. */
let sounded = 0;

/** Two soft tones, made here: nothing has to be loaded for them. Where the browser is silent until one has used the page, so is this. */
async function play() {
  if (Date.now() - sounded < ONE_SOUND_MS) return;
  sounded = Date.now();
  context ??= new AudioContext();
  const resumed = context.resume().catch(() => {});
  await Promise.race([resumed, new Promise((done) => setTimeout(done, ONE_SOUND_MS))]);
  if (context.state === 'running') tones(context);
}

/** @param {AudioContext} context */
function tones(context) {
  const volume = new GainNode(context, { gain: 0 });
  volume.connect(context.destination);
  [587, 880].forEach((frequency, at) => {
    const tone = new OscillatorNode(context, { frequency });
    const [from, to] = [context.currentTime + at * 0.12, context.currentTime + at * 0.12 + 0.3];
    volume.gain.setValueAtTime(0.08, from);
    volume.gain.exponentialRampToValueAtTime(0.001, to);
    tone.connect(volume);
    tone.start(from);
    tone.stop(to);
  });
}

// --- the sign in the tab --------------------------------------------------------------------------------------------------

/**
 * The tab's sign says that something is unread, and whether it is said to me. How much, the title says.
 *
 * @param {Files} files
 */
export function badge(files) {
  const count = Number(/^\((\d+)\)/.exec(document.title)?.[1] ?? 0);
  const named = document.querySelector('.count.mentions') !== null;
  const icon = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel=icon]'));
  const wanted = count === 0 ? files.icon : named ? files.iconNamed : files.iconNews;
  if (icon && icon.getAttribute('href') !== wanted) icon.href = wanted;
  // On an installed app it is on the app's own sign.
  if (!navigator.setAppBadge || badged === count) return;
  badged = count;
  (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => {});
}

// --- asking ---------------------------------------------------------------------------------------------------------------

/**
 * Somebody has missed something that was said to them: now they know what it would be good for. Asked once.
 *
 * @param {Files} files
 */
async function offer(files) {
  if (kept('asked')) return;
  const { element, words } = await tools(files);
  if (document.querySelector('.offer')) return;
  const yes = element('button', { type: 'button', class: 'main' }, words.TellMe);
  const no = element('button', { type: 'button' }, words.DoNotTellMe);
  const bar = element('aside', { class: 'offer', 'aria-label': words.Notifications },
    element('p', { role: 'status' }, words.Offer), yes, no);
  const done = () => {
    keep('asked', 'yes');
    bar.remove();
  };
  yes.onclick = () => Notification.requestPermission().then(done);
  no.onclick = done;
  document.body.append(bar);
}

/**
 * The choices, for this room and for all.
 *
 * @param {Files} files
 */
export async function choose(files) {
  const { dialog, element, words } = await tools(files);
  if (document.querySelector('dialog.told')) return;
  const room = here();
  const level = fieldset(element, words.InThisRoom, said(words, LEVELS), levelOf(room), (value) => keep(`level.${room}`, value));
  const hours = isQuiet() ? '' : '0';
  const quiet = fieldset(element, words.DoNotDisturb, said(words, QUIET), hours, (value) => {
    keep('quiet', String(Date.now() + Number(value) * HOUR_MS));
    until.textContent = untilWhen(words);
  });
  const until = element('p', { role: 'status', class: 'hint' }, untilWhen(words));
  const tick = element('input', { type: 'checkbox' });
  tick.checked = sounds();
  tick.onchange = () => {
    keep('sound', tick.checked ? 'on' : 'off');
    if (tick.checked) play();
  };
  const sound = element('label', { class: 'choice' }, tick, words.WithSound);
  dialog(words.BeingTold, 'told', level, quiet, until, sound, system(element, words));
}

/** The page's language, as the reader's browser has it. */
const locales = () => {
  const { lang } = document.documentElement;
  return [...navigator.languages.filter((one) => one.startsWith(lang)), lang];
};

/** @param {Record<string, string>} words */
const untilWhen = (words) => {
  const when = new Intl.DateTimeFormat(locales(), { weekday: 'long', hour: 'numeric', minute: 'numeric' });
  return isQuiet() ? words.QuietUntil.replace('{0}', () => when.format(Number(kept('quiet')))) : '';
};

/**
 * @param {typeof import('./tools.js').element} element
 * @param {string} legend
 * @param {[string, string][]} choices
 * @param {string} chosen
 * @param {(value: string) => void} choose
 */
function fieldset(element, legend, choices, chosen, choose) {
  const all = choices.map(([value, words]) => {
    const radio = element('input', { type: 'radio', name: legend, value });
    radio.checked = value === chosen;
    radio.onchange = () => choose(value);
    return element('label', { class: 'choice' }, radio, words);
  });
  return element('fieldset', {}, element('legend', {}, legend), ...all);
}

/**
 * What the system shows is up to the browser and who uses it.
 *
 * @param {typeof import('./tools.js').element} element
 * @param {Record<string, string>} words
 */
function system(element, words) {
  const hint = element('p', { class: 'hint', role: 'status' });
  const ask = element('button', { type: 'button' }, words.LetDeviceTell);
  const show = () => {
    const permission = 'Notification' in window ? Notification.permission : 'denied';
    ask.hidden = permission !== 'default';
    hint.textContent = {
      granted: words.DeviceTells,
      denied: words.DeviceMayNot,
      default: words.DeviceCan,
    }[permission];
  };
  ask.onclick = () => Notification.requestPermission().then(show);
  show();
  return element('div', { class: 'system' }, hint, ask);
}
