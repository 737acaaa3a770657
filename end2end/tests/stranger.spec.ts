// Somebody who comes for the first time: reads at once, is somebody with their first message, and may change their name.

import { opens, says, takesName } from '../support/act.ts';
import { seesExactly } from '../support/check.ts';
import * as find from '../support/find.ts';
import { guest } from '../support/guest.mjs';
import { cannotLoad } from '../support/problems.ts';
import { expect, test } from '../support/test.ts';

const FRIENDLY = /^[A-Z][a-z]+ [A-Z][a-z]+( \d+)?$/;
/** A letter that is drawn as nothing; browsers take it for text. */
const BLANK = '\u{3164}';

test('a stranger reads at once and leaves no trace by looking', async ({ server, newPerson }) => {
  const host = await guest(server.url, 'Host');
  await host.say('Welcome, whoever you are.');
  const stranger = await newPerson('stranger');
  const cookies: string[] = [];
  stranger.on('response', async (response) => {
    const cookie = await response.headerValue('set-cookie');
    if (cookie) cookies.push(cookie);
  });

  await opens(stranger);
  await host.say('You are live now.');

  await seesExactly(stranger, ['Welcome, whoever you are.', 'You are live now.']);
  await expect(find.myName(stranger)).toHaveText('Guest');
  expect(cookies).toEqual([]);
  expect(await stranger.context().cookies()).toEqual([]);
});

test('with their first message a stranger has a friendly name, and a cookie that no script can read', async ({ newPerson }) => {
  const [stranger, ben] = [await newPerson('stranger'), await newPerson('Ben')];
  await opens(stranger);
  await opens(ben);
  const births: string[] = [];
  stranger.on('request', (request) => request.url().endsWith('/api/v1/guest') && births.push(request.method()));

  await says(stranger, 'Hello');

  await seesExactly(ben, ['Hello']);
  await expect(find.myName(stranger)).toHaveText(FRIENDLY);
  await expect(find.author(ben, 'Hello')).toHaveText(await find.myName(stranger).innerText());
  expect(births, 'one is made somebody once').toEqual(['POST']);
  expect(await stranger.context().cookies()).toMatchObject([{ httpOnly: true, sameSite: 'Lax', path: '/' }]);
});

test('a name is changed in place, and the next message carries it', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  await opens(ana);
  await opens(ben);
  await says(ana, 'before');
  await seesExactly(ben, ['before']);
  const friendly = await find.myName(ana).innerText();

  await takesName(ana, 'Ana Banana');
  await expect(find.myName(ana)).toHaveText('Ana Banana');
  await expect(find.nameBox(ana)).toBeHidden();
  await says(ana, 'after');

  for (const person of [ana, ben]) {
    await expect(find.author(person, 'before')).toHaveText(friendly);
    await expect(find.author(person, 'after')).toHaveText('Ana Banana');
  }
});

test('a stranger may choose a name before the first message', async ({ newPerson }) => {
  const [ana, ben] = [await newPerson('Ana'), await newPerson('Ben')];
  await opens(ana);
  await opens(ben);

  await takesName(ana, 'Ana');
  await expect(find.myName(ana)).toHaveText('Ana');
  await says(ana, 'Hello');

  await expect(find.author(ben, 'Hello')).toHaveText('Ana');
});

test('a name that cannot be is refused with a reason', async ({ newPerson, problems }) => {
  problems.tolerate(cannotLoad(400));
  const ana = await newPerson('Ana');
  await opens(ana);

  await takesName(ana, BLANK);

  await expect(find.nameProblem(ana)).toHaveText(/name/i);
  await expect(find.myName(ana)).toHaveText('Guest');
});
