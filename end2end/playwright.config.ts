// How the browser tests run.

import { defineConfig } from '@playwright/test';

import { launchOptions, reader } from './support/browser.mjs';

export default defineConfig({
  testDir: 'tests',
  fullyParallel: true,
  forbidOnly: true,
  workers: 2,
  // A test that passes only sometimes is a fault, in it or in the page.
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    browserName: 'chromium',
    launchOptions,
    ...reader,
    // Videos need an encoder that comes only with Playwright's own browsers.
    video: 'off',
    trace: 'retain-on-failure',
    // What a worker asks for, no test could hold up; the one about the worker lets it live.
    serviceWorkers: 'block',
  },
});
