// Many rooms: the way from one to another, who comes in and who goes, and what is so where one may not write.

import type { Page } from '@playwright/test';

import { logsIn, opens, opensRoom, says } from '../support/act.ts';
import { isLive, seesExactly, seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { member, setUpCode, type Member } from '../support/member.mjs';
import { expect, test } from '../support/test.ts';

const PASSWORD = 'correct horse';
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let olga: Member;
let ana: Member;

test.beforeEach(async ({ server }) => {
  olga = await member(server.url, 'Olga', PASSWORD, setUpCode(server));
  ana = await member(server.url, 'Ana', PASSWORD);
  await olga.makes('garden', 'Garden');
});

test('a room that one is brought into appears, and goes when one is sent out', async ({ newPerson }) => {
  const page = await isHere(newPerson);
  await expect(find.place(page, 'Garden')).toBeHidden();

  await olga.adds('garden', ana);
  await expect(find.place(page, 'Garden')).toBeVisible();
  await find.place(page, 'Garden').click();
  await isLive(page);
  await expect(page).toHaveURL('/r/garden');
  await expect(find.place(page, 'Garden')).toHaveAttribute('aria-current', 'page');
  await says(page, 'Hello garden');
  await seesOnce(page, 'Hello garden');

  await olga.removes('garden', ana);
  await expect(find.barred(page)).toContainText('You are not in this room.');
  await expect(find.box(page)).toBeHidden();

  await olga.adds('garden', ana);
  await says(page, 'Here again');
  await seesOnce(page, 'Here again');
});

test('one who was banned from a room and is let in again goes on', async ({ newPerson }) => {
  const page = await isHere(newPerson);
  await olga.adds('garden', ana);
  await find.place(page, 'Garden').click();
  await isLive(page);

  await olga.bansFrom('garden', ana);
  await expect(find.barred(page)).toContainText('You are banned from this room.');
  await olga.letsInto('garden', ana);
  await olga.adds('garden', ana);

  await says(page, 'Here again');
  await seesOnce(page, 'Here again');
});

test('what becomes of a room stands among its messages', async ({ newPerson }) => {
  await olga.adds('garden', ana);
  const page = await isHere(newPerson);
  await opensRoom(page, 'garden');
  await expect(find.changes(page)).toHaveText(['Olga added Ana']);

  await olga.sets('garden', { topic: 'Tea' });
  await olga.says('garden', 'Tea it is.');
  await olga.sets('garden', { title: 'Tea garden' });

  const told = ['Olga added Ana', 'The topic is now \u{201C}Tea\u{201D}', 'The room is called \u{201C}Tea garden\u{201D} now'];
  await expect(find.changes(page)).toHaveText(told);
  await seesExactly(page, ['Tea it is.']);
  await expect(find.place(page, 'Tea garden')).toBeVisible();
  await page.reload();
  await expect(find.changes(page)).toHaveText(told);
});

test('where only moderators write, others are told so, and may again afterwards', async ({ newPerson }) => {
  await olga.adds('garden', ana);
  const page = await isHere(newPerson);
  await opensRoom(page, 'garden');
  await expect(find.box(page)).toBeVisible();

  await olga.sets('garden', { announce: true });
  await expect(find.barred(page)).toHaveText(/Only moderators write here/);
  await expect(find.box(page)).toBeHidden();
  await page.reload();
  await expect(find.box(page), 'without the app too').toBeHidden();

  await olga.sets('garden', { announce: false });
  await expect(find.box(page)).toBeVisible();
});

for (const javaScriptEnabled of [true, false]) {
  test(`an open room is joined by its own button, ${javaScriptEnabled ? 'with scripts' : 'without'}`, async ({ newPerson }) => {
    await olga.makes('news', 'News', 'open');
    const page = await newPerson('Ana', { javaScriptEnabled });
    await logsIn(page, 'Ana', PASSWORD);
    await expect(find.myName(page)).toHaveText('Ana');
    await page.goto('/r/news');
    await expect(find.barred(page)).toBeVisible();

    await find.barred(page).getByRole('button', { name: 'Join' }).click();

    await expect(find.changes(page)).toHaveText(['Ana joined']);
    await expect(find.box(page)).toBeVisible();
  });
}

test('on a phone the rooms are behind a button, and beside them it is closed again', async ({ newPerson }) => {
  await olga.adds('garden', ana);
  const page = await isHere(newPerson, PHONE);
  await expect(find.places(page)).toBeHidden();

  await find.drawer(page).tap();
  await expect(find.place(page, 'Garden')).toBeInViewport();
  await find.drawer(page).tap();
  await expect(find.places(page)).toBeHidden();

  await find.drawer(page).tap();
  await find.place(page, 'Garden').tap();
  await isLive(page);
  await expect(page).toHaveURL('/r/garden');
  await expect(find.places(page)).toBeHidden();
});

/** Ana, in the lobby. */
async function isHere(newPerson: (name: string, options?: object) => Promise<Page>, options = {}) {
  const page = await newPerson('Ana', options);
  await logsIn(page, 'Ana', PASSWORD);
  await expect(find.myName(page)).toHaveText('Ana');
  await opens(page);
  return page;
}
