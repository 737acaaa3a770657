// Measures Banter beside its peers and the limit, everything in one run and in turn, so that a busy moment of the machine meets
// all of them, and writes what it found to bench/RESULTS.md. An idle machine of two cores, and about twenty minutes.
// `--quick` takes one short turn of each, to see whether it runs, and writes nothing.

import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { cpus, release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { kept, syncs } from '../support/disk.mjs';
import { median, quantile, report } from '../support/numbers.mjs';
import { PEERS, SUBJECTS, bench, bunVersion, countingCalls, withSubject } from '../support/peers.mjs';
import { bars, curves } from '../support/plot.mjs';
import { BINARY } from '../support/server.mjs';
import { talk } from '../support/talk.mjs';

const QUICK = process.argv.includes('--quick');
const HERE = fileURLToPath(new URL('../../bench/', import.meta.url));
/** How much of the machine may be busy at most while nothing is measured, and over how long that is looked at. */
const BUSY = 0.1;
const LOOK_MS = 3000;
const BLOCKS = QUICK ? 1 : 5;
const SECONDS = QUICK ? 1 : 4;
/** What is compared by the best of all runs, or within parts of a hundred, has more of them: a machine's moods last a minute. */
const OPEN_BLOCKS = QUICK ? 1 : 11;
/** Receivers of the open loop, and what is said a second. */
const CROWD = 1000;
const RATE = 100;
/** How many deliveries a second the curve of receivers asks for at most: what every server here can do. */
const CURVE_DELIVERIES = 50_000;
/** Messages in a page at first, and how often it is asked for. */
const MESSAGES = 50;
const PAGES = QUICK ? 50 : 1000;
const IDLE = QUICK ? [100, 500] : [1000, 2000, 5000, 10_000];
const STORM = QUICK ? 500 : 10_000;
/** People and rooms of the figure about many rooms, what is said a second, and how often the disk itself is timed. */
const [PEOPLE, ROOMS] = QUICK ? [50, 5] : [500, 50];
const SAID = QUICK ? 50 : 500;
const SYNCS = QUICK ? 100 : 1000;
/** Rooms that are there, and of how many people in one of them it is measured what a delivery costs then. */
const ROOM_LEVELS = QUICK ? [1, 10] : [1, 100, 1000, 10_000];
const ROOM_PEOPLE = 100;
const ROOM_RATE = QUICK ? 100 : 300;
/** Events of the lobbies that are read. */
const LENGTHS = QUICK ? [100, 1000] : [1000, 10_000, 100_000, 1_000_000];
const READINGS = QUICK ? 10 : 200;

/** Receivers of the open loop while calls of the system are counted: strace makes each of them cost many times as much. */
const COUNTED = QUICK ? 20 : 100;

/** Who keeps everything is spoken to by so few that it is the disk that counts, with so many posts of such a length under way. */
const KEEPERS = /** @type {Name[]} */ (['durable', 'bunKept', 'bunBare', 'wsKept']);
const [KEPT_SENDERS, KEPT_WINDOWS, KEPT_BYTES] = [4, [1, 16, 256], 100];
const KEPT_SECONDS = QUICK ? 1 : 3;

/** @typedef {keyof typeof SUBJECTS} Name */
/** @typedef {Record<string, any>} Found */

/** @type {string[]} */
const lines = [];
/** @type {string[]} */
const faults = [];
/** @type {{ what: string, figure: string, found: string, holds: boolean }[]} */
const targets = [];

const before = await machine();
const self = await one('replay', 'blast', { seconds: SECONDS });
const blast = await blocks(['banter', 'bun', 'mover'], 'blast', { seconds: SECONDS });
const slow = await blocks(['ws', 'socketio'], 'blast', { seconds: SECONDS, each: 200 }, Math.min(BLOCKS, 2));
const single = await blocks(['banter', 'bun', 'mover', 'ws', 'socketio'], 'blast', { seconds: Math.ceil(SECONDS / 2), each: 1 }, Math.min(BLOCKS, 3));
const open = await blocks(['banter', 'together', 'mover', 'bun', 'ws'], 'open', { seconds: SECONDS, clients: CROWD, rate: RATE }, OPEN_BLOCKS);
const receivers = await receiverCurve();
const calls = {
  blast: { ...await callsOfEach(['banter', 'bun', 'mover'], 'blast', {}), ...await callsOfEach(['ws', 'socketio'], 'blast', { each: 20 }) },
  single: await callsOfEach(['banter', 'bun', 'mover', 'ws', 'socketio'], 'blast', { each: 1 }),
  open: await callsOfEach(['banter', 'together', 'mover', 'bun', 'ws'], 'open', { clients: COUNTED, rate: RATE, 'warm-up': 1 }),
};
const rooms = await roomBlocks();
const growth = await roomGrowth();
const history = await historyCurve();
const idle = await idleLevels();
const storm = await withSubject(SUBJECTS.durable, (server) => bench('storm', server, { clients: STORM }, { pinned: false }), { pinned: false });
console.log('storm', storm);
const durable = await durablePosts();
const beside = await keptBesidePeers();
const pages = await pageTimes();
const visit = await told('weigh.mjs');
const start = await told('start.mjs');

judge();
write();
const plots = draw();
if (!QUICK) {
  await mkdir(join(HERE, 'plots'), { recursive: true });
  for (const [name, plot] of Object.entries(plots)) await writeFile(join(HERE, 'plots', `${name}.svg`), plot);
  await writeFile(join(HERE, 'RESULTS.md'), `${lines.join('\n')}\n`);
  console.log('written: bench/RESULTS.md');
}
for (const { what, figure, found, holds } of targets) {
  console.log(`${holds ? 'holds' : 'SHORT'}  ${what}: ${found} (${figure})`);
}
report(faults);

/** Whether it may be measured here and now, and on what. */
async function machine() {
  const busy = await howBusy();
  if (busy > BUSY && !process.env.BANTER_BUSY && !QUICK) {
    report([`${(100 * busy).toFixed(0)} % of the machine are busy: nothing that is measured now would mean anything. BANTER_BUSY=1 measures all the same.`]);
    process.exit(1);
  }
  const git = (/** @type {string[]} */ ...words) => execFileSync('git', words, { encoding: 'utf8' }).trim();
  const packages = JSON.parse(await readFile(join(PEERS, 'package.json'), 'utf8')).dependencies;
  return {
    cpu: `${cpus().length} x ${cpus()[0].model}`, kernel: release(), node: process.version, bun: bunVersion(), packages,
    commit: git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', 'src', 'bench/peers', 'Cargo.lock') ? ' and what is not committed yet' : ''),
    busy, at: new Date().toISOString().slice(0, 16).replace('T', ' '),
  };
}

/** Which share of the machine works for somebody, others of the same host too. */
async function howBusy() {
  const look = async () => (await readFile('/proc/stat', 'utf8')).split('\n')[0].split(/\s+/).slice(1, 9).map(Number);
  const earlier = await look();
  await sleep(LOOK_MS);
  const ticks = (await look()).map((now, n) => now - earlier[n]);
  // The fourth and the fifth are those of doing nothing, and of waiting for a disk.
  return 1 - (ticks[3] + ticks[4]) / ticks.reduce((sum, some) => sum + some, 0);
}

/**
 * @param {Name} name
 * @param {string} mode
 * @param {Record<string, string | number>} options
 * @returns {Promise<Found>}
 */
async function one(name, mode, options) {
  /** @type {import('../support/peers.mjs').Subject} */
  const subject = SUBJECTS[name];
  const found = await withSubject(subject, (server) => bench(mode, server, { ...options, ...(subject.dialect ? { dialect: subject.dialect } : {}) }));
  console.log(mode, name, found);
  return found;
}

/**
 * Each in turn, so many times, each time in another order.
 *
 * @param {Name[]} names
 * @param {string} mode
 * @param {Record<string, string | number>} options
 * @returns {Promise<Record<string, Found[]>>}
 */
async function blocks(names, mode, options, count = BLOCKS) {
  /** @type {Record<string, Found[]>} */
  const found = Object.fromEntries(names.map((name) => [name, []]));
  for (let block = 0; block < count; block += 1) {
    const order = names.map((_, n) => names[(n + block) % names.length]);
    for (const name of block % 2 ? order.toReversed() : order) found[name].push(await one(name, mode, options));
  }
  return found;
}

/**
 * How often each server calls the system for a delivery, in runs of their own: what is counted so cannot be timed. What it takes
 * to start, to greet and to warm up is in two runs of each, and falls out.
 *
 * @param {Name[]} names
 * @param {string} mode
 * @param {Record<string, string | number>} options
 * @returns {Promise<Record<string, number>>}
 */
async function callsOfEach(names, mode, options) {
  /** @type {Record<string, number>} */
  const calls = {};
  for (const name of names) {
    /** @type {import('../support/peers.mjs').Subject} */
    const subject = SUBJECTS[name];
    const count = (/** @type {number} */ seconds) => countingCalls(subject, (server) =>
      bench(mode, server, { ...options, seconds, ...(subject.dialect ? { dialect: subject.dialect } : {}) }));
    const [before, after] = [await count(0), await count(1)];
    calls[name] = (after.calls - before.calls) / after.found.deliveries;
    console.log('calls', mode, name, calls[name], after.found.deliveries);
  }
  return calls;
}

/** CPU of a delivery by how many hear it. @returns {Promise<Record<string, [number, number][]>>} */
async function receiverCurve() {
  /** @type {Record<string, [number, number][]>} */
  const series = { banter: [], mover: [] };
  for (const clients of QUICK ? [10, 100] : [10, 100, 1000, 5000]) {
    const rate = Math.max(1, Math.min(500, Math.floor(CURVE_DELIVERIES / clients)));
    for (const name of /** @type {Name[]} */ (['banter', 'mover'])) {
      const { server_us_per_delivery: us } = await one(name, 'open', { clients, rate, senders: 5, seconds: SECONDS });
      series[name].push([clients, us]);
    }
  }
  return series;
}

/**
 * Many rooms, with what is said kept and not, and beside them what the disk itself takes.
 *
 * @returns {Promise<{ off: Found[], on: Found[], disk: Found[] }>}
 */
async function roomBlocks() {
  /** @type {{ off: Found[], on: Found[], disk: Found[] }} */
  const found = { off: [], on: [], disk: [] };
  for (let block = 0; block < Math.min(BLOCKS, 3); block += 1) {
    found.disk.push(await diskTimes());
    for (const history of /** @type {('off' | 'on')[]} */ (block % 2 ? ['on', 'off'] : ['off', 'on'])) {
      const options = { clients: PEOPLE, rooms: ROOMS, history, rate: SAID, seconds: SECONDS };
      found[history].push(await withSubject(SUBJECTS.durable, (server) => bench('rooms', server, options)));
      console.log('rooms, history', history, found[history].at(-1));
    }
  }
  return found;
}

/** How long a write of 4 KiB and its fdatasync take, on the disk on which everything here is kept. @returns {Promise<Found>} */
async function diskTimes() {
  const folder = await mkdtemp(join(tmpdir(), 'banter-'));
  try {
    const times = syncs(folder, SYNCS);
    const found = { p50_ms: median(times), p99_ms: quantile(times, 0.99) };
    console.log('disk', found);
    return found;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * CPU of a delivery by how many rooms there are, of which one is spoken in: a server for each number of rooms, and all in turn,
 * so many times. Each turn adds a room of its own, which is little beside what is asked.
 *
 * @returns {Promise<{ off: [number, number][], on: [number, number][] }>}
 */
async function roomGrowth() {
  /** @param {{ url: string, pid: number }[]} servers @returns {Promise<{ off: [number, number][], on: [number, number][] }>} */
  const withRooms = (servers) => (servers.length < ROOM_LEVELS.length
    ? withSubject(SUBJECTS.durable, (server) => withRooms([...servers, server]))
    : roomTurns(servers));
  return withRooms([]);
}

/** @param {{ url: string, pid: number }[]} servers  one for each number of rooms, with none yet */
async function roomTurns(servers) {
  const options = { clients: ROOM_PEOPLE, rooms: 1, rate: ROOM_RATE, 'warm-up': 1, seconds: SECONDS };
  /** @type {{ off: number[][], on: number[][] }} */
  const found = { off: ROOM_LEVELS.map(() => []), on: ROOM_LEVELS.map(() => []) };
  for (let block = 0; block < BLOCKS; block += 1) {
    const order = [...ROOM_LEVELS.entries()];
    for (const [at, level] of block % 2 ? order.toReversed() : order) {
      for (const history of /** @type {('off' | 'on')[]} */ (['off', 'on'])) {
        const also = block === 0 && history === 'off' ? level - 1 : 0;
        const { server_us_per_delivery: us } = await bench('rooms', servers[at], { ...options, history, also });
        console.log('rooms', level, 'history', history, us);
        found[history][at].push(us);
      }
    }
  }
  const curve = (/** @type {number[][]} */ runs) => runs.map((all, at) => /** @type {[number, number]} */ ([ROOM_LEVELS[at], median(all)]));
  return { off: curve(found.off), on: curve(found.on) };
}

/**
 * How long each way to read takes, by how long the lobby is: `reading` and `medians_ms` of each.
 *
 * @returns {Promise<Found[]>}
 */
async function historyCurve() {
  const unpinned = { pinned: false };
  /** @param {string[]} urls @returns {Promise<Found[]>} */
  const withLobbies = (urls) => (urls.length < LENGTHS.length
    ? withSubject(SUBJECTS.durable, ({ url }) => withLobbies([...urls, url]), unpinned)
    : bench('history', { url: urls.join(',') }, { events: LENGTHS.join(','), rounds: READINGS }, unpinned));
  const found = await withLobbies([]);
  console.log('history', JSON.stringify(found));
  return found;
}

/** Memory of those who say nothing. */
async function idleLevels() {
  const clients = IDLE.join(',');
  const settle = 3;
  /** @type {Record<string, Found>} */
  const found = {};
  found['Banter, signed in'] = await withSubject(SUBJECTS.durable, (server) => bench('idle', server, { clients, settle, 'signed-in': true }));
  console.log('idle', found['Banter, signed in']);
  for (const name of /** @type {Name[]} */ (['banter', 'bun', 'ws', 'mover'])) found[SUBJECTS[name].title] = await one(name, 'idle', { clients, settle });
  return found;
}

/** Posts on the disk, beside a bare loop on the same disk. @returns {Promise<Found[]>} */
async function durablePosts() {
  const folder = await mkdtemp(join(tmpdir(), 'banter-'));
  const options = { peer: join(dirname(BINARY), 'sqlite-loop'), folder, seconds: QUICK ? 2 : 10, window: '1,16,64' };
  try {
    const found = await withSubject(SUBJECTS.durable, (server) => bench('durable', { url: server.url }, options, { pinned: false }), { pinned: false });
    console.log('durable', found);
    return found;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Posts on the disk, of those who know nothing but bare texts: one run for each number of posts under way, and as many blocks
 * of them as of anything else.
 *
 * @returns {Promise<Record<string, Found[][]>>}
 */
async function keptBesidePeers() {
  /** @type {Record<string, Found[][]>} */
  const found = Object.fromEntries(KEEPERS.map((name) => [name, []]));
  const options = { dialect: 'plain', senders: KEPT_SENDERS, bytes: KEPT_BYTES, seconds: KEPT_SECONDS, window: KEPT_WINDOWS.join(',') };
  for (let block = 0; block < Math.min(BLOCKS, 3); block += 1) {
    for (const name of block % 2 ? KEEPERS.toReversed() : KEEPERS) {
      const runs = await withSubject(SUBJECTS[name], ({ url, folder }) => keeping(url, folder, options), { pinned: false });
      console.log('kept', name, runs);
      found[name].push(runs);
    }
  }
  return found;
}

/**
 * Such runs, after which all that was posted has to be in the server's folder.
 *
 * @param {string} url
 * @param {string} folder
 * @param {Record<string, string | number>} options
 * @returns {Promise<Found[]>}
 */
async function keeping(url, folder, options) {
  const runs = /** @type {Found[]} */ (await bench('durable', { url }, options, { pinned: false }));
  const [bytes, posts] = [await kept(folder), runs.reduce((sum, run) => sum + run.posts, 0)];
  if (bytes < posts * KEPT_BYTES) throw new Error(`${posts} posts of ${KEPT_BYTES} bytes, and ${bytes} bytes are kept`);
  return runs;
}

/** What another command finds. @param {string} command @returns {Promise<Record<string, number>>} */
async function told(command) {
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(new URL(command, import.meta.url)), '--json']);
  console.log(command, stdout.trimEnd());
  return JSON.parse(stdout);
}

/** How long the room page takes, one after the other over one connection: as it is drawn, and compressed as browsers ask for it. */
async function pageTimes() {
  return withSubject(SUBJECTS.durable, async ({ url }) => {
    await talk(url, MESSAGES);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const times = async (/** @type {string} */ coding) => {
      const all = [];
      for (let page = -PAGES / 10; page < PAGES; page += 1) {
        const begin = performance.now();
        await get(url, agent, coding);
        if (page >= 0) all.push(performance.now() - begin);
      }
      return { p50_ms: median(all), p99_ms: quantile(all, 0.99) };
    };
    const found = { drawn: await times('identity'), compressed: await times('br') };
    agent.destroy();
    console.log('page', found);
    return found;
  });
}

/** @param {string} url @param {http.Agent} agent @param {string} coding @returns {Promise<void>} */
function get(url, agent, coding) {
  return new Promise((done, fail) => {
    const headers = { 'accept-encoding': coding };
    http.get(url, { agent, headers }, (response) => response.resume().on('end', () => (response.statusCode === 200 ? done() : fail(new Error(`status ${response.statusCode}`))))).on('error', fail);
  });
}

/** @param {Found[]} found @param {string} what */
function middle(found, what) {
  return median(found.map((one) => one[what]));
}

/** @param {Found[]} found @param {string} what */
function least(found, what) {
  return Math.min(...found.map((one) => one[what]));
}

/**
 * The median of what each block's two say to each other.
 *
 * @param {Found[]} ours
 * @param {Found[]} theirs
 * @param {string} what
 */
function ratio(ours, theirs, what) {
  return median(ours.map((one, block) => one[what] / theirs[Math.min(block, theirs.length - 1)][what]));
}

/** @param {string} what @param {string} figure @param {number} value @param {(value: number) => boolean} holds @param {string} [unit] */
function target(what, figure, value, holds, unit = '') {
  targets.push({ what, figure, found: `${Number(value.toPrecision(3)).toLocaleString('en')}${unit}`, holds: holds(value) });
}

function judge() {
  const [rate, cpu] = ['deliveries_per_second', 'server_us_per_delivery'];
  target('this load beside the best server, as far as its own core goes', '>= 3 x', self[rate] / self.generator_busy / middle(blast.banter, rate), (it) => it >= 3, ' x');
  target('blast beside Bun', '>= 2 x', ratio(blast.banter, blast.bun, rate), (it) => it >= 2, ' x');
  target('blast beside ws', '>= 50 x', ratio(blast.banter, slow.ws, rate), (it) => it >= 50, ' x');
  target('blast beside the bare mover', '>= 0.7 x', ratio(blast.banter, blast.mover, rate), (it) => it >= 0.7, ' x');
  target('CPU of a delivery, 1,000 receivers, beside the bare mover', '<= 1.1 x', ratio(open.banter, open.mover, cpu), (it) => it <= 1.1, ' x');
  target('the same, waiting for more', '<= 0.6 x', ratio(open.together, open.mover, cpu), (it) => it <= 0.6, ' x');
  target('p99, best of all runs, beside the bare mover', '<= 1.2 x', least(open.banter, 'p99_ms') / least(open.mover, 'p99_ms'), (it) => it <= 1.2, ' x');
  target('p99, best of all runs, beside Bun', '<= 1 x', least(open.banter, 'p99_ms') / least(open.bun, 'p99_ms'), (it) => it <= 1, ' x');
  target(`p99 in a room, best of all runs, ${PEOPLE} people in ${ROOMS} rooms, nothing kept`, '<= 5 ms', least(rooms.off, 'p99_ms'), (it) => it <= 5, ' ms');
  const disk = least(rooms.disk, 'p99_ms');
  target('the same, all kept', `<= p99 of the disk (${disk.toFixed(2)} ms) + 5 ms`, least(rooms.on, 'p99_ms'), (it) => it <= disk + 5, ' ms');
  target(`CPU of a delivery, ${ROOM_LEVELS.at(-1)?.toLocaleString('en')} rooms beside one`, 'flat', rise(growth.off), (it) => it <= 1.1, ' x');
  target('the same, where that one keeps what is said', 'flat', rise(growth.on), (it) => it <= 1.1, ' x');
  target(`reading a room of ${LENGTHS.at(-1)?.toLocaleString('en')} events beside one of ${LENGTHS[0].toLocaleString('en')}, the slowest way`, '<= 1.5 x', Math.max(...history.map((one) => rise(one.medians_ms))), (it) => it <= 1.5, ' x');
  const best = durable.reduce((a, b) => (a.acknowledged_per_second > b.acknowledged_per_second ? a : b));
  target('posts acknowledged a second, each on the disk', '>= 40,000', best.acknowledged_per_second, (it) => it >= 40_000);
  target('the same beside a bare loop on the same disk', '>= 0.6 x', best.acknowledged_per_second / best.bare_per_second, (it) => it >= 0.6, ' x');
  target('memory of one more that is signed in and idle', '<= 4 KiB, aim 2', idle['Banter, signed in'].kib_per_connection, (it) => it <= 4, ' KiB');
  target(`${STORM.toLocaleString('en')} come back and have caught up`, '<= 3 s', storm.all_ms / 1000, (it) => it <= 3, ' s');
  target('CPU of a delivery, most receivers beside fewest', 'flat', rise(receivers.banter), (it) => it <= 1.1, ' x');
  target('start to first page, median', '<= 50 ms', start.page_ms, (it) => it <= 50, ' ms');
  target('memory at rest (RSS)', '<= 20 MB', start.rss_mb, (it) => it <= 20, ' MB');
  target('binary', '<= 25 MB', start.binary_mb, (it) => it <= 25, ' MB');
  target('first visit on the wire', '<= 180 KB, aim 100', visit.first / 1000, (it) => it <= 180, ' KB');
  target('repeat visit', '<= 10 KB', visit.repeat / 1000, (it) => it <= 10, ' KB');
  target('room page, drawn by the server, p50', '<= 1 ms', pages.drawn.p50_ms, (it) => it <= 1, ' ms');
}

/** Of each block the run with so many under way. @param {Found[][]} blocks @param {number} window */
function under(blocks, window) {
  return blocks.map((runs) => runs[KEPT_WINDOWS.indexOf(window)]);
}

/** The last of a series beside its first. @param {[number, number][]} series */
function rise(series) {
  return (series.at(-1)?.[1] ?? NaN) / series[0][1];
}

function write() {
  const number = (/** @type {number} */ value, digits = 0) => value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
  const span = (/** @type {Found[]} */ found, /** @type {string} */ what, digits = 0) =>
    `${number(middle(found, what), digits)} (${number(least(found, what), digits)} to ${number(Math.max(...found.map((one) => one[what])), digits)})`;
  const title = (/** @type {string} */ name) => SUBJECTS[/** @type {Name} */ (name)].title;
  const table = (/** @type {string[]} */ head, /** @type {string[][]} */ rows) =>
    lines.push('', `| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows.map((row) => `| ${row.join(' | ')} |`));
  lines.push(
    '# What Banter costs, beside what one would pick instead', '',
    'Written by `make bench`, whole: every figure is of one run, and of the same machine. Medians, and from the least to the most of',
    `the runs in brackets; ratios are of runs that stood beside each other. Servers run on one core, the load on another; only what`,
    'is kept on disk has both. Every receiver of every run has got every message, once, in order and as it was said: one that had',
    'not would have failed the run.', '',
    `${before.at} UTC · ${before.cpu} · Linux ${before.kernel} · commit ${before.commit} · Node ${before.node}, Bun ${before.bun}, ${Object.entries(before.packages).filter(([name]) => name !== 'bun').map(([name, version]) => `${name} ${version}`).join(', ')}.`,
    `${(100 * before.busy).toFixed(0)} % of the machine were busy before it began.`, '',
    '## The figures and their targets',
  );
  table(['what', 'wanted', 'found', ''], targets.map(({ what, figure, found, holds }) => [what, figure, found, holds ? 'holds' : '**short**']));
  lines.push('', 'What has to be nought is proved and not measured: that nothing acknowledged is lost, doubled or out of order whatever breaks', '(`make torture`), and that no page breaks a rule of accessibility or of its own policy (`make test`).');
  lines.push('', '## Everybody talks at once', '',
    `32 connections send 1,600 texts of 20 bytes each at once and hear all of them (\`ws\` and socket.io: 200, so that it ends); the plain wire, nothing kept.`, '', '![](plots/blast.svg)');
  const row = (/** @type {Record<string, number>} */ calls) => (/** @type {[string, Found[]]} */ [name, found]) => [title(name), span(found, 'deliveries_per_second'), span(found, 'server_us_per_delivery', 4), number(middle(found, 'server_busy'), 2), number(middle(found, 'generator_busy'), 2), number(calls[name], 5)];
  const head = ['server', 'deliveries a second', 'CPU us of each', 'its core busy', 'the load\'s core busy', 'system calls of each'];
  table(head, [...Object.entries(blast), ...Object.entries(slow)].map(row(calls.blast)));
  lines.push('', `A record that is replayed comes to ${number(self.deliveries_per_second)} a second, and keeps the load's core ${number(self.generator_busy, 2)} busy: it takes more than anybody sends. System calls`,
    'are counted by strace, in runs of their own (`ws` and socket.io: 20 texts each): a server that is slowed down so finds more waiting',
    'in each turn, and calls a little less often.', '', 'The same with one text each, so that little can be written together:');
  table(head, Object.entries(single).map(row(calls.single)));
  lines.push('', '## Many listen', '', `${number(CROWD)} receivers, ${RATE} texts of 44 bytes a second whatever comes of them; from when each was to be sent until a receiver had it. System calls are counted with ${number(COUNTED)} receivers.`);
  table(['server', 'CPU us of a delivery', 'p50 ms', 'p99 ms', 'p99 ms, best run', 'p99.9 ms', 'system calls of a delivery'],
    Object.entries(open).map(([name, found]) => [title(name), span(found, 'server_us_per_delivery', 2), span(found, 'p50_ms', 2), span(found, 'p99_ms', 2), number(least(found, 'p99_ms'), 2), span(found, 'p999_ms', 2), number(calls.open[name], 3)]));
  lines.push('', 'CPU of a delivery by how many hear it:', '', '![](plots/receivers.svg)');
  lines.push('', '## Many rooms', '',
    `${number(PEOPLE)} people in ${ROOMS} rooms, on \`banter.v1\`; ${SAID} texts a second in all, one room after the other; from when each was to be`,
    'sent until one who is in the room had it. Everybody in a room has heard the same, in the same order. Beside it what the disk takes',
    'for a write of 4 KiB and its fdatasync, while nothing else is written.');
  table(['', 'p50 ms', 'p99 ms', 'p99 ms, best run', 'p99.9 ms'], [['nothing kept', rooms.off], ['all kept', rooms.on]].map(([name, found]) =>
    [String(name), ...['p50_ms', 'p99_ms'].map((what) => span(/** @type {Found[]} */ (found), what, 2)), number(least(/** @type {Found[]} */ (found), 'p99_ms'), 2), span(/** @type {Found[]} */ (found), 'p999_ms', 2)])
    .concat([['the disk alone', span(rooms.disk, 'p50_ms', 2), span(rooms.disk, 'p99_ms', 2), number(least(rooms.disk, 'p99_ms'), 2), '']]));
  lines.push('', `CPU of a delivery by how many rooms there are: ${ROOM_PEOPLE} people in one of them, ${ROOM_RATE} texts a second; a message lies in each of the others. Medians of ${BLOCKS}.`, '', '![](plots/rooms.svg)');
  lines.push('', '## A long history', '', 'Medians of reading the lobby, as a page of HTML and as a fetch over the socket, by how many events are in it.', '', '![](plots/history.svg)');
  table(['', ...history[0].medians_ms.map((/** @type {[number, number]} */ [events]) => `${number(events)} events, ms`), 'last beside first'],
    history.map(({ reading, medians_ms }) => [reading, ...medians_ms.map((/** @type {[number, number]} */ [, ms]) => number(ms, 3)), number(rise(medians_ms), 2)]));
  lines.push('', '## On the disk', '',
    '64 senders, 100 bytes each, acknowledged once on the disk; beside it a bare loop that puts the same rows into SQLite, so many in a commit.');
  table(['under way for each sender', 'acknowledged a second', 'p50 ms', 'p99 ms', 'posts a commit', 'bare loop, a second', 'ratio'],
    durable.map((one) => [String(one.window), number(one.acknowledged_per_second), number(one.p50_ms, 2), number(one.p99_ms, 2), number(one.posts_a_commit, 1), number(one.bare_per_second), number(one.acknowledged_per_second / one.bare_per_second, 2)]));
  lines.push('', 'Beside its peers, over the plain wire, which acknowledges nothing: a post counts once its sender hears it, and no server here lets',
    `anybody hear what is not on the disk. ${KEPT_SENDERS} connections post ${KEPT_BYTES} bytes each and hear all of it, so that each post goes to ${KEPT_SENDERS}. Bun has`,
    'SQLite built in (WAL, synchronous=FULL) and commits once for all that came in a turn: the tables and rows of Banter\'s first layout, or bare',
    'ones of number, time and text. Node 20 has no database built in: a line of a file for each post, and one fdatasync for all that',
    'waits. Only Banter knows who may say what.');
  table(['under way for each sender', 'server', 'heard a second', 'p50 ms', 'p99 ms', 'Banter beside it'], KEPT_WINDOWS.flatMap((window) => KEEPERS.map((name) => {
    const [ours, found] = [under(beside.durable, window), under(beside[name], window)];
    return [String(window), title(name), span(found, 'acknowledged_per_second'), span(found, 'p50_ms', 2), span(found, 'p99_ms', 2), name === 'durable' ? '' : number(ratio(ours, found, 'acknowledged_per_second'), 2)];
  })));
  lines.push('', '## Nobody says anything', '', `Memory that is the server's own and written to; the slope from ${number(IDLE[0])} connections to ${number(IDLE.at(-1) ?? 0)}.`, '', '![](plots/idle.svg)');
  table(['server', 'KiB for one more', 'CPU us a second for each'], Object.entries(idle).map(([name, one]) => [name, number(one.kib_per_connection, 2), number(one.us_per_second, 2)]));
  lines.push('', '## Everybody comes back', '', `${number(STORM)} signed-in connections drop at once, 50 messages are said, and each comes back within half a second, as the wire's backoff has it.`);
  table(['half are back', '99 of 100', 'all', 'all hear the next message', 'CPU us of each'],
    [[`${number(storm.half_ms)} ms`, `${number(storm.p99_ms)} ms`, `${number(storm.all_ms)} ms`, `${number(storm.heard_ms)} ms`, number(storm.server_us_per_client)]]);
  lines.push('', '## A start', '', 'Thirty times, each with an empty folder; until the first page is served, and what the process takes then.');
  table(['first page, median', 'slowest', 'memory (RSS)', 'binary'], [[`${number(start.page_ms, 1)} ms`, `${number(start.slowest_ms, 1)} ms`, `${number(start.rss_mb, 1)} MB`, `${number(start.binary_mb, 1)} MB`]]);
  lines.push('', '## A page', '', `The lobby with its newest ${MESSAGES} messages, ${PAGES} times over one connection, the client's own time in it.`);
  table(['', 'p50 ms', 'p99 ms'], [['as it is drawn', pages.drawn], ['compressed, as browsers ask for it', pages.compressed]].map(([name, found]) =>
    [String(name), ...['p50_ms', 'p99_ms'].map((what) => number(/** @type {Found} */ (found)[what], 2))]));
  lines.push('', ...remarks());
}

/** What the figures do not say by themselves: kept beside this command, so that a run does not lose it. */
function remarks() {
  return ['## What is short, and why', '', 'See [WHY.md](WHY.md), which is written by hand.'];
}

/** Each plot by the name of its file. */
function draw() {
  const rate = (/** @type {Record<string, Found[]>} */ found) => Object.entries(found).map(([name, runs]) => /** @type {[string, number]} */ ([name, middle(runs, 'deliveries_per_second')]));
  return {
    blast: bars('Deliveries a second, everybody talks at once', [...rate(blast), ...rate(slow)]),
    receivers: curves('CPU us of a delivery', 'receivers', { Banter: receivers.banter, 'bare mover': receivers.mover }),
    rooms: curves('CPU us of a delivery', 'rooms', { 'nothing kept': growth.off, 'all kept': growth.on }),
    history: curves('ms of reading', 'events', Object.fromEntries(history.map(({ reading, medians_ms }) => [reading, medians_ms]))),
    idle: curves('KiB of all idle connections', 'connections', Object.fromEntries(Object.entries(idle).map(([name, { levels }]) =>
      [name, levels.slice(1).map((/** @type {[number, number]} */ [count, bytes]) => /** @type {[number, number]} */ ([count, (bytes - levels[0][1]) / 1024]))]))),
  };
}
