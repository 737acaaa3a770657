// Weighs a first visit and a repeat visit: the bytes of each file as they go over the wire. Fails if a visit is too heavy
// or a file is not sent as light, or not kept as long, as it can be. With `--json` it only tells what both weigh.

import http from 'node:http';
import { brotliDecompressSync } from 'node:zlib';

import { withServer } from '../support/server.mjs';
import { talk } from '../support/talk.mjs';

/** Most bytes of a visit. */
const FIRST_VISIT = 180_000;
const REPEAT_VISIT = 10_000;

/** As many as a page shows at first. */
const MESSAGES = 50;

/** @typedef {{ address: string, type: string, coding: string, caching: string, body: Buffer }} Sent */

await withServer({}, async ({ url }) => {
  // The newest messages are in the page.
  await talk(url, MESSAGES);
  const page = await fetchAsSent(url, '/');
  const files = await Promise.all(linkedFiles(page).map((address) => fetchAsSent(url, address)));
  const again = [page, ...files.filter((file) => !file.caching.includes('immutable'))];

  if (process.argv.includes('--json')) {
    const [first, repeat] = [[page, ...files], again].map((sent) => sent.reduce((sum, { body }) => sum + body.length, 0));
    return console.log(JSON.stringify({ first, repeat }));
  }
  const faults = [
    ...weigh('First visit', [page, ...files], FIRST_VISIT),
    ...weigh('Repeat visit', again, REPEAT_VISIT),
    ...files.flatMap(faultsOf),
    ...['text/css', 'text/javascript', 'application/wasm']
      .filter((type) => !files.some((file) => file.type === type))
      .map((type) => `no file of the type ${type} is linked`),
  ];
  for (const fault of faults) console.error(`FAULT  ${fault}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
});

/**
 * Prints a table; answers with what is wrong.
 *
 * @param {string} visit
 * @param {Sent[]} sent
 * @param {number} limit
 */
function weigh(visit, sent, limit) {
  const total = sent.reduce((sum, { body }) => sum + body.length, 0);
  const verdict = `${kilobytes(total)} KB of at most ${kilobytes(limit)}`;
  console.log(`${visit}: ${verdict}`);
  for (const { address, coding, body } of sent) {
    console.log(`  ${address.padEnd(36)} ${(coding || '-').padEnd(6)} ${String(body.length).padStart(8)}`);
  }
  return total > limit ? [`${visit}: ${verdict}`] : [];
}

/** @param {Sent} file */
function faultsOf({ address, type, coding, caching }) {
  const faults = [];
  // It has one address for ever, and says little.
  if (address === '/manifest.webmanifest') return [];
  // An icon of a few bytes only grows by compression.
  if (coding !== 'br' && !type.startsWith('image/')) faults.push(`${address} is not compressed with brotli`);
  if (!caching.includes('immutable')) faults.push(`${address} is not kept by browsers: ${caching || 'no cache-control'}`);
  if (address.endsWith('.wasm') && type !== 'application/wasm') faults.push(`${address} is sent as ${type}`);
  return faults;
}

/**
 * Every address that the page's elements name or its scripts import, each once.
 *
 * @param {Sent} page
 */
function linkedFiles(page) {
  const text = decoded(page);
  const elements = text.match(/<(link|script|img)\b[^>]*>/g) ?? [];
  const named = elements.flatMap((element) => /\s(?:href|src)="([^"]+)"/.exec(element)?.[1] ?? []);
  const imported = [...text.matchAll(/\bimport\("([^"]+)"\)/g)].map(([, address]) => address);
  return [...new Set([...named, ...imported])];
}

/**
 * As a browser asks, but nothing is decoded on the way.
 *
 * @param {string} url
 * @param {string} address
 * @returns {Promise<Sent>}
 */
function fetchAsSent(url, address) {
  return new Promise((resolve, reject) => {
    const request = http.get(new URL(address, url), { headers: { 'accept-encoding': 'br' } }, async (response) => {
      const { 'content-type': type = '', 'content-encoding': coding = '', 'cache-control': caching = '' } = response.headers;
      if (response.statusCode !== 200) return reject(new Error(`${address}: status ${response.statusCode}`));
      const body = Buffer.concat(await response.toArray());
      resolve({ address, type: type.split(';')[0], coding, caching, body });
    });
    request.on('error', reject);
  });
}

/** @param {Sent} sent */
function decoded({ coding, body }) {
  return (coding === 'br' ? brotliDecompressSync(body) : body).toString();
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return (bytes / 1000).toFixed(1);
}
