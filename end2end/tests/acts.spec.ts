// What one does with messages: seen by everybody, and after a reload.

import type { Page } from '@playwright/test';

import { answers, deletes, does, edits, opens, says } from '../support/act.ts';
import { nothingIsPending, seesExactly, seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { guest } from '../support/guest.mjs';
import { lineOf } from '../support/line.ts';
import { expect, test } from '../support/test.ts';

const THUMB = '\u{1F44D}';

test('a message is edited in the box, and says so', async ({ newPerson }) => {
  const [ana, ben] = await two(newPerson);
  await says(ana, 'We meet at nine.');
  await seesOnce(ben, 'We meet at nine.');
  await find.box(ana).pressSequentially('half written');

  await does(ana, 'Edit', 'We meet at nine.');
  await expect(find.box(ana)).toHaveValue('We meet at nine.');
  await expect(find.about(ana)).toContainText('Editing');
  await find.box(ana).fill('We meet at ten.');
  await find.box(ana).press('Enter');

  await expect(find.box(ana), 'what was being written is there again').toHaveValue('half written');
  await inBothAndAfterReload(ana, ben, async (page) => {
    await seesExactly(page, ['We meet at ten.']);
    await expect(find.marks(page, 'ten')).toContainText('edited');
  });
  await expect(find.box(ana)).toHaveValue('half written');
});

test('Up in an empty box edits one’s last message, and Escape lets go of that', async ({ newPerson }) => {
  const [ana] = await two(newPerson);
  await says(ana, 'first');
  await says(ana, 'last');
  await seesExactly(ana, ['first', 'last']);

  await find.box(ana).press('ArrowUp');
  await expect(find.box(ana)).toHaveValue('last');
  await find.box(ana).press('Escape');

  await expect(find.box(ana)).toHaveValue('');
  await expect(find.about(ana)).toBeHidden();
});

test('a deleted message leaves its place and nothing of its text', async ({ server, newPerson }) => {
  const [ana, ben] = await two(newPerson);
  await says(ana, 'my secret');
  await seesOnce(ben, 'my secret');
  await edits(ana, 'my secret', 'my open secret');
  await seesOnce(ben, 'my open secret');
  await answers(ben, 'my open secret', 'an answer');
  await seesOnce(ana, 'an answer');

  await deletes(ana, 'my open secret');

  await inBothAndAfterReload(ana, ben, async (page) => {
    await expect(find.tombstones(page)).toHaveCount(1);
    await seesExactly(page, ['an answer']);
    expect(await page.content()).not.toContain('secret');
  });
  const events = await (await fetch(`${server.url}/api/v1/rooms/lobby/events`)).text();
  expect(events).not.toContain('secret');
});

test('deleting is asked about once more', async ({ newPerson }) => {
  const [ana] = await two(newPerson);
  await says(ana, 'to be kept');
  await seesOnce(ana, 'to be kept');

  await does(ana, 'Delete', 'to be kept');
  await expect(find.action(ana, 'Delete for good')).toBeFocused();
  await find.action(ana, 'Keep it').click();

  await expect(find.menu(ana)).toBeHidden();
  await seesOnce(ana, 'to be kept');
});

test('one reacts, is counted, and takes it back by the same', async ({ newPerson }) => {
  const [ana, ben] = await two(newPerson);
  await says(ana, 'Shall we?');
  await seesOnce(ben, 'Shall we?');
  await says(ben, 'Hello');

  await find.actions(ben, 'Shall we?').click();
  await find.action(ben, 'Thumbs up').click();
  await expect(find.chip(ana, 'Shall we?', THUMB)).toHaveText(`${THUMB} 1`);
  await find.chip(ana, 'Shall we?', THUMB).click();

  await inBothAndAfterReload(ana, ben, async (page) => {
    await expect(find.chip(page, 'Shall we?', THUMB)).toHaveText(`${THUMB} 2`);
    await expect(find.chip(page, 'Shall we?', THUMB)).toHaveAttribute('aria-pressed', 'true');
    await expect(find.chip(page, 'Shall we?', THUMB)).toHaveAttribute('title', await names(ana, ben));
  });
  await find.chip(ben, 'Shall we?', THUMB).click();
  await expect(find.chip(ben, 'Shall we?', THUMB)).toHaveAttribute('aria-pressed', 'false');
  await expect(find.chip(ana, 'Shall we?', THUMB)).toHaveText(`${THUMB} 1`);
});

test('a reaction leaves the keyboard where it was', async ({ newPerson }) => {
  const [ana, ben] = await two(newPerson);
  await says(ana, 'Shall we?');
  await seesOnce(ben, 'Shall we?');
  await find.actions(ana, 'Shall we?').focus();

  await find.actions(ben, 'Shall we?').click();
  await find.action(ben, 'Heart').click();
  await expect(find.chip(ana, 'Shall we?', '\u{2764}')).toBeVisible();

  await expect(find.actions(ana, 'Shall we?'), 'a row that changes is not another row').toBeFocused();
});

test('an answer quotes what it answers, and leads there', async ({ newPerson }) => {
  const [ana, ben] = await two(newPerson);
  await says(ana, 'Who brings the coffee?');
  await seesOnce(ben, 'Who brings the coffee?');

  await does(ben, 'Answer', 'Who brings the coffee?');
  await expect(find.about(ben)).toContainText(await find.myName(ana).innerText());
  await says(ben, 'I do.');

  await inBothAndAfterReload(ana, ben, async (page) => {
    await expect(find.quote(page, 'I do.')).toContainText('Who brings the coffee?');
    await find.quote(page, 'I do.').click();
    await expect(page.locator('.message.found .body')).toHaveText('Who brings the coffee?');
    await expect(page.locator('.message.found')).toBeFocused();
  });
});

test('a pinned message is marked, and found above the list', async ({ newPerson }) => {
  const [ana, ben] = await two(newPerson);
  await says(ana, 'We meet at ten.');
  await seesOnce(ben, 'We meet at ten.');

  await does(ana, 'Pin', 'We meet at ten.');

  await inBothAndAfterReload(ana, ben, async (page) => {
    await expect(find.marks(page, 'We meet at ten.')).toContainText('pinned');
    await expect(find.pins(page)).toContainText('1 pinned');
  });
  await find.pins(ben).locator('summary').click();
  await find.pins(ben).getByRole('button').click();
  await expect(ben.locator('.message.found .body')).toHaveText('We meet at ten.');
  await does(ana, 'Unpin', 'We meet at ten.');
  for (const page of [ana, ben]) await expect(find.pins(page)).toHaveCount(0);
});

test('what is not one’s own can be answered and reacted to, and no more', async ({ newPerson }) => {
  const [ana, ben] = await two(newPerson);
  await says(ana, 'mine');
  await seesOnce(ben, 'mine');

  await find.actions(ben, 'mine').click();

  await expect(find.action(ben, 'Answer')).toBeVisible();
  await expect(find.action(ben, 'Copy link')).toBeVisible();
  for (const name of ['Edit', 'Delete', 'Pin']) await expect(find.action(ben, name)).toBeHidden();
});

test('a link to a message is copied', async ({ newPerson }) => {
  const ana = await newPerson('Ana', { permissions: ['clipboard-read', 'clipboard-write'] });
  await opens(ana);
  await says(ana, 'Look here.');
  await seesOnce(ana, 'Look here.');

  await does(ana, 'Copy link', 'Look here.');

  await expect.poll(() => ana.evaluate(() => navigator.clipboard.readText())).toBe(new URL('/r/lobby/1', ana.url()).href);
});

test('the menu is had and left by the keyboard', async ({ newPerson }) => {
  const [ana] = await two(newPerson);
  await says(ana, 'Hello');
  await seesOnce(ana, 'Hello');

  await find.actions(ana, 'Hello').focus();
  await ana.keyboard.press('Enter');
  await expect(find.action(ana, 'Thumbs up')).toBeFocused();
  await ana.keyboard.press('Escape');

  await expect(find.menu(ana)).toBeHidden();
  await expect(find.actions(ana, 'Hello')).toBeFocused();
});

test('what cannot be done says why, at the message, over a reload too', async ({ newPerson }) => {
  const [ana, ben] = await two(newPerson);
  const line = await lineOf(ben.context());
  await opens(ben);
  await says(ana, 'Going soon');
  await seesOnce(ben, 'Going soon');
  await line.cut();

  await find.actions(ben, 'Going soon').click();
  await find.action(ben, 'Thumbs up').click();
  await deletes(ana, 'Going soon');
  await expect(find.tombstones(ana)).toHaveCount(1);
  await line.mend();

  const failed = find.list(ben).getByRole('alert');
  await expect(failed).toContainText('Not done');
  await ben.reload();
  await expect(failed).toContainText('Not done');
  await failed.getByRole('button', { name: 'Delete' }).click();
  await expect(failed).toHaveCount(0);
});

async function two(newPerson: (name: string) => Promise<Page>) {
  const people = [await newPerson('Ana'), await newPerson('Ben')];
  for (const person of people) await opens(person);
  return people;
}

async function inBothAndAfterReload(ana: Page, ben: Page, check: (page: Page) => Promise<void>) {
  for (const page of [ana, ben]) await check(page);
  await nothingIsPending(ana);
  for (const page of [ana, ben]) {
    await opens(page);
    await check(page);
  }
}

/** In the order of their ids, which nobody knows. */
async function names(...people: Page[]) {
  const names = await Promise.all(people.map((person) => find.myName(person).innerText()));
  return new RegExp(`^(${names.join(', ')}|${names.toReversed().join(', ')})$`);
}

test('what one has the keyboard at stays while others react and pin', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  await ben.say('Hello');
  await ben.react(1, '\u{1F44D}');
  const ana = await newPerson('Ana');
  await opens(ana);
  await says(ana, 'Hi');
  const chip = find.chip(ana, 'Hello', '\u{1F44D}');
  await chip.focus();
  await ana.keyboard.press('Enter');
  await expect(chip).toHaveAttribute('aria-pressed', 'true');
  await ben.react(1, '\u{1F99E}');
  await expect(find.chip(ana, 'Hello', '\u{1F99E}')).toBeVisible();
  await expect(chip).toBeFocused();

  await find.actions(ana, 'Hello').focus();
  await ben.pin(1);
  await expect(find.marks(ana, 'Hello')).toHaveText('pinned');
  await expect(find.actions(ana, 'Hello')).toBeFocused();
});
