// Naming somebody: while one writes, and where it is read.

import AxeBuilder from '@axe-core/playwright';

import { logsIn, opens, says } from '../support/act.ts';
import { seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { guest } from '../support/guest.mjs';
import { member, setUpCode } from '../support/member.mjs';
import { expect, test } from '../support/test.ts';

test('those who spoke lately are offered, and chosen by keys or by hand', async ({ server, newPerson }) => {
  for (const name of ['Ben', 'Bea', 'Cleo']) await (await guest(server.url, name)).say(`I am ${name}.`);
  const ana = await newPerson('Ana');
  await opens(ana);
  await seesOnce(ana, 'I am Cleo.');

  await find.box(ana).pressSequentially('hi @b');
  await expect(find.people(ana)).toHaveText(['Bea', 'Ben']);
  await expect(find.people(ana).first()).toHaveAttribute('aria-selected', 'true');
  const { violations } = await new AxeBuilder({ page: ana }).analyze();
  expect(violations.map(({ help }) => help)).toEqual([]);

  await find.box(ana).press('ArrowDown');
  await expect(find.people(ana).last()).toHaveAttribute('aria-selected', 'true');
  await find.box(ana).press('Enter');
  await expect(find.box(ana)).toHaveValue('hi @Ben ');
  await expect(find.people(ana)).toHaveCount(0);

  await find.box(ana).pressSequentially('and @');
  await find.people(ana).filter({ hasText: 'Cleo' }).click();
  await expect(find.box(ana)).toHaveValue('hi @Ben and @Cleo ');
  await find.box(ana).press('Enter');
  await seesOnce(ana, 'hi @Ben and @Cleo');
});

test('Escape lets nobody be meant, and what was typed stays', async ({ server, newPerson }) => {
  await (await guest(server.url, 'Ben')).say('I am Ben.');
  const ana = await newPerson('Ana');
  await opens(ana);
  await seesOnce(ana, 'I am Ben.');

  await find.box(ana).pressSequentially('@Be');
  await expect(find.people(ana)).toHaveText(['Ben']);
  await find.box(ana).press('Escape');

  await expect(find.people(ana)).toHaveCount(0);
  await expect(find.box(ana)).toHaveValue('@Be');
});

test('whom the server knows is offered too', async ({ server, newPerson }) => {
  await member(server.url, 'Olga', 'correct horse', setUpCode(server));
  await member(server.url, 'Ana', 'correct horse');
  await (await guest(server.url, 'Olaf')).say('Hi');
  const ana = await newPerson('Ana');
  await logsIn(ana, 'Ana', 'correct horse');
  await opens(ana);

  await find.box(ana).pressSequentially('@ol');

  await expect(find.people(ana).filter({ hasText: 'Olga' })).toHaveCount(1);
});

test('one who is named is marked for all, and more so for themselves', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  const ana = await newPerson('Ana');
  await opens(ana);
  await says(ana, 'I am here.');
  await seesOnce(ana, 'I am here.');
  const name = await find.myName(ana).innerText();

  await ben.say(`Look, @${name}: @Nobody`);

  await expect(find.mention(ana, 'Look')).toHaveText([`@${name}`]);
  await expect(find.mention(ana, 'Look')).toHaveClass(/\bme\b/);
  const cleo = await newPerson('Cleo');
  await opens(cleo);
  await expect(find.mention(cleo, 'Look')).toHaveText([`@${name}`]);
  await expect(find.mention(cleo, 'Look')).not.toHaveClass(/\bme\b/);
});
