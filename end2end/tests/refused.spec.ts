// A message that the server refuses is not lost: one sees why, and may try again or let go.

import type { Page } from '@playwright/test';

import { opens, saysTooMuch } from '../support/act.ts';
import { nothingIsPending, seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { expect, test } from '../support/test.ts';

// One message a second, and four at once.
test.use({ serverEnv: { BANTER_POST_RATE: '1' } });

test('it is shown with the reason', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);

  const text = await saysTooMuch(ana);

  await expect(find.refused(ana)).toContainText(text);
  await expect(find.refusal(ana)).toHaveText(/^Not sent: .*too fast/);
});

test('it is there with its ways on after a reload', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  const text = await saysTooMuch(ana);

  await opens(ana);

  await expect(find.refused(ana)).toContainText(text);
  await expect(find.refusal(ana)).toHaveText(/^Not sent: .*too fast/);
  await expect(find.letGo(ana)).toBeVisible();
  await triesUntilItPasses(ana, text);
});

test('it can be tried again', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  const text = await saysTooMuch(ana);

  await triesUntilItPasses(ana, text);

  await nothingIsPending(ana);
  const ben = await newPerson('Ben');
  await opens(ben);
  await seesOnce(ana, text);
  await seesOnce(ben, text);
});

test('it can be let go', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  const text = await saysTooMuch(ana);

  await find.letGo(ana).click();

  await nothingIsPending(ana);
  await expect(find.message(ana, text)).toHaveCount(0);
  const ben = await newPerson('Ben');
  await opens(ben);
  await seesOnce(ben, 'Quick 1.');
  await expect(find.message(ben, text)).toHaveCount(0);
});

/** It is refused again until a second has passed. */
async function triesUntilItPasses(page: Page, text: string) {
  await expect(async () => {
    await find.tryAgain(page).click({ timeout: 1_000 });
    await expect(find.message(page, text)).toBeVisible({ timeout: 500 });
  }).toPass();
}
