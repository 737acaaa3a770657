// Whatever people write is text.

import type { Page } from '@playwright/test';

import { opens, says, saysInOneBreath, takesName } from '../support/act.ts';
import { seesExactly } from '../support/check.ts';
import * as find from '../support/find.ts';
import { guest } from '../support/guest.mjs';
import { expect, test } from '../support/test.ts';

const HOSTILE = [
  '<img src=x onerror=canary()>',
  '</script><script>canary()</script>',
  '<!--<script>canary()</script>',
  '</p></article></div><svg onload=canary()></svg>',
  '<iframe srcdoc="<script>parent.canary()</script>"></iframe>',
  'javascript:canary()',
  '[a link](javascript:canary())',
  'https://example.com/"onmouseover="canary()',
  "https://example.com/'><img/src/onerror=canary()>",
  '&lt;img src=x onerror=canary()&gt;',
];
const HOSTILE_NAME = '<img src=x onerror=canary()>';

test('markup stays text: live, for others, after a reload, and without the app', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  const songs = { ana: await listensForCanary(ana), ben: await listensForCanary(ben) };
  await opens(ana);
  await opens(ben);

  await takesName(ana, HOSTILE_NAME);
  await expect(find.myName(ana)).toHaveText(HOSTILE_NAME);
  await saysInOneBreath(ana, HOSTILE);
  await isAllText(ana);
  await isAllText(ben);

  await opens(ben);
  await isAllText(ben);

  const carol = await newPerson('Carol', { javaScriptEnabled: false });
  await carol.goto('/');
  await isAllText(carol);

  expect(songs).toEqual({ ana: [], ben: [] });
  // It would have been heard.
  await ben.evaluate('canary()');
  expect(songs.ben).toHaveLength(1);
});

test('characters that no page can hold do not stop the page', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  await ben.say('\0');
  await ben.say('https://example.com/\0https://example.com/');
  await ben.say('\u0001\ud7ff\ufdd0\r\n.');
  await ben.say('what?', 1);
  await ben.pin(1);
  const ana = await newPerson('Ana');
  await opens(ana);
  await expect(find.list(ana).locator('.body')).toHaveCount(4);
  await expect(find.quote(ana, 'what?')).toBeVisible();
  await expect(find.pins(ana)).toBeVisible();
  await says(ana, 'still alive');
  await expect(find.message(ana, 'still alive')).toBeVisible();
});

/** A function on the page that only hostile text would call. */
async function listensForCanary(page: Page) {
  const songs: string[] = [];
  await page.exposeFunction('canary', () => songs.push(page.url()));
  return songs;
}

async function isAllText(page: Page) {
  await seesExactly(page, HOSTILE);
  await expect(find.authors(page)).toHaveText(HOSTILE.map(() => HOSTILE_NAME));
  await expect(find.list(page).locator('img, script, svg:not(.icon), iframe, [onmouseover]')).toHaveCount(0);
  for (const link of await find.list(page).getByRole('link').all()) {
    await expect(link).toHaveAttribute('href', /^https:\/\/example\.com\//);
  }
}
