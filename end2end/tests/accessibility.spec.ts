// Nothing that is known to keep people out, in every state of the page, light and dark.

import { answers, deletes, does, opens, opensAt, opensNameForm, says, saysTooMuch } from '../support/act.ts';
import { keepsNobodyOut } from '../support/axe.ts';
import { seesExactly } from '../support/check.ts';
import * as find from '../support/find.ts';
import { guest } from '../support/guest.mjs';
import { cannotLoad } from '../support/problems.ts';
import { expect, test } from '../support/test.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('the page is drawn so', async ({ newPerson }) => {
      const ana = await newPerson('Ana');
      await opens(ana);
      const ground = await ana.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const [red] = /\d+/.exec(ground)!;
      expect(Number(red) < 128, ground).toBe(colorScheme === 'dark');
    });

    test('an empty room', async ({ newPerson }) => {
      const ana = await newPerson('Ana');
      await opens(ana);
      await expect(find.emptyRoom(ana)).toBeVisible();
      await keepsNobodyOut(ana);
    });

    test('a room with messages', async ({ server, newPerson }) => {
      const ben = await guest(server.url, 'Ben');
      await ben.say('Hello');
      await ben.say('See https://example.com/');
      const ana = await newPerson('Ana');
      await opens(ana);
      await says(ana, 'Hello Ben');
      await seesExactly(ana, ['Hello', 'See https://example.com/', 'Hello Ben']);
      await keepsNobodyOut(ana);
    });

    test('messages that were answered, reacted to, pinned and deleted', async ({ server, newPerson }) => {
      const ben = await guest(server.url, 'Ben');
      await ben.say('Shall we?');
      const ana = await newPerson('Ana');
      await opens(ana);
      await answers(ana, 'Shall we?', 'Yes!');
      await does(ana, 'Thumbs up', 'Shall we?');
      await does(ana, 'Pin', 'Yes!');
      await expect(find.pins(ana)).toBeVisible();
      await says(ana, 'A mistake');
      await deletes(ana, 'A mistake');
      await expect(find.tombstones(ana)).toHaveCount(1);
      await keepsNobodyOut(ana);

      await find.pins(ana).locator('summary').click();
      await keepsNobodyOut(ana);
      await does(ana, 'Edit', 'Yes!');
      await expect(find.about(ana)).toBeVisible();
      await keepsNobodyOut(ana);
    });

    test('the menu of a message', async ({ newPerson }) => {
      const ana = await newPerson('Ana');
      await opens(ana);
      await says(ana, 'Hello');
      await find.actions(ana, 'Hello').click();
      await expect(find.menu(ana)).toBeVisible();
      await keepsNobodyOut(ana);
      await find.action(ana, 'Delete').click();
      await expect(find.action(ana, 'Delete for good')).toBeVisible();
      await keepsNobodyOut(ana);
    });

    test('a message in its place, with what is new behind it', async ({ server, newPerson }) => {
      const ben = await guest(server.url, 'Ben');
      await ben.say('Old');
      const ana = await newPerson('Ana');
      await opens(ana);
      await expect(find.message(ana, 'Old')).toBeInViewport();
      await ana.goto('about:blank');
      await ben.say(`New${'\n.'.repeat(60)}`);
      await opensAt(ana, 1);
      await expect(find.unreadLine(ana)).toBeVisible();
      await expect(find.toEnd(ana)).toBeVisible();
      await keepsNobodyOut(ana);
    });

    test('the form for a name', async ({ newPerson }) => {
      const ana = await newPerson('Ana');
      await opens(ana);
      await opensNameForm(ana);
      await expect(find.nameBox(ana)).toBeVisible();
      await keepsNobodyOut(ana);
    });

    test.describe('where the server takes one message a second', () => {
      test.use({ serverEnv: { BANTER_POST_RATE: '1' } });

      test('a refused message', async ({ newPerson }) => {
        const ana = await newPerson('Ana');
        await opens(ana);
        await saysTooMuch(ana);
        await keepsNobodyOut(ana);
      });
    });

    test('a page that does not exist', async ({ newPerson, problems }) => {
      problems.tolerate(cannotLoad(404));
      const ana = await newPerson('Ana');
      const response = await ana.goto('/nowhere');
      expect(response?.status()).toBe(404);
      await expect(ana.getByRole('link', { name: 'the lobby' })).toBeVisible();
      await keepsNobodyOut(ana);
    });
  });
}
