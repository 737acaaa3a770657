// The servers that are measured beside each other: Banter, its peers and the limit, each on one core of its own, and the load
// that comes from another one.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { BINARY, surroundings } from './server.mjs';

export const PEERS = fileURLToPath(new URL('../../bench/peers/', import.meta.url));
const MOVER = join(dirname(BINARY), 'mover');
const BUN = join(PEERS, 'node_modules/bun/bin/bun.exe');
const START_MS = 10_000;
/** One core for the server and one for the load; where there is only one they share it, and the figures say little. */
const [SERVER_CORE, LOAD_CORE] = availableParallelism() > 1 ? ['0', '1'] : ['0', '0'];

/** Nothing is kept, as with the peers, and nothing slows anybody down. */
const RELAY = { BANTER_LOBBY_HISTORY: 'off', BANTER_POST_RATE: '0', BANTER_CONNECT_RATE: '0', RUST_LOG: 'warn' };

/** @typedef {{ title: string, command: string[], env: Record<string, string>, dialect?: string }} Subject */

/** @satisfies {Record<string, Subject>} */
export const SUBJECTS = {
  banter: { title: 'Banter, nothing kept', command: [BINARY, 'serve'], env: RELAY },
  together: { title: 'Banter, waiting for more (10 ms)', command: [BINARY, 'serve'], env: { ...RELAY, BANTER_COALESCE: '10' } },
  durable: { title: 'Banter, all kept', command: [BINARY, 'serve'], env: { ...RELAY, BANTER_LOBBY_HISTORY: 'on' } },
  mover: { title: 'the limit: bare byte mover', command: [MOVER], env: {} },
  replay: { title: 'a record that is replayed', command: [MOVER, '--replay'], env: {} },
  bun: { title: 'Bun, publish', command: [BUN, join(PEERS, 'bun.mjs')], env: {} },
  bunKept: { title: 'Bun, bun:sqlite, the same rows', command: [BUN, join(PEERS, 'bun_kept.mjs')], env: {} },
  bunBare: { title: 'Bun, bun:sqlite, bare rows', command: [BUN, join(PEERS, 'bun_kept.mjs'), '--bare'], env: {} },
  wsKept: { title: 'Node, ws, a file', command: [process.execPath, join(PEERS, 'ws_kept.mjs')], env: { NODE_ENV: 'production' } },
  ws: { title: 'Node, ws', command: [process.execPath, join(PEERS, 'ws.mjs')], env: { NODE_ENV: 'production' } },
  socketio: {
    title: 'Node, socket.io', command: [process.execPath, join(PEERS, 'socketio.mjs')], env: { NODE_ENV: 'production' }, dialect: 'socket-io',
  },
};

/** @returns {string} of Bun, as it tells it */
export const bunVersion = () => execFileSync(BUN, ['--version'], { encoding: 'utf8' }).trim();

/**
 * Gives `work` a running server of that kind. `traced` says how strace is to look at it, if it is.
 *
 * @template T
 * @param {Subject} subject
 * @param {(server: { url: string, pid: number, folder: string }) => Promise<T>} work  its folder is where it keeps what it keeps
 * @param {{ pinned?: boolean, traced?: string[] }} [how]
 * @returns {Promise<T>}
 */
export async function withSubject({ command, env }, work, { pinned = true, traced = [] } = {}) {
  const [folder, port] = [await mkdtemp(join(tmpdir(), 'banter-')), await freePort()];
  const [program, ...words] = command;
  const all = program === MOVER ? [program, String(port), ...words] : command;
  // With -D the tracer stands aside: the child is the server itself.
  const watched = traced.length > 0 ? ['strace', '-D', '-f', '-qq', ...traced, ...all] : all;
  const [first, ...rest] = pinned ? ['taskset', '-c', SERVER_CORE, ...watched] : watched;
  const child = spawn(first, rest, {
    cwd: folder, env: { ...surroundings(), ...env, PORT: String(port) }, stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    await Promise.race([listens(port), ended.then(() => { throw new Error(`${all.join(' ')} did not start`); })]);
    return await work({ url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, folder });
  } finally {
    child.kill();
    await ended;
    await rm(folder, { recursive: true });
  }
}

/**
 * Gives `work` such a server, and counts its calls of the system; answers with both.
 *
 * @template T
 * @param {Subject} subject
 * @param {(server: { url: string, pid: number }) => Promise<T>} work
 * @returns {Promise<{ found: T, calls: number }>}
 */
export async function countingCalls(subject, work) {
  const folder = await mkdtemp(join(tmpdir(), 'banter-'));
  const file = join(folder, 'calls');
  try {
    const found = await withSubject(subject, work, { traced: ['-c', '-U', 'calls,name', '-o', file] });
    return { found, calls: await counted(file) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The sum of a summary by strace, which is written at some time behind the server's end. @param {string} file */
async function counted(file) {
  let [text, before] = ['', ''];
  for (const end = Date.now() + START_MS; (text === '' || text !== before) && Date.now() < end; await sleep(50)) {
    before = text;
    text = await readFile(file, 'utf8');
  }
  const calls = text.split('\n').map((line) => /^ *(\d+) +(?!total)\w+$/.exec(line)?.[1]).filter((calls) => calls !== undefined);
  if (calls.length === 0) throw new Error('strace has counted nothing');
  return calls.reduce((sum, some) => sum + Number(some), 0);
}

/**
 * `banter bench`, and what it found. A run in which anything was lost, doubled or out of order fails.
 *
 * @param {string} mode
 * @param {{ url: string, pid?: number }} server
 * @param {Record<string, string | number | boolean>} [options]
 * @param {{ pinned?: boolean }} [how]
 * @returns {Promise<any>}
 */
export async function bench(mode, { url, pid }, options = {}, { pinned = true } = {}) {
  const named = { json: true, url, ...(pid ? { pid } : {}), ...options };
  const flags = Object.entries(named).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, String(value)]));
  const command = [...(pinned ? ['taskset', '-c', LOAD_CORE] : []), BINARY, 'bench', mode, ...flags];
  const { stdout } = await promisify(execFile)(command[0], command.slice(1), { env: surroundings() });
  return JSON.parse(stdout);
}

/** @param {number} port */
async function listens(port) {
  for (const end = Date.now() + START_MS; Date.now() < end; await sleep(20)) {
    const socket = net.connect(port, '127.0.0.1');
    const came = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(() => false);
    socket.destroy();
    if (came) return;
  }
  throw new Error(`nobody listens on ${port} after ${START_MS} ms`);
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((found) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => found(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
