// What is shown as sent is in the room; everything else is still in the outbox, and is sent once.

import type { Page } from '@playwright/test';

import { closesTab, crashes, opens, opensAnotherTab, says, saysInOneBreath } from '../support/act.ts';
import { isLive, isNotLive, nothingIsPending, seesExactly, seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { lineOf } from '../support/line.ts';
import { CANNOT_CONNECT } from '../support/problems.ts';
import { expect, test } from '../support/test.ts';

const TEN = Array.from({ length: 10 }, (_, n) => `Message ${n + 1}.`);

test('what is said out of reach outlives reloads and is sent once, in its order', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  const line = await lineOf(ana.context());
  await opens(ana);
  await opens(ben);
  await says(ana, 'before');
  await seesExactly(ben, ['before']);

  await line.cut();
  await isNotLive(ana);
  await saysInOneBreath(ana, ['one', 'two', 'three']);
  await expect(find.underWay(ana)).toHaveCount(3);
  await ana.reload();
  await expect(find.underWay(ana).locator('.body')).toHaveText(['one', 'two', 'three']);
  await says(ana, 'four');
  await ana.reload();
  await expect(find.underWay(ana)).toHaveCount(4);
  await line.mend();

  for (const person of [ana, ben]) await seesExactly(person, ['before', 'one', 'two', 'three', 'four']);
  await nothingIsPending(ana);
  await opens(ana);
  await nothingIsPending(ana);
});

test('a browser that goes offline says so at once, and what is said meanwhile is sent when it is back', async ({
  newPerson,
  problems,
}) => {
  problems.tolerate(CANNOT_CONNECT);
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  await opens(ana);
  await opens(ben);

  await ana.context().setOffline(true);
  await isNotLive(ana);
  await says(ana, 'written in a tunnel');
  await expect(find.pending(ana)).toContainText('waiting for the connection');
  await ana.context().setOffline(false);

  await isLive(ana);
  await seesExactly(ben, ['written in a tunnel']);
  await nothingIsPending(ana);
});

test('ten messages in the middle of which the server is killed are all there, once and in their order', async ({
  server,
  newPerson,
  problems,
}) => {
  problems.tolerate(CANNOT_CONNECT);
  const ana = await newPerson('Ana');
  await opens(ana);
  await says(ana, 'before');
  await seesOnce(ana, 'before');

  const talk = saysInOneBreath(ana, TEN);
  await seesOnce(ana, TEN[2]);
  await server.kill();
  await talk;
  await server.start();

  await isLive(ana);
  await seesExactly(ana, ['before', ...TEN]);
  await nothingIsPending(ana);
  const ben = await newPerson('Ben');
  await opens(ben);
  await seesExactly(ben, ['before', ...TEN]);
});

for (const [how, ends] of Object.entries({ crashes, 'is closed': closesTab })) {
  test(`a tab that ${how} leaves its outbox to the next one`, async ({ newPerson }) => {
    const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
    const line = await lineOf(ana.context());
    await opens(ana);
    await opens(ben);
    await says(ana, 'before');
    await seesExactly(ben, ['before']);
    await line.cut();
    await isNotLive(ana);
    await saysInOneBreath(ana, ['one', 'two']);
    await expect(find.underWay(ana)).toHaveCount(2);

    const next = await ana.context().newPage();
    await ends(ana);
    await line.mend();
    await opens(next);

    for (const person of [next, ben]) await seesExactly(person, ['before', 'one', 'two']);
  });
}

