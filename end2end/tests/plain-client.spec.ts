// The client of the tutorial, unchanged: a bare WebSocket and bare text.

import type { Page } from '@playwright/test';

import { opens, says } from '../support/act.ts';
import { seesExactly } from '../support/check.ts';
import { clientInPage, withClientInNode, type PlainClient } from '../support/plain-client.ts';
import { expect, test } from '../support/test.ts';

const WELCOME = 'Welcome to the chat!';

test('opened on a page of the chat', async ({ newPerson }) => {
  const [ana, tutorial] = [await newPerson('Ana'), await newPerson('tutorial')];
  await opens(ana);
  await opens(tutorial);

  await talksWith(ana, await clientInPage(tutorial));
});

test('opened in Node.js', async ({ server, newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);

  await withClientInNode(server.url, (client) => talksWith(ana, client));
});

async function talksWith(ana: Page, client: PlainClient) {
  await expect.poll(client.frames).toEqual([WELCOME]);

  await client.send('from the client');
  await seesExactly(ana, ['from the client']);
  await expect.poll(client.frames).toEqual([WELCOME, 'from the client']);

  await says(ana, 'from the page');
  await expect.poll(client.frames).toEqual([WELCOME, 'from the client', 'from the page']);
  await seesExactly(ana, ['from the client', 'from the page']);
}
