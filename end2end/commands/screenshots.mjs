// Takes the pictures of the README: a small conversation, in light, in dark and on a phone.

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { chromium } from '@playwright/test';

import { launchOptions, reader } from '../support/browser.mjs';
import { guest, person } from '../support/guest.mjs';
import { withServer } from '../support/server.mjs';

const FOLDER = fileURLToPath(new URL('../screenshots/', import.meta.url));
const DESK = { viewport: { width: 1200, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

const PICTURES = /** @type {const} */ ([
  { name: 'light', options: { ...DESK, colorScheme: 'light' } },
  { name: 'dark', options: { ...DESK, colorScheme: 'dark' } },
  { name: 'phone', options: { ...PHONE, colorScheme: 'light' } },
]);

/** Who looks at the page. */
const ME = 'Maya';
/** Who says what, and with how many messages before it they answer. */
const CONVERSATION = /** @type {const} */ ([
  ['Jonas', 'Morning! Is the harbour walk still on for Saturday?'],
  ['Priya', 'It is. We meet at the lighthouse at ten, dogs welcome \u{1F600}', 1],
  ['Tomás', 'The route is here: https://example.com/walks/harbour-loop'],
  ['Tomás', 'Lighthouse to the old pier,\nlunch at the boathouse,\nback over the dunes.'],
  ['נועה', 'אני מצטרפת, אבל אגיע קצת באיחור'],
  ['Jonas', 'No problem, Noa. The old pier is easy to find, we wait for you there.'],
  [ME, 'Count me in! I bring two flasks of coffee.'],
  ['Wren', 'And the forecast says sun until three.'],
]);
/** Who likes the message at which place. */
const LIKES = /** @type {const} */ ([['Wren', 2], ['Jonas', 2], [ME, 2], ['Priya', 7]]);

await mkdir(FOLDER, { recursive: true });
await withServer({}, async ({ url }) => {
  const browser = await chromium.launch(launchOptions);
  try {
    const me = await becomeMe(browser, url);
    await converse(url, me.person);
    for (const { name, options } of PICTURES) {
      const context = await browser.newContext({ ...reader, ...options, storageState: me.state });
      const page = await context.newPage();
      await page.goto(url);
      await page.locator('.connection[data-link=live]').waitFor();
      await page.locator('.message').last().scrollIntoViewIfNeeded();
      await page.screenshot({ path: `${FOLDER}${name}.png` });
      await context.close();
      console.log(`screenshots/${name}.png`);
    }
  } finally {
    await browser.close();
  }
});

/**
 * The one who looks: their browser's state, and they themselves.
 *
 * @param {import('@playwright/test').Browser} browser
 * @param {string} url
 */
async function becomeMe(browser, url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const response = await page.request.post(`${url}/api/v1/guest`, { data: { name: ME } });
  const { token } = await response.json();
  const state = await context.storageState();
  await context.close();
  return { state, person: person(url, ME, token) };
}

/**
 * @param {string} url
 * @param {import('../support/guest.mjs').Guest} me
 */
async function converse(url, me) {
  const people = new Map([[ME, me]]);
  let seq = 0;
  for (const [name, body, answers] of CONVERSATION) {
    if (!people.has(name)) people.set(name, await guest(url, name));
    seq += 1;
    await people.get(name)?.say(body, answers && seq - answers);
  }
  for (const [name, seq] of LIKES) await people.get(name)?.react(seq, '\u{2764}\u{FE0F}');
}
