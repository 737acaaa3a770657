// Several people who talk in the lobby at a steady pace, over the plain wire.

import { setTimeout as sleep } from 'node:timers/promises';

import { WebSocket } from 'ws';

import { chatter } from './talk.mjs';

const SPEAKERS = 5;
const TURN_MS = 5;

/**
 * Gives `work` a way to have so many messages said, so many a second. It answers with how many there are by then, once they
 * are said; in which order the server takes those of a moment is not known. Where the machine was late, what is due is said
 * at once.
 *
 * @template T
 * @param {string} url
 * @param {(say: (count: number, rate: number) => Promise<number>) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSpeakers(url, work) {
  const sockets = await Promise.all(Array.from({ length: SPEAKERS }, () => open(url)));
  let said = 0;
  const say = async (/** @type {number} */ count, /** @type {number} */ rate) => {
    const [first, begin] = [said, performance.now()];
    while (said < first + count) {
      const due = first + Math.min(count, Math.ceil(((performance.now() - begin) / 1000) * rate));
      for (; said < due; said += 1) sockets[said % SPEAKERS].send(`${said}. ${chatter(said)}`);
      await sleep(TURN_MS);
    }
    return said;
  };
  try {
    return await work(say);
  } finally {
    for (const socket of sockets) socket.terminate();
  }
}

/**
 * @param {string} url
 * @returns {Promise<WebSocket>}
 */
async function open(url) {
  const socket = new WebSocket(url.replace(/^http/, 'ws'));
  // What is not listened to is not read, and would pile up in the server.
  socket.on('message', () => {});
  await new Promise((is, fail) => socket.once('open', is).once('error', fail));
  return socket;
}
