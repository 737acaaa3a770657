// The line between a person's browser and the room, which can be cut while everything else can still be had.

import type { BrowserContext, WebSocketRoute } from '@playwright/test';

/** As from a server that wants its clients back. */
const GONE = { code: 4530, reason: 'cut by the test' };

export type Line = {
  /** The room is out of reach, also for pages that are still to come. */
  cut: () => Promise<void>;
  /** It is within reach again, and the browser says so. */
  mend: () => Promise<void>;
};

/** To be had before the first page is opened. */
export async function lineOf(context: BrowserContext): Promise<Line> {
  let whole = true;
  const open: WebSocketRoute[] = [];
  await context.routeWebSocket(/\/ws$/, async (socket) => {
    if (!whole) return socket.onMessage(() => socket.close(GONE));
    socket.connectToServer();
    open.push(socket);
  });
  return {
    cut: async () => {
      whole = false;
      await Promise.all(open.splice(0).map((socket) => socket.close(GONE)));
    },
    mend: async () => {
      whole = true;
      await Promise.all(context.pages().map((page) => page.evaluate(() => dispatchEvent(new Event('online')))));
    },
  };
}
