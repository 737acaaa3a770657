// The page on a phone.

import type { Page } from '@playwright/test';

import { opens, opensNameForm, writes } from '../support/act.ts';
import { boxIsEmpty, seesExactly } from '../support/check.ts';
import * as find from '../support/find.ts';
import { guest } from '../support/guest.mjs';
import { expect, test } from '../support/test.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test('a message is sent with the thumb', async ({ newPerson }) => {
  const ana = await newPerson('Ana', PHONE);
  await opens(ana);

  await writes(ana, 'from my phone');
  await find.sendButton(ana).tap();

  await seesExactly(ana, ['from my phone']);
  await boxIsEmpty(ana);
  // Its keyboard stays open for the next one.
  await expect(find.box(ana)).toBeFocused();
});

test('a message is reacted to with the thumb', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  for (let n = 1; n <= 20; n++) await ben.say(`Message ${n}.`);
  const ana = await newPerson('Ana', PHONE);
  await opens(ana);

  await find.actions(ana, 'Message 20.').tap();
  await expect(find.action(ana, 'Copy link')).toBeInViewport({ ratio: 1 });
  await fits(ana);
  await find.action(ana, 'Heart').tap();

  await expect(find.chip(ana, 'Message 20.', '\u{2764}')).toHaveAttribute('aria-pressed', 'true');
  await fits(ana);
});

test('everything fits, whatever people write', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'B'.repeat(40));
  for (let n = 1; n <= 20; n++) await ben.say(`Message ${n}.`);
  await ben.say(`https://example.com/${'long'.repeat(60)}`);
  await ben.say('wide'.repeat(60));
  const ana = await newPerson('Ana', PHONE);
  await opens(ana);

  await fits(ana);
  await opensNameForm(ana);
  await expect(find.saveName(ana)).toBeInViewport({ ratio: 1 });
  await fits(ana);
});

async function fits(page: Page) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(content).toBeLessThanOrEqual(window);
  expect(await find.list(page).evaluate((list) => list.scrollWidth - list.clientWidth)).toBe(0);
  await expect(find.box(page)).toBeInViewport({ ratio: 1 });
  await expect(find.sendButton(page)).toBeInViewport({ ratio: 1 });
  await expect(find.messages(page).last()).toBeInViewport();
}
