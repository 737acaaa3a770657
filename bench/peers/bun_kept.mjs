// The same as bun.mjs, with everything kept: SQLite as Bun has it built in, one transaction for all that came in a turn, and
// nobody hears a text before it is on the disk. The tables and their settings are those that Banter began with, and so is what
// stands in a row; with `--bare` it is number, time and text, as one would begin.

import { Database } from 'bun:sqlite';
import { readFileSync } from 'node:fs';

const BARE = process.argv.includes('--bare');
const SCHEMA = new URL('../../src/server/store/sqlite/migrations/0001_rooms_people_events.sql', import.meta.url);

const database = new Database('kept.db', { create: true });
for (const setting of ['journal_mode = wal', 'synchronous = full', 'foreign_keys = on', 'cache_size = -16384']) database.exec(`PRAGMA ${setting}`);

/** @typedef {{ author: number, text: string }} Said */
const { add, keep } = BARE ? bare() : whole();
const commit = database.transaction((/** @type {Said[]} */ all) => keep(all, Date.now()));

/** @type {Said[]} */
let waiting = [];

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.env.PORT),
  websocket: {
    open(socket) {
      socket.data.author = add();
      socket.subscribe('room');
      socket.sendText('Welcome to the chat!');
    },
    message(socket, text) {
      if (waiting.push({ author: socket.data.author, text: String(text) }) === 1) setImmediate(keepAndTell);
    },
    perMessageDeflate: false,
    backpressureLimit: 64 * 1024 * 1024,
    sendPings: false,
  },
  fetch(request, server) {
    if (!server.upgrade(request, { data: { author: 0 } })) return new Response('a WebSocket is wanted', { status: 400 });
  },
});

function keepAndTell() {
  const all = waiting;
  waiting = [];
  commit.immediate(all);
  for (const { text } of all) server.publish('room', text);
}

function bare() {
  database.exec('CREATE TABLE message (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL)');
  const insert = database.prepare('INSERT INTO message (at, body) VALUES (?1, ?2)');
  const keep = (/** @type {Said[]} */ all, /** @type {number} */ at) => {
    for (const { text } of all) insert.run(at, text);
  };
  return { add: () => 0, keep };
}

function whole() {
  database.exec(readFileSync(SCHEMA, 'utf8'));
  database.exec("INSERT INTO room VALUES (1, 'lobby', 'Lobby', 'open', 'epoch', 0, 1)");
  const person = database.prepare("INSERT INTO person VALUES (?1, ?2, 'Quiet Otter', ?2, 'guest')");
  const insert = database.prepare(
    `INSERT INTO event (room, seq, at, author, name, cid, kind, body, reply_to, of, emoji, is_on)
     VALUES (1, ?1, ?2, ?3, 'Quiet Otter', ?4, 'posted', ?5, NULL, NULL, NULL, NULL) ON CONFLICT DO NOTHING`,
  );
  const setHead = database.prepare('UPDATE room SET head = ?1 WHERE id = 1');
  let [people, head] = [0, 0];
  const add = () => {
    people += 1;
    person.run(people, String(people));
    return people;
  };
  const keep = (/** @type {Said[]} */ all, /** @type {number} */ at) => {
    for (const { author, text } of all) {
      head += 1;
      insert.run(head, at, author, crypto.randomUUID(), text);
    }
    setHead.run(head);
  };
  return { add, keep };
}
