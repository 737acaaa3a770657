// What the Enter key does.

import type { Page } from '@playwright/test';

import { opens, pressesSend, writes } from '../support/act.ts';
import { boxIsEmpty, seesExactly } from '../support/check.ts';
import * as find from '../support/find.ts';
import { expect, test } from '../support/test.ts';

test('Enter sends', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);

  await find.box(ana).pressSequentially('Hello');
  await find.box(ana).press('Enter');

  await seesExactly(ana, ['Hello']);
  await boxIsEmpty(ana);
  await expect(find.box(ana)).toBeFocused();
});

test('Shift+Enter makes a new line', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);

  await find.box(ana).pressSequentially('one');
  await find.box(ana).press('Shift+Enter');
  await find.box(ana).pressSequentially('two');
  await expect(find.box(ana)).toHaveValue('one\ntwo');
  await find.box(ana).press('Enter');

  await expect(find.messages(ana)).toHaveCount(1);
  expect(await find.texts(ana).innerText()).toBe('one\ntwo');
});

test('nothing but blanks is not sent', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);

  await writes(ana, '  \n ');
  await find.box(ana).press('Enter');
  await writes(ana, 'something');
  await pressesSend(ana);

  await seesExactly(ana, ['something']);
});

/** What a browser reports for any key that an input method has taken for itself. */
const TAKEN = 229;

const COMPOSITION_ENDS = { type: 'compositionend' };
const ORDERS = {
  'before the composition ends': [{ type: 'keydown', keyCode: TAKEN, isComposing: true }, COMPOSITION_ENDS],
  'after it has ended, as in Safari': [COMPOSITION_ENDS, { type: 'keydown', keyCode: TAKEN, isComposing: false }],
};

for (const [order, events] of Object.entries(ORDERS)) {
  test(`Enter that chooses a word does not send, reported ${order}`, async ({ newPerson }) => {
    const ana = await newPerson('Ana');
    await opens(ana);

    await writes(ana, 'こんにちは');
    await choosesWord(ana, events);
    await expect(find.box(ana)).toHaveValue('こんにちは');
    await find.box(ana).press('Enter');

    await seesExactly(ana, ['こんにちは']);
  });
}

async function choosesWord(page: Page, events: { type: string; keyCode?: number; isComposing?: boolean }[]) {
  await find.box(page).evaluate((box, events) => {
    box.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
    for (const { type, ...key } of events) {
      const enter = { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true, ...key };
      box.dispatchEvent(type === 'keydown' ? new KeyboardEvent(type, enter) : new CompositionEvent(type, { bubbles: true }));
    }
  }, events);
}