test('a tab that stays open sends what one that is closed has left', async ({ newPerson }) => {
  const [here, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  const line = await lineOf(here.context());
  await opens(here);
  await opens(ben);
  await says(here, 'before');
  await seesExactly(ben, ['before']);
  const there = await opensAnotherTab(here);
  await line.cut();
  await isNotLive(there);
  await says(there, 'from there');
  await expect(find.underWay(there)).toHaveCount(1);
  await expect(find.pending(here), 'a message is shown by the tab that sends it').toHaveCount(0);

  await closesTab(there);
  await expect(find.underWay(here)).toHaveText(/from there/);
  await line.mend();

  await seesExactly(ben, ['before', 'from there']);
});

test('two tabs with something in their outboxes send each of it once', async ({ newPerson }) => {
  const [here, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  const line = await lineOf(here.context());
  await opens(here);
  await opens(ben);
  await says(here, 'before');
  await seesExactly(ben, ['before']);
  const there = await opensAnotherTab(here);
  await line.cut();
  for (const [tab, name] of [[here, 'here'], [there, 'there']] as const) {
    await isNotLive(tab);
    await saysInOneBreath(tab, [`one from ${name}`, `two from ${name}`, `three from ${name}`]);
    await expect(find.underWay(tab)).toHaveCount(3);
  }

  await Promise.all([here.reload(), there.reload()]);
  await expect.poll(async () => (await underWay(here)) + (await underWay(there))).toBe(6);
  await line.mend();

  await expect(find.messages(ben)).toHaveCount(7);
  for (const name of ['here', 'there']) {
    const said = (await find.texts(ben).allInnerTexts()).filter((text) => text.endsWith(` from ${name}`));
    expect(said).toEqual([`one from ${name}`, `two from ${name}`, `three from ${name}`]);
  }
  for (const tab of [here, there]) {
    await nothingIsPending(tab);
    await expect(find.messages(tab)).toHaveCount(7);
  }
});

test('a stranger who speaks in two tabs at once is one person', async ({ newPerson }) => {
  const [here, ben] = [await newPerson('stranger'), await newPerson('Ben')];
  await opens(here);
  await opens(ben);
  const there = await opensAnotherTab(here);

  await Promise.all([says(here, 'from here'), says(there, 'from there')]);

  await expect(find.messages(ben)).toHaveCount(2);
  const [first, second] = await find.authors(ben).allInnerTexts();
  expect(first).toBe(second);
  for (const tab of [here, there]) await expect(find.ownMessages(tab)).toHaveCount(2);
});

test('what one person wrote is not sent as another', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  const line = await lineOf(ana.context());
  await opens(ana);
  await opens(ben);
  await says(ana, 'before');
  await seesExactly(ben, ['before']);
  await line.cut();
  await isNotLive(ana);
  await says(ana, 'in my name');

  await ana.context().clearCookies();
  await ana.goto('about:blank');
  await line.mend();
  await opens(ana);

  await expect(find.refusal(ana)).toContainText('somebody else');
  await seesExactly(ben, ['before']);
  await find.tryAgain(ana).click();
  await seesExactly(ben, ['before', 'in my name']);
  const [first, second] = await find.authors(ben).allInnerTexts();
  expect(second, 'it was wanted so').not.toBe(first);
});

test.describe('where the server takes one message a second', () => {
  test.use({ serverEnv: { BANTER_POST_RATE: '1' } });

  test('what waited is sent as fast as the server takes it, and nothing of it fails', async ({ newPerson }) => {
    const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
    const line = await lineOf(ana.context());
    await opens(ana);
    await opens(ben);
    await line.cut();
    await isNotLive(ana);
    await saysInOneBreath(ana, TEN.slice(0, 8));
    await line.mend();

    await seesExactly(ben, TEN.slice(0, 8));
    await nothingIsPending(ana);
    await expect(find.refused(ana)).toHaveCount(0);
  });
});

test.describe('what is half written', () => {
  test('is there again after a reload, and gone once it is sent', async ({ newPerson }) => {
    const ana = await newPerson('Ana');
    await opens(ana);
    await find.box(ana).pressSequentially('half a sen');
    await opens(ana);
    await expect(find.box(ana)).toHaveValue('half a sen');
    await find.box(ana).pressSequentially('tence');
    await find.box(ana).press('Enter');
    await seesExactly(ana, ['half a sentence']);

    await opens(ana);

    await expect(find.box(ana)).toHaveValue('');
  });

  test('gives way to what was typed before the app had come', async ({ newPerson }) => {
    const ana = await newPerson('Ana');
    await opens(ana);
    await find.box(ana).pressSequentially('old');
    let letCome = () => {};
    const mayCome = new Promise<void>((resolve) => (letCome = resolve));
    await ana.route('**/*.wasm', async (route) => {
      await mayCome;
      await route.continue();
    });
    await ana.goto('/', { waitUntil: 'domcontentloaded' });
    await find.box(ana).pressSequentially('new');
    letCome();
    await isLive(ana);

    await expect(find.box(ana)).toHaveValue('new');
  });
});

test('a browser that denies its storage can be talked in all the same', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  await ana.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
  });
  await opens(ana);
  await opens(ben);
  await find.box(ana).pressSequentially('no cookies, please');
  await find.box(ana).press('Enter');

  await seesExactly(ben, ['no cookies, please']);
  await nothingIsPending(ana);
});

function underWay(page: Page) {
  return find.underWay(page).count();
}
