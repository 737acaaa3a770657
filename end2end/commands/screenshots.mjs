// Takes pictures of the page: the README's three, and with `--all` every screen and state, to be looked at.

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { chromium } from '@playwright/test';

import { launchOptions, reader } from '../support/browser.mjs';
import { guest, person } from '../support/guest.mjs';
import { withServer } from '../support/server.mjs';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('@playwright/test').BrowserContextOptions} Options */
/** @typedef {{ name: string, path?: string, as?: 'me' | 'stranger', does?: (page: Page) => Promise<unknown> }} Screen */

const DESK = { viewport: { width: 1200, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

/** @type {{ name: string, options: Options }[]} */
const README = [
  { name: 'light', options: { ...DESK, colorScheme: 'light' } },
  { name: 'dark', options: { ...DESK, colorScheme: 'dark' } },
  { name: 'phone', options: { ...PHONE, colorScheme: 'light' } },
];
/** @type {{ name: string, options: Options }[]} */
const LOOKS = [
  ...README,
  { name: 'wide', options: { viewport: { width: 1920, height: 1080 }, colorScheme: 'light' } },
  { name: 'phone-dark', options: { ...PHONE, colorScheme: 'dark' } },
];

/** Who looks at the page. */
const ME = 'Maya';
const PASSWORD = 'a long enough sentence';
/** Who says what, and with how many messages before it they answer. */
const CONVERSATION = /** @type {const} */ ([
  ['Jonas', 'Morning! Is the **harbour walk** still on for Saturday?'],
  ['Priya', 'It is. We meet at the lighthouse at ten, dogs welcome \u{1F600}', 1],
  ['Tomás', 'The route is [here](https://example.com/walks/harbour-loop), the plan in #harbour-walk:'],
  ['Tomás', '1. Lighthouse to the old pier\n2. Lunch at the ~~pub~~ boathouse\n3. Back over the dunes'],
  ['נועה', 'אני מצטרפת, אבל אגיע קצת באיחור'],
  ['Jonas', 'No problem, Noa. The old pier is easy to find, we wait for you there.'],
  [ME, 'Count me in! I bring two flasks of coffee.'],
  ['Wren', 'And the forecast says sun until three.'],
]);
/** Who likes the message at which place. */
const LIKES = /** @type {const} */ ([['Wren', 2], ['Jonas', 2], [ME, 2], ['Priya', 7]]);

const dialog = (/** @type {Page} */ page) => page.locator('dialog[open] :is(li, dd, .grid button)').first().waitFor();
const live = (/** @type {Page} */ page) => page.locator('.connection[data-link=live]').waitFor();

/** Every screen and state besides the conversation itself. @type {Screen[]} */
const SCREENS = [
  { name: 'menu', does: async (page) => { await page.locator('.more').last().click(); await page.locator('.menu:not(.closed)').waitFor(); } },
  { name: 'switcher', does: async (page) => { await page.keyboard.press('Control+k'); await dialog(page); } },
  { name: 'emoji', does: async (page) => { await page.locator('.emoji').click(); await dialog(page); } },
  { name: 'shortcuts', does: async (page) => { await page.locator('#messages').focus(); await page.keyboard.press('?'); await dialog(page); } },
  { name: 'answering', does: async (page) => { await page.locator('.more').last().click(); await page.getByRole('button', { name: 'Answer', exact: true }).last().click(); } },
  { name: 'offline', does: async (page) => {
    await page.context().setOffline(true);
    await page.evaluate(() => window.dispatchEvent(new Event('offline')));
    await page.locator('.connection[data-link=lost]').waitFor({ timeout: 60_000 });
    await page.locator('#messageInput').fill('Written on the train');
    await page.locator('#sendButton').click();
    await page.locator('.pending').waitFor();
  } },
  { name: 'code', path: '/r/code' },
  { name: 'right-to-left', path: '/r/hebrew' },
  { name: 'empty', path: '/r/empty' },
  { name: 'direct', path: 'direct' },
  { name: 'closed', path: '/r/den', as: 'stranger' },
  { name: 'nothing', path: '/r/nowhere', as: 'stranger' },
  { name: 'stranger', as: 'stranger' },
  ...['login', 'signup'].map((name) => /** @type {Screen} */ ({ name, path: `/${name}`, as: 'stranger' })),
  ...['rooms', 'search', 'mentions', 'settings', 'reports', 'admin'].map((name) => ({ name, path: `/${name}` })),
  ...['rooms', 'settings', 'audit', 'now'].map((name) => ({ name: `admin-${name}`, path: `/admin/${name}` })),
  { name: 'found', path: '/search?q=lighthouse' },
  { name: 'about', path: '/r/harbour-walk/about' },
  { name: 'message', path: '/r/lobby/2/act' },
];

const all = process.argv.includes('--all');
const FOLDER = fileURLToPath(new URL(all ? '../../target/screenshots/' : '../screenshots/', import.meta.url));
await mkdir(FOLDER, { recursive: true });
await withServer({}, async (server) => {
  const browser = await chromium.launch(launchOptions);
  try {
    const me = await becomeMe(browser, server);
    await converse(server.url, me.person, me.token);
    const direct = await furnish(server.url, me.token);
    for (const look of all ? LOOKS : README) {
      await picture(browser, server.url, look, { name: '' }, me.state);
      for (const screen of all ? SCREENS : []) {
        const path = screen.path === 'direct' ? `/r/${direct}` : screen.path;
        await picture(browser, server.url, look, { ...screen, path }, me.state);
      }
    }
  } finally {
    await browser.close();
  }
});

/**
 * @param {import('@playwright/test').Browser} browser
 * @param {string} url
 * @param {{ name: string, options: Options }} look
 * @param {Screen} screen
 * @param {Options['storageState']} state
 */
async function picture(browser, url, look, { name, path = '/', as = 'me', does }, state) {
  const context = await browser.newContext({ ...reader, ...look.options, storageState: as === 'me' ? state : undefined });
  const page = await context.newPage();
  await page.goto(url + path);
  if (await page.locator('#messages').count()) await live(page);
  await does?.(page);
  const file = [name, look.name].filter(Boolean).join('-');
  await page.screenshot({ path: `${FOLDER}${file}.png` });
  await context.close();
  console.log(`${file}.png`);
}

/**
 * The one who looks, and who runs the site: their browser's state, and they themselves.
 *
 * @param {import('@playwright/test').Browser} browser
 * @param {import('../support/server.mjs').Server} server
 */
async function becomeMe(browser, { url, log }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const setup = log.map((line) => /\/setup\?code=([\w-]+)/.exec(line)?.[1]).find(Boolean);
  const response = await page.request.post(`${url}/api/v1/accounts`, { data: { name: ME, password: PASSWORD, setup } });
  const { token } = await response.json();
  const state = await context.storageState();
  await context.close();
  return { state, token, person: person(url, ME, token) };
}

/**
 * Rooms, and somebody to talk with. Answers with the room of the two.
 *
 * @param {string} url
 * @param {string} token
 */
async function furnish(url, token) {
  const ask = async (/** @type {string} */ path, /** @type {object} */ body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const room = (/** @type {string} */ room, /** @type {string} */ title, kind = 'open', topic = '') => ask('/rooms', { room, title, kind, topic });
  const says = (/** @type {string} */ room, /** @type {string} */ body) => ask(`/rooms/${room}/messages`, { body, cid: crypto.randomUUID() });
  await room('code', 'Code', 'open', 'What we run');
  await room('hebrew', 'עברית', 'open', 'מדברים עברית');
  await room('empty', 'Nothing yet');
  await room('den', 'The den', 'closed');
  await says('code', 'It is `rustc --version` first, then:\n```rust\nfn main() {\n    println!("{}", "walk ".repeat(12));\n}\n```\n> And then?\nThen we go.');
  await says('hebrew', 'שלום! **נפגשים** בשבת בעשר, ליד המגדלור.\n- קפה\n- מעיל');
  const { me } = await fetch(`${url}/api/v1/accounts`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'Ben', password: PASSWORD }),
  }).then((response) => response.json());
  const direct = await ask('/direct', { users: [me.id] });
  await says(direct.room, 'Do you have the keys?');
  return direct.room;
}

/**
 * @param {string} url
 * @param {import('../support/guest.mjs').Guest} me
 * @param {string} token
 */
async function converse(url, me, token) {
  const people = new Map([[ME, me]]);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const walk = { room: 'harbour-walk', title: 'Harbour walk', kind: 'open', topic: 'Saturdays at ten, by the lighthouse' };
  await fetch(`${url}/api/v1/rooms`, { method: 'POST', headers, body: JSON.stringify(walk) });
  let seq = 0;
  for (const [name, body, answers] of CONVERSATION) {
    if (!people.has(name)) people.set(name, await guest(url, name));
    seq += 1;
    await people.get(name)?.say(body, answers && seq - answers);
  }
  for (const [name, seq] of LIKES) await people.get(name)?.react(seq, '\u{2764}\u{FE0F}');
}
