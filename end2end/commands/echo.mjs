// Measures how long it takes from opening the page until a message, typed at the first possible moment, is seen as the
// server has it: beside two pages written by hand (bench/page), of which one shows what Banter's page shows and is the limit,
// and the other is the least that can be called a chat. Fails if Banter's page takes much longer than its limit, or if what was
// typed so early is lost. With `--after-life` it is typed once the app is alive instead, which is told and not
// judged.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync } from 'node:zlib';

import { chromium } from '@playwright/test';

import { launchOptions, reader } from '../support/browser.mjs';
import { median, printRow, report } from '../support/numbers.mjs';
import { withServer } from '../support/server.mjs';
import { talk } from '../support/talk.mjs';

const RUNS = 15;
/** Banter's page takes at most so many times what the one written by hand takes. */
const RATIO = 1.3;
/** As many as a page shows at first. */
const MESSAGES = 50;
/** A new window keeps the browser itself busy for a while; whoever opens the page has had theirs open. */
const SETTLE_MS = 1000;
/** What is not seen by then is lost. */
const PATIENCE_MS = 10_000;

/** @typedef {{ title: string, cpu: number, network?: { latency: number, bits: number } }} Setting */
/** @typedef {{ name: string, url: string, row: string, alive: string }} Subject */
/** @typedef {{ url: string, elsewhere: string }} Places  the server, and a page of another site */
/** @typedef {{ start: number, paint: number, box: number, alive: number, seen: number }} Marks */

/** @type {Setting[]} */
const SETTINGS = [
  { title: 'as it is', cpu: 1 },
  { title: 'a processor 4 times as slow, 10 Mbit/s, 40 ms', cpu: 4, network: { latency: 40, bits: 10e6 } },
];
/** The navigation first. @type {(keyof Marks)[]} */
const MARKS = ['start', 'paint', 'box', 'alive', 'seen'];

const afterLife = process.argv.includes('--after-life');
const env = {};
await withServer(env, async (server) => {
  const { url: other, elsewhere, show, close } = await serveHandWritten();
  // Whoever lists origins lists their own too, which is known only now.
  Object.assign(env, { BANTER_ORIGINS: `${server.url},${other}` });
  await server.restart();
  await talk(server.url, MESSAGES);
  await show(server.url);

  const socket = `${server.url.replace('http', 'ws')}/ws`;
  /** @type {Subject} */
  const least = { name: 'by hand: the least', url: `${other}/?${socket}`, row: '#messages li', alive: '#messageInput' };
  /** @type {Subject} */
  const room = { ...least, name: 'by hand: the same room', url: `${other}/room?${socket}` };
  /** @type {Subject} */
  const banter = {
    name: 'Banter',
    url: `${server.url}/`,
    // One that is being sent has no id yet, and is not counted.
    row: '#messages article.message[id]:not(.pending)',
    alive: '.connection:not([data-link=page])',
  };
  const browser = await chromium.launch(launchOptions);
  try {
    for (const setting of SETTINGS) report(await compare(browser, { url: server.url, elsewhere }, setting, [least, room, banter]));
  } finally {
    await browser.close();
    close();
  }
});

/**
 * All in turn, so that a busy moment of the machine meets each of them. Prints a table; answers with what is wrong.
 *
 * @param {import('@playwright/test').Browser} browser
 * @param {Places} places
 * @param {Setting} setting
 * @param {[least: Subject, room: Subject, banter: Subject]} subjects
 */
async function compare(browser, places, setting, subjects) {
  /** @type {[Marks[], Marks[], Marks[]]} */
  const runs = [[], [], []];
  // The first of each only warms up: the machine's caches, not the browser's, which is new each time.
  for (let run = 0; run <= RUNS; run += 1) {
    for (const at of run % 2 ? [0, 1, 2] : [2, 1, 0]) {
      const marks = await echo(browser, places, setting, subjects[at], `${setting.cpu}-${run}`);
      if (!marks) return [`${subjects[at].name}, ${setting.title}: what was typed was not seen within ${PATIENCE_MS} ms`];
      if (run > 0) runs[at].push(marks);
    }
  }
  return judge(setting, ...runs);
}

