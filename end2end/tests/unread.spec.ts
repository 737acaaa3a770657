// What was not read is told, in every room, on every device.

import type { Page } from '@playwright/test';

import { does, logsIn, opens, opensRoom, says } from '../support/act.ts';
import { seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { member, setUpCode, type Member } from '../support/member.mjs';
import { expect, test } from '../support/test.ts';

const PASSWORD = 'correct horse';

let olga: Member;
let ana: Member;

test.beforeEach(async ({ server }) => {
  olga = await member(server.url, 'Olga', PASSWORD, setUpCode(server));
  ana = await member(server.url, 'Ana', PASSWORD);
  await olga.makes('garden', 'Garden');
  await olga.adds('garden', ana);
});

test('what others say elsewhere is counted, and what names one is told apart', async ({ newPerson }) => {
  const page = await isInLobby(newPerson, 'Ana');
  await expect(find.unread(page, 'Garden')).toBeHidden();

  await olga.says('garden', 'one');
  await olga.says('garden', 'two');
  await expect(find.unread(page, 'Garden')).toHaveText(/^2 unread/);
  await expect(page).toHaveTitle('(1) Chat App');

  await olga.says('garden', '@Ana three');
  await expect(find.unread(page, 'Garden')).toHaveText('3 unread, and you are named');
  await page.reload();
  await expect(find.unread(page, 'Garden')).toHaveText('3 unread, and you are named');

  await find.place(page, 'Garden').click();
  await seesOnce(page, '@Ana three');
  await expect(page).toHaveTitle('Chat App');
  await expect.poll(() => ana.unread('garden')).toBe(0);
  await opens(page);
  await expect(find.unread(page, 'Garden')).toBeHidden();
});

test('what one reads on one device is read on the other', async ({ newPerson }) => {
  const [desk, phone] = [await isInLobby(newPerson, 'the desk'), await isInLobby(newPerson, 'the phone')];
  await olga.says('garden', 'one');
  for (const device of [desk, phone]) await expect(find.unread(device, 'Garden')).toHaveText(/^1/);

  await opensRoom(desk, 'garden');
  await seesOnce(desk, 'one');

  await expect(find.unread(phone, 'Garden')).toBeHidden();
  await expect(phone).toHaveTitle('Chat App');
});

test('what is marked unread stays so beside another tab, and what is no message is never unread', async ({ newPerson }) => {
  const page = await isInLobby(newPerson, 'the desk');
  await olga.says('garden', 'one');
  await olga.says('garden', 'two');
  await olga.sets('garden', { topic: 'flowers' });
  await opensRoom(page, 'garden');
  await seesOnce(page, 'two');
  await expect(page).toHaveTitle('Chat App');
  const tab = await page.context().newPage();
  await opensRoom(tab, 'garden');
  await seesOnce(tab, 'two');

  await does(page, 'Mark unread from here', 'two');
  await olga.says('lobby', 'and something else');

  await expect(find.unread(tab, 'Lobby')).toBeVisible();
  await expect.poll(() => ana.unread('garden')).toBe(1);
});

test('what one says oneself is never unread', async ({ newPerson }) => {
  const [desk, phone] = [await isInLobby(newPerson, 'the desk'), await isInLobby(newPerson, 'the phone')];
  await opensRoom(desk, 'garden');

  await olga.says('garden', 'hers');
  await seesOnce(desk, 'hers');
  await says(desk, 'mine');
  await seesOnce(desk, 'mine');

  await does(desk, 'Mark unread from here', 'hers');

  await expect(find.unread(phone, 'Garden')).toHaveText(/^1 /);
  await opens(phone);
  await expect(find.unread(phone, 'Garden')).toHaveText(/^1 /);
});

test('what is marked unread is unread on the other device, and here when one comes anew', async ({ newPerson }) => {
  const [desk, phone] = [await isInLobby(newPerson, 'the desk'), await isInLobby(newPerson, 'the phone')];
  await olga.says('garden', 'one');
  await olga.says('garden', 'two');
  await opensRoom(desk, 'garden');
  await seesOnce(desk, 'two');
  await expect(find.unread(phone, 'Garden')).toBeHidden();

  await does(desk, 'Mark unread from here', 'two');

  await expect(find.unread(phone, 'Garden')).toHaveText(/^1/);
  await expect(find.unreadLine(desk)).toBeVisible();
  await opens(desk);
  await expect(find.unread(desk, 'Garden')).toHaveText(/^1/);
});

/** Ana, on a device of hers. */
async function isInLobby(newPerson: (name: string) => Promise<Page>, device: string) {
  const page = await newPerson(`Ana at ${device}`);
  await logsIn(page, 'Ana', PASSWORD);
  await expect(find.myName(page)).toHaveText('Ana');
  await opens(page);
  return page;
}
