// Watches a tab that lives long: ten thousand messages arrive in it, a hundred times another room is opened, and messages
// come quicker than anybody reads. Fails if it grows by that, or if it ever keeps its reader waiting.

import { setTimeout as sleep } from 'node:timers/promises';

import { chromium } from '@playwright/test';

import { launchOptions, reader } from '../support/browser.mjs';
import { printRow, report } from '../support/numbers.mjs';
import { withServer } from '../support/server.mjs';
import { withSpeakers } from '../support/speakers.mjs';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('@playwright/test').CDPSession} Session */
/** @typedef {{ script: number, elements: number, wasm: number, heap: number, nodes: number }} Memory */
/** @typedef {{ url: string, open: (path: string) => Promise<Page>, say: (count: number, rate: number) => Promise<number> }} Stage */

/** What arrives before it is measured for the first and for the second time, and how quickly. */
const [FEW, MANY, MANY_RATE] = [1_000, 10_000, 250];
/** How often another room is opened before that. */
const [SOMETIMES, OFTEN] = [10, 100];
const ROOMS = ['harbour', 'kitchen', 'garden'];
/** In bytes and of what there was: what the browser compiles and learns of the code takes some, and is no leak. */
const GROWTH = { bytes: 1e6, part: 0.1 };
/** It is measured until there is nothing more to be gained by waiting. */
const [SETTLE_MS, SETTLED] = [1_500, 0.99];
const ROWS = 300;
/** Messages a second, and for how long. */
const [RATE, SECONDS] = [50, 20];
/** From here on a task is one that a reader notices. */
const LONG_MS = 50;
/** What the browser calls what the main thread does. */
const WORK = { all: 'TaskDuration', script: 'ScriptDuration', style: 'RecalcStyleDuration', layout: 'LayoutDuration' };
/** What is not drawn by then is not going to be. */
const PATIENCE = { timeout: 120_000 };

await withServer({}, ({ url }) =>
  withSpeakers(url, async (say) => {
    const browser = await chromium.launch(launchOptions);
    try {
      const context = await browser.newContext(reader);
      await furnish(context, url);
      const open = async (/** @type {string} */ path) => {
        const page = await context.newPage();
        await page.goto(url + path);
        await live(page);
        return page;
      };
      const stage = { url, open, say };
      report([...(await arrive(stage)), ...(await wander(stage)), ...(await keepUp(stage, 1))]);
      // Told and not judged: how near it is.
      await keepUp(stage, 4);
    } finally {
      await browser.close();
    }
  }),
);

/**
 * Somebody with an account, and rooms that are theirs.
 *
 * @param {import('@playwright/test').BrowserContext} context
 * @param {string} url
 */
async function furnish(context, url) {
  const ask = async (/** @type {string} */ path, /** @type {object} */ data) => {
    const response = await context.request.post(`${url}/api/v1${path}`, { data });
    if (!response.ok()) throw new Error(`${path}: ${response.status()} ${await response.text()}`);
  };
  await ask('/accounts', { name: 'Maya', password: 'a long enough sentence' });
  for (const room of ROOMS) {
    await ask('/rooms', { room, title: room, kind: 'open' });
    for (let n = 0; n < 50; n += 1) await ask(`/rooms/${room}/messages`, { cid: crypto.randomUUID(), body: `${n}. In the ${room}.` });
  }
}

/**
 * Messages arrive in a lobby that is open, whose reader is at its end.
 *
 * @param {Stage} stage
 */
