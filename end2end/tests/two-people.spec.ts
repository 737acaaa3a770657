// Two people and their browsers, from the first hello to the ban.

import type { Page } from '@playwright/test';

import { does, logsIn, opens, opensRoom, says, signsUp } from '../support/act.ts';
import { takesTheSite } from '../support/account.ts';
import { isLive, seesExactly, seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { cannotLoad } from '../support/problems.ts';
import { expect, test } from '../support/test.ts';

const PASSWORD = 'a long enough sentence';

test('two people meet, speak apart, fall out, and one is shown the door', async ({ server, newPerson, problems }) => {
  test.slow();
  problems.tolerate(cannotLoad(403));
  problems.tolerate(cannotLoad(404));
  const [olga, ben] = [await newPerson('Olga'), await newPerson('Ben')];

  await test.step('both sign up', async () => {
    await takesTheSite(olga, server, 'Olga');
    await signsUp(ben, 'Ben', PASSWORD);
    await expect(find.myName(ben)).toHaveText('Ben');
  });

  await test.step('one makes a closed room and invites the other', async () => {
    await makesClosedRoom(olga, 'The den', 'den');
    await ben.goto('/r/den');
    await expect(ben.getByRole('heading', { level: 1 })).toHaveText('There is nothing here.');
    const link = await makesLink(olga, 'den');

    await ben.goto(link);
    await find.press(ben, 'Join').click();

    await expect(ben).toHaveURL('/r/den');
    await isLive(ben);
    await opensRoom(olga, 'den');
    await says(ben, 'Here I am');
    await seesOnce(olga, 'Here I am');
    await expect(find.changes(olga)).toContainText(['Ben']);
  });

  const phone = await newPerson('Olga on the phone');
  await logsIn(phone, 'Olga', PASSWORD);

  await test.step('they speak apart, and what is unread is so on both devices', async () => {
    await opens(olga);
    await opens(phone);
    await writesTo(ben, 'Olga');
    await isLive(ben);
    await says(ben, 'Between you and me');
    await says(ben, 'the tea is cold');
    for (const device of [olga, phone]) await expect(find.unread(device, 'Ben')).toHaveText(/^2/);

    await find.place(phone, 'Ben').click();
    await seesExactly(phone, ['Between you and me', 'the tea is cold']);

    await expect(find.unread(olga, 'Ben')).toBeHidden();
    await says(phone, 'I know');
    await seesOnce(ben, 'I know');
    await expect(find.unread(olga, 'Ben')).toBeHidden();
  });

  await test.step('one finds again what the other said', async () => {
    await finds(ben, 'from:Olga know');
    await ben.locator('.found-list a').click();
    await seesOnce(ben, 'I know');
    await finds(olga, 'cold in:den', 0);
  });

  await test.step('one reports what the other said, who sees to it', async () => {
    await opensRoom(olga, 'den');
    await says(olga, 'Ben brews dishwater');
    await opensRoom(ben, 'den');
    await reports(ben, 'Ben brews dishwater', 'That is unkind');
    await opensRoom(ben, 'den');

    await olga.goto('/reports');
    await expect(olga.getByText('That is unkind')).toBeVisible();
    await olga.getByRole('button', { name: 'Remove' }).click();

    await expect(olga.getByText('Nothing waits for you.')).toBeVisible();
    await expect(find.message(ben, 'Ben brews dishwater')).toHaveCount(0);
  });

  await test.step('one is muted, and may speak again', async () => {
    await keepsOrder(olga, 'den', 'Ben');
    await find.press(olga, 'Mute').click();
    await expect(find.barred(ben)).toContainText('You are muted here.');

    await olga.getByRole('button', { name: 'Let speak again Ben' }).first().click();
    await says(ben, 'I am sorry');
    await opensRoom(olga, 'den');
    await seesOnce(olga, 'I am sorry');
  });

  await test.step('and is banned from the site, which says so', async () => {
    await olga.goto('/admin?q=Ben');
    await olga.getByLabel('Keep order: Ben').click();
    await olga.getByLabel('Why, for all to read').fill('enough of it');
    await find.press(olga, 'Ban from the site').click();
    await expect(olga.getByText('banned').first()).toBeVisible();

    await expect(find.connection(ben)).toHaveAttribute('data-link', 'ended');
    await expect(find.barred(ben)).toContainText('You are banned');
    await ben.reload();
    await expect(ben.getByRole('heading', { level: 1 })).toHaveText('You are banned');
    await expect(ben.getByText('enough of it')).toBeVisible();
  });
});

async function makesClosedRoom(page: Page, title: string, key: string) {
  await page.goto('/rooms');
  await find.field(page, 'What it is called').fill(title);
  await find.field(page, 'Its key').fill(key);
  await page.getByLabel('Only by invitation').check();
  await find.press(page, 'Make the room').click();
  await isLive(page);
}

async function makesLink(page: Page, room: string): Promise<string> {
  await page.goto(`/r/${room}/about`);
  await find.press(page, 'Make a link').click();
  return find.secret(page).innerText();
}

async function writesTo(page: Page, name: string) {
  await page.goto(`/rooms?q=${name}`);
  await page.getByRole('button', { name: `Write to ${name}` }).click();
}

async function reports(page: Page, text: string, why: string) {
  await does(page, 'Report or more\u2026', text);
  await page.getByLabel('What is wrong with it').fill(why);
  await find.press(page, 'Report').click();
  await expect(page).toHaveURL(/\/r\/den\/\d+$/);
}

async function keepsOrder(page: Page, room: string, name: string) {
  await page.goto(`/r/${room}/about`);
  await page.getByLabel(`Keep order: ${name}`).click();
}

/** The index follows behind what is said. */
async function finds(page: Page, query: string, hits = 1) {
  await expect(async () => {
    await page.goto(`/search?q=${encodeURIComponent(query)}`);
    await expect(page.locator('.found-list a')).toHaveCount(hits, { timeout: 500 });
  }).toPass();
}
