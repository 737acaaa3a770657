// The list follows its end, and never moves what somebody reads.

import { setTimeout as sleep } from 'node:timers/promises';

import type { Page } from '@playwright/test';

import { opens, says, scrollsUp, writes } from '../support/act.ts';
import { seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { guest, type Guest } from '../support/guest.mjs';
import { expect, test } from '../support/test.ts';

let ben: Guest;

test.beforeEach(async ({ server }) => {
  ben = await guest(server.url, 'Ben');
  for (let n = 1; n <= 45; n++) await ben.say(`Old message ${n}.`);
});

test('at the end, it stays there while messages come', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await expect(find.message(ana, 'Old message 45.')).toBeInViewport();

  for (let n = 1; n <= 10; n++) await ben.say(`New message ${n}.`);

  await expect(find.message(ana, 'New message 10.')).toBeInViewport({ ratio: 1 });
  await expect(find.toEnd(ana)).toBeHidden();
});

test('at the end, it stays there even where messages come faster than they can be drawn', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await expect(find.message(ana, 'Old message 45.')).toBeInViewport();

  await drawsSlowly(ana);
  await keepsTalking(60, 10);

  await expect(find.messages(ana)).toHaveCount(105);
  await expect(find.messages(ana).last()).toBeInViewport({ ratio: 1 });
  await expect(find.toEnd(ana)).toBeHidden();
});

test('at the end, it stays there when the window or the list gets smaller', async ({ newPerson }) => {
  const ana = await newPerson('Ana', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await opens(ana);
  await expect(find.message(ana, 'Old message 45.')).toBeInViewport({ ratio: 1 });

  // As by the keyboard of a phone.
  await ana.setViewportSize({ width: 390, height: 500 });
  await expect(find.message(ana, 'Old message 45.')).toBeInViewport({ ratio: 1 });

  await writes(ana, 'many\nlines\nto\nsend\nat\nonce');
  await expect(find.message(ana, 'Old message 45.')).toBeInViewport({ ratio: 1 });
});

test('scrolled up, nothing moves while messages come, and a button counts them and leads to them', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await expect(find.message(ana, 'Old message 45.')).toBeInViewport();
  await scrollsUp(ana, 800);
  await expect(find.toEnd(ana)).toHaveText('Newest messages');
  const inReading = await topmostInView(ana);
  const before = await inReading.boundingBox();

  await ben.say('New message 1.');
  await expect(find.toEnd(ana)).toHaveText('1 new message');
  await ben.say('New message 2.\nIt has\nmore lines.');
  await ben.say('New message 3.');
  await expect(find.toEnd(ana)).toHaveText('3 new messages');

  const after = await inReading.boundingBox();
  expect(Math.abs(after!.y - before!.y)).toBeLessThanOrEqual(1);

  await find.toEnd(ana).click();
  await expect(find.message(ana, 'New message 3.')).toBeInViewport({ ratio: 1 });
  await expect(find.toEnd(ana)).toBeHidden();
  await ben.say('New message 4.');
  await expect(find.message(ana, 'New message 4.')).toBeInViewport({ ratio: 1 });
});

test('one can scroll up while others keep talking', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await expect(find.message(ana, 'Old message 45.')).toBeInViewport();
  await find.list(ana).hover();

  const talk = keepsTalking(60, 30);
  // In small steps, as with a finger on a touch pad.
  for (let step = 1; step <= 20; step++) {
    await ana.mouse.wheel(0, -40);
    await nextPicture(ana);
  }
  await talk;

  await expect(find.messages(ana)).toHaveCount(105);
  await expect(find.toEnd(ana)).toBeVisible();
  await expect(find.message(ana, 'New message 60.')).not.toBeInViewport();
});

test('scrolled up, one who says something sees it', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await expect(find.message(ana, 'Old message 45.')).toBeInViewport();
  await scrollsUp(ana, 800);
  await expect(find.toEnd(ana)).toBeVisible();

  await says(ana, 'My own message.');

  await seesOnce(ana, 'My own message.');
  await expect(find.message(ana, 'My own message.')).toBeInViewport({ ratio: 1 });
});

async function topmostInView(page: Page) {
  const messages = find.messages(page);
  const index = await messages.evaluateAll((messages) => {
    const isInView = (message: Element) =>
      message.getBoundingClientRect().top >= message.parentElement!.getBoundingClientRect().top;
    return messages.findIndex(isInView);
  });
  return messages.nth(index);
}

async function keepsTalking(messages: number, pauseMs: number) {
  for (let n = 1; n <= messages; n++) {
    await ben.say(`New message ${n}.`);
    // A rate, not a wait: messages that come all at once are drawn as one.
    await sleep(pauseMs);
  }
}

async function nextPicture(page: Page) {
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
}

/** As on an old phone. */
async function drawsSlowly(page: Page) {
  await page.evaluate(() => {
    const draw = () => {
      const end = performance.now() + 60;
      while (performance.now() < end);
      requestAnimationFrame(draw);
    };
    draw();
  });
}
