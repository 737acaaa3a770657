// The page as an app: it can be installed, and what was read last can be read without a network.

import type { BrowserContext, Page } from '@playwright/test';

import { logsIn, opens, opensRoom, says, takesName } from '../support/act.ts';
import { isLive, isNotLive, seesExactly, seesOnce } from '../support/check.ts';
import * as find from '../support/find.ts';
import { member, setUpCode, type Member } from '../support/member.mjs';
import { expect, test } from '../support/test.ts';

const PASSWORD = 'correct horse';
const INSTALLED = { serviceWorkers: 'allow' } as const;

let olga: Member;

test.beforeEach(async ({ server, problems }) => {
  problems.tolerate(/WebSocket|ERR_|Failed to load resource/);
  olga = await member(server.url, 'Olga', PASSWORD, setUpCode(server));
  const ana = await member(server.url, 'Ana', PASSWORD);
  await olga.makes('garden', 'Garden');
  await olga.adds('garden', ana);
  await olga.says('garden', 'under the apple tree');
});

/** The next page comes by the worker. */
const isInstalled = (page: Page) => page.evaluate(async () => void (await navigator.serviceWorker.ready));

/** The worker has kept what the page shows. */
async function isKept(page: Page, path: string) {
  await expect.poll(() => page.evaluate(async (path) => Boolean(await caches.match(path, { cacheName: 'rooms', ignoreVary: true })), path)).toBe(true);
  await expect.poll(() => page.evaluate(async () => (await (await caches.open('files')).keys()).some(({ url }) => url.endsWith('.wasm')))).toBe(true);
}

async function reads(page: Page) {
  await logsIn(page, 'Ana', PASSWORD);
  await opens(page);
  await says(page, 'hello');
  await seesOnce(page, 'hello');
  await isInstalled(page);
  await opensRoom(page, 'garden');
  await opens(page);
  await isKept(page, '/r/garden');
  await isKept(page, '/');
}

const offline = (context: BrowserContext, is: boolean) => context.setOffline(is);

test('what a browser needs to know of an app is true', async ({ server, page }) => {
  await page.goto(server.url);
  const manifest = await (await page.request.get(`${server.url}/manifest.webmanifest`)).json();
  expect(manifest.display).toBe('standalone');
  for (const { src, sizes, type } of manifest.icons) {
    const answer = await page.request.get(`${server.url}${src}`);
    expect(answer.headers()['content-type'], src).toBe(type);
    const drawn = await page.evaluate(async (src) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, src);
    if (sizes !== 'any') expect(drawn).toBe(sizes);
  }
  const session = await page.context().newCDPSession(page);
  const { errors } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
});

test('rooms that were read can be read without a network, and what is said there goes out with it', async ({ newPerson }) => {
  const ana = await newPerson('Ana', INSTALLED);
  await reads(ana);

  await offline(ana.context(), true);
  await ana.goto('/r/garden');
  await seesExactly(ana, ['under the apple tree']);
  await isNotLive(ana);
  await says(ana, 'written in a tunnel');
  await expect(find.pending(ana)).toContainText('written in a tunnel');
  await ana.goto('/');
  await seesExactly(ana, ['hello']);

  await ana.goto('/r/garden');
  await offline(ana.context(), false);
  await isLive(ana);
  await seesExactly(ana, ['under the apple tree', 'written in a tunnel']);
});

test('what was never read is not there without a network, and the page says what is', async ({ newPerson }) => {
  const ana = await newPerson('Ana', INSTALLED);
  await reads(ana);
  await offline(ana.context(), true);
  await ana.goto('/search?q=apple');
  await expect(ana.getByRole('heading', { name: 'You are offline' })).toBeVisible();
  await ana.getByRole('link', { name: 'garden' }).click();
  await seesExactly(ana, ['under the apple tree']);
});

test('with a network the server answers, and who may not read a room any more has no copy of it', async ({ newPerson }) => {
  const ana = await newPerson('Ana', INSTALLED);
  await reads(ana);
  await olga.says('garden', 'news');
  await opensRoom(ana, 'garden');
  await seesExactly(ana, ['under the apple tree', 'news']);

  const { id } = await ana.evaluate(() => JSON.parse(document.getElementById('first-paint')!.textContent!).me);
  await olga.removes('garden', { id } as Member);
  await ana.goto('/r/garden');
  await offline(ana.context(), true);
  await ana.goto('/r/garden');
  await expect(ana.getByRole('heading', { name: 'You are offline' })).toBeVisible();
});

test('who logs out leaves no copy behind', async ({ newPerson }) => {
  const ana = await newPerson('Ana', INSTALLED);
  await reads(ana);
  await ana.goto('/settings');
  await ana.getByRole('button', { name: 'Log out' }).click();
  await expect(ana).not.toHaveURL(/settings/);
  await offline(ana.context(), true);
  await ana.goto('/r/garden');
  await expect(ana.getByRole('heading', { name: 'You are offline' })).toBeVisible();
});

test('a session that was ended elsewhere leaves no copy behind either', async ({ newPerson }) => {
  const ana = await newPerson('Ana', INSTALLED);
  await reads(ana);
  const phone = await newPerson('Ana');
  await logsIn(phone, 'Ana', PASSWORD);
  await phone.request.delete('/api/v1/me/sessions', { headers: { origin: new URL(phone.url()).origin } });
  await expect(find.connection(ana)).toHaveText('Your session has ended');
  await expect.poll(() => ana.evaluate(() => caches.has('rooms'))).toBe(false);
});

test('a new name costs no copy', async ({ newPerson }) => {
  const ana = await newPerson('Ana', INSTALLED);
  await reads(ana);
  await takesName(ana, 'Anna');
  await expect(find.myName(ana)).toHaveText('Anna');
  await offline(ana.context(), true);
  await ana.goto('/r/garden');
  await seesExactly(ana, ['under the apple tree']);
});

test('what stands in front of a server that is gone takes no copy away', async ({ newPerson }) => {
  const ana = await newPerson('Ana', INSTALLED);
  await reads(ana);
  await ana.context().route('**/r/garden', (route) => route.fulfill({ status: 502, body: 'bad gateway' }));
  await ana.goto('/r/garden');
  await seesExactly(ana, ['under the apple tree']);
});

test('the worker shows what is said to one who looks elsewhere, and takes it back once it was read', async ({ newPerson }) => {
  const ana = await newPerson('Ana', { ...INSTALLED, permissions: ['notifications'] });
  await reads(ana);
  const shown = () =>
    ana.evaluate(async () => {
      const worker = await navigator.serviceWorker.ready;
      return (await worker.getNotifications()).map(({ title, body }) => `${title}: ${body}`);
    });
  await ana.evaluate(() => {
    document.hasFocus = () => false;
    dispatchEvent(new Event('blur'));
  });
  await olga.says('garden', 'are you there, @Ana?');
  await expect.poll(shown).toEqual(['Olga in Garden: are you there, @Ana?']);

  const phone = await newPerson('Ana');
  await logsIn(phone, 'Ana', PASSWORD);
  await opensRoom(phone, 'garden');
  await expect.poll(shown).toEqual([]);
});
