// The client of the tutorial: a bare WebSocket that knows nothing but text. In a page, and in Node.js.

import type { Page } from '@playwright/test';
import { WebSocket as NodeWebSocket } from 'ws';

export type PlainClient = {
  /** Every frame that came, oldest first. */
  frames: () => Promise<string[]>;
  send: (text: string) => Promise<void>;
};

/** Opened by a script on the page itself. */
export async function clientInPage(page: Page): Promise<PlainClient> {
  const client = await page.evaluateHandle(async () => {
    const frames: unknown[] = [];
    const socket = new WebSocket(location.origin.replace(/^http/, 'ws'));
    socket.onmessage = ({ data }) => frames.push(data);
    await new Promise((open, fail) => {
      socket.onopen = open;
      socket.onerror = fail;
    });
    return { socket, frames };
  });
  return {
    frames: () => client.evaluate(({ frames }) => frames.map(String)),
    send: (text) => client.evaluate(({ socket }, text) => socket.send(text), text),
  };
}

/** Gives `work` one outside of any browser, and closes it afterwards. */
export async function withClientInNode(url: string, work: (client: PlainClient) => Promise<void>) {
  const frames: string[] = [];
  const socket = new NodeWebSocket(url.replace(/^http/, 'ws'));
  // Binary frames would be no text for the tutorial's client.
  socket.on('message', (data, isBinary) => frames.push(isBinary ? '(binary)' : data.toString()));
  await new Promise((open, fail) => socket.once('open', open).once('error', fail));
  try {
    await work({ frames: async () => [...frames], send: async (text) => socket.send(text) });
  } finally {
    socket.terminate();
  }
}
