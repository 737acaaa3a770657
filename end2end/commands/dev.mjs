// Shows that `make dev` brings an edit to an open browser: changes the text of a component and a style, waits until each
// shows, and puts everything back as it was.

import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { chromium } from '@playwright/test';

import { launchOptions } from '../support/browser.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const URL_OF_DEV = 'http://127.0.0.1:3000';
/** From nothing, the first build takes minutes. */
const PATIENCE = { timeout: 15 * 60_000 };

if (await fetch(URL_OF_DEV).catch(() => undefined)) throw new Error(`something else serves at ${URL_OF_DEV}`);
const dev = spawn('make', ['dev'], { cwd: ROOT, detached: true, stdio: ['ignore', 'ignore', 'inherit'] });
const browser = await chromium.launch(launchOptions);
try {
  await served();
  const page = await browser.newPage();
  await page.goto(URL_OF_DEV);
  await live(page);

  await edited('src/ui/components/message_list.rs', 'Say hello!', 'Say something!', () =>
    page.getByText('Say something!').waitFor(PATIENCE),
  );
  await page.getByText('Say hello!').waitFor(PATIENCE);
  await live(page);

  await edited('style/tokens.css', '--column: 46rem', '--column: 40rem', () =>
    page.waitForFunction(
      () => getComputedStyle(document.documentElement).getPropertyValue('--column').trim() === '40rem',
      undefined,
      PATIENCE,
    ),
  );
} finally {
  await browser.close();
  process.kill(-dev.pid, 'SIGINT');
}

async function served() {
  const until = Date.now() + PATIENCE.timeout;
  for (;;) {
    if (dev.exitCode !== null) throw new Error(`make dev ended with ${dev.exitCode}`);
    if (Date.now() > until) throw new Error('make dev does not serve');
    const answer = await fetch(`${URL_OF_DEV}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
}

/** @param {import('@playwright/test').Page} page */
function live(page) {
  return page.locator('[data-link=live]').waitFor(PATIENCE);
}

/**
 * @param {string} file
 * @param {string} before
 * @param {string} after
 * @param {() => Promise<unknown>} shows
 */
async function edited(file, before, after, shows) {
  const path = `${ROOT}/${file}`;
  const text = await readFile(path, 'utf8');
  if (!text.includes(before)) throw new Error(`${file} does not hold ${before}`);
  const began = performance.now();
  await writeFile(path, text.replace(before, after));
  try {
    await shows();
    console.log(`${file}: an edit shows after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  } finally {
    await writeFile(path, text);
  }
}
