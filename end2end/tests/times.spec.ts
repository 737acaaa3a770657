// Times and days are the reader's own.

import type { Page } from '@playwright/test';

import { opens, says } from '../support/act.ts';
import { seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { guest } from '../support/guest.mjs';
import { expect, test } from '../support/test.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Where it is another day than in UTC most of the time, the one before or the one behind. */
const ZONES = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'];

for (const timeZone of ZONES) {
  test.describe(`in ${timeZone}`, () => {
    test('a page with its app shows the time of the reader’s zone', async ({ server, newPerson }) => {
      const ben = await guest(server.url, 'Ben');
      await ben.say('drawn by the server');
      const ana = await newPerson('Ana', { timezoneId: timeZone });
      await opens(ana);
      await says(ana, 'drawn by the app');
      await seesOnce(ana, 'drawn by the app');

      await expect(find.days(ana).first()).toHaveText('Today');
      for (const at of await writtenAt(ana)) expect(at.shown).toBe(clock(at.machine, timeZone));
    });

    test('a day is called as the reader calls it', async ({ server, newPerson }) => {
      const ben = await guest(server.url, 'Ben');
      await ben.say('said today');
      for (const [days, name] of [[1, 'Yesterday'], [5, undefined]] as const) {
        const ana = await newPerson('Ana', { timezoneId: timeZone });
        await ana.clock.install({ time: Date.now() + days * DAY_MS });
        await opens(ana);
        const [{ machine }] = await writtenAt(ana);
        await expect(find.days(ana)).toHaveText([name ?? day(machine, timeZone)]);
      }
    });
  });
}

test('times are written in the reader’s language', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  await ben.say('said today');
  const ana = await newPerson('Ana', { locale: 'de-DE', timezoneId: 'Europe/Berlin' });
  await opens(ana);

  await expect(find.days(ana)).toHaveText(['Heute']);
  for (const { machine, shown } of await writtenAt(ana)) {
    expect(shown).toBe(machine.toLocaleTimeString('de-DE', { timeZone: 'Europe/Berlin', hour: 'numeric', minute: '2-digit' }));
  }
});

test('a page without its app says that it shows UTC', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  await ben.say('drawn by the server');
  const ana = await newPerson('Ana', { javaScriptEnabled: false });
  await ana.goto('/');

  const [{ machine, shown }] = await writtenAt(ana);
  expect(shown).toBe(`${machine.toISOString().slice(11, 16)} UTC`);
  await expect(find.days(ana)).toHaveText([machine.toISOString().slice(0, 10)]);
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
  return at.toLocaleTimeString('en-US', { timeZone, hour: 'numeric', minute: '2-digit' });
}

function day(at: Date, timeZone: string) {
  return at.toLocaleDateString('en-US', { timeZone, weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' });
}
