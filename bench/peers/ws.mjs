// The tutorial's server: every text goes to everybody, with `ws` and its native helper.

import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.env.PORT), perMessageDeflate: false, backlog: 4096 });
server.on('connection', (socket) => {
  socket.send('Welcome to the chat!');
  socket.on('message', (data) => {
    const text = data.toString();
    for (const client of server.clients) client.send(text);
  });
});
