// What people mark in what they write, drawn: live, for others, after a reload, and without the app.

import type { Page } from '@playwright/test';

import { edits, opens, says } from '../support/act.ts';
import * as find from '../support/find.ts';
import { guest } from '../support/guest.mjs';
import { expect, test } from '../support/test.ts';

const TEXT = [
  'a **bold** and *soft* ~~gone~~ `code *as is*`, [a name](https://example.com/x)',
  '> they said',
  '- one',
  '  - inside',
  '3. three',
  '```rust',
  'let a = *b;',
  '```',
].join('\n');

test('marks are drawn for everybody, with or without the app', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  await opens(ana);
  await opens(ben);
  await says(ana, TEXT);
  await isDrawn(ana);
  await isDrawn(ben);

  await opens(ben);
  await isDrawn(ben);

  const carol = await newPerson('Carol', { javaScriptEnabled: false });
  await carol.goto('/');
  await isDrawn(carol);
});

test('another text takes the place of one with marks, and the other way round', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await says(ana, 'plain');
  await edits(ana, 'plain', '**bold**\n- and a list');
  await expect(find.texts(ana).locator('strong')).toHaveText('bold');
  await expect(find.texts(ana).locator('li')).toHaveText('and a list');

  await edits(ana, 'bold', 'plain again');
  await expect(find.texts(ana)).toHaveText('plain again');
  await expect(find.texts(ana).locator('strong, li')).toHaveCount(0);
});

test('a room that one knows is a way there, another is a word', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await says(ana, 'in #lobby, not in #elsewhere');
  await expect(find.texts(ana).getByRole('link')).toHaveText(['#lobby']);
});

test('code is copied as it is', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  await ben.say('```\n  <b>a</b>\n\tb\n```');
  const ana = await newPerson('Ana', { permissions: ['clipboard-read', 'clipboard-write'] });
  await opens(ana);
  await find.texts(ana).locator('pre').hover();
  await find.texts(ana).getByRole('button', { name: 'Copy' }).click();
  expect(await ana.evaluate(() => navigator.clipboard.readText())).toBe('  <b>a</b>\n\tb');
});

async function isDrawn(page: Page) {
  const body = find.texts(page).last();
  await expect(body.locator('strong')).toHaveText('bold');
  await expect(body.locator('em')).toHaveText('soft');
  await expect(body.locator('del')).toHaveText('gone');
  await expect(body.locator('p > code')).toHaveText('code *as is*');
  await expect(body.getByRole('link', { name: 'a name' })).toHaveAttribute('href', 'https://example.com/x');
  await expect(body.locator('blockquote')).toHaveText('they said');
  await expect(body.locator('li li')).toHaveText('inside');
  await expect(body.locator('li.numbered')).toHaveText('3. three');
  await expect(body.locator('pre')).toHaveText('let a = *b;');
}
