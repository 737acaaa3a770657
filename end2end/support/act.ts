// What people do.

import { expect, type Page } from '@playwright/test';

import { isLive } from './check.ts';
import * as find from './find.ts';

/** Opens the lobby and waits until what is said is seen at once. */
export async function opens(page: Page) {
  await page.goto('/');
  await isLive(page);
}

/** Opens a room and waits until what is said is seen at once. */
export async function opensRoom(page: Page, room: string) {
  await page.goto(`/r/${room}`);
  await isLive(page);
}

export async function writes(page: Page, text: string) {
  await find.box(page).fill(text);
}

export async function pressesSend(page: Page) {
  await find.sendButton(page).click();
}

export async function says(page: Page, text: string) {
  await writes(page, text);
  await pressesSend(page);
}

/** Says one thing after the other without waiting for any. */
export async function saysInOneBreath(page: Page, texts: string[]) {
  for (const text of texts) {
    await writes(page, text);
    await find.box(page).press('Enter');
  }
}

/** Says one after the other until one comes too fast; answers with that one. */
export async function saysTooMuch(page: Page) {
  for (let n = 1; ; n++) {
    const text = `Quick ${n}.`;
    await says(page, text);
    await expect(find.underWay(page)).toHaveCount(0);
    // On a slow machine it may take many until one comes too fast.
    if ((await find.refused(page).count()) > 0) return text;
  }
}

export async function opensNameForm(page: Page) {
  await find.myName(page).click();
}

export async function takesName(page: Page, name: string) {
  await opensNameForm(page);
  await find.nameBox(page).fill(name);
  await find.saveName(page).click();
}

/** At once: a turn of the wheel is animated, and the list would still be moving afterwards. */
export async function scrollsUp(page: Page, pixels: number) {
  await find.list(page).evaluate((list, top) => list.scrollBy({ top, behavior: 'instant' }), -pixels);
}

/** Opens a room at one of its messages. */
export async function opensAt(page: Page, seq: number) {
  await page.goto(`/r/lobby/${seq}`);
  await isLive(page);
}

/** Does something with a message by its menu. */
export async function does(page: Page, action: string, text: string) {
  await find.actions(page, text).click();
  await find.action(page, action).click();
}

export async function edits(page: Page, text: string, instead: string) {
  await does(page, 'Edit', text);
  await writes(page, instead);
  await find.box(page).press('Enter');
}

export async function deletes(page: Page, text: string) {
  await does(page, 'Delete', text);
  await find.action(page, 'Delete for good').click();
}

export async function answers(page: Page, text: string, answer: string) {
  await does(page, 'Answer', text);
  await says(page, answer);
}

/** Another page of the same browser. */
export async function opensAnotherTab(page: Page) {
  const tab = await page.context().newPage();
  await opens(tab);
  return tab;
}

/** As when a tab is closed: nothing is asked, nothing is said. */
export async function closesTab(page: Page) {
  await page.close({ runBeforeUnload: false });
}

/** As when a tab runs out of memory. */
export async function crashes(page: Page) {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  void session.send('Page.crash').catch(() => {});
  await crashed;
  await page.close();
}

export async function signsUp(page: Page, name: string, password: string) {
  await page.goto('/signup');
  await find.field(page, 'Name').fill(name);
  await find.field(page, 'Password').fill(password);
  await find.press(page, 'Sign up').click();
}

export async function logsIn(page: Page, name: string, password: string) {
  await page.goto('/login');
  await find.field(page, 'Name').fill(name);
  await find.field(page, 'Password').fill(password);
  await find.press(page, 'Log in').click();
}

export async function logsOut(page: Page) {
  await page.goto('/settings');
  await find.press(page, 'Log out').click();
}

export async function changesPassword(page: Page, old: string, instead: string) {
  await page.goto('/settings');
  await find.field(page, 'Password until now').fill(old);
  await find.field(page, 'New password').fill(instead);
  await find.press(page, 'Change password').click();
}
