// The same as ws.mjs, with everything kept. Node 20 has no database built in: a line of a file for each text, one fdatasync for
// all that waits, and nobody hears a text before it is on the disk.

import { open } from 'node:fs/promises';

import { WebSocketServer } from 'ws';

const file = await open('kept.log', 'a');
/** @type {string[]} */
let waiting = [];
let busy = false;

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.env.PORT), perMessageDeflate: false, backlog: 4096 });
server.on('connection', (socket) => {
  socket.send('Welcome to the chat!');
  socket.on('message', (data) => {
    waiting.push(data.toString());
    if (!busy) void keepAll();
  });
});

async function keepAll() {
  busy = true;
  // Once more round the loop first: what came in the same turn goes along.
  await new Promise((turn) => { setImmediate(turn); });
  while (waiting.length > 0) {
    const texts = waiting;
    waiting = [];
    const at = Date.now();
    await file.appendFile(texts.map((text) => `${JSON.stringify({ at, text })}\n`).join(''));
    await file.datasync();
    for (const client of server.clients) for (const text of texts) client.send(text);
  }
  busy = false;
}
