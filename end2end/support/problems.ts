// What a browser complains about: uncaught errors, console errors, violations of the content security policy.

import type { BrowserContext } from '@playwright/test';

/** A browser tells on its console that it could not connect; no page can keep it from that. */
export const CANNOT_CONNECT = /WebSocket connection to '[^']*' failed/;
/** The same for an answer that is not 2xx. */
export const cannotLoad = (status: number) =>
  new RegExp(`Failed to load resource: the server responded with a status of ${status}`);

export class Problems {
  #seen: string[] = [];
  #expected: RegExp[] = [];

  /** Listens to every page of a person's browser. */
  async watch(context: BrowserContext, name: string) {
    context.on('weberror', (error) => this.#seen.push(`${name}: ${error.error()}`));
    context.on('console', (message) => {
      if (message.type() === 'error') this.#seen.push(`${name}: ${message.text()} (${message.location().url})`);
    });
    // A script that catches the error of its blocked eval keeps it from the console.
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        console.error(`content security policy: ${violatedDirective} ${blockedURI}`);
      });
    });
  }

  /** From here on these are no problem: the test itself brings them about. */
  tolerate(expected: RegExp) {
    this.#expected.push(expected);
  }

  unexpected(): string[] {
    return this.#seen.filter((problem) => !this.#expected.some((expected) => expected.test(problem)));
  }
}
