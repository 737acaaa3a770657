// What Lighthouse says of the room's page, on a phone with a slow processor and a slow network, as it is set by default.
// Fails if it says less than it should. `make lighthouse` names the package's folder in BANTER_LIGHTHOUSE: it is as large
// as everything else together that npm brings, and nothing but this command needs it.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

import { chromium } from '@playwright/test';

import { launchOptions } from '../support/browser.mjs';
import { printRow, report } from '../support/numbers.mjs';
import { withServer } from '../support/server.mjs';
import { talk } from '../support/talk.mjs';

/** A busy machine makes one of them slow. */
const RUNS = 3;
/** As many as a page shows at first. */
const MESSAGES = 50;
/** Things that an audit found that are told one by one. */
const TOLD = 5;

const TARGETS = { performance: 95, accessibility: 100, 'best-practices': 100 };
const METRICS = {
  'first-contentful-paint': 'first contentful paint',
  'largest-contentful-paint': 'largest contentful paint',
  'total-blocking-time': 'total blocking time',
  'cumulative-layout-shift': 'cumulative layout shift',
  'speed-index': 'speed index',
};

/** @typedef {keyof typeof TARGETS} Category */
/** @typedef {Record<string, string | number | { snippet?: string, explanation?: string } | undefined>} Item */
/** @typedef {{ title: string, score: number | null, displayValue?: string, details?: { items?: Item[] } }} Audit */
/** @typedef {{ title: string, score: number, auditRefs: { id: string }[] }} Scored */
/** @typedef {{ audits: Record<string, Audit>, categories: Record<Category, Scored>, environment: { benchmarkIndex: number }, lighthouseVersion: string }} Result */

const categories = /** @type {Category[]} */ (Object.keys(TARGETS));
const { default: lighthouse } = await load();

await withServer({}, async ({ url }) => {
  await talk(url, MESSAGES);
  await withBrowser(async (port) => {
    /** @type {Result[]} */
    const runs = [];
    for (let run = 0; run < RUNS; run += 1) runs.push(await ask(`${url}/`, port));
    report(judge(runs));
  });
});

/**
 * One run, in a browser that has forgotten everything.
 *
 * @param {string} url
 * @param {number} port
 * @returns {Promise<Result>}
 */
async function ask(url, port) {
  const { lhr } = await lighthouse(url, { port, logLevel: 'error', onlyCategories: categories });
  if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
  return lhr;
}

/**
 * Prints a table; answers with what is wrong.
 *
 * @param {Result[]} runs
 */
function judge(runs) {
  const byPerformance = runs.toSorted((a, b) => a.categories.performance.score - b.categories.performance.score);
  const middle = byPerformance[Math.floor(runs.length / 2)];
  const { benchmarkIndex } = middle.environment;
  // Lighthouse slows every machine down by the same factor: the quicker it is by itself, the better the figures.
  console.log(`Lighthouse ${middle.lighthouseVersion}, the median of ${runs.length} (machine: ${benchmarkIndex.toFixed(0)})`);
  const faults = categories.flatMap((category) => {
    const { title, score } = middle.categories[category];
    printRow(title, score * 100, `at least ${TARGETS[category]}`);
    return score * 100 < TARGETS[category] ? [`${title}: ${(score * 100).toFixed(0)} of at least ${TARGETS[category]}`] : [];
  });
  for (const [id, title] of Object.entries(METRICS)) printRow(title, middle.audits[id].displayValue ?? '-');
  printRow('performance of each run', byPerformance.map(({ categories }) => (categories.performance.score * 100).toFixed(0)).join(' '));
  for (const category of categories) tellRest(middle, category);
  return faults;
}

/**
 * Everything that is not as good as it can be.
 *
 * @param {Result} result
 * @param {Category} category
 */
function tellRest({ audits, categories }, category) {
  const { title, auditRefs } = categories[category];
  const rest = auditRefs.map(({ id }) => audits[id]).filter(({ score }) => score !== null && score < 1);
  if (rest.length > 0) console.log(`${title}: not full marks`);
  for (const { title, score, displayValue, details } of rest) {
    printRow(title, ((score ?? 0) * 100).toFixed(0));
    for (const found of [displayValue, ...(details?.items ?? []).slice(0, TOLD).map(words)]) {
      if (found) console.log(`      ${found}`);
    }
  }
}

/**
 * What an audit found, in one line; nothing for what is a drawing or a piece of advice.
 *
 * @param {Item} item
 */
function words(item) {
  if (item.type === 'list-section') return '';
  const told = Object.entries(item).flatMap(([name, value]) => {
    if (typeof value === 'string' || typeof value === 'number') return [`${name} ${value}`];
    return value?.snippet ? [[value.snippet, value.explanation].filter(Boolean).join(': ')] : [];
  });
  return told.join(', ').replaceAll(/\s+/g, ' ');
}

/**
 * Gives `work` the port by which a browser is told what to do.
 *
 * @param {(port: number) => Promise<void>} work
 */
async function withBrowser(work) {
  const { executablePath = chromium.executablePath(), args } = launchOptions;
  const profile = await mkdtemp(join(tmpdir(), 'banter-'));
  const told = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'];
  const browser = spawn(executablePath, [...args, ...told], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((done, fail) => browser.once('exit', done).once('error', fail));
  try {
    await work(await Promise.race([portOf(browser.stderr), ended.then(noBrowser, noBrowser)]));
  } finally {
    browser.kill();
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * @param {import('node:stream').Readable} stderr
 * @returns {Promise<number>}
 */
function portOf(stderr) {
  return new Promise((found) => {
    createInterface({ input: stderr }).on('line', (line) => {
      const port = /DevTools listening on ws:\/\/[\d.]+:(\d+)/.exec(line)?.[1];
      if (port) found(Number(port));
    });
  });
}

/** @returns {never} */
function noBrowser() {
  throw new Error('the browser did not start');
}

function load() {
  const folder = process.env.BANTER_LIGHTHOUSE;
  if (!folder) throw new Error('run it by `make lighthouse`, which knows where Lighthouse is');
  return import(pathToFileURL(join(folder, 'core/index.js')).href);
}
