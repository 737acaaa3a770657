// How the browser is started, by the tests and by the commands alike.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const launchOptions = {
  executablePath: installedBrowser(),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // Letters drawn alike on every machine.
    '--font-render-hinting=none',
    '--disable-lcd-text',
    '--force-color-profile=srgb',
  ],
};

/** The reader: in a zone that is not UTC, so that a time that was not turned into theirs is seen. */
export const reader = /** @type {const} */ ({
  locale: 'en-US',
  timezoneId: 'America/New_York',
  reducedMotion: 'reduce',
});

/** Where none is found, Playwright takes the one that it brought itself. */
function installedBrowser() {
  const found = spawnSync(fileURLToPath(new URL('../chromium', import.meta.url)), { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : undefined;
}