async function arrive({ open, say }) {
  const page = await open('/');
  const session = await page.context().newCDPSession(page);
  await page.evaluate(() => {
    const list = /** @type {Element} */ (document.getElementById('messages'));
    Object.assign(window, { mostRows: 0 });
    new MutationObserver(() => {
      const rows = list.querySelectorAll('article, .change').length;
      Object.assign(window, { mostRows: Math.max(Reflect.get(window, 'mostRows'), rows) });
    }).observe(list, { childList: true });
  });
  await sees(page, await say(FEW, MANY_RATE));
  const few = await memory(session);
  await sees(page, await say(MANY - FEW, MANY_RATE));
  const many = await memory(session);
  const most = await page.evaluate(() => Number(Reflect.get(window, 'mostRows')));
  await page.close();

  console.log(`An open lobby, ${MANY_RATE} messages a second`);
  const faults = compare(`${FEW} messages`, few, `${MANY} messages`, many);
  printRow('rows in the page, at most', '', most, `of at most ${ROWS}`);
  return most > ROWS ? [...faults, `${most} rows in the page, of at most ${ROWS}`] : faults;
}

/**
 * Somebody opens one room after the other.
 *
 * @param {Stage} stage
 */
async function wander({ url, open }) {
  const page = await open('/');
  const session = await page.context().newCDPSession(page);
  /** @param {number} from @param {number} to */
  const goOn = async (from, to) => {
    for (let n = from; n < to; n += 1) {
      const room = ROOMS[n % ROOMS.length];
      await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: room }).click();
      await page.waitForURL(`${url}/r/${room}`);
      await live(page);
    }
    return memory(session);
  };
  const sometimes = await goOn(0, SOMETIMES);
  const often = await goOn(SOMETIMES, OFTEN);
  await page.close();

  console.log('One room after the other');
  return compare(`${SOMETIMES} rooms`, sometimes, `${OFTEN} rooms`, often);
}

/**
 * Messages come quickly, in a room that has many already.
 *
 * @param {Stage} stage
 * @param {number} slowdown  so many times as slow as this machine's processor
 */
async function keepUp({ open, say }, slowdown) {
  const page = await open('/');
  const session = await page.context().newCDPSession(page);
  // The thread's own time: who else uses the machine does not count.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await sleep(1_000);
  await page.evaluate(() => {
    const tasks = /** @type {number[]} */ ([]);
    Object.assign(window, { longTasks: tasks });
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  });
  const [before, begin] = [await work(session), performance.now()];
  const last = await say(RATE * SECONDS, RATE);
  const said = performance.now();
  const behind = await sees(page, last).then(() => performance.now() - said, () => Infinity);
  const [after, seconds] = [await work(session), (performance.now() - begin) / 1000];
  const tasks = /** @type {number[]} */ (await page.evaluate(() => Reflect.get(window, 'longTasks')));
  await page.close();

  console.log(`${RATE} messages a second for ${SECONDS} s${slowdown > 1 ? `, a processor ${slowdown} times as slow` : ''}`);
  const longest = Math.max(0, ...tasks);
  const percent = (/** @type {keyof typeof WORK} */ part) => `${(((after[part] - before[part]) / seconds) * 100).toFixed(0)} %`;
  printRow(`tasks of ${LONG_MS} ms and more`, tasks.length, slowdown > 1 ? '' : 'of at most 0');
  printRow('the longest', tasks.length > 0 ? `${longest.toFixed(0)} ms` : `< ${LONG_MS} ms`);
  printRow('the last is seen', behind < Infinity ? `${(behind / 1000).toFixed(1)} s later` : 'never');
  printRow('the main thread is busy', percent('all'));
  printRow('  with scripts and the app', percent('script'));
  printRow('  with styles and layout', percent('style'), percent('layout'));
  const faults = behind < Infinity ? [] : [`the last of ${RATE * SECONDS} messages is never seen`];
  if (tasks.length > 0) faults.push(`${tasks.length} tasks of ${LONG_MS} ms and more, the longest of ${longest.toFixed(0)} ms`);
  return faults;
}

/**
 * Prints a table; answers with what is wrong.
 *
 * @param {string} what
 * @param {Memory} before
 * @param {string} then
 * @param {Memory} after
 */
