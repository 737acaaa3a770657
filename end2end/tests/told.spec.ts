// Whoever looks elsewhere is told what is said to them, as they want it, and not a word more than that.

import type { Page } from '@playwright/test';

import { logsIn, opens, opensRoom } from '../support/act.ts';
import { keepsNobodyOut } from '../support/axe.ts';
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

type Told = { title: string; body: string; tag: string; closed: boolean };

/** In place of the system: it writes down what it is told. */
async function systemOf(page: Page, permission: NotificationPermission) {
  await page.addInitScript((permission) => {
    const told: Told[] = [];
    class Shown {
      static permission = permission;
      static requestPermission = async () => (Shown.permission = 'granted');
      onclick = () => {};
      #one: Told;
      constructor(title: string, { body, tag }: NotificationOptions) {
        this.#one = { title, body: body ?? '', tag: tag ?? '', closed: false };
        told.push(this.#one);
      }
      close() {
        this.#one.closed = true;
      }
    }
    Object.assign(window, { Notification: Shown, told });
  }, permission);
}

const told = (page: Page) =>
  page.evaluate(() => (window as unknown as { told: Told[] }).told.filter(({ closed }) => !closed));
const titles = async (page: Page) => (await told(page)).map(({ title, body }) => `${title}: ${body}`);

/** The browser says that somebody looks at the page, or at something else. */
async function looks(page: Page, here: boolean) {
  await page.evaluate((here) => {
    document.hasFocus = () => here;
    dispatchEvent(new Event(here ? 'focus' : 'blur'));
  }, here);
}

async function isInLobby(newPerson: (name: string) => Promise<Page>, permission: NotificationPermission) {
  const page = await newPerson('Ana');
  await systemOf(page, permission);
  await logsIn(page, 'Ana', PASSWORD);
  await opens(page);
  return page;
}

const icon = (page: Page) => page.locator('link[rel=icon]');
const choices = (page: Page) => page.getByRole('dialog', { name: 'Being told' });
const bell = (page: Page) => page.getByRole('button', { name: 'Notifications' });

/** What would ask has come: from here on it asks at once, if it does. */
async function canAsk(page: Page) {
  await bell(page).click();
  await expect(choices(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(choices(page)).toBeHidden();
}

test('what is said to one who looks elsewhere is told by the system, once for each, until it was read', async ({ newPerson }) => {
  const [desk, phone] = [await isInLobby(newPerson, 'granted'), await isInLobby(newPerson, 'granted')];
  for (const device of [desk, phone]) await looks(device, false);

  await olga.says('garden', 'nothing for anybody');
  await olga.says('garden', 'are you there, @Ana?');
  await olga.says('lobby', '@Ana!');
  for (const device of [desk, phone]) {
    await expect.poll(() => titles(device)).toEqual(['Olga in Garden: are you there, @Ana?', 'Olga in Lobby: @Ana!']);
  }

  await opensRoom(desk, 'garden');
  await expect.poll(() => titles(phone)).toEqual(['Olga in Lobby: @Ana!']);
});

test('one who looks is told nothing of what is before them, and nothing of what is gone stays', async ({ newPerson }) => {
  const page = await isInLobby(newPerson, 'granted');
  await looks(page, true);
  await olga.says('lobby', 'I see that you are there, @Ana');
  await expect(find.message(page, 'I see that you are there')).toBeVisible();
  await olga.says('garden', 'and here, @Ana?');
  await expect(find.unread(page, 'Garden')).toBeVisible();
  expect(await told(page)).toEqual([]);

  await looks(page, false);
  const seq = await olga.says('garden', 'a mistake, @Ana');
  await expect.poll(() => titles(page)).toEqual(['Olga in Garden: a mistake, @Ana']);
  await olga.deletes('garden', seq);
  await expect.poll(() => titles(page)).toEqual([]);
});

test('nothing is told that is gone before it could be told', async ({ newPerson }) => {
  const page = await isInLobby(newPerson, 'granted');
  let come = () => {};
  const waits = new Promise<void>((done) => (come = done));
  await page.route(/\/pkg\/tools\.[^/]*js$/, async (route) => {
    await waits;
    await route.continue();
  });
  await looks(page, false);
  const asked = page.waitForRequest(/\/pkg\/tools\.[^/]*js$/);
  const seq = await olga.says('garden', 'a mistake, @Ana');
  await asked;
  await olga.deletes('garden', seq);
  await olga.says('garden', 'as I meant it, @Ana');
  await expect(find.unread(page, 'Garden')).toHaveText(/^1 unread/);
  come();
  await expect.poll(() => titles(page)).toEqual(['Olga in Garden: as I meant it, @Ana']);
});

test('how much is told is chosen for each room, and for a while nothing', async ({ newPerson }) => {
  const page = await isInLobby(newPerson, 'granted');
  await opensRoom(page, 'garden');
  await bell(page).click();
  await keepsNobodyOut(page);
  await choices(page).getByRole('radio', { name: 'Everything that is said' }).check();
  await page.keyboard.press('Escape');
  await expect(bell(page)).toBeFocused();
  await opens(page);
  await looks(page, false);
  await olga.says('lobby', 'for nobody');
  await olga.says('garden', 'for everybody');
  await expect.poll(() => titles(page)).toEqual(['Olga in Garden: for everybody']);

  await bell(page).click();
  await choices(page).getByRole('radio', { name: 'For an hour' }).check();
  await expect(choices(page).getByText(/^Nothing is told until/)).toBeVisible();
  await page.keyboard.press('Escape');
  await olga.says('garden', 'one more');
  await olga.says('lobby', '@Ana, one more');
  await expect(find.message(page, 'one more')).toBeVisible();
  expect(await titles(page)).toEqual(['Olga in Garden: for everybody']);

  await page.reload();
  await looks(page, false);
  await bell(page).click();
  await choices(page).getByRole('radio', { name: 'No', exact: true }).check();
  await choices(page).getByRole('radio', { name: 'Nothing' }).check();
  await page.keyboard.press('Escape');
  await olga.says('lobby', '@Ana, not here');
  await expect(find.message(page, 'not here')).toBeVisible();
  await olga.says('garden', 'but there');
  await expect.poll(() => titles(page)).toEqual(['Olga in Garden: but there']);
});

test('one is asked once, when there was something to be told', async ({ newPerson }) => {
  const page = await isInLobby(newPerson, 'default');
  const offer = page.getByRole('complementary', { name: 'Notifications' });
  await canAsk(page);
  await looks(page, false);
  await olga.says('lobby', 'for nobody');
  await expect(icon(page)).toHaveAttribute('href', /\/icon-news\./);
  await expect(offer).toBeHidden();

  await olga.says('garden', 'for @Ana');
  await expect(offer).toBeVisible();
  await keepsNobodyOut(page);
  await offer.getByRole('button', { name: 'Tell me' }).click();
  await expect(offer).toBeHidden();
  await olga.says('garden', 'again for @Ana');
  await expect.poll(() => titles(page)).toEqual(['Olga in Garden: again for @Ana']);
});

test('who does not want to be asked is not asked again', async ({ newPerson }) => {
  const page = await isInLobby(newPerson, 'default');
  const offer = page.getByRole('complementary', { name: 'Notifications' });
  await looks(page, false);
  await olga.says('garden', 'for @Ana');
  await offer.getByRole('button', { name: 'No' }).click();
  await page.reload();
  await canAsk(page);
  await looks(page, false);
  await olga.says('garden', 'again for @Ana');
  await expect(find.unread(page, 'Garden')).toHaveText(/^2 unread/);
  await expect(offer).toBeHidden();
});

test('the sign in the tab says that something is unread, and whether it is for one', async ({ newPerson }) => {
  const page = await isInLobby(newPerson, 'denied');
  await expect(icon(page)).toHaveAttribute('href', /\/icon\./);
  await olga.says('garden', 'for nobody');
  await expect(icon(page)).toHaveAttribute('href', /\/icon-news\./);
  await olga.says('garden', 'for @Ana');
  await expect(icon(page)).toHaveAttribute('href', /\/icon-named\./);
  await page.reload();
  await expect(icon(page)).toHaveAttribute('href', /\/icon-named\./);

  await opensRoom(page, 'garden');
  await expect(icon(page)).toHaveAttribute('href', /\/icon\./);
});

test('the sign changes although nothing is drawn, as in a tab behind others', async ({ newPerson }) => {
  const page = await isInLobby(newPerson, 'denied');
  await page.evaluate(() => Object.assign(window, { requestAnimationFrame: () => 0 }));
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true });
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await olga.says('garden', 'for nobody');
  await expect.poll(() => icon(page).getAttribute('href')).toMatch(/\/icon-news\./);
  await olga.says('garden', 'for @Ana');
  await expect.poll(() => icon(page).getAttribute('href')).toMatch(/\/icon-named\./);
});

test('who looks at a room in one tab is not told of it by another', async ({ newPerson }) => {
  const page = await isInLobby(newPerson, 'granted');
  await looks(page, false);
  const other = await page.context().newPage();
  await opensRoom(other, 'garden');
  await looks(other, true);
  await olga.says('garden', '@Ana sees this');
  await expect(find.message(other, 'sees this')).toBeVisible();
  await looks(other, false);
  await olga.says('garden', '@Ana does not');
  await expect.poll(() => titles(page)).toEqual(['Olga in Garden: @Ana does not']);
});
