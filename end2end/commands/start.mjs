// Measures the start: from the process's birth to the first page served, the memory at rest, the binary's size. With `--json`
// it only tells.

import { execFileSync, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';

import { BINARY, surroundings } from '../support/server.mjs';

const STARTS = 30;

/** @type {{ page: number, memory: number }[]} */
const starts = [];
for (let start = 0; start < STARTS; start += 1) starts.push(await oneStart());

const pages = sorted(starts.map(({ page }) => page));
const memory = sorted(starts.map(({ memory }) => memory));
const binary = (await stat(BINARY)).size / 1e6;
if (process.argv.includes('--json')) {
  const [page_ms, slowest_ms, rss_mb] = [pages[STARTS / 2], pages[STARTS - 1], memory[STARTS / 2]];
  console.log(JSON.stringify({ page_ms, slowest_ms, rss_mb, binary_mb: binary }));
} else {
  print('start to first page, median', pages[STARTS / 2], 'ms', 50);
  // A busy machine makes one of them slow: told, not judged.
  print('start to first page, slowest', pages[STARTS - 1], 'ms', Infinity);
  print('memory at rest (RSS), median', memory[STARTS / 2], 'MB', 20);
  print('binary', binary, 'MB', 25);
}

async function oneStart() {
  const port = await freePort();
  const born = performance.now();
  const child = spawn(BINARY, ['serve'], {
    cwd: tmpdir(),
    env: { ...surroundings(), PORT: String(port) },
    stdio: 'ignore',
  });
  try {
    while (!(await isServed(port))) await turn();
    const page = performance.now() - born;
    const kibibytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)]));
    return { page, memory: (kibibytes * 1024) / 1e6 };
  } finally {
    const ended = new Promise((done) => child.once('exit', done));
    child.kill();
    await ended;
  }
}

/** @param {number} port @returns {Promise<boolean>} */
function isServed(port) {
  return new Promise((answer) => {
    const request = http.get({ port, host: '127.0.0.1', agent: false }, (response) => {
      response.resume().on('end', () => answer(response.statusCode === 200));
    });
    request.on('error', () => answer(false));
  });
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

/** @param {number[]} numbers */
function sorted(numbers) {
  return numbers.toSorted((a, b) => a - b);
}

/** @param {string} what @param {number} value @param {string} unit @param {number} limit */
function print(what, value, unit, limit) {
  const verdict = value <= limit ? '' : '  TOO MUCH';
  if (verdict) process.exitCode = 1;
  const most = Number.isFinite(limit) ? `, of at most ${limit}` : '';
  console.log(`${what.padEnd(30)} ${value.toFixed(1).padStart(8)} ${unit}${most}${verdict}`);
}
