// The page speaks the reader's language: the one that their browser asks for, or the one that they chose.

import { signsUp } from '../support/account.ts';
import { does, opens, says, scrollsUp, writes } from '../support/act.ts';
import { isLive, seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { guest } from '../support/guest.mjs';
import { expect, test } from '../support/test.ts';

const GERMAN = { locale: 'de-AT' };

test('a page that was drawn in German stays so with its app', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  await ben.say('Servus');
  const ana = await newPerson('Ana', GERMAN);
  await ana.goto('/');
  await expect(ana.locator('html')).toHaveAttribute('lang', 'de');
  await expect(find.connection(ana)).toHaveText('Live');
  await expect(find.days(ana)).toHaveText(['Heute']);
  await expect(find.box(ana)).toHaveAttribute('placeholder', 'Nachricht schreiben');
  await expect(find.sendButton(ana)).toHaveText('Senden');

  await says(ana, 'Grüß dich');
  await seesOnce(ana, 'Grüß dich');
  await find.message(ana, 'Servus').getByRole('button', { name: 'Aktionen für die Nachricht von Ben' }).click();
  await ana.getByRole('dialog', { name: 'Aktionen für diese Nachricht' }).getByRole('button', { name: 'Antworten' }).click();
  await expect(find.about(ana)).toContainText('Antwort an Ben');
});

test('how many there are is said in the form that the language has for it', async ({ server, newPerson }) => {
  const ben = await guest(server.url, 'Ben');
  for (let n = 1; n <= 40; n++) await ben.say(`Nummer ${n}`);
  const ana = await newPerson('Ana', GERMAN);
  await opens(ana);
  await scrollsUp(ana, 2000);
  await expect(find.toEnd(ana)).toBeVisible();

  await ben.say('eine');
  await expect(find.toEnd(ana)).toHaveText('1 neue Nachricht');
  await ben.say('noch eine');
  await expect(find.toEnd(ana)).toHaveText('2 neue Nachrichten');
});

test('what comes when it is wanted speaks it, too', async ({ newPerson }) => {
  const ana = await newPerson('Ana', GERMAN);
  await opens(ana);
  await ana.keyboard.press('Control+k');
  const dialog = ana.getByRole('dialog', { name: 'Gehe zu' });
  await dialog.getByRole('combobox').fill('gibt es nicht');
  await expect(dialog).toContainText('Hier gibt es keinen solchen Raum und niemanden.');
  await dialog.getByRole('button', { name: 'Schließen' }).click();

  await ana.getByRole('button', { name: 'Benachrichtigungen' }).click();
  await expect(ana.getByRole('dialog', { name: 'Benachrichtigungen' })).toContainText('Nicht stören');
});

test('whoever is refused reads why in their language', async ({ newPerson }) => {
  const ana = await newPerson('Ana', GERMAN);
  await opens(ana);
  await writes(ana, 'x'.repeat(70_000));
  await find.box(ana).press('Enter');
  await expect(ana.locator('.composer .problem')).toHaveText('Das ist zu lang für eine Nachricht. Bitte teile es auf.');

  await ana.goto('/login');
  await ana.getByLabel('Name', { exact: true }).fill('Ana');
  await ana.getByLabel('Passwort', { exact: true }).fill('not her password');
  await ana.getByRole('button', { name: 'Anmelden', exact: true }).click();
  await expect(ana.getByRole('alert')).toHaveText('Name oder Passwort ist falsch.');
});

test('what one chose in the settings holds, whatever the browser asks for', async ({ newPerson }) => {
  const ana = await newPerson('Ana', GERMAN);
  await ana.goto('/');
  await signsUp(ana, 'Ana');
  await ana.goto('/settings');
  await ana.getByLabel('Sprache').selectOption('English');
  await ana.locator('form[action="/language"] button').click();
  await expect(ana.getByRole('status')).toHaveText('It is saved.');

  await opens(ana);
  await expect(ana.locator('html')).toHaveAttribute('lang', 'en');
  await says(ana, 'hello');
  await expect(find.days(ana)).toHaveText(['Today']);
  await does(ana, 'Answer', 'hello');

  await ana.goto('/settings');
  await ana.getByLabel('Language').selectOption({ index: 0 });
  await ana.locator('form[action="/language"] button').click();
  await ana.goto('/');
  await isLive(ana);
  await expect(find.sendButton(ana)).toHaveText('Senden');
});
