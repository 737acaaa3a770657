// Times are the reader's own.

import type { Page } from '@playwright/test';

import { opens, says } from '../support/act.ts';
import { seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { guest } from '../support/guest.mjs';
import { expect, test } from '../support/test.ts';

test('a page with its app shows the time of the reader’s zone', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  await ben.say('drawn by the server');
  const ana = await newPerson('Ana');
  await opens(ana);
  await says(ana, 'drawn by the app');
  await seesOnce(ana, 'drawn by the app');

  for (const at of await writtenAt(ana)) {
    // The day may have changed a moment ago.
    expect(at.shown).toMatch(new RegExp(`${clock(at.machine, 'America/New_York')}$`));
  }
});

test('what was said on another day has its day', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  await ben.say('said today');
  const ana = await newPerson('Ana');
  await ana.clock.install({ time: Date.now() + 2 * 24 * 60 * 60 * 1000 });
  await opens(ana);

  for (const at of await writtenAt(ana)) {
    expect(at.shown).toBe(`${day(at.machine, 'America/New_York')} ${clock(at.machine, 'America/New_York')}`);
  }
});

test('a page without its app says that it shows UTC', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  await ben.say('drawn by the server');
  const ana = await newPerson('Ana', { javaScriptEnabled: false });
  await ana.goto('/');

  for (const at of await writtenAt(ana)) {
    expect(at.shown).toBe(`${day(at.machine, 'UTC')} ${clock(at.machine, 'UTC')} UTC`);
  }
});

/** Every message's time, for machines and as shown. */
async function writtenAt(page: Page) {
  await expect(find.times(page)).not.toHaveCount(0);
  const times = await find.times(page).all();
  return Promise.all(
    times.map(async (time) => {
      const machine = await time.getAttribute('datetime');
      expect(machine).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      return { machine: new Date(machine!), shown: await time.textContent() };
    }),
  );
}

function clock(at: Date, timeZone: string) {
  return at.toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

function day(at: Date, timeZone: string) {
  return at.toLocaleDateString('sv-SE', { timeZone });
}
