// Who listens to the page hears what is new, once, with who said it; and nothing of what was.

import { deletes, does, opens, says, scrollsUp } from '../support/act.ts';
import { nothingIsPending, seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { guest } from '../support/guest.mjs';
import { listensTo } from '../support/listener.ts';
import { expect, test } from '../support/test.ts';

test('a new message is heard once, with its author, and history never', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  for (let n = 1; n <= 80; n++) await ben.say(`Message ${n}.`);
  const ana = await newPerson('Ana');
  await opens(ana);
  await says(ana, 'I am here');
  await nothingIsPending(ana);
  const heard = await listensTo(ana);

  await ben.say('This is new.');
  await seesOnce(ana, 'This is new.');
  const [one, ...others] = await heard();
  expect(one).toMatch(/^Ben \d+:\d\d.* This is new\.$/);
  expect(others).toEqual([]);

  // Until the first one has been loaded.
  await expect(async () => {
    await scrollsUp(ana, 100_000);
    await expect(find.message(ana, 'Message 1.')).toBeVisible({ timeout: 100 });
  }).toPass();
  expect(await heard(), 'what was said before').toEqual([]);
});

test('what becomes of a message is not heard as if it was said again', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  const ana = await newPerson('Ana');
  await opens(ana);
  await ben.say('A message.');
  await ben.say('Another one.');
  await seesOnce(ana, 'Another one.');
  const heard = await listensTo(ana);

  await ben.react(1, '\u{1F44D}');
  await expect(find.chip(ana, 'A message.', '\u{1F44D}')).toBeVisible();
  await ben.pin(2);
  await expect(find.pins(ana)).toBeVisible();
  await does(ana, 'Thumbs up', 'Another one.');
  await says(ana, 'Mine.');
  await nothingIsPending(ana);
  expect(await heard(), 'what one says oneself is heard like any other').toEqual([expect.stringMatching(/ Mine\.$/)]);
  await deletes(ana, 'Mine.');
  await expect(find.tombstones(ana)).toBeVisible();
  expect(await heard()).toEqual([]);
});
