// Rooms and order, by plain forms alone: browsers without scripts.

import type { Page } from '@playwright/test';

import { signsUp, takesTheSite } from '../support/account.ts';
import { keepsNobodyOut } from '../support/axe.ts';
import { cannotLoad } from '../support/problems.ts';
import type { Server } from '../support/server.mjs';
import { expect, test } from '../support/test.ts';

const PLAIN = { javaScriptEnabled: false };

test('a closed room: made, entered by a link, and kept in order', async ({ server, newPerson, problems }) => {
  problems.tolerate(cannotLoad(403));
  problems.tolerate(cannotLoad(404));
  const [olga, ben] = [await newPerson('Olga', PLAIN), await newPerson('Ben', PLAIN)];
  await takesTheSite(olga, server, 'Olga');
  await signsUp(ben, 'Ben');

  await makesRoom(olga, 'The den', 'den', 'Only by invitation');
  await expect(olga).toHaveURL('/r/den');
  await ben.goto('/r/den');
  await expect(ben.getByRole('heading', { level: 1 })).toHaveText('There is nothing here.');

  await olga.goto('/r/den/about');
  await olga.getByLabel('How many may use it').fill('2');
  await olga.getByRole('button', { name: 'Make a link' }).click();
  const link = await olga.locator('.secret').innerText();
  expect(link).toMatch(new RegExp(`^${server.url}/invite/`));
  const code = link.split('/').pop();
  expect((await ben.request.post(`/api/v1/invites/${code}/redeem`)).status()).toBe(200);
  await saysBySending(ben, 'den', 'Here I am');

  await olga.goto('/r/den/about');
  await unfolds(olga, 'Ben');
  await olga.getByRole('button', { name: 'Mute', exact: true }).click();
  await expect(olga.getByText('muted', { exact: true })).toBeVisible();
  await ben.goto('/r/den');
  await expect(ben.getByText('You are muted here.')).toBeVisible();
  await expect(ben.locator('#messageInput')).toBeHidden();
  await part(olga, 'Who is muted').getByRole('button', { name: 'Let speak again Ben' }).click();
  await saysBySending(ben, 'den', 'Thank you');
  await expect(ben).toHaveURL('/r/den');

  await unfolds(olga, 'Ben');
  const ban = olga.locator('form.restrain', { has: olga.getByLabel('Ban for') });
  await ban.getByLabel('Why, for all to read').fill('enough');
  await ban.getByRole('button', { name: 'Ban' }).click();
  await expect(part(olga, 'Who is banned')).toContainText('enough');
  await ben.goto('/r/den');
  await expect(ben.getByRole('heading', { level: 1 })).toHaveText('You are banned from this room');
  await expect(ben.getByText('enough')).toBeVisible();
});

test('a report is handled, and the acts of power are written down', async ({ server, newPerson }) => {
  const [olga, ben, cleo] = [await newPerson('Olga', PLAIN), await newPerson('Ben', PLAIN), await newPerson('Cleo', PLAIN)];
  await takesTheSite(olga, server, 'Olga');
  await signsUp(ben, 'Ben');
  await signsUp(cleo, 'Cleo');
  await saysBySending(ben, 'lobby', 'A fine morning');
  await saysBySending(ben, 'lobby', 'Buy my cans');

  await cleo.goto('/r/lobby/2/act');
  await expect(cleo.locator('.context .this')).toContainText('Buy my cans');
  await expect(cleo.locator('.context')).toContainText('A fine morning');
  await expect(cleo.getByRole('button', { name: 'Delete for good' })).toHaveCount(0);
  await cleo.getByLabel('What is wrong with it').fill('An advertisement');
  await cleo.getByRole('button', { name: 'Report' }).click();
  await expect(cleo).toHaveURL('/r/lobby/2');

  await olga.goto('/reports');
  await expect(olga.getByText('An advertisement')).toBeVisible();
  await olga.getByRole('button', { name: 'Remove' }).click();
  await expect(olga.getByText('Nothing waits for you.')).toBeVisible();
  await olga.getByRole('link', { name: 'Acts of power' }).click();
  await expect(olga.getByText('settled a report about')).toBeVisible();
  await cleo.goto('/');
  await expect(cleo.getByText('Buy my cans')).toHaveCount(0);
});

