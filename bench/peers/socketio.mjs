// socket.io over its WebSocket transport, every text to everybody.

import { createServer } from 'node:http';

import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
io.on('connection', (socket) => {
  socket.on('chat', (text) => io.emit('chat', text));
});
http.listen({ host: '127.0.0.1', port: Number(process.env.PORT), backlog: 4096 });
