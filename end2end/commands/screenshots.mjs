// Takes the pictures of the README: a small conversation, in light, in dark and on a phone.

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { chromium } from '@playwright/test';

import { launchOptions, reader } from '../support/browser.mjs';
import { guest, speaker } from '../support/guest.mjs';
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
const CONVERSATION = [
  ['Jonas', 'Morning! Is the harbour walk still on for Saturday?'],
  ['Priya', 'It is. We meet at the lighthouse at ten, dogs welcome \u{1F600}'],
  ['Tomás', 'The route is here: https://example.com/walks/harbour-loop'],
  ['Tomás', 'Lighthouse to the old pier,\nlunch at the boathouse,\nback over the dunes.'],
  ['נועה', 'אני מצטרפת, אבל אגיע קצת באיחור'],
  ['Jonas', 'No problem, Noa. The old pier is easy to find, we wait for you there.'],
  [ME, 'Count me in! I bring two flasks of coffee.'],
  ['Wren', 'And the forecast says sun until three.'],
];

await mkdir(FOLDER, { recursive: true });
await withServer({}, async ({ url }) => {
  const browser = await chromium.launch(launchOptions);
  try {
    const me = await becomeMe(browser, url);
    await converse(url, me.say);
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
 * The one who looks: their browser's state, and their voice.
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
  return { state, say: speaker(url, token) };
}

/**
 * @param {string} url
 * @param {(body: string) => Promise<void>} mine
 */
async function converse(url, mine) {
  const voices = new Map([[ME, mine]]);
  for (const [name, body] of CONVERSATION) {
    if (!voices.has(name)) voices.set(name, (await guest(url, name)).say);
    await voices.get(name)?.(body);
  }
}