function compare(what, before, then, after) {
  const growth = (/** @type {number} */ from, /** @type {number} */ to) => `${to < from ? '' : '+'}${megabytes(to - from)}`;
  const row = (/** @type {string} */ name, /** @type {'script' | 'elements' | 'wasm' | 'heap'} */ part) =>
    printRow(`${name}, MB`, megabytes(before[part]), megabytes(after[part]), growth(before[part], after[part]));
  printRow('after', what, then, 'growth');
  row('objects of scripts', 'script');
  row('the app: its wasm memory', 'wasm');
  row('both: the heap', 'heap');
  // Told and not judged: the browser tidies up there when it likes. What is not taken down shows in the number of nodes.
  row('what is behind elements', 'elements');
  printRow('nodes', before.nodes, after.nodes, after.nodes - before.nodes);
  const most = before.heap * GROWTH.part + GROWTH.bytes;
  const grown = after.heap - before.heap;
  const faults = grown > most ? [`${megabytes(grown)} MB more, of at most ${megabytes(most)}`] : [];
  if (after.nodes > before.nodes * (1 + GROWTH.part)) faults.push(`${after.nodes} nodes, where there were ${before.nodes}`);
  return faults.map((fault) => `after ${then}, beside ${what}: ${fault}`);
}

/**
 * What is still there after everything that nobody refers to is gone: objects of scripts; what the browser has behind
 * elements; and the app's wasm memory, which only ever grows, so that it tells of the most that was needed at once. Wasm is
 * that of the page that is open, the others are those of all documents that the browser keeps to go back to.
 *
 * @param {Session} session
 * @returns {Promise<Memory>}
 */
async function memory(session) {
  /** @type {Memory | undefined} */
  let least;
  for (;;) {
    // What ends with a timer has to come to its end, and what is held by what went needs another turn.
    await sleep(SETTLE_MS);
    await session.send('HeapProfiler.collectGarbage');
    const now = await held(session);
    if (least && now.heap + now.elements > (least.heap + least.elements) * SETTLED) return least;
    least = now;
  }
}

/**
 * @param {Session} session
 * @returns {Promise<Memory>}
 */
async function held(session) {
  const usage = await session.send('Runtime.getHeapUsage');
  const { usedSize: script, embedderHeapUsedSize: elements } = /** @type {{ usedSize: number, embedderHeapUsedSize: number }} */ (usage);
  const { nodes } = await session.send('Memory.getDOMCounters');
  const wasm = await wasmMemory(session);
  return { script, elements, wasm, heap: script + wasm, nodes };
}

/**
 * The app shows its memory to nobody; the browser knows it.
 *
 * @param {Session} session
 * @returns {Promise<number>}
 */
async function wasmMemory(session) {
  const objectGroup = 'memory';
  const kind = await session.send('Runtime.evaluate', { expression: 'WebAssembly.Memory.prototype', objectGroup });
  const { objects } = await session.send('Runtime.queryObjects', { prototypeObjectId: kind.result.objectId ?? '', objectGroup });
  const { result } = await session.send('Runtime.callFunctionOn', {
    objectId: objects.objectId,
    functionDeclaration: 'function () { return this.reduce((sum, { buffer }) => sum + buffer.byteLength, 0); }',
  });
  await session.send('Runtime.releaseObjectGroup', { objectGroup });
  return result.value;
}

/**
 * Seconds that the main thread has worked, in all and at what.
 *
 * @param {Session} session
 */
async function work(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  const seconds = (/** @type {string} */ of) => metrics.find(({ name }) => name === of)?.value ?? 0;
  const parts = Object.entries(WORK).map(([part, name]) => [part, seconds(name)]);
  return /** @type {Record<keyof typeof WORK, number>} */ (Object.fromEntries(parts));
}

/**
 * Waits until the lobby's message of that number is in the page.
 *
 * @param {Page} page
 * @param {number} seq
 */
function sees(page, seq) {
  // By asking now and then: to be asked in each frame would be work of the page.
  return page.waitForFunction((id) => document.getElementById(id), `m${seq}`, { ...PATIENCE, polling: 250 });
}

/** @param {Page} page */
function live(page) {
  return page.locator('.connection[data-link=live]').waitFor();
}

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / 1e6).toFixed(2);
}
