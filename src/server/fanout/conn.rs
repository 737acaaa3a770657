//! One connection: its socket, and what waits to be written to it.

use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use parking_lot::Mutex;
use rand::Rng;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::encode;
use crate::protocol::limits;
use crate::protocol::wire::{ServerFrame, close};

/// A connection, shared between its own task, the feeds that it follows and the registry.
///
/// Anybody may [`Conn::put`] whole frames: they are written at once as far as the socket takes them; the rest waits here,
/// at most [`limits::OUTBOX_BYTES`], and the connection's own task writes it on.
pub struct Conn {
    id: u64,
    stream: TcpStream,
    /// Held while writing, never over an await: `try_write` does not block.
    out: Mutex<Out>,
    /// There are bytes in `out`: the connection's task waits until the socket takes more.
    behind: AtomicBool,
    /// What others have to say to the connection's task.
    inbox: Mutex<Vec<Notice>>,
    /// Something changed: look at `behind`, `inbox` and the seal.
    wake: Notify,
    /// Heartbeat's tick at which this client was last heard.
    heard: AtomicU64,
}

#[derive(Default)]
struct Out {
    /// Written next, in order. Gives its memory back when empty.
    bytes: BytesMut,
    /// Nothing is written: what is put now comes after something that is not ready yet.
    corked: bool,
    /// A close frame was put: nothing comes after it.
    sealed: bool,
}

/// What others have to say to a connection's task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Tell this to the client: what became of a send.
    Tell(ServerFrame),
    /// Time for a sign of life.
    Beat,
    /// The last heartbeat was not answered.
    Dead,
    /// The server goes; come back after this time.
    Leave {
        /// In milliseconds.
        after_ms: u64,
    },
}

impl Notice {
    /// Leave, and come back at some time of a window (at least a second of it), so that a crowd does not come at once.
    pub fn leave(window: Duration) -> Self {
        let spread_ms = u64::try_from(window.as_millis()).unwrap_or(u64::MAX).max(1_000);
        Self::Leave { after_ms: rand::rng().random_range(0..spread_ms) }
    }
}

impl Conn {
    /// A connection over a socket whose handshake is done.
    pub fn new(id: u64, stream: TcpStream) -> Self {
        Self {
            id,
            stream,
            out: Mutex::default(),
            behind: AtomicBool::new(false),
            inbox: Mutex::default(),
            wake: Notify::new(),
            heard: AtomicU64::new(0),
        }
    }

    /// Its number on this node.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Give whole frames to the client. One that already has too much waiting is closed with [`close::SLOW`] instead.
    pub fn put(&self, frames: &[u8]) {
        self.put_locked(&mut self.out.lock(), frames);
    }

    /// Hold back everything that is put from now on, until [`Conn::uncork`].
    pub fn cork(&self) {
        self.out.lock().corked = true;
    }

    /// Give `first` to the client, then what was put meanwhile.
    pub fn uncork(&self, first: &[u8]) {
        let mut out = self.out.lock();
        out.corked = false;
        let held = std::mem::take(&mut out.bytes);
        self.put_locked(&mut out, first);
        self.put_locked(&mut out, &held);
    }

    /// Put a close frame; nothing comes after it.
    pub fn seal(&self, code: u16, reason: &str) {
        let mut out = self.out.lock();
        if !out.sealed {
            self.seal_locked(&mut out, code, reason);
        }
    }

    /// Whether a close frame was put.
    pub fn is_sealed(&self) -> bool {
        self.out.lock().sealed
    }

    /// Tell the connection's task something.
    pub fn notify(&self, notice: Notice) {
        self.inbox.lock().push(notice);
        self.wake.notify_one();
    }

    /// What the task was told since it last asked.
    pub fn take_notices(&self) -> Vec<Notice> {
        std::mem::take(&mut *self.inbox.lock())
    }

    /// The client was heard at this tick of the heartbeat.
    pub fn hear(&self, tick: u64) {
        self.heard.store(tick, Ordering::Relaxed);
    }

    /// When the client was last heard.
    pub fn heard(&self) -> u64 {
        self.heard.load(Ordering::Relaxed)
    }

    /// Waits until somebody changed something.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Whether bytes wait for the socket to take them.
    pub fn is_behind(&self) -> bool {
        self.behind.load(Ordering::Acquire)
    }

    /// Waits until the socket takes more, then writes on.
    pub async fn write_on(&self) -> io::Result<()> {
        self.stream.writable().await?;
        let mut out = self.out.lock();
        while !out.bytes.is_empty() {
            match self.stream.try_write(&out.bytes) {
                Ok(count) => out.bytes.advance(count),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        out.bytes = BytesMut::new();
        self.behind.store(false, Ordering::Release);
        Ok(())
    }

    /// Waits until there is something to read, or the end.
    pub async fn readable(&self) -> io::Result<()> {
        self.stream.readable().await
    }

    /// Reads what is there; `None` if there is nothing yet, `Some(0)` at the end.
    pub fn read(&self, into: &mut [u8]) -> io::Result<Option<usize>> {
        match self.stream.try_read(into) {
            Ok(count) => Ok(Some(count)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn put_locked(&self, out: &mut Out, frames: &[u8]) {
        if out.sealed || frames.is_empty() {
            return;
        }
        let written = if out.corked || !out.bytes.is_empty() { 0 } else { self.write_now(frames) };
        let rest = &frames[written..];
        // What comes in one piece is taken whole: the bound is on what gathers while a client does not read.
        if !out.bytes.is_empty() && out.bytes.len() + rest.len() > limits::OUTBOX_BYTES {
            self.seal_locked(out, close::SLOW, "You read slower than the room speaks.");
        } else {
            out.bytes.extend_from_slice(rest);
            self.note_backlog(out);
        }
    }

    /// As much as the socket takes; an error shows itself to the connection's task when it reads.
    fn write_now(&self, frames: &[u8]) -> usize {
        self.stream.try_write(frames).unwrap_or(0)
    }

    fn seal_locked(&self, out: &mut Out, code: u16, reason: &str) {
        let mut frame = Vec::new();
        encode::close(code, reason, &mut frame);
        out.corked = false;
        out.sealed = true;
        let written = if out.bytes.is_empty() { self.write_now(&frame) } else { 0 };
        out.bytes.extend_from_slice(&frame[written..]);
        self.note_backlog(out);
        self.wake.notify_one();
    }

    fn note_backlog(&self, out: &Out) {
        let behind = !out.corked && !out.bytes.is_empty();
        if behind && !self.behind.swap(true, Ordering::AcqRel) {
            self.wake.notify_one();
        }
    }
}
