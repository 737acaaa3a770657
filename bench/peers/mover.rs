//! The limit: what no chat server can do with less. It moves bytes from whoever sends them to all who are connected, with one
//! write for all that came in a turn, and knows no people, no rooms and no rules; of a frame it looks at the lengths and at
//! nothing else. `mover PORT`; with `mover PORT --replay` it records a first round, and once all of a further one has come it
//! answers with the whole record, to find out how much whoever measures can take.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use sha1::{Digest, Sha1};

const LISTENER: Token = Token(usize::MAX);
const BUFFER_BYTES: usize = 1 << 16;
/// After so long without a byte a round is over.
const SILENCE: Duration = Duration::from_millis(50);
const WELCOME: &[u8] = b"\x81\x14Welcome to the chat!";

struct Conn {
    stream: TcpStream,
    /// What came and is not a whole frame, or not a whole head of a request.
    part: Vec<u8>,
    /// What the socket has not taken.
    out: Vec<u8>,
    open: bool,
}

/// The second round and all after it are answered from what the first one was.
#[derive(Default)]
struct Replay {
    came: usize,
    round_bytes: Option<usize>,
    record: Vec<u8>,
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().and_then(|port| port.parse().ok()).ok_or(ErrorKind::InvalidInput)?;
    let mut replay = arguments.next().is_some_and(|word| word == "--replay").then(Replay::default);
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind(([127, 0, 0, 1], port).into())?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let (mut conns, mut next) = (HashMap::<usize, Conn>::new(), 0);
    let (mut events, mut buffer, mut batch) = (Events::with_capacity(1024), vec![0; BUFFER_BYTES], Vec::new());
    loop {
        let recording = replay.as_ref().is_some_and(|replay| replay.round_bytes.is_none() && replay.came > 0);
        poll.poll(&mut events, recording.then_some(SILENCE))?;
        if let (true, Some(replay)) = (events.is_empty(), &mut replay) {
            replay.round_bytes = Some(std::mem::take(&mut replay.came));
        }
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    stream.set_nodelay(true)?;
                    poll.registry().register(&mut stream, Token(next), Interest::READABLE | Interest::WRITABLE)?;
                    conns.insert(next, Conn { stream, part: Vec::new(), out: Vec::new(), open: false });
                    next += 1;
                }
                continue;
            }
            let Some(conn) = conns.get_mut(&event.token().0) else { continue };
            if event.is_writable() {
                conn.write(&[]);
            }
            let lives = match &mut replay {
                Some(Replay { came, round_bytes: Some(_), .. }) if conn.open => conn.swallow(&mut buffer, came),
                Some(replay) => {
                    let before = batch.len();
                    let lives = conn.read(&mut buffer, &mut batch, &mut replay.came);
                    replay.record.extend_from_slice(&batch[before..]);
                    lives
                }
                None => conn.read(&mut buffer, &mut batch, &mut 0),
            };
            if !lives {
                conns.remove(&event.token().0);
            }
        }
        if let Some(Replay { came, round_bytes: Some(round), record }) = &mut replay
            && came == round
        {
            *came = 0;
            batch.extend_from_slice(record);
        }
        if !batch.is_empty() {
            conns.values_mut().filter(|conn| conn.open).for_each(|conn| conn.write(&batch));
            batch.clear();
        }
    }
}

impl Conn {
    /// Takes what is there; `false` at the end.
    fn read(&mut self, buffer: &mut [u8], batch: &mut Vec<u8>, came: &mut usize) -> bool {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return false,
                Ok(count) if !self.open => {
                    self.part.extend_from_slice(&buffer[..count]);
                    if !self.shake_hands() {
                        return false;
                    }
                }
                Ok(count) if self.part.is_empty() => {
                    *came += count;
                    let used = frames(&buffer[..count], batch);
                    self.part.extend_from_slice(&buffer[used..count]);
                }
                Ok(count) => {
                    *came += count;
                    self.part.extend_from_slice(&buffer[..count]);
                    let used = frames(&self.part, batch);
                    self.part.drain(..used);
                }
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
    }

    fn swallow(&mut self, buffer: &mut [u8], came: &mut usize) -> bool {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return false,
                Ok(count) => *came += count,
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
    }

    /// `false` if this is no handshake.
    fn shake_hands(&mut self) -> bool {
        if !self.part.ends_with(b"\r\n\r\n") {
            return true;
        }
        let head = String::from_utf8_lossy(&self.part).into_owned();
        let Some(key) = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: ")) else { return false };
        let digest =
            Sha1::new().chain_update(key.trim()).chain_update("258EAFA5-E914-47DA-95CA-C5AB0DC85B11").finalize();
        let accept = STANDARD.encode(digest);
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
        );
        (self.open, self.part) = (true, Vec::new());
        self.write(&[answer.as_bytes(), WELCOME].concat());
        true
    }

    fn write(&mut self, bytes: &[u8]) {
        if !self.out.is_empty() {
            self.out.extend_from_slice(bytes);
            let written = self.stream.write(&self.out).unwrap_or(0);
            self.out.drain(..written);
        } else if !bytes.is_empty() {
            let written = self.stream.write(bytes).unwrap_or(0);
            self.out.extend_from_slice(&bytes[written..]);
        }
    }
}

/// Appends the frames as a server sends them; answers with how many bytes those were that came.
fn frames(bytes: &[u8], batch: &mut Vec<u8>) -> usize {
    let mut at = 0;
    while let [_, length, ..] = &bytes[at..] {
        let frame = &bytes[at..];
        let (head, length) = match length & 127 {
            126 if frame.len() >= 4 => (4, usize::from(u16::from_be_bytes([frame[2], frame[3]]))),
            126 => break,
            short => (2, usize::from(short)),
        };
        let Some(payload) = frame.get(head + 4..head + 4 + length) else { break };
        let mask = [frame[head], frame[head + 1], frame[head + 2], frame[head + 3]];
        batch.push(0x81);
        batch.extend_from_slice(if head == 4 { &frame[1..4] } else { &frame[1..2] });
        let start = batch.len();
        batch[start - head + 1] &= 127;
        batch.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        at += head + 4 + length;
    }
    at
}
