//! What a delivery costs in calls of the system and in bytes: figures that no busy machine changes, so that they can be
//! budgets. How long it takes is for `make bench`.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::server::Server;
use crate::support::within;

const RECEIVERS: usize = 50;
/// One after the other, each heard by all before the next.
const SINGLE: usize = 40;
/// All of them with one write.
const AT_ONCE: usize = 1_000;
/// What is said: as long as what people say in a chat.
const TEXT: &str = "what a lovely day, and how are you today?";
const WELCOME: &[u8] = b"\x81\x14Welcome to the chat!";
/// What a server sends besides for each connection: the answer to its handshake, the welcome and, as it goes, the close.
const OTHER_WRITES: usize = 3;

/// A client of the plain wire that counts bytes and nothing else.
struct Listener(TcpStream);

impl Listener {
    async fn come(server: &Server) -> Self {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        let request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                       Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(WELCOME) {
            head.push(within(stream.read_u8()).await.unwrap());
        }
        Self(stream)
    }

    /// Says something so many times, with one write.
    async fn say(&mut self, count: usize) {
        // Masked with zeros, it is what it was.
        let head = [0x81, 0x80 | u8::try_from(TEXT.len()).unwrap(), 0, 0, 0, 0];
        self.0.write_all(&[&head[..], TEXT.as_bytes()].concat().repeat(count)).await.unwrap();
    }

    /// Hears it so many times, byte by byte as a server says it: a length and the text.
    async fn hear(&mut self, count: usize) {
        let frame = [&[0x81, u8::try_from(TEXT.len()).unwrap()][..], TEXT.as_bytes()].concat();
        let mut heard = vec![0; frame.len() * count];
        within(self.0.read_exact(&mut heard)).await.unwrap();
        assert!(heard.chunks(frame.len()).all(|one| one == frame), "nothing else comes, and nothing more of it");
    }
}

/// Everybody hears so many texts, said so many at once; answers with how often the server wrote to a socket.
async fn writes(count: usize, at_once: usize) -> usize {
    let mut server = Server::new().with("BANTER_LOBBY_HISTORY", "off");
    let counts = server.file("counts");
    server.traced(&[
        "-c",
        "-U",
        "calls,name",
        "-e",
        "trace=sendto,write,writev,sendmsg",
        "-o",
        counts.to_str().unwrap(),
    ]);
    server.start().await;
    let mut listeners = Vec::new();
    for _ in 0..RECEIVERS {
        listeners.push(Listener::come(&server).await);
    }
    for _ in 0..count / at_once {
        listeners[0].say(at_once).await;
        for listener in &mut listeners {
            listener.hear(at_once).await;
        }
    }
    server.stop().await;
    drop(listeners);
    sent(&within(summary(&counts)).await) - RECEIVERS * OTHER_WRITES
}

/// What strace has counted. It stands aside and ends behind the server: its last line is the sum of all.
async fn summary(counts: &Path) -> String {
    loop {
        match fs::read_to_string(counts) {
            Ok(text) if text.trim_end().ends_with("total") => return text,
            _ => sleep(Duration::from_millis(10)).await,
        }
    }
}

/// How often something was sent, of a summary by strace: numbers with the names behind them.
fn sent(text: &str) -> usize {
    let calls = |line: &str| {
        let (calls, name) = line.trim().split_once(' ')?;
        ["sendto", "writev", "sendmsg"].contains(&name.trim()).then(|| calls.parse::<usize>().ok()).flatten()
    };
    text.lines().filter_map(calls).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_text_costs_each_receiver_one_write() {
    let (writes, deliveries) = (writes(SINGLE, 1).await, SINGLE * RECEIVERS);
    assert!(
        (deliveries..=deliveries + deliveries / 50).contains(&writes),
        "{writes} writes for {deliveries} deliveries"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_texts_at_once_cost_each_receiver_a_few_writes() {
    let (writes, deliveries) = (writes(AT_ONCE, AT_ONCE).await, AT_ONCE * RECEIVERS);
    // So many that it takes several turns of the writer, and far fewer than one for each.
    assert!((RECEIVERS..=deliveries / 50).contains(&writes), "{writes} writes for {deliveries} deliveries");
}
