// Runs `banter bench` against servers of its own: how many posts a second get on the disk, beside a bare loop on the same
// disk, and whether a long room reads as fast as a short one.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { BINARY, surroundings, withServer } from '../support/server.mjs';

const LOOP = join(dirname(BINARY), 'sqlite-loop');

await withServer({}, async ({ url }) => {
  const folder = await mkdtemp(join(tmpdir(), 'banter-'));
  try {
    await bench('durable', '--url', url, '--peer', LOOP, '--folder', folder);
  } finally {
    await rm(folder, { recursive: true });
  }
});
await withServer({}, (short) => withServer({}, (long) => bench('history', '--url', `${short.url},${long.url}`)));

/**
 * What it prints is what this command prints.
 *
 * @param {string[]} what
 */
async function bench(...what) {
  const child = spawn(BINARY, ['bench', ...what], { env: surroundings(), stdio: 'inherit' });
  const code = await new Promise((done, fail) => child.once('exit', done).once('error', fail));
  if (code !== 0) process.exitCode = 1;
}
