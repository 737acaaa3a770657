// Who goes elsewhere and comes back finds a room as they left it.

import type { Page } from '@playwright/test';

import { logsIn, opens, scrollsUp } from '../support/act.ts';
import { isLive } from '../support/check.ts';
import * as find from '../support/find.ts';
import { member, setUpCode, type Member } from '../support/member.mjs';
import { expect, test } from '../support/test.ts';

const PASSWORD = 'correct horse';

let olga: Member;

test.beforeEach(async ({ server }) => {
  olga = await member(server.url, 'Olga', PASSWORD, setUpCode(server));
  const ana = await member(server.url, 'Ana', PASSWORD);
  await olga.makes('garden', 'Garden');
  await olga.adds('garden', ana);
  for (let n = 1; n <= 120; n++) await olga.says('lobby', `Message ${n}.`);
});

/** The topmost message that is wholly in view, and how far it is below the edge. */
function topmost(page: Page) {
  return find.list(page).evaluate((list) => {
    const edge = list.getBoundingClientRect().top;
    const row = [...list.querySelectorAll('.message')].find((row) => row.getBoundingClientRect().top >= edge)!;
    return { id: row.id, below: row.getBoundingClientRect().top - edge };
  });
}

/** Where it is, whatever else is topmost by then. */
const below = (page: Page, id: string) =>
  page.evaluate((id) => {
    const edge = document.querySelector('#messages')!.getBoundingClientRect().top;
    return (document.getElementById(id)?.getBoundingClientRect().top ?? Infinity) - edge;
  }, id);

// A page begins with the newest 50.
for (const [where, pixels, before] of [
  ['within what a page begins with', 700, 110],
  ['far before that', 3_000, 65],
] as const) {
  test(`a room is where its reader left it, ${where}`, async ({ newPerson }) => {
    const ana = await newPerson('Ana');
    await logsIn(ana, 'Ana', PASSWORD);
    await opens(ana);
    await expect(async () => {
      await scrollsUp(ana, pixels);
      expect(Number((await topmost(ana)).id.slice(1))).toBeLessThan(before);
    }).toPass();
    await expect(find.toEnd(ana)).toBeVisible();
    const left = await topmost(ana);

    await find.place(ana, 'Garden').click();
    await isLive(ana);
    await olga.says('lobby', 'What came meanwhile.');
    await find.place(ana, 'Lobby').click();
    await isLive(ana);

    await expect.poll(async () => Math.abs((await below(ana, left.id)) - left.below)).toBeLessThanOrEqual(1);
    await expect(find.toEnd(ana)).toBeVisible();
    await find.toEnd(ana).click();
    await expect(find.message(ana, 'What came meanwhile.')).toBeInViewport();
  });
}

test('who left a room at its end finds its end', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await logsIn(ana, 'Ana', PASSWORD);
  await opens(ana);
  await scrollsUp(ana, 700);
  await find.toEnd(ana).click();
  await expect(find.toEnd(ana)).toBeHidden();
  await find.place(ana, 'Garden').click();
  await isLive(ana);
  await olga.says('lobby', 'What came meanwhile.');
  await find.place(ana, 'Lobby').click();
  await expect(find.message(ana, 'What came meanwhile.')).toBeInViewport();
});
