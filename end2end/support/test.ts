// The stage of every test: a server of its own, people with browsers of their own, and nobody's browser complains.

import { test as base, expect, type BrowserContext, type BrowserContextOptions, type Page } from '@playwright/test';

import { Problems } from './problems.ts';
import { withServer, type Server } from './server.mjs';

type Stage = {
  /** What the server is started with, besides the defaults. */
  serverEnv: Record<string, string>;
  /** The server. */
  server: Server;
  /** What went wrong in the browsers. */
  problems: Problems;
  /** Another person: an empty page in a browser without a past. */
  newPerson: (name: string, options?: BrowserContextOptions) => Promise<Page>;
};

export const test = base.extend<Stage>({
  serverEnv: [{}, { option: true }],

  server: async ({ serverEnv }, use, testInfo) => {
    await withServer(serverEnv, async (server) => {
      await use(server);
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach('server log', { body: server.log.join('\n'), contentType: 'text/plain' });
      }
    });
  },

  problems: async ({}, use) => {
    const problems = new Problems();
    await use(problems);
    expect(problems.unexpected(), 'what the browsers complained about').toEqual([]);
  },

  newPerson: async ({ browser, server, problems }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (name, options = {}) => {
      const context = await browser.newContext({ baseURL: server.url, ...options });
      contexts.push(context);
      await problems.watch(context, name);
      return context.newPage();
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

export { expect };
