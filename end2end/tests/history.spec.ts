// The whole log can be read, wherever one begins, and what is being read does not move.

import type { Page } from '@playwright/test';

import { opens, opensAt, says } from '../support/act.ts';
import { seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { guest, type Guest } from '../support/guest.mjs';
import { expect, test } from '../support/test.ts';

/** So that the log can be filled quickly. */
test.use({ serverEnv: { BANTER_POST_RATE: '0' } });

const ROWS = 300;
let ben: Guest;

async function talk(from: number, to: number) {
  for (let n = from; n <= to; n++) await ben.say(`Message ${n}.${'\nMore of it.'.repeat(n % 3)}`);
}

test.describe('of a thousand messages', () => {
  const ALL = Array.from({ length: 1000 }, (_, n) => n + 1);

  test.beforeEach(async ({ server }) => {
    test.slow();
    ben = await guest(server.url, 'Ben');
    await talk(1, 1000);
  });

  test('each is seen once and in its place, back to the beginning and on to the end', async ({ newPerson }) => {
    const ana = await newPerson('Ana');
    await opens(ana);
    await expect(find.message(ana, 'Message 1000.')).toBeInViewport();

    expect(await readsTo(ana, 'beginning')).toEqual(ALL.toReversed());
    await expect(find.older(ana)).toBeHidden();
    expect(await readsTo(ana, 'end')).toEqual(ALL);
    await ben.say('Here again.');
    await expect(find.message(ana, 'Here again.'), 'the end is followed again').toBeInViewport();
  });

  test('the address of one opens there, and the log can be read from there both ways', async ({ newPerson }) => {
    const ana = await newPerson('Ana');
    await opensAt(ana, 500);
    await expect(find.message(ana, 'Message 500.')).toBeInViewport({ ratio: 1 });
    await expect(find.message(ana, 'Message 500.')).toHaveClass(/found/);
    await expect(find.message(ana, 'Message 500.')).toBeFocused();

    expect((await readsTo(ana, 'beginning')).at(-1)).toBe(1);
    expect((await readsTo(ana, 'end')).at(-1)).toBe(1000);
  });

  test('what one answers is jumped to, and the end again, by one step each', async ({ newPerson }) => {
    const ana = await newPerson('Ana');
    await opens(ana);
    await ben.say('See above.', 20);
    await find.quote(ana, 'See above.').click();
    await expect(find.message(ana, 'Message 20.')).toBeInViewport({ ratio: 1 });
    await ben.say('One more.');
    await expect(find.toEnd(ana)).toHaveText('1 new message');

    await find.toEnd(ana).click();

    await expect(find.message(ana, 'One more.')).toBeInViewport({ ratio: 1 });
    await expect(find.toEnd(ana)).toBeHidden();
  });

  test('one who says something far back sees it at the end', async ({ newPerson }) => {
    const ana = await newPerson('Ana');
    await opensAt(ana, 100);
    await says(ana, 'What about this?');
    await seesOnce(ana, 'What about this?');
    await expect(find.message(ana, 'What about this?')).toBeInViewport({ ratio: 1 });
  });
});

test('history is not read aloud, and what is new is', async ({ server, newPerson }) => {
  ben = await guest(server.url, 'Ben');
  await talk(1, 80);
  const ana = await newPerson('Ana');
  await opens(ana);
  await readsTo(ana, 'beginning');
  await ben.say('This is new.');
  await expect(find.message(ana, 'This is new.')).toHaveCount(1);

  await expect(find.list(ana)).toHaveRole('log');
  await expect(find.message(ana, 'Message 5.')).toHaveAttribute('aria-live', 'off');
  await expect(find.message(ana, 'This is new.')).not.toHaveAttribute('aria-live');
});

test('without the app, links lead through the log', async ({ server, newPerson }) => {
  ben = await guest(server.url, 'Ben');
  await talk(1, 120);
  const ana = await newPerson('Ana', { javaScriptEnabled: false });
  await ana.goto('/');

  await find.older(ana).click();
  await expect(find.message(ana, 'Message 70.')).toBeVisible();
  await find.older(ana).click();
  await expect(find.message(ana, 'Message 30.')).toBeVisible();
  await find.toEnd(ana).click();
  await expect(find.message(ana, 'Message 120.')).toBeVisible();
});

test.describe('what has come since one was last here', () => {
  test.beforeEach(async ({ server }) => {
    ben = await guest(server.url, 'Ben');
    await talk(1, 30);
  });

  test('has a line, a count and a way there', async ({ newPerson }) => {
    const ana = await newPerson('Ana');
    await opens(ana);
    await expect(find.message(ana, 'Message 30.')).toBeInViewport();
    await expect(find.toUnread(ana), 'one who comes for the first time has missed nothing').toBeHidden();
    await ana.goto('about:blank');
    await talk(31, 50);

    await opens(ana);

    await expect(find.message(ana, 'Message 50.')).toBeInViewport();
    await expect(find.toUnread(ana)).toHaveText(/^20 new since \d+:\d\d/);
    await find.toUnread(ana).click();
    await expect(find.message(ana, 'Message 31.')).toBeInViewport({ ratio: 1 });
    await expect(find.unreadLine(ana)).toBeInViewport();
    await expect(find.toUnread(ana)).toBeHidden();
    expect(await find.unreadLine(ana).evaluate((line) => line.nextElementSibling?.id)).toBe('m31');

    // Who is not at the end comes back to where they were.
    await find.toEnd(ana).click();
    await expect(find.toEnd(ana)).toBeHidden();
    await opens(ana);
    await expect(find.message(ana, 'Message 50.')).toBeInViewport();
    await expect(find.toUnread(ana), 'it was read').toBeHidden();
  });

  test('is found where it begins before what is loaded', async ({ newPerson }) => {
    const ana = await newPerson('Ana');
    await opens(ana);
    await expect(find.message(ana, 'Message 30.')).toBeInViewport();
    await ana.goto('about:blank');
    await talk(31, 330);

    await opens(ana);
    await find.toUnread(ana).click();

    await expect(find.message(ana, 'Message 31.')).toBeInViewport({ ratio: 1 });
    await expect(find.unreadLine(ana)).toBeInViewport();
  });

  test('is not what oneself has said', async ({ newPerson }) => {
    const here = await newPerson('Ana');
    await opens(here);
    await says(here, 'from here');
    await seesOnce(here, 'from here');
    const elsewhere = await here.context().newPage();
    await here.goto('about:blank');
    await elsewhere.request.post('/api/v1/rooms/lobby/messages', {
      data: { cid: 'from-another-client', body: 'from elsewhere' },
    });

    await opens(here);

    await seesOnce(here, 'from elsewhere');
    await expect(find.toUnread(here)).toBeHidden();
    await expect(find.unreadLine(here)).toHaveCount(0);
  });
});

/**
 * Scrolls page by page until there is nothing more; answers with the numbers of the messages, in the order in which they
 * came into the list. What is in view at a step stays where it is when more is loaded.
 */
async function readsTo(page: Page, goal: 'beginning' | 'end') {
  const back = goal === 'beginning';
  const inDirection = (numbers: number[]) => (back ? numbers.toReversed() : numbers);
  const seen = inDirection(await messageNumbers(page));
  for (;;) {
    const before = await scrollsToEdge(page, back);
    const more = back ? await find.older(page).isVisible() : await find.toEnd(page).isVisible();
    if (more) await expect.poll(async () => (await edges(page))[back ? 'first' : 'last']).not.toBe(before.edge);
    const after = await page.locator(`#${before.anchor}`).boundingBox();
    expect(Math.abs(after!.y - before.y), `${before.anchor} moved`).toBeLessThanOrEqual(1);
    const numbers = await messageNumbers(page);
    expect(numbers.length).toBeLessThanOrEqual(ROWS);
    expect(numbers, 'no hole, no double, no other order').toEqual(numbers.map((_, at) => numbers[0] + at));
    seen.push(...inDirection(numbers).filter((n) => !seen.includes(n)));
    if (!more) return seen;
  }
}

/** Answers with a row that is in view then, where it is, and what stands at that edge. */
async function scrollsToEdge(page: Page, back: boolean) {
  return find.list(page).evaluate((list, back) => {
    const rows = [...list.querySelectorAll('.message')];
    const edge = rows.at(back ? 0 : -1)!.id;
    list.scrollTo({ top: back ? 0 : list.scrollHeight, behavior: 'instant' });
    const view = list.getBoundingClientRect();
    const inView = rows.find((row) => row.getBoundingClientRect().top >= view.top)!;
    return { edge, anchor: inView.id, y: inView.getBoundingClientRect().y };
  }, back);
}

async function edges(page: Page) {
  return find.list(page).evaluate((list) => {
    const rows = [...list.querySelectorAll('.message')];
    return { first: rows[0].id, last: rows.at(-1)!.id };
  });
}

async function messageNumbers(page: Page) {
  const texts = await find.texts(page).allInnerTexts();
  return texts.map((text) => Number(/^Message (\d+)\./.exec(text)?.[1]));
}
