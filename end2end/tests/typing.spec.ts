// That somebody is writing, and that somebody is here.

import { opens, pressesSend, says, writes } from '../support/act.ts';
import { seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { expect, test } from '../support/test.ts';

test('others see that one writes, until it is said', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  for (const page of [ana, ben]) {
    await opens(page);
    await says(page, 'I am here.');
    await expect(find.ownMessages(page)).toHaveCount(1);
  }
  const name = await find.myName(ana).innerText();

  await writes(ana, 'half a sentence');
  await expect(find.typing(ben)).toHaveText(`${name} is writing\u{2026}`);
  await expect(find.typing(ana), 'oneself one sees writing').toBeEmpty();

  await pressesSend(ana);
  await seesOnce(ben, 'half a sentence');
  await expect(find.typing(ben)).toBeEmpty();
});

test('who stops writing is forgotten', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  await opens(ana);
  await opens(ben);
  await says(ana, 'I am here.');
  await expect(find.ownMessages(ana)).toHaveCount(1);

  await writes(ana, 'half a sentence');
  await expect(find.typing(ben)).not.toBeEmpty();
  await expect(find.typing(ben)).toBeEmpty();
});

test('it is told how many others are here', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  for (const page of [ana, ben]) {
    await opens(page);
    await says(page, 'I am here.');
    await expect(find.ownMessages(page)).toHaveCount(1);
  }

  const place = ana.locator('.place');
  await expect(place).toContainText('1 other here');
  await ben.close();
  await expect(place).not.toContainText('here');
});
