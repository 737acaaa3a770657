// The server goes and comes back while the page stays open.

import type { Page } from '@playwright/test';

import { opens, says } from '../support/act.ts';
import { boxIsEmpty, isLive, isNotLive, nothingIsPending, seesExactly, seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { guest } from '../support/guest.mjs';
import { CANNOT_CONNECT } from '../support/problems.ts';
import type { Server } from '../support/server.mjs';
import { expect, test } from '../support/test.ts';

test.beforeEach(({ problems }) => problems.tolerate(CANNOT_CONNECT));

const WAYS_TO_GO = {
  'is stopped': (server: Server) => server.stop(),
  'is killed': (server: Server) => server.kill(),
};

for (const [how, goes] of Object.entries(WAYS_TO_GO)) {
  test(`when the server ${how}, the page says so, comes back by itself, and sends once what was said meanwhile`, async ({
    server,
    newPerson,
  }) => {
    const ana = await newPerson('Ana');
    await opens(ana);
    await says(ana, 'before');
    await seesOnce(ana, 'before');
    let loads = 0;
    ana.on('load', () => loads++);
    const attempt = ana.waitForEvent('websocket');

    await goes(server);
    await isNotLive(ana);
    await says(ana, 'meanwhile');
    await boxIsEmpty(ana);
    await expect(find.pending(ana)).toHaveText(/meanwhile/);
    await expect.poll(async () => (await attempt).isClosed()).toBe(true);
    await server.start();

    await isLive(ana);
    await seesOnce(ana, 'meanwhile');
    await nothingIsPending(ana);
    expect(loads).toBe(0);

    const ben = await newPerson('Ben');
    await opens(ben);
    await says(ana, 'after');
    for (const person of [ana, ben]) {
      await seesOnce(person, 'after');
      await seesOnce(person, 'meanwhile');
    }
  });
}

test('after a restart, an open page shows what a fresh one shows', async ({ server, newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await says(ana, 'one');
  await says(ana, 'two');
  await seesExactly(ana, ['one', 'two']);

  await server.restart();
  await isLive(ana);
  await says(ana, 'three');
  await seesOnce(ana, 'three');

  await showsWhatAFreshPageShows(ana, await newPerson('Ben'));
});

test('so does one that comes back when others have talked', async ({ server, newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await says(ana, 'one');
  await says(ana, 'two');
  await seesExactly(ana, ['one', 'two']);

  await server.stop();
  await isNotLive(ana);
  await ana.context().setOffline(true);
  await server.start();
  const carol = await guest(server.url, 'Carol');
  await carol.say('three');
  await ana.context().setOffline(false);
  await isLive(ana);

  await seesOnce(ana, 'three');
  await showsWhatAFreshPageShows(ana, await newPerson('Ben'));
});

test('after a restore, an open page goes back as well, and what it says then is said once', async ({ server, newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await says(ana, 'before the copy');
  await seesExactly(ana, ['before the copy']);
  server.backUp();
  await says(ana, 'after the copy');
  await seesExactly(ana, ['before the copy', 'after the copy']);

  await server.stop();
  await isNotLive(ana);
  await says(ana, 'meanwhile');
  server.restore();
  await server.start();
  await isLive(ana);

  await seesExactly(ana, ['before the copy', 'meanwhile']);
  await nothingIsPending(ana);
  await showsWhatAFreshPageShows(ana, await newPerson('Ben'));
});

async function showsWhatAFreshPageShows(page: Page, fresh: Page) {
  await opens(fresh);
  await seesExactly(page, await find.texts(fresh).allInnerTexts());
}
