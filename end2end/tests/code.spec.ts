// Code has colours, which come only where there is code, and change nothing of the text.

import type { Page } from '@playwright/test';

import { opens, says } from '../support/act.ts';
import { seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { guest } from '../support/guest.mjs';
import { expect, test } from '../support/test.ts';

/** The letters that are marked, by their kind. */
const marked = (page: Page) =>
  page.evaluate(() =>
    Object.fromEntries(
      [...CSS.highlights].map(([kind, ranges]) => [
        kind,
        [...ranges].map(({ startContainer, startOffset, endOffset }) => startContainer.textContent!.slice(startOffset, endOffset)),
      ]),
    ),
  );

test('the letters of code are marked by their kind, in what was said and in what is said', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  await ben.say('```rust\n// greets\nfn main() { let n = 42; println!("hello"); }\n```');
  const ana = await newPerson('Ana');
  await opens(ana);

  await expect.poll(() => marked(ana)).toMatchObject({ 'code-comment': ['// greets'] });
  const kinds = await marked(ana);
  expect(kinds['code-keyword']).toEqual(['fn', 'let']);
  expect(kinds['code-number']).toEqual(['42']);
  expect(kinds['code-string']).toEqual(['"hello"']);
  await expect(find.texts(ana).locator('code')).toHaveText('// greets\nfn main() { let n = 42; println!("hello"); }');
  await expect(find.texts(ana).locator('code *')).toHaveCount(0);

  await says(ana, '```py\nreturn None\n```');
  await seesOnce(ana, 'return None');
  await expect.poll(async () => (await marked(ana))['code-keyword']).toEqual(['fn', 'let', 'return', 'None']);
});

test('code of no known language, and none at all, stays as it is', async ({ newPerson }) => {
  const asked: string[] = [];
  const ana = await newPerson('Ana');
  ana.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await opens(ana);
  await says(ana, 'no code, and `some` of it');
  await seesOnce(ana, 'no code');
  expect(asked.filter((path) => path.includes('/code.')), 'nobody pays for what is not there').toEqual([]);

  await says(ana, '```klingon\nqapla\n```');
  await seesOnce(ana, 'qapla');
  await expect.poll(() => marked(ana)).toMatchObject({ 'code-keyword': [] });
});
