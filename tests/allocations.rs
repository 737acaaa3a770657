//! What a message and a delivery cost in allocations: figures that no busy machine changes, so that they can be budgets. A
//! binary of its own, whose allocator counts: the server runs in this process, and its clients allocate nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::alloc::System;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use banter::server::config::Config;
use banter::server::state::AppState;
use banter::server::store::SqliteStore;
use banter::{server, ui};
use clap::Parser;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tempfile::TempDir;
use tokio::runtime::Runtime;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What is said: as long as what people say in a chat.
const TEXT: &str = "what a lovely day, and how are you today?";
const WELCOME: &[u8] = b"\x81\x14Welcome to the chat!";
/// So few receivers, and so many: what each of them costs is in the difference.
const FEW: usize = 2;
const MANY: usize = 200;
/// Messages that are said before it is counted, and in each count.
const WARM_UP: usize = 50;
const COUNTED: usize = 50;
/// A server does other things beside it once in a while: the least of so many counts, on so many servers, is what a message
/// costs.
const COUNTS: usize = 4;
const SERVERS: usize = 2;
/// A server that says nothing for so long says nothing any more.
const PATIENCE: Duration = Duration::from_secs(30);

/// The server's own options, as its command line has them.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    config: Config,
}

/// How clients hear.
#[derive(Debug, Clone, Copy)]
enum Wire {
    Plain,
    V1,
}

/// Most allocations of a message, whoever hears it, and of each delivery of it.
struct Budget {
    history: &'static str,
    wire: Wire,
    at_once: usize,
    message: f64,
    delivery: f64,
}

/// Nothing of a delivery allocates. What a kept message costs depends on what gets into the same commit and what has to be
/// looked up again behind it, so that it is held loosely; an allocation for each receiver would still show.
const BUDGETS: [Budget; 8] = [
    Budget { history: "off", wire: Wire::Plain, at_once: 1, message: 37.0, delivery: 0.02 },
    Budget { history: "off", wire: Wire::Plain, at_once: 50, message: 2.0, delivery: 0.02 },
    Budget { history: "off", wire: Wire::V1, at_once: 1, message: 55.0, delivery: 0.02 },
    Budget { history: "off", wire: Wire::V1, at_once: 50, message: 20.0, delivery: 0.02 },
    Budget { history: "on", wire: Wire::Plain, at_once: 1, message: 200.0, delivery: 0.6 },
    Budget { history: "on", wire: Wire::Plain, at_once: 50, message: 150.0, delivery: 0.6 },
    Budget { history: "on", wire: Wire::V1, at_once: 1, message: 200.0, delivery: 0.6 },
    Budget { history: "on", wire: Wire::V1, at_once: 50, message: 150.0, delivery: 0.6 },
];

/// A whole server in this process.
struct Here {
    runtime: Runtime,
    address: SocketAddr,
    _data: TempDir,
}

/// A client that allocates nothing once it is there.
struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// What of the buffer has come and is not taken yet.
    came: usize,
}

impl Here {
    fn start(history: &str) -> Self {
        let words = ["banter", "--port", "0", "--post-rate", "0", "--connect-rate", "0", "--lobby-history", history];
        let config = Options::parse_from(words).config;
        let (runtime, data) = (Runtime::new().unwrap(), tempfile::tempdir().unwrap());
        let address = runtime.block_on(async {
            let store = SqliteStore::open(data.path()).await.unwrap();
            let listener = server::listen(config.address()).unwrap();
            let address = listener.local_addr().unwrap();
            let state = AppState::open(config, Arc::new(store), ui::render::page).await.unwrap();
            tokio::spawn(server::run(listener, state, std::future::pending()));
            address
        });
        Self { runtime, address, _data: data }
    }

    fn stop(self) {
        self.runtime.shutdown_timeout(PATIENCE);
    }
}

