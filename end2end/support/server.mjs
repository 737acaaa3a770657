// A chat server of one's own: a process on a free port, with an empty folder for its data.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const BINARY = resolve(
  process.env.BANTER_BINARY ?? fileURLToPath(new URL('../../target/release/banter', import.meta.url)),
);
const START_MS = 15_000;
const END_MS = 15_000;

/** @typedef {Record<string, string>} Env */
/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Exit */

/**
 * Gives `work` a running server, and ends it whatever comes of the work.
 *
 * @template T
 * @param {Env} env  what is set besides the defaults
 * @param {(server: Server) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withServer(env, work) {
  const folder = await mkdtemp(join(tmpdir(), 'banter-'));
  const server = new Server(folder, env);
  try {
    await server.start();
    return await work(server);
  } finally {
    await server.stop().finally(() => rm(folder, { recursive: true }));
  }
}

/** A server that can go and come back; its address and its folder stay the same. */
export class Server {
  /** Where it is, without a slash at the end. */
  url = '';
  /** Its log, line by line. @type {string[]} */
  log = [];

  #folder;
  #env;
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  /** @type {Promise<Exit> | undefined} */
  #exit;

  /**
   * @param {string} folder
   * @param {Env} env
   */
  constructor(folder, env) {
    this.#folder = folder;
    this.#env = env;
  }

  /** Starts it, and answers once it can serve. */
  async start() {
    const port = this.url ? new URL(this.url).port : '0';
    const child = spawn(BINARY, ['serve'], {
      cwd: this.#folder,
      env: { ...surroundings(), BANTER_CONNECT_RATE: '0', BANTER_POST_RATE: '0', ...this.#env, PORT: port },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    this.#exit = new Promise((done, fail) => {
      child.once('exit', (code, signal) => done({ code, signal }));
      child.once('error', fail);
    });
    await Promise.race([
      this.#servesAt(child.stderr),
      this.#exit.then(() => this.#failure('did not start')),
      sleep(START_MS, undefined, { ref: false }).then(() => this.#failure(`was not ready within ${START_MS} ms`)),
    ]);
  }

  /** Ends it as one who runs it would, and insists on an orderly end. */
  async stop() {
    const { code, signal } = await this.#end('SIGTERM');
    if (code !== 0) this.#failure(`ended with ${signal ?? `code ${code}`}`);
  }

  /** Ends it as a crash would. */
  async kill() {
    await this.#end('SIGKILL');
  }

  /** Stops it and starts it again. */
  async restart() {
    await this.stop();
    await this.start();
  }

  /** Copies everything it keeps, while it serves. */
  backUp() {
    this.#run('backup');
  }

  /** Goes back to the copy; it must not serve meanwhile. */
  restore() {
    this.#run('restore');
  }

  /** @param {string} command */
  #run(command) {
    const options = { cwd: this.#folder, env: surroundings(), encoding: /** @type {const} */ ('utf8') };
    const { status, stderr } = spawnSync(BINARY, [command, 'copy.db'], options);
    if (status !== 0) this.#failure(`${command}: ${stderr}`);
  }

  /** @param {import('node:stream').Readable} stderr */
  async #servesAt(stderr) {
    const lines = createInterface({ input: stderr });
    this.url = await new Promise((found) => {
      lines.on('line', (line) => {
        this.log.push(line);
        const address = /Banter is at (http:\/\/[\d.]+:\d+)/.exec(line)?.[1];
        if (address) found(address);
      });
    });
    while (!(await fetch(`${this.url}/readyz`)).ok) await sleep(20);
  }

  /**
   * @param {NodeJS.Signals} signal
   * @returns {Promise<Exit>}
   */
  async #end(signal) {
    const [child, exit] = [this.#child, this.#exit];
    // It is gone already: that was told when it went.
    if (!child || !exit) return { code: 0, signal: null };
    child.kill(signal);
    const lastResort = setTimeout(() => child.kill('SIGKILL'), END_MS);
    const end = await exit.finally(() => clearTimeout(lastResort));
    this.#child = undefined;
    return end;
  }

  /**
   * @param {string} what
   * @returns {never}
   */
  #failure(what) {
    throw new Error([`${BINARY} ${what}`, ...this.log.slice(-10)].join('\n'));
  }
}

/** What the developer has set for a server of their own must not change this one. */
export function surroundings() {
  const ours = (/** @type {string} */ name) => /^(BANTER|LEPTOS|RUST)_/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours(name)));
}