/**
 * @param {Setting} setting
 * @param {Marks[]} least
 * @param {Marks[]} room
 * @param {Marks[]} banter
 */
function judge({ title }, least, room, banter) {
  console.log(`From opening to the message that was typed${afterLife ? ' once the app was alive' : ''}, in ms: ${title}`);
  printRow(`median of ${RUNS}`, 'the least', 'same room', 'Banter', 'to least', 'to room');
  const compared = (/** @type {string} */ what, /** @type {keyof Marks} */ mark) => {
    const medians = [least, room, banter].map((runs) => median(runs.map((marks) => marks[mark])));
    const [to, ...limits] = medians.toReversed();
    const [ratio, farther] = limits.map((limit) => to / limit);
    printRow(what, ...medians, farther.toFixed(2), ratio.toFixed(2));
    return ratio;
  };
  compared('first paint', 'paint');
  compared('the box can be written in', 'box');
  printRow('the app is alive', '-', '-', median(banter.map(({ alive }) => alive)));
  const ratio = compared('the message is seen', 'seen');
  const range = (/** @type {Marks[]} */ runs) => {
    const seen = runs.map(({ seen }) => seen);
    return `${Math.min(...seen).toFixed(0)}..${Math.max(...seen).toFixed(0)}`;
  };
  printRow('  from..to', ...[least, room, banter].map(range));
  const verdict = `${ratio.toFixed(2)} times what the same room by hand takes, of at most ${RATIO}`;
  return ratio > RATIO && !afterLife ? [`Banter, ${title}: ${verdict}`] : [];
}

/**
 * One visit by somebody whom the server knows, in a browser without a past, from another site: as everybody comes from
 * somewhere, the browser begins a new process for the page, whosever it is. Answers with when what was, in milliseconds
 * since the navigation began; with nothing if the message was not seen.
 *
 * @param {import('@playwright/test').Browser} browser
 * @param {Places} places
 * @param {Setting} setting
 * @param {Subject} subject
 * @param {string} run
 * @returns {Promise<Marks | undefined>}
 */
async function echo(browser, { url, elsewhere }, setting, subject, run) {
  const context = await browser.newContext(reader);
  try {
    // A cookie knows no port: it goes to the server from both pages.
    await context.request.post(`${url}/api/v1/guest`, { data: { name: 'Maya' } });
    const page = await context.newPage();
    await page.goto(elsewhere);
    const session = await context.newCDPSession(page);
    await slowDown(session, setting);
    await sleep(SETTLE_MS);
    const text = `typed at once, ${subject.name} ${run}`;
    const told = await watch(session, subject, text);
    const visit = async () => {
      void session.send('Page.navigate', { url: subject.url });
      await Promise.all([told('box'), afterLife && told('alive')]);
      await type(session, text);
      return Promise.all(MARKS.map(told));
    };
    const at = await Promise.race([visit(), sleep(PATIENCE_MS, undefined, { ref: false })]);
    if (!at) return undefined;
    const [start] = at;
    return Object.fromEntries(MARKS.map((mark, n) => [mark, at[n] - start]));
  } finally {
    await context.close();
  }
}

/**
 * It reaches WebSockets as far as both pages feel it alike: their handshake is late by the latency, their frames come no
 * faster than the network lets them, but a frame is not late by itself.
 *
 * @param {import('@playwright/test').CDPSession} session
 * @param {Setting} setting
 */
async function slowDown(session, { cpu, network }) {
  await session.send('Emulation.setCPUThrottlingRate', { rate: cpu });
  if (!network) return;
  const { latency, bits } = network;
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false, latency, downloadThroughput: bits / 8, uploadThroughput: bits / 8,
  });
}

/**
 * From now on the page tells when what is. Each is answered with the first time: a form that goes to the server by itself
 * opens the page once more.
 *
 * @param {import('@playwright/test').CDPSession} session
 * @param {Subject} subject
 * @param {string} text
 */
