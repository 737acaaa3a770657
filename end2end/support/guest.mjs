// People without a browser: they speak over REST.

import { randomUUID } from 'node:crypto';

/**
 * @typedef {object} Guest
 * @property {string} name  what they are called
 * @property {(body: string, answered?: number) => Promise<void>} say  says something in the lobby, or answers a message
 */

/**
 * Somebody new, under the name they wish for.
 *
 * @param {string} url
 * @param {string} wish
 * @returns {Promise<Guest>}
 */
export async function guest(url, wish) {
  const { me, token } = await post(`${url}/api/v1/guest`, { name: wish });
  return { name: me.name, say: speaker(url, token) };
}

/**
 * The voice of one who is somebody already.
 *
 * @param {string} url
 * @param {string} token
 * @returns {Guest['say']}
 */
export function speaker(url, token) {
  return async (body, answered) => {
    const message = { cid: randomUUID(), body, reply_to: answered };
    await post(`${url}/api/v1/rooms/lobby/messages`, message, { authorization: `Bearer ${token}` });
  };
}

/**
 * @param {string} url
 * @param {object} body
 * @param {Record<string, string>} headers
 */
async function post(url, body, headers = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
  return response.json();
}
