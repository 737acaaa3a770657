// People with an account who need no browser: they speak over REST.

/**
 * @typedef {object} Member
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
  ({ token } = await send('POST', '/accounts', { name, password, setup }));

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