impl Client {
    fn connect(address: SocketAddr, path: &str, header: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut client = Self { stream, buffer: vec![0; 1 << 16], came: 0 };
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{header}\r\n"
        );
        client.stream.write_all(request.as_bytes()).unwrap();
        let end = b"\r\n\r\n";
        while !client.buffer[..client.came].windows(end.len()).any(|part| part == end) {
            client.read();
        }
        let head = client.buffer.windows(end.len()).position(|part| part == end).unwrap() + end.len();
        client.take(head);
        client
    }

    /// One who hears what is said in the lobby.
    fn listener(address: SocketAddr, wire: Wire) -> Self {
        match wire {
            Wire::Plain => {
                let mut client = Self::connect(address, "/", "");
                client.hear(1, |frame| frame == WELCOME);
                client
            }
            Wire::V1 => {
                let mut client = Self::connect(address, "/ws", "Sec-WebSocket-Protocol: banter.v1\r\n");
                client.say(&frame(r#"{"t":"hello"}"#));
                client.hear(1, |frame| is(frame, br#"{"t":"welcome""#));
                client.say(&frame(r#"{"t":"sub","room":"lobby"}"#));
                client.hear(1, |frame| is(frame, br#"{"t":"subbed""#));
                client
            }
        }
    }

    fn say(&mut self, frames: &[u8]) {
        self.stream.write_all(frames).unwrap();
    }

    /// Hears so many of those frames, past all others.
    fn hear(&mut self, count: usize, is_one: impl Fn(&[u8]) -> bool) {
        let mut left = count;
        loop {
            let mut taken = 0;
            while let Some(length) = whole(&self.buffer[taken..self.came]).filter(|_| left > 0) {
                left -= usize::from(is_one(&self.buffer[taken..taken + length]));
                taken += length;
            }
            self.take(taken);
            if left == 0 {
                return;
            }
            self.read();
        }
    }

    fn read(&mut self) {
        let count = self.stream.read(&mut self.buffer[self.came..]).unwrap();
        assert!(count > 0, "the server hung up");
        self.came += count;
    }

    fn take(&mut self, count: usize) {
        self.buffer.copy_within(count..self.came, 0);
        self.came -= count;
    }
}

/// A text frame as a client sends it; masked with zeros, it is what it was.
fn frame(text: &str) -> Vec<u8> {
    [&[0x81, 0x80 | u8::try_from(text.len()).unwrap(), 0, 0, 0, 0][..], text.as_bytes()].concat()
}

/// Whether a frame of the server, of more than 125 bytes or not, begins so.
fn is(frame: &[u8], beginning: &[u8]) -> bool {
    frame[2..].starts_with(beginning) || frame[4..].starts_with(beginning)
}

/// How long the first of these frames is, head included; `None` if it is not whole yet.
fn whole(frames: &[u8]) -> Option<usize> {
    let length = match frames {
        [_, 126, high, low, ..] => 4 + usize::from(u16::from_be_bytes([*high, *low])),
        [_, 127, ..] => panic!("so much is said at once"),
        [_, short, ..] => 2 + usize::from(*short),
        _ => return None,
    };
    (length <= frames.len()).then_some(length)
}

/// Allocations of a message that so many hear, if so many are said at once.
fn allocations(history: &str, wire: Wire, receivers: usize, at_once: usize) -> f64 {
    let here = Here::start(history);
    let mut speaker = Client::listener(here.address, Wire::Plain);
    let mut listeners: Vec<_> = (0..receivers).map(|_| Client::listener(here.address, wire)).collect();
    let said = frame(TEXT).repeat(at_once);
    let plain = [&[0x81, u8::try_from(TEXT.len()).unwrap()][..], TEXT.as_bytes()].concat();
    let mut talk = |count: usize| {
        for _ in 0..count / at_once {
            speaker.say(&said);
            speaker.hear(at_once, |frame| frame == plain);
            for listener in &mut listeners {
                match wire {
                    Wire::Plain => listener.hear(at_once, |frame| frame == plain),
                    Wire::V1 => listener.hear(at_once, |frame| is(frame, br#"{"t":"ev""#)),
                }
            }
        }
    };
    talk(WARM_UP);
    let counted = |_| {
        let region = Region::new(ALLOCATOR);
        talk(COUNTED);
        let change = region.change();
        (change.allocations + change.reallocations) as f64 / COUNTED as f64
    };
    let least = (0..COUNTS).map(counted).fold(f64::INFINITY, f64::min);
    here.stop();
    least
}

#[test]
fn a_message_costs_few_allocations_and_a_delivery_none() {
    // Both ends of each connection are files of this process.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    for Budget { history, wire, at_once, message, delivery } in BUDGETS {
        let [few, many] = [FEW, MANY].map(|receivers| {
            let counts = (0..SERVERS).map(|_| allocations(history, wire, receivers, at_once));
            counts.fold(f64::INFINITY, f64::min)
        });
        let each = (many - few) / (MANY - FEW) as f64;
        let found = format!("history {history}, {wire:?}, {at_once} at once: {few} a message, {each:.3} a delivery");
        eprintln!("{found}");
        assert!(few <= message && each <= delivery, "{found}; at most {message} and {delivery}");
    }
}
