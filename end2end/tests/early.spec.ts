// What somebody who is quicker than the app does before it has come is done once, and nothing of it is lost.

import type { Page } from '@playwright/test';

import { opens, says, writes } from '../support/act.ts';
import { isLive, nothingIsPending, seesExactly } from '../support/check.ts';
import * as find from '../support/find.ts';
import { lineOf } from '../support/line.ts';
import { expect, test } from '../support/test.ts';

const APP = '**/*.wasm';

/** From here on the app comes when it is let. */
async function holdsApp(page: Page) {
  let letCome = () => {};
  const mayCome = new Promise<void>((resolve) => (letCome = resolve));
  await page.route(APP, async (route) => {
    await mayCome;
    await route.continue();
  });
  return () => letCome();
}

async function presses(page: Page, key: string) {
  await find.box(page).press(key);
}

test('what is said before the app has come is in the room before it has, and once when it has', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  await opens(ben);
  await opens(ana);
  await says(ana, 'first');
  await seesExactly(ben, ['first']);
  const lines: string[] = [];
  ana.on('websocket', (line) => lines.push(line.url()));
  const letCome = await holdsApp(ana);

  await ana.goto('/', { waitUntil: 'domcontentloaded' });
  await writes(ana, 'second');
  await presses(ana, 'Enter');
  await expect(find.box(ana)).toHaveValue('');
  await seesExactly(ben, ['first', 'second']);
  await expect(ana.locator('#m2')).toHaveText('second');
  await writes(ana, 'third');
  await find.sendButton(ana).click();
  await seesExactly(ben, ['first', 'second', 'third']);
  await expect(find.connection(ana)).toHaveAttribute('data-link', 'page');
  await writes(ana, 'half written');
  letCome();
  await isLive(ana);

  await seesExactly(ana, ['first', 'second', 'third']);
  await nothingIsPending(ana);
  await expect(find.author(ana, 'third')).toHaveText(await find.myName(ana).innerText());
  await expect(find.box(ana)).toHaveValue('half written');
  expect(lines, 'the app goes on with the line that was there').toHaveLength(1);
  await says(ben, 'I see you');
  await seesExactly(ana, ['first', 'second', 'third', 'I see you']);
  expect(await ana.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('outbox')))).toEqual([]);
});

test('what is said before the app has come and cannot go out yet is sent by the app', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  const line = await lineOf(ana.context());
  await opens(ben);
  await opens(ana);
  await says(ana, 'first');
  await nothingIsPending(ana);
  const letCome = await holdsApp(ana);
  await line.cut();

  await ana.goto('/', { waitUntil: 'domcontentloaded' });
  await writes(ana, 'into the void');
  await presses(ana, 'Enter');
  await expect(find.pending(ana)).toHaveText(['into the void']);
  letCome();
  await expect(find.underWay(ana)).toHaveCount(1);
  await line.mend();

  for (const person of [ana, ben]) await seesExactly(person, ['first', 'into the void']);
  await nothingIsPending(ana);
});

test('where the browser has no locks, what was said before the app has come outlives the page', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  await ana.addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }));
  const line = await lineOf(ana.context());
  await opens(ben);
  await opens(ana);
  await says(ana, 'first');
  await nothingIsPending(ana);
  const letCome = await holdsApp(ana);
  await line.cut();

  await ana.goto('/', { waitUntil: 'domcontentloaded' });
  await writes(ana, 'into the void');
  await presses(ana, 'Enter');
  letCome();
  await expect(find.connection(ana)).toHaveAttribute('data-link', 'lost');
  await expect(find.underWay(ana)).toHaveCount(1);
  await ana.reload();
  await expect(find.underWay(ana)).toHaveCount(1);
  await line.mend();

  for (const person of [ana, ben]) await seesExactly(person, ['first', 'into the void']);
});

test('what a stranger says before the app has come is said once, and not written again', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  const letCome = await holdsApp(ana);
  await ana.goto('/', { waitUntil: 'domcontentloaded' });
  await writes(ana, 'hello, who are you?');
  await presses(ana, 'Enter');
  letCome();

  await seesExactly(ana, ['hello, who are you?']);
  await isLive(ana);
  await expect(find.box(ana)).toHaveValue('');
});

test('nothing is sent where nothing is written', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await says(ana, 'first');
  await nothingIsPending(ana);
  const letCome = await holdsApp(ana);
  await ana.goto('/', { waitUntil: 'domcontentloaded' });
  await writes(ana, '  ');
  await find.sendButton(ana).click();
  letCome();
  await isLive(ana);
  await expect(find.pending(ana)).toHaveCount(0);
  await seesExactly(ana, ['first']);
});

test('Enter that chooses a word, or makes a line, does not send before the app has come either', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await says(ana, 'first');
  await nothingIsPending(ana);
  await holdsApp(ana);
  await ana.goto('/', { waitUntil: 'domcontentloaded' });

  await writes(ana, 'kon');
  for (const [isComposing, keyCode] of [
    [true, 13],
    [false, 229],
  ] as const) {
    await find.box(ana).evaluate(
      (box, [isComposing, keyCode]) =>
        box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, isComposing, keyCode })),
      [isComposing, keyCode] as const,
    );
  }
  await presses(ana, 'Shift+Enter');

  await expect(find.box(ana)).toHaveValue('kon\n');
  await seesExactly(ana, ['first']);
});

test('where the app never comes, what did not arrive is written again, and the form takes it', async ({ newPerson, problems }) => {
  // The file that does not come, and that nothing could be made of it.
  problems.tolerate(/Failed to (load resource: net::ERR_FAILED|fetch)/);
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  await opens(ben);
  await opens(ana);
  await says(ana, 'first');
  await nothingIsPending(ana);
  let fail = () => {};
  const failed = new Promise<void>((resolve) => (fail = resolve));
  await ana.route(APP, async (route) => {
    await failed;
    await route.abort();
  });
  await ana.routeWebSocket('**/ws', () => {
    // It is never answered.
  });

  await ana.goto('/', { waitUntil: 'domcontentloaded' });
  await writes(ana, 'not yet');
  await presses(ana, 'Enter');
  await expect(find.pending(ana)).toHaveText(['not yet']);
  fail();
  await expect(find.box(ana)).toHaveValue('not yet');
  await expect(find.pending(ana)).toHaveCount(0);
  await find.sendButton(ana).click();

  await seesExactly(ben, ['first', 'not yet']);
  await seesExactly(ana, ['first', 'not yet']);
});

test('where nothing is drawn, as in a tab that nobody looks at, the app comes too', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await ana.addInitScript(() => {
    window.requestAnimationFrame = () => 0;
  });
  await ana.goto('/');
  await expect(find.connection(ana)).not.toHaveAttribute('data-link', 'page');
});
