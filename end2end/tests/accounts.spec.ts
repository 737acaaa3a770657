// Having an account: by pages of plain forms, with scripts and without.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { changesPassword, logsIn, logsOut, opens, says, signsUp } from '../support/act.ts';
import { seesExactly } from '../support/check.ts';
import * as find from '../support/find.ts';
import { member, setUpCode } from '../support/member.mjs';
import { cannotLoad } from '../support/problems.ts';
import { expect, test } from '../support/test.ts';

const PASSWORD = 'correct horse';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    const browser = { javaScriptEnabled };

    test('one signs up, logs out and logs in again', async ({ newPerson }) => {
      const ana = await newPerson('Ana', browser);

      await signsUp(ana, 'Ana', PASSWORD);
      await expect(ana).toHaveURL('/');
      await expect(find.myName(ana)).toHaveText('Ana');

      await logsOut(ana);
      await expect(ana).toHaveURL('/');
      await expect(find.myName(ana)).toHaveText('Guest');

      await logsIn(ana, 'Ana', PASSWORD);
      await expect(find.myName(ana)).toHaveText('Ana');
    });

    test('a wrong password is said where it was typed, and the name need not be typed again', async ({ server, newPerson }) => {
      await member(server.url, 'Ana', PASSWORD);
      const ana = await newPerson('Ana', browser);

      await logsIn(ana, 'Ana', 'wrong horse');

      await expect(ana.getByRole('alert')).toHaveText('Name or password is wrong.');
      await expect(ana.getByRole('alert')).toBeInViewport();
      await expect(find.field(ana, 'Name')).toHaveValue('Ana');
      await find.field(ana, 'Password').fill(PASSWORD);
      await find.press(ana, 'Log in').click();
      await expect(find.myName(ana)).toHaveText('Ana');
    });

    test('with another password the other device is logged out', async ({ newPerson }) => {
      const [desk, phone] = [await newPerson('Ana at the desk', browser), await newPerson('Ana on the phone', browser)];
      await signsUp(desk, 'Ana', PASSWORD);
      await logsIn(phone, 'Ana', PASSWORD);
      await expect(find.myName(phone)).toHaveText('Ana');

      await changesPassword(desk, PASSWORD, 'battery staple');
      await expect(desk.getByRole('status')).toBeVisible();
      await phone.goto('/settings');

      await expect(phone).toHaveURL('/login');
      await logsIn(phone, 'Ana', 'battery staple');
      await expect(find.myName(phone)).toHaveText('Ana');
      await desk.goto('/settings');
      await expect(desk).toHaveURL('/settings');
    });

    test('the other device is logged out by a button', async ({ newPerson }) => {
      const [desk, phone] = [await newPerson('Ana at the desk', browser), await newPerson('Ana on the phone', browser)];
      await signsUp(desk, 'Ana', PASSWORD);
      await logsIn(phone, 'Ana', PASSWORD);

      await desk.goto('/settings');
      await expect(find.sessions(desk)).toHaveCount(2);
      await find.press(desk, 'End all others').click();
      await expect(find.sessions(desk)).toHaveCount(1);

      await phone.goto('/settings');
      await expect(phone).toHaveURL('/login');
    });
  });
}

test('a guest who signs up keeps what they said', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await ana.goto('/');
  await says(ana, 'said as a guest');
  await seesExactly(ana, ['said as a guest']);
  const friendly = await find.myName(ana).innerText();

  await ana.goto('/settings');
  await ana.getByRole('link', { name: 'Make this an account' }).click();
  await expect(find.field(ana, 'Name')).toHaveValue(friendly);
  await find.field(ana, 'Password').fill(PASSWORD);
  await find.press(ana, 'Sign up').click();

  await expect(find.myName(ana)).toHaveText(friendly);
  await expect(find.ownMessages(ana)).toHaveCount(1);
});

test('the page of a device that is logged out takes nothing more', async ({ newPerson }) => {
  const [desk, phone] = [await newPerson('Ana at the desk'), await newPerson('Ana on the phone')];
  await signsUp(desk, 'Ana', PASSWORD);
  await logsIn(phone, 'Ana', PASSWORD);
  await opens(phone);

  await desk.goto('/settings');
  await find.press(desk, 'End all others').click();

  await expect(find.connection(phone)).toHaveAttribute('data-link', 'ended');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('strangers are kept out of no page', async ({ server, newPerson, problems }) => {
      problems.tolerate(cannotLoad(410));
      const owner = await member(server.url, 'Olga', PASSWORD, setUpCode(server));
      const invite = await owner.invites();
      const ana = await newPerson('Ana');
      for (const path of ['/login', '/login?error=wrong_password', '/signup', `/invite/${invite}`, '/invite/nonsense']) {
        await ana.goto(path);
        await keepsNobodyOut(ana);
      }
    });

    test('nor is who sets the site up', async ({ server, newPerson }) => {
      const olga = await newPerson('Olga');
      await olga.goto(`/setup?code=${setUpCode(server)}`);
      await keepsNobodyOut(olga);
    });

    test('nor who has an account from the settings', async ({ server, newPerson }) => {
      const ana = await newPerson('Ana');
      await signsUp(ana, 'Ana', PASSWORD);
      await member(server.url, 'Ben', PASSWORD);
      await ana.goto('/settings?done');
      for (const folded of await ana.locator('summary').all()) await folded.click();
      await keepsNobodyOut(ana);

      await find.field(ana, 'What it is for').fill('Robot');
      await find.press(ana, 'Make a token').click();
      await expect(find.secret(ana)).toBeVisible();
      await keepsNobodyOut(ana);
    });

    test('nor a guest from theirs', async ({ newPerson }) => {
      const ana = await newPerson('Ana');
      await ana.goto('/');
      await says(ana, 'Hello');
      await seesExactly(ana, ['Hello']);
      await ana.goto('/settings');
      await keepsNobodyOut(ana);
    });

    test('nor is a banned person from learning why', async ({ server, newPerson, problems }) => {
      problems.tolerate(cannotLoad(403));
      const owner = await member(server.url, 'Olga', PASSWORD, setUpCode(server));
      const ana = await newPerson('Ana');
      await signsUp(ana, 'Ana', PASSWORD);
      await owner.bans('Ana', 'adverts');
      await ana.goto('/settings');
      await expect(ana.getByRole('heading', { name: 'You are banned' })).toBeVisible();
      await expect(ana.getByText('adverts')).toBeVisible();
      await keepsNobodyOut(ana);
    });
  });
}

test('the settings fit a phone, and a window of half the size', async ({ newPerson }) => {
  const ana = await newPerson('Ana', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await signsUp(ana, 'W'.repeat(40), PASSWORD);
  // 320 pixels is a window of 1280 at 400 % (WCAG 1.4.10).
  for (const width of [390, 320]) {
    await ana.setViewportSize({ width, height: 600 });
    for (const path of ['/settings', '/login', '/signup']) {
      await ana.goto(path);
      for (const folded of await ana.locator('summary').all()) await folded.click();
      const [content, window] = await ana.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(content, `${path} at ${width}`).toBeLessThanOrEqual(window);
    }
  }
});

async function keepsNobodyOut(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' ')}`);
  expect(told, page.url()).toEqual([]);
}
