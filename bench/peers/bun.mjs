// As Bun's own chat benchmark does it: one topic, `publishText`, and whoever publishes gets it too.

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.env.PORT),
  websocket: {
    open(socket) {
      socket.subscribe('room');
      socket.sendText('Welcome to the chat!');
    },
    message(socket, text) {
      socket.publishText('room', text);
    },
    perMessageDeflate: false,
    publishToSelf: true,
    // One receiver gets more than its usual megabyte in a round, and what does not fit is dropped.
    backpressureLimit: 64 * 1024 * 1024,
    sendPings: false,
  },
  fetch(request, server) {
    if (!server.upgrade(request)) return new Response('a WebSocket is wanted', { status: 400 });
  },
});
