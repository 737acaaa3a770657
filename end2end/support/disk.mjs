// What a disk itself takes, below everything that is kept on it.

import { closeSync, fdatasyncSync, openSync, statSync, writeSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const BLOCK = Buffer.alloc(4096, 'x');

/**
 * Writes a block of 4 KiB behind the other and has each put on the disk; answers with the milliseconds of each.
 *
 * @param {string} folder
 * @param {number} count
 */
export function syncs(folder, count) {
  const file = openSync(join(folder, 'blocks'), 'w');
  try {
    return Array.from({ length: count }, () => {
      const begin = performance.now();
      writeSync(file, BLOCK);
      fdatasyncSync(file);
      return performance.now() - begin;
    });
  } finally {
    closeSync(file);
  }
}

/** Bytes of all files of a folder. @param {string} folder */
export async function kept(folder) {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
