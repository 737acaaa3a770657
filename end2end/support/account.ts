// People with accounts, and who runs the site.

import { expect, type Page } from '@playwright/test';

import type { Server } from './server.mjs';

const PASSWORD = 'a long enough sentence';

/** Gets an account; the person's browser is logged in from then on. Answers with their id. */
export async function signsUp(page: Page, name: string): Promise<string> {
  return account(page, { name });
}

/** The same by the link that the first start prints: makes the owner. */
export async function takesTheSite(page: Page, server: Server, name: string): Promise<string> {
  return account(page, { name, setup: await setupCode(server) });
}

async function account(page: Page, who: { name: string; setup?: string }): Promise<string> {
  const response = await page.request.post('/api/v1/accounts', { data: { ...who, password: PASSWORD } });
  expect(response.status(), await response.text()).toBe(201);
  return (await response.json()).me.id;
}

async function setupCode(server: Server): Promise<string> {
  const code = () => server.log.map((line) => /\/setup\?code=([\w-]+)/.exec(line)?.[1]).find(Boolean);
  await expect.poll(code).toBeTruthy();
  return code()!;
}