test('what was said is found again, in its place', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana', PLAIN), await newPerson('Ben', PLAIN)];
  await signsUp(ana, 'Ana');
  await saysBySending(ana, 'lobby', 'The caf\u00e9 opens at ten');
  await saysBySending(ana, 'lobby', 'Tea is better');

  await ben.goto('/search');
  await expect(ben.getByText('What can be typed')).toBeVisible();
  // The index follows behind what is said.
  await expect(async () => {
    await ben.getByLabel('What was said').fill('cafe from:Ana');
    await ben.getByRole('button', { name: 'Search' }).click();
    await expect(ben.locator('mark')).toHaveText(['caf\u00e9'], { timeout: 500 });
  }).toPass();
  await ben.locator('.found-list a').click();
  await expect(ben).toHaveURL('/r/lobby/1');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('no page of these keeps anybody out', async ({ server, newPerson, problems }) => {
      problems.tolerate(cannotLoad(403));
      problems.tolerate(cannotLoad(404));
      const [olga, ben] = [await newPerson('Olga', { colorScheme }), await newPerson('Ben', { colorScheme })];
      await sets(olga, ben, server);
      const pages = [
        '/rooms?q=b', '/r/garden/about?q=o', '/r/garden/3/act', '/reports', '/admin', '/admin/rooms', '/admin/audit',
        '/admin/settings', '/admin/now', '/search', '/search?q=zebra&room=garden', '/mentions',
      ];
      for (const address of pages) {
        await test.step(address, async () => {
          await olga.goto(address);
          await olga.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
          await keepsNobodyOut(olga);
        });
      }
      await olga.goto('/r/garden/about');
      await olga.getByRole('button', { name: 'Make a link' }).click();
      await expect(olga.locator('.secret')).toBeVisible();
      await keepsNobodyOut(olga);
      for (const address of ['/r/den', '/r/garden']) {
        await test.step(address, async () => {
          await ben.goto(address);
          await expect(ben.getByRole('link', { name: 'Go to the lobby' })).toBeVisible();
          await keepsNobodyOut(ben);
        });
      }
    });
  });
}

/** A room with something of everything in it. */
async function sets(olga: Page, ben: Page, server: Server) {
  await takesTheSite(olga, server, 'Olga');
  const id = await signsUp(ben, 'Ben');
  await makesRoom(olga, 'Garden', 'garden', 'Everybody with an account');
  await makesRoom(olga, 'Den', 'den', 'Only by invitation');
  const does = async (page: Page, method: string, path: string, data: object) => {
    const response = await page.request.fetch(`/api/v1${path}`, { method, data });
    expect(response.ok(), `${path}: ${await response.text()}`).toBe(true);
  };
  const says = (page: Page, body: string) =>
    does(page, 'POST', '/rooms/garden/messages', { cid: `order-${crypto.randomUUID()}`, body });
  await does(ben, 'PUT', '/rooms/garden/members/me', {});
  await says(ben, 'Hello @Olga');
  await says(ben, 'Buy my cans');
  await does(olga, 'POST', '/rooms/garden/messages/3/reports', { reason: 'An advertisement' });
  await does(olga, 'PATCH', '/settings', { held_words: ['casino'], refused_words: ['frobnicate'] });
  await does(olga, 'POST', '/invites', { room: 'garden' });
  await does(olga, 'PUT', `/rooms/garden/mutes/${id}`, { seconds: 3600 });
  await does(olga, 'PUT', `/rooms/garden/bans/${id}`, { reason: 'enough' });
}

async function makesRoom(page: Page, title: string, key: string, who: string) {
  await page.goto('/rooms');
  await page.getByLabel('What it is called').fill(title);
  await page.getByLabel('Its key').fill(key);
  await page.getByLabel(who).check();
  await page.getByRole('button', { name: 'Make the room' }).click();
}

/** By the form of the room's page, which comes back to it. */
async function saysBySending(page: Page, room: string, text: string) {
  await page.goto(`/r/${room}`);
  await page.locator('#messageInput').fill(text);
  await page.locator('#sendButton').click();
}

const part = (page: Page, title: string) =>
  page.locator('section', { has: page.getByRole('heading', { name: title, exact: true }) });

async function unfolds(page: Page, name: string) {
  await page.getByLabel(`Keep order: ${name}`).click();
}
