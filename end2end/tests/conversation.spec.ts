// Two people talk.

import { opens, says, saysInOneBreath } from '../support/act.ts';
import { boxIsEmpty, nothingIsPending, seesExactly } from '../support/check.ts';
import * as find from '../support/find.ts';
import { expect, test } from '../support/test.ts';

test('the page is a chat at first sight', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);

  await expect(ana).toHaveTitle('Chat App');
  await expect(ana.getByRole('heading', { name: 'Real-Time Chat', level: 1 })).toBeVisible();
  await expect(find.list(ana)).toBeVisible();
  await expect(find.emptyRoom(ana)).toBeVisible();
  await expect(find.box(ana)).toBeVisible();
  await expect(find.sendButton(ana)).toHaveText('Send');
});

test('two people see what both say, once each and in the same order', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  await opens(ana);
  await opens(ben);

  await says(ana, 'Is anybody here?');
  await boxIsEmpty(ana);
  await seesExactly(ben, ['Is anybody here?']);
  await says(ben, 'I am!');
  await boxIsEmpty(ben);

  for (const person of [ana, ben]) {
    await seesExactly(person, ['Is anybody here?', 'I am!']);
    await nothingIsPending(person);
    await expect(find.emptyRoom(person)).toBeHidden();
  }
});

test('each message stands under the name of who wrote it', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  await opens(ana);
  await opens(ben);

  await says(ana, 'from Ana');
  await seesExactly(ben, ['from Ana']);
  await says(ben, 'from Ben');

  for (const reader of [ana, ben]) {
    for (const [writer, text] of [[ana, 'from Ana'], [ben, 'from Ben']] as const) {
      await expect(find.author(reader, text)).toBeVisible();
      await expect(find.author(reader, text)).toHaveText(await find.myName(writer).innerText());
    }
  }
});

test('when both talk at once, both still see the same', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  await opens(ana);
  await opens(ben);
  const [hers, his] = ['Ana', 'Ben'].map((name) => [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `${name} says ${n}`));

  await Promise.all([saysInOneBreath(ana, hers), saysInOneBreath(ben, his)]);

  for (const person of [ana, ben]) {
    await expect(find.messages(person)).toHaveCount(hers.length + his.length);
    await nothingIsPending(person);
  }
  const seen = await find.texts(ana).allInnerTexts();
  expect(seen.filter((text) => hers.includes(text))).toEqual(hers);
  expect(seen.filter((text) => his.includes(text))).toEqual(his);
  await seesExactly(ben, seen);
});

test('the history is there after a reload', async ({ newPerson }) => {
  const ana = await newPerson('Ana');
  await opens(ana);
  await saysInOneBreath(ana, ['one', 'two', 'three']);
  await seesExactly(ana, ['one', 'two', 'three']);
  const name = await find.myName(ana).innerText();

  await opens(ana);

  await seesExactly(ana, ['one', 'two', 'three']);
  await expect(find.myName(ana)).toHaveText(name);
});

test('what one says in one tab is seen in the other', async ({ newPerson }) => {
  const here = await newPerson('Ana');
  await opens(here);
  const there = await here.context().newPage();
  await opens(there);

  await says(here, 'from here');
  await seesExactly(there, ['from here']);
  await says(there, 'from there');

  await seesExactly(here, ['from here', 'from there']);
  await expect(find.author(here, 'from there')).toHaveText(await find.myName(here).innerText());
  for (const tab of [here, there]) await expect(find.ownMessages(tab)).toHaveCount(2);
});
