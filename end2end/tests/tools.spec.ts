// What comes when it is wanted: going elsewhere by name, emoji, what the keys do, and completing while one writes.

import type { Page } from '@playwright/test';

import { signsUp } from '../support/account.ts';
import { opens, says } from '../support/act.ts';
import { keepsNobodyOut } from '../support/axe.ts';
import { boxIsEmpty, isLive, seesExactly } from '../support/check.ts';
import * as find from '../support/find.ts';
import { guest } from '../support/guest.mjs';
import { expect, test } from '../support/test.ts';

const dialog = (page: Page, name: string) => page.getByRole('dialog', { name, exact: true });
const offers = (page: Page) => page.getByRole('listbox', { name: 'Completions' }).getByRole('option');

test('one goes to a room by the beginning of its name', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await signsUp(ana, 'Ana');
  await makes(ana, 'cafe', 'Caf\u00E9 by the harbour');
  await makes(ana, 'news', 'News');
  await opens(ana);

  await ana.keyboard.press('Control+k');
  const field = dialog(ana, 'Go to').getByRole('combobox');
  await expect(field).toBeFocused();
  await keepsNobodyOut(ana);
  await field.pressSequentially('cafe');
  await expect(dialog(ana, 'Go to').getByRole('option')).toHaveText(['Caf\u00E9 by the harbour']);
  await field.fill('nowhere');
  await expect(dialog(ana, 'Go to').getByRole('status')).toHaveText('There is no such room or person here.');
  await field.fill('ne');
  await field.press('Enter');

  await expect(ana).toHaveURL('/r/news');
  await isLive(ana);
  await expect(ana.getByRole('heading', { level: 1 })).toHaveText('News');
});

test('Escape closes, and the keyboard is back in the box', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await find.box(ana).focus();
  await ana.keyboard.press('Control+k');
  await expect(dialog(ana, 'Go to')).toBeVisible();
  await ana.keyboard.press('Escape');
  await expect(dialog(ana, 'Go to')).toHaveCount(0);
  await expect(find.box(ana)).toBeFocused();
});

test('a question mark lists the keys, but not while one writes', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await find.box(ana).pressSequentially('what?');
  await expect(find.box(ana)).toHaveValue('what?');
  await find.list(ana).focus();
  await ana.keyboard.press('?');
  await expect(dialog(ana, 'What the keys do')).toBeVisible();
  await keepsNobodyOut(ana);
});

test('an emoji goes where the caret is', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await find.box(ana).pressSequentially('ab');
  await find.box(ana).press('ArrowLeft');
  await ana.getByRole('button', { name: 'Emoji', exact: true }).click();
  const look = dialog(ana, 'Emoji').getByRole('searchbox');
  await expect(dialog(ana, 'Emoji').getByRole('button', { name: 'grinning face', exact: true })).toBeVisible();
  await keepsNobodyOut(ana);
  await look.pressSequentially('party popp');
  await look.press('Enter');
  await expect(find.box(ana)).toHaveValue('a\u{1F389}b');
  await expect(find.box(ana)).toBeFocused();
  await find.box(ana).press('Enter');
  await seesExactly(ana, ['a\u{1F389}b']);
});

test('one reacts with any emoji', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  await ben.say('Hello');
  const ana = await newPerson('Ana');
  await opens(ana);
  await find.actions(ana, 'Hello').click();
  await find.action(ana, 'Another emoji').click();
  await dialog(ana, 'React with').getByRole('searchbox').fill('lobster');
  await dialog(ana, 'React with').getByRole('button', { name: 'lobster' }).click();
  await expect(find.chip(ana, 'Hello', '\u{1F99E}')).toHaveAttribute('aria-pressed', 'true');
});

test('an emoji is named by its beginning, or to its end', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await find.box(ana).pressSequentially('so :tad');
  await expect(offers(ana).first()).toContainText('tada');
  await find.box(ana).press('Enter');
  await expect(find.box(ana)).toHaveValue('so \u{1F389}');
  await find.box(ana).pressSequentially(' :smile:');
  await expect(find.box(ana)).toHaveValue('so \u{1F389} \u{1F604}');
  await find.box(ana).press('Enter');
  await seesExactly(ana, ['so \u{1F389} \u{1F604}']);
  await boxIsEmpty(ana);
});

