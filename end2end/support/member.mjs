// People with an account who need no browser: they speak over REST.

import { randomUUID } from 'node:crypto';

/**
 * @typedef {object} Member
 * @property {string} id
 * @property {(room: string, body: string) => Promise<number>} says  says something in a room; answers with its seq
 * @property {(room: string, seq: number) => Promise<void>} deletes  takes a message away
 * @property {(room: string, title: string, kind?: 'open' | 'closed') => Promise<void>} makes  makes a room
 * @property {(room: string, whom: Member) => Promise<void>} adds  brings somebody into a room
 * @property {(room: string, whom: Member) => Promise<void>} removes  sends somebody out of a room
 * @property {(room: string, whom: Member) => Promise<void>} bansFrom  bans somebody from a room
 * @property {(room: string, whom: Member) => Promise<void>} letsInto  lets somebody who was banned come again
 * @property {(room: string, change: object) => Promise<void>} sets  changes how a room is set
 * @property {(room: string) => Promise<number>} unread  how much is unread in a room
 * @property {() => Promise<string>} invites  answers with the code of an invitation to sign up
 * @property {(name: string, reason: string) => Promise<void>} bans  bans somebody from the site
 */

/**
 * Somebody who signs up; with the code of the first start's link, the owner.
 *
 * @param {string} url
 * @param {string} name
 * @param {string} password
 * @param {string} [setup]
 * @returns {Promise<Member>}
 */
export async function member(url, name, password, setup) {
  let token = '';
  const { me, ...identity } = await send('POST', '/accounts', { name, password, setup });
  token = identity.token;

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  async function send(method, path, body) {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  return {
    id: me.id,
    says: async (room, body) => (await send('POST', `/rooms/${room}/messages`, { cid: randomUUID(), body })).seq,
    deletes: (room, seq) => send('DELETE', `/rooms/${room}/messages/${seq}`),
    makes: (room, title, kind = 'closed') => send('POST', '/rooms', { room, title, kind }),
    adds: (room, whom) => send('PUT', `/rooms/${room}/members/${whom.id}`, {}),
    removes: (room, whom) => send('DELETE', `/rooms/${room}/members/${whom.id}`),
    bansFrom: (room, whom) => send('PUT', `/rooms/${room}/bans/${whom.id}`, {}),
    letsInto: (room, whom) => send('DELETE', `/rooms/${room}/bans/${whom.id}`),
    sets: (room, change) => send('PATCH', `/rooms/${room}`, change),
    unread: async (room) => (await send('GET', `/rooms/${room}`)).unread,
    invites: async () => (await send('POST', '/invites', {})).code,
    bans: async (whom, reason) => {
      const [{ id }] = await send('GET', `/people?q=${encodeURIComponent(whom)}`);
      await send('PUT', `/bans/${id}`, { reason });
    },
  };
}

/**
 * The code that a server without an owner says when it starts.
 *
 * @param {import('./server.mjs').Server} server
 */
export function setUpCode(server) {
  const code = server.log.map((line) => /\/setup\?code=([\w-]+)/.exec(line)?.[1]).find(Boolean);
  if (!code) throw new Error(`no link to set it up in\n${server.log.join('\n')}`);
  return code;
}
