// A lobby in which people have talked.

import { guest } from './guest.mjs';

/**
 * Some people say so much, one after the other.
 *
 * @param {string} url
 * @param {number} messages
 */
export async function talk(url, messages) {
  const people = await Promise.all(['Ana', 'Ben', 'Cleo'].map((name) => guest(url, name)));
  for (let n = 0; n < messages; n += 1) await people[n % people.length].say(`${n}. ${chatter(n)}`);
}

/**
 * Words that differ from message to message, as people's do.
 *
 * @param {number} n
 */
export function chatter(n) {
  const words = 'the harbour walk starts at ten by the old lighthouse bring coffee and a coat it may rain again'.split(' ');
  return Array.from({ length: 6 + (n % 9) }, (_, at) => words[(n * 7 + at * at * 3) % words.length]).join(' ');
}