async function watch(session, { row, alive }, text) {
  /** @type {Map<string, (at: number) => void>} */
  const tell = new Map();
  const told = new Map(MARKS.map((mark) => [mark, /** @type {Promise<number>} */ (new Promise((is) => tell.set(mark, is)))]));
  session.on('Runtime.bindingCalled', ({ payload }) => {
    const [mark, at] = JSON.parse(payload);
    tell.get(mark)?.(at);
  });
  await session.send('Runtime.enable');
  await session.send('Runtime.addBinding', { name: 'tellCommand' });
  await session.send('Page.enable');
  await session.send('Page.addScriptToEvaluateOnNewDocument', {
    source: `(${looks})(${JSON.stringify({ row, alive, text })})`,
  });
  return (/** @type {keyof Marks} */ mark) => /** @type {Promise<number>} */ (told.get(mark));
}

/**
 * Runs in the page, before anything of it is there.
 *
 * @param {{ row: string, alive: string, text: string }} what
 */
function looks({ row, alive, text }) {
  const tellCommand = /** @type {(payload: string) => void} */ (Reflect.get(window, 'tellCommand'));
  const tell = (/** @type {string} */ mark, at = performance.now()) => {
    tellCommand(JSON.stringify([mark, performance.timeOrigin + at]));
  };
  tell('start', 0);
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntriesByName('first-contentful-paint')) tell('paint', startTime);
  }).observe({ type: 'paint', buffered: true });
  // Nobody writes where nothing is drawn: the first frame that has the box.
  const looksForBox = () => {
    const box = document.getElementById('messageInput');
    box?.focus();
    if (box && document.activeElement === box) tell('box');
    else requestAnimationFrame(looksForBox);
  };
  requestAnimationFrame(looksForBox);
  let lives = false;
  const observer = new MutationObserver(() => {
    if (!lives && document.querySelector(alive)) {
      lives = true;
      tell('alive');
    }
    if (![...document.querySelectorAll(row)].at(-1)?.textContent?.includes(text)) return;
    // The frame that shows it.
    requestAnimationFrame(() => tell('seen'));
    if (lives) observer.disconnect();
  });
  const attributeFilter = ['id', 'class', 'data-link'];
  observer.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter });
}

/**
 * As a quick typist does, and once: what the page does not take now is not typed again.
 *
 * @param {import('@playwright/test').CDPSession} session
 * @param {string} text
 */
async function type(session, text) {
  const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 };
  await Promise.all([
    session.send('Input.insertText', { text }),
    session.send('Input.dispatchKeyEvent', { type: 'keyDown', text: '\r', ...enter }),
    session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter }),
  ]);
}

/** The pages by hand, from a server that does no more than it has to: ready-made bytes. */
async function serveHandWritten() {
  const read = (/** @type {string} */ name) => readFile(new URL(`../../bench/page/${name}.html`, import.meta.url), 'utf8');
  const pages = new Map([
    ['/', brotliCompressSync(await read('least'))],
    ['/elsewhere', brotliCompressSync('<!DOCTYPE html><title>Elsewhere</title><p>From here one goes there.</p>')],
  ]);
  const server = http.createServer(({ url }, response) => {
    const page = pages.get(new URL(url ?? '/', 'http://localhost').pathname);
    if (!page) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-encoding': 'br', 'content-length': page.length });
    response.end(page);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  /** Draws what is in the lobby of the server at `url` into the page of a room. @param {string} url */
  const show = async (url) => {
    const ask = async (/** @type {string} */ what) => (await fetch(`${url}/api/v1/rooms/lobby${what}`)).json();
    const [{ epoch }, { events }] = await Promise.all([ask(''), ask(`/events?before=${Number.MAX_SAFE_INTEGER}&limit=${MESSAGES}`)]);
    const page = (await read('room')).replace('{{epoch}}', epoch).replace('{{messages}}', events.map(row).join(''));
    pages.set('/room', brotliCompressSync(page));
  };
  // To a browser a name and an address are two sites.
  return { url: `http://127.0.0.1:${port}`, elsewhere: `http://localhost:${port}/elsewhere`, show, close: () => server.close() };
}

/**
 * As the page itself makes one. What is said here has nothing in it that HTML would read as its own.
 *
 * @param {{ seq: number, at: number, by: { name: string }, body: string }} event
 */
function row({ seq, at, by, body }) {
  const day = new Date(at).toISOString();
  return `<li id="${seq}"><i>${by.name[0]}</i><b>${by.name}</b><time datetime="${day}">${day.slice(11, 16)}</time><p>${body}</p></li>`;
}
