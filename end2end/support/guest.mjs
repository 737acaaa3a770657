// People without a browser: they speak over REST.

import { randomUUID } from 'node:crypto';

/**
 * @typedef {object} Guest
 * @property {string} name  what they are called
 * @property {(body: string, answered?: number) => Promise<void>} say  says something in the lobby, or answers a message
 * @property {(seq: number) => Promise<void>} pin  pins a message
 * @property {(seq: number, emoji: string) => Promise<void>} react  reacts to a message
 */

/**
 * Somebody new, under the name they wish for.
 *
 * @param {string} url
 * @param {string} wish
 * @returns {Promise<Guest>}
 */
export async function guest(url, wish) {
  const { me, token } = await send('POST', `${url}/api/v1/guest`, { name: wish });
  return person(url, me.name, token);
}

/**
 * One who is somebody already.
 *
 * @param {string} url
 * @param {string} name
 * @param {string} token
 * @returns {Guest}
 */
export function person(url, name, token) {
  const messages = `${url}/api/v1/rooms/lobby/messages`;
  const headers = { authorization: `Bearer ${token}` };
  return {
    name,
    say: async (body, answered) => {
      await send('POST', messages, { cid: randomUUID(), body, reply_to: answered }, headers);
    },
    pin: async (seq) => {
      await send('PUT', `${messages}/${seq}/pin`, {}, headers);
    },
    react: async (seq, emoji) => {
      await send('PUT', `${messages}/${seq}/reactions/${encodeURIComponent(emoji)}`, {}, headers);
    },
  };
}

/**
 * @param {string} method
 * @param {string} url
 * @param {object} body
 * @param {Record<string, string>} headers
 */
async function send(method, url, body, headers = {}) {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return response.json();
}
