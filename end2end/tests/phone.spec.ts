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

test('the keyboard covers neither the box nor what the room is', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  for (let n = 1; n <= 20; n++) await ben.say(`Message ${n}.`);
  const ana = await newPerson('Ana', PHONE);
  await opens(ana);
  await find.box(ana).tap();
  // Smaller letters make Safari zoom in on the box.
  expect(await find.box(ana).evaluate((box) => parseFloat(getComputedStyle(box).fontSize))).toBeGreaterThanOrEqual(16);

  // As where the keyboard takes its part of the page: the viewport tells the browser so, or the page lies behind it.
  await expect(ana.locator('meta[name=viewport]')).toHaveAttribute('content', /interactive-widget=resizes-content/);
  await ana.setViewportSize({ width: 390, height: 420 });
  await fits(ana);
  await expect(ana.getByRole('heading', { level: 1 })).toBeInViewport({ ratio: 1 });
  await ana.setViewportSize(PHONE.viewport);
  await fits(ana);
  await ana.evaluate(() => {
    Object.defineProperty(visualViewport, 'height', { configurable: true, value: 420 });
    visualViewport!.dispatchEvent(new Event('resize'));
  });
  await expect.poll(() => find.box(ana).evaluate((box) => box.getBoundingClientRect().bottom)).toBeLessThanOrEqual(420);
  await expect(find.messages(ana).last()).toBeInViewport();
});

test('the way back leads out of the list of rooms, and not out of the room', async ({ newPerson }) => {
  const ana = await newPerson('Ana', PHONE);
  await opens(ana);
  await find.drawer(ana).tap();
  await expect(find.places(ana)).toBeInViewport();
  const wide = await find.places(ana).evaluate((places) => places.getBoundingClientRect().width);
  expect(wide, 'it is a page of its own').toBe(390);
  await ana.goBack();
  await expect(find.places(ana)).toBeHidden();
  await expect(find.box(ana)).toBeVisible();
  await find.drawer(ana).tap();
  await find.drawer(ana).tap();
  await expect(find.places(ana)).toBeHidden();
  await expect(find.box(ana)).toBeVisible();
});
