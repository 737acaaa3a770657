// What people see.

import { expect, type Page } from '@playwright/test';

import * as find from './find.ts';

export async function isLive(page: Page) {
  await expect(find.connection(page)).toHaveAttribute('data-link', 'live');
}

/** The page says that what is said is not seen at once. */
export async function isNotLive(page: Page) {
  await expect(find.connection(page)).not.toHaveAttribute('data-link', 'live');
  await expect(find.connection(page)).toBeVisible();
}

/** Exactly these messages, in this order, each once. */
export async function seesExactly(page: Page, texts: string[]) {
  await expect(find.texts(page)).toHaveText(texts);
}

export async function seesOnce(page: Page, text: string) {
  await expect(find.message(page, text)).toHaveCount(1);
  await expect(find.message(page, text)).toBeVisible();
}

export async function boxIsEmpty(page: Page) {
  await expect(find.box(page)).toHaveValue('');
}

/** Everything that was sent is in the room or was let go. */
export async function nothingIsPending(page: Page) {
  await expect(find.pending(page)).toHaveCount(0);
}
