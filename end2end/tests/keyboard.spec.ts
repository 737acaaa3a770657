// All of it without a mouse: what has the keyboard is where one gets by Tab, and it can be seen.

import { expect as expectThat, type Locator, type Page } from '@playwright/test';

import { isLive, seesExactly, seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { member } from '../support/member.mjs';
import { expect, test } from '../support/test.ts';

/** More than there is on any page. */
const STOPS = 150;
const PASSWORD = 'a long enough sentence';

test('one joins, posts, reacts, edits, answers, goes elsewhere, searches, reports and logs out', async ({ server, newPerson }) => {
  test.slow();
  const ben = await member(server.url, 'Ben', PASSWORD);
  await ben.makes('harbour', 'Harbour', 'open');
  await ben.says('harbour', 'Dogs are welcome');
  const ana = await newPerson('Ana');

  await ana.goto('/signup');
  await fills(ana, find.field(ana, 'Name'), 'Ana');
  await fills(ana, find.field(ana, 'Password'), PASSWORD);
  await ana.keyboard.press('Enter');
  await isLive(ana);

  await presses(ana, find.places(ana).getByRole('link', { name: 'All rooms' }));
  await presses(ana, ana.getByRole('button', { name: /^Join/ }));
  await expect(ana.getByRole('button', { name: /^Join/ })).toHaveCount(0);
  await ana.goto('/r/harbour');
  await isLive(ana);

  await fills(ana, find.box(ana), 'They are?');
  await ana.keyboard.press('Enter');
  await seesOnce(ana, 'They are?');
  await ana.keyboard.press('ArrowUp');
  await ana.keyboard.press('Control+a');
  await ana.keyboard.type('They are!');
  await ana.keyboard.press('Enter');
  await seesExactly(ana, ['Dogs are welcome', 'They are!']);

  await presses(ana, find.actions(ana, 'Dogs are welcome'));
  await presses(ana, find.action(ana, 'Thumbs up'));
  await expect(find.chip(ana, 'Dogs are welcome', '\u{1F44D}')).toHaveAttribute('aria-pressed', 'true');

  await presses(ana, find.message(ana, 'Dogs are welcome').getByRole('button', { name: 'Answer Ben' }));
  await expect(find.box(ana)).toBeFocused();
  await ana.keyboard.type('Mine will be glad');
  await ana.keyboard.press('Enter');
  await expect(find.quote(ana, 'Mine will be glad')).toContainText('Dogs are welcome');

  await ana.keyboard.press('Control+k');
  await expect(ana.getByRole('dialog', { name: 'Go to' })).toBeVisible();
  await ana.keyboard.type('lob');
  await ana.keyboard.press('Enter');
  await expect(ana).toHaveURL('/');
  await isLive(ana);

  await presses(ana, find.places(ana).getByRole('link', { name: 'Search' }));
  await searches(ana, 'glad');
  await presses(ana, ana.locator('.found-list a'));
  await seesOnce(ana, 'Mine will be glad');

  await presses(ana, find.actions(ana, 'Dogs are welcome'));
  await presses(ana, find.action(ana, 'Report or more\u2026'));
  await fills(ana, ana.getByLabel('What is wrong with it'), 'Cats are not');
  await presses(ana, find.press(ana, 'Report'));
  await expect(ana).toHaveURL(/\/r\/harbour\/\d+$/);

  await ana.goto('/settings');
  await presses(ana, find.press(ana, 'Log out').first());
  await expect(ana.getByRole('link', { name: 'Log in' }).first()).toBeVisible();
});

/** Goes on with Tab until this has the keyboard, and can be seen to have it. */
async function reaches(page: Page, there: Locator) {
  await expect(there).toBeAttached();
  for (let stop = 0; stop < STOPS; stop++) {
    const has = await there.evaluate((element) => element === document.activeElement);
    if (has) {
      await expectThat(there).toBeInViewport();
      const seen = await there.evaluate((element) => getComputedStyle(element).outlineStyle !== 'none');
      expectThat(seen, `${there} shows that it has the keyboard`).toBe(true);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`${there} is not reached by Tab`);
}

async function presses(page: Page, there: Locator) {
  await reaches(page, there);
  await page.keyboard.press('Enter');
}

async function fills(page: Page, there: Locator, text: string) {
  await reaches(page, there);
  await page.keyboard.type(text);
}

/** The index follows behind what is said. */
async function searches(page: Page, words: string) {
  await fills(page, page.getByRole('searchbox'), words);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/q=/);
  await expect(async () => {
    await page.reload();
    await expect(page.locator('.found-list a')).toHaveCount(1, { timeout: 1_000 });
  }).toPass();
}
