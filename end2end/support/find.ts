// Where things are on the page: the one place where tests get their selectors from.

import type { Page } from '@playwright/test';

/** The list, which scrolls. */
export const list = (page: Page) => page.locator('#messages');
/** The messages that the room has, oldest first. */
export const messages = (page: Page) => list(page).locator('.message:not(.pending)');
/** Those that are drawn as one's own. */
export const ownMessages = (page: Page) => list(page).locator('.message.mine:not(.pending)');
/** Those that say something; a quote does not. */
export const message = (page: Page, text: string) =>
  messages(page).filter({ has: page.locator('.body').filter({ hasText: text }) });
/** The texts of the messages that the room has, oldest first. */
export const texts = (page: Page) => messages(page).locator('.body');
/** Who wrote each. */
export const authors = (page: Page) => messages(page).locator('.name');
/** Who wrote a certain one. */
export const author = (page: Page, text: string) => message(page, text).locator('.name');
/** When each was written. */
export const times = (page: Page) => messages(page).locator('time');
/** What one has sent and the room does not have, refused ones included. */
export const pending = (page: Page) => list(page).locator('.message.pending');
/** What one has sent and the room refused. */
export const refused = (page: Page) => list(page).locator('.message.failed');
/** What one has sent and nobody has answered. */
export const underWay = (page: Page) => list(page).locator('.message.pending:not(.failed)');
/** Why, and the two ways on. */
export const refusal = (page: Page) => refused(page).getByRole('alert').locator('span');
export const tryAgain = (page: Page) => refused(page).getByRole('button', { name: 'Try again' });
export const letGo = (page: Page) => refused(page).getByRole('button', { name: 'Delete' });
/** The button that leads back to the end of the list. */
export const toEnd = (page: Page) => page.locator('.to-end');
/** Said where nothing has been said. */
export const emptyRoom = (page: Page) => list(page).locator('.empty');

/** Where one writes. */
export const box = (page: Page) => page.locator('#messageInput');
export const sendButton = (page: Page) => page.locator('#sendButton');

/** How it stands with the connection. */
export const connection = (page: Page) => page.locator('.connection');

/** What one is called; opens the form to change it. */
export const myName = (page: Page) => page.locator('#myName');
export const nameBox = (page: Page) => page.locator('#nameInput');
export const saveName = (page: Page) => page.locator('.who').getByRole('button', { name: 'Save' });
/** Why a name cannot be. */
export const nameProblem = (page: Page) => page.locator('.who').getByRole('alert');

/** The rooms that one may go to. */
export const places = (page: Page) => page.getByRole('navigation', { name: 'Rooms' });
export const place = (page: Page, title: string) => places(page).getByRole('link', { name: title });
/** How much is unread there. */
export const unread = (page: Page, title: string) => place(page, title).locator('.count');
/** The button that they are behind on a small screen. */
export const drawer = (page: Page) => page.locator('.drawer summary');
/** What became of the room. */
export const changes = (page: Page) => list(page).locator('.change');
/** What is so where one may not write. */
export const barred = (page: Page) => page.locator('.barred');
/** Who is writing. */
export const typing = (page: Page) => page.locator('.typing');
/** Those who may be meant. */
export const people = (page: Page) => page.getByRole('listbox', { name: 'People' }).getByRole('option');
/** Somebody who is named in a message. */
export const mention = (page: Page, text: string) => message(page, text).locator('.mention');

/** The line of a day. */
export const days = (page: Page) => list(page).locator('.day');
/** Where what is new begins. */
export const unreadLine = (page: Page) => list(page).locator('.unread');
/** The button that leads to what is new. */
export const toUnread = (page: Page) => page.locator('.to-unread');
/** The link to what is before the list. */
export const older = (page: Page) => list(page).getByRole('link', { name: 'Older messages' });

/** The quiet button of a message. */
export const actions = (page: Page, text: string) => message(page, text).getByRole('button', { name: /^Actions/ });
/** What it opens. */
export const menu = (page: Page) => page.getByRole('dialog', { name: 'Actions for this message' });
export const action = (page: Page, name: string) => menu(page).getByRole('button', { name, exact: true });
/** Where a message is gone. */
export const tombstones = (page: Page) => list(page).locator('.tombstone');
/** How a message is reacted to. */
export const chip = (page: Page, text: string, emoji: string) =>
  message(page, text).locator('.chip').filter({ hasText: emoji });
/** What a message answers. */
export const quote = (page: Page, text: string) => message(page, text).locator('.quote');
/** What happened to a message besides. */
export const marks = (page: Page, text: string) => message(page, text).locator('.marks');
/** The way to what is pinned. */
export const pins = (page: Page) => page.locator('.pins');
/** What the text in the box is about. */
export const about = (page: Page) => page.locator('.about');

/** A field of a plain form, by what stands above it. */
export const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });
/** A button of a plain form. */
export const press = (page: Page, label: string) => page.getByRole('button', { name: label, exact: true });
/** Where one is logged in. */
export const sessions = (page: Page) =>
  page.locator('section').filter({ hasText: 'Where you are logged in' }).getByRole('listitem');
/** The secret of a token that was just made. */
export const secret = (page: Page) => page.locator('.secret');
