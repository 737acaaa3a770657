// What a disk itself takes, below everything that is kept on it.

import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
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
