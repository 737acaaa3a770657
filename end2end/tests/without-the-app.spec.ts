// The page before its app has come, and where it never comes: plain forms do.

import { opens, pressesSend, says, takesName, writes } from '../support/act.ts';
import { isLive, nothingIsPending, seesExactly, seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { guest } from '../support/guest.mjs';
import { expect, test } from '../support/test.ts';

const APP = '**/*.wasm';

test('a browser without scripts shows the newest messages, and links in them are links', async ({ server, newPerson }) => {
  const host = await guest(server.url, 'Host');
  for (let n = 1; n <= 60; n++) await host.say(`This is number ${n}.`);
  await host.say('See https://example.com/a?b=c, and more.');
  const ana = await newPerson('Ana', { javaScriptEnabled: false });

  await ana.goto('/');

  await expect(find.messages(ana)).toHaveCount(50);
  await seesOnce(ana, 'This is number 60.');
  await expect(find.messages(ana).last().getByRole('link')).toHaveAttribute('href', 'https://example.com/a?b=c');
  await expect(find.messages(ana).last().getByRole('link')).toHaveText('https://example.com/a?b=c');
});

test('a browser without scripts sends, and comes back with the message', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana', { javaScriptEnabled: false }), await newPerson('Ben')];
  await opens(ben);
  await ana.goto('/');

  await says(ana, 'from a plain form');

  await expect(ana).toHaveURL('/');
  await seesExactly(ana, ['from a plain form']);
  await seesExactly(ben, ['from a plain form']);
  await expect(find.author(ana, 'from a plain form')).toHaveText(await find.myName(ana).innerText());

  await says(ben, 'I see you');
  await seesOnce(ben, 'I see you');
  await says(ana, 'and I see you');
  await seesExactly(ana, ['from a plain form', 'I see you', 'and I see you']);
});

test('a browser without scripts can take a name', async ({ newPerson }) => {
  const ana = await newPerson('Ana', { javaScriptEnabled: false });
  await ana.goto('/');

  await takesName(ana, 'Ana');
  await expect(find.myName(ana)).toHaveText('Ana');
  await takesName(ana, 'Ana Banana');
  await expect(find.myName(ana)).toHaveText('Ana Banana');
  await says(ana, 'Hello');

  await expect(find.author(ana, 'Hello')).toHaveText('Ana Banana');
});

test('text typed before the app has come is still there when it has', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  let letCome = () => {};
  const mayCome = new Promise<void>((resolve) => (letCome = resolve));
  await ana.route(APP, async (route) => {
    await mayCome;
    await route.continue();
  });

  await ana.goto('/', { waitUntil: 'domcontentloaded' });
  await writes(ana, 'typed early');
  await expect(find.connection(ana)).toHaveAttribute('data-link', 'page');
  letCome();
  await isLive(ana);

  await expect(find.box(ana)).toHaveValue('typed early');
  await pressesSend(ana);
  await seesExactly(ana, ['typed early']);
  await nothingIsPending(ana);
});

test('Send works while the app has not come', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  // Never answered.
  await ana.route(APP, () => {});

  await ana.goto('/', { waitUntil: 'domcontentloaded' });
  await says(ana, 'sent early');

  await seesExactly(ana, ['sent early']);
  await expect(find.connection(ana)).toHaveAttribute('data-link', 'page');
});