test('a room is named by its beginning, and Escape leaves what was typed', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await signsUp(ana, 'Ana');
  await makes(ana, 'harbour-walk', 'Harbour walk');
  await opens(ana);
  await find.box(ana).pressSequentially('see #har');
  await expect(offers(ana)).toHaveText(['Harbour walk']);
  await find.box(ana).press('Escape');
  await expect(offers(ana)).toHaveCount(0);
  await expect(find.box(ana)).toHaveValue('see #har');
  await find.box(ana).pressSequentially('b');
  await expect(offers(ana)).toHaveText(['Harbour walk']);
  await find.box(ana).press('Tab');
  await expect(find.box(ana)).toHaveValue('see #harbour-walk ');
  await find.box(ana).press('Enter');
  await expect(find.texts(ana).getByRole('link')).toHaveAttribute('href', '/r/harbour-walk');
});

test('times and addresses are completed by nobody', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await find.box(ana).pressSequentially('at 10:30 see https://example.com/#top');
  await find.box(ana).press('Enter');
  await seesExactly(ana, ['at 10:30 see https://example.com/#top']);
  await says(ana, 'done');
});

async function makes(page: Page, room: string, title: string) {
  const response = await page.request.post('/api/v1/rooms', { data: { room, title, kind: 'open' } });
  expect(response.status()).toBe(201);
}

test('one sees who has joined, and finds whom one looks for among however many', async ({ server, newPerson }) => {
  const names = Array.from({ length: 230 }, (_, n) => `Guest ${String(n).padStart(3, '0')}`);
  for (const name of names) await joins(server.url, name);
  const ana = await newPerson('Ana');
  await signsUp(ana, 'Ana');
  await opens(ana);
  await ana.getByRole('button', { name: 'Members' }).click();
  const members = dialog(ana, 'Members');
  await expect(members.getByRole('listitem')).not.toHaveCount(0);
  await keepsNobodyOut(ana);

  const shown = await members.getByRole('listitem').allInnerTexts();
  const hidden = names.filter((name) => !shown.includes(name));
  expect(hidden.length, 'not all are loaded').toBeGreaterThan(0);
  await members.getByRole('searchbox').fill(hidden[0]);
  await expect(members.getByRole('listitem')).toHaveText([hidden[0]]);
  await members.getByRole('searchbox').fill(shown[0]);
  await expect(members.getByRole('listitem')).toHaveText([shown[0]]);
  await members.getByRole('searchbox').fill('nobody at all');
  await expect(members.getByRole('status')).toHaveText('Nobody of that name has joined.');
});

/** Somebody without an account joins the lobby. */
async function joins(url: string, name: string) {
  const json = { 'content-type': 'application/json' };
  const born = await fetch(`${url}/api/v1/guest`, { method: 'POST', headers: json, body: JSON.stringify({ name }) });
  const { token } = await born.json();
  const headers = { ...json, authorization: `Bearer ${token}` };
  expect((await fetch(`${url}/api/v1/rooms/lobby/members/me`, { method: 'PUT', headers, body: '{}' })).status).toBe(204);
}

test('what one goes on writing while the emoji are loaded stays behind the one that was named', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  let letCome = () => {};
  const mayCome = new Promise<void>((resolve) => (letCome = resolve));
  await ana.route('**/emoji.*.txt', async (route) => {
    await mayCome;
    await route.continue();
  });
  const asked = ana.waitForRequest('**/emoji.*.txt');
  await find.box(ana).pressSequentially('a :smil');
  await asked;
  await find.box(ana).pressSequentially('e: and on');
  letCome();
  await expect(find.box(ana)).toHaveValue('a \u{1F604} and on');
  await find.box(ana).pressSequentially(' it goes');
  await expect(find.box(ana)).toHaveValue('a \u{1F604} and on it goes');
});
