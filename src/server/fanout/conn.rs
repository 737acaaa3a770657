//! One connection: its socket, and what waits to be written to it.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use parking_lot::Mutex;
use rand::Rng;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::encode;
use crate::protocol::event::Person;
use crate::protocol::ids::{PersonId, RoomKey};
use crate::protocol::limits;
use crate::protocol::wire::{Presence, ServerFrame, close};
use crate::server::metrics;
use crate::server::plant::{self, Bug};

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
    /// Who is at the other end, as far as that is known.
    who: Mutex<Option<Who>>,
    /// Nobody looks at the page there.
    away: AtomicBool,
}

/// Who is at the other end of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The person.
    pub person: Person,
    /// The hash of the token by which they came.
    pub session: [u8; 32],
}

#[derive(Default)]
struct Out {
    /// Written next, in order. Gives its memory back when empty.
    bytes: BytesMut,
    /// Something comes first that is not ready yet: what is put now waits here. Apart, as few connections have it: what a
    /// message touches of each has to fit the processor's cache for thousands of them.
    held: Option<Box<Held>>,
    /// A close frame was put: nothing comes after it.
    sealed: bool,
}

/// What waits behind something that comes first. What came by a tie that is gone by then is not for the client any more.
#[derive(Default)]
struct Held {
    frames: Vec<u8>,
    /// Where each piece ends, and by which tie it came.
    pieces: Vec<(usize, Option<Arc<Tie>>)>,
}

/// What ties a connection to a room that it follows.
#[derive(Debug, Default)]
pub struct Tie(AtomicU8);

impl Tie {
    const LEAVES: u8 = 1;
    const GONE: u8 = 2;

    /// What was said so far still comes, and nothing behind it.
    pub(super) fn leave(&self) {
        self.0.fetch_max(Self::LEAVES, Ordering::AcqRel);
    }

    /// Nothing comes any more.
    pub fn go(&self) {
        self.0.store(Self::GONE, Ordering::Release);
    }

    pub(super) fn leaves(&self) -> bool {
        self.0.load(Ordering::Acquire) >= Self::LEAVES
    }

    pub(super) fn is_gone(&self) -> bool {
        self.0.load(Ordering::Acquire) == Self::GONE
    }
}

impl Out {
    /// How many bytes wait.
    fn waiting(&self) -> usize {
        self.bytes.len() + self.held.as_ref().map_or(0, |held| held.frames.len())
    }
}

impl Held {
    fn push(&mut self, frames: &[u8], tie: Option<&Arc<Tie>>) {
        self.frames.extend_from_slice(frames);
        let end = self.frames.len();
        match self.pieces.last_mut() {
            Some((last, before)) if before.as_ref().map(Arc::as_ptr) == tie.map(Arc::as_ptr) => *last = end,
            _ => self.pieces.push((end, tie.cloned())),
        }
    }

    /// What is still for the client.
    fn due(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.pieces.iter().map(|(end, _)| *end));
        let due = starts.zip(&self.pieces).filter(|(_, (_, tie))| tie.as_ref().is_none_or(|tie| !tie.is_gone()));
        due.map(|(start, (end, _))| &self.frames[start..*end])
    }
}

/// What others have to say to a connection's task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Tell this to the client: what became of a send.
    Tell(Box<ServerFrame>),
    /// A room's events come no more.
    Cut {
        /// Which.
        room: RoomKey,
        /// Because they are banned; otherwise they may ask whether they may still follow it.
        banned: bool,
    },
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
            who: Mutex::default(),
            away: AtomicBool::new(false),
        }
    }

    /// Who is at the other end from now on. Answers who was there until now.
    pub(super) fn identify(&self, who: Option<Who>) -> Option<Who> {
        std::mem::replace(&mut *self.who.lock(), who)
    }

    /// Who is at the other end.
    pub fn who(&self) -> Option<Who> {
        self.who.lock().clone()
    }

    /// Whether somebody looks at the page there; `true` if that is another answer than before.
    pub fn look_away(&self, away: bool) -> bool {
        self.away.swap(away, Ordering::Relaxed) != away
    }

    /// How who is at the other end is here.
    pub fn presence(&self) -> Presence {
        if self.away.load(Ordering::Relaxed) { Presence::Away } else { Presence::Here }
    }

    /// Whether this person is at the other end.
    pub fn is(&self, person: &PersonId) -> bool {
        self.who.lock().as_ref().is_some_and(|who| who.person.id == *person)
    }

    /// Its number on this node.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Give whole frames to the client. One with too much waiting is closed with [`close::SLOW`] instead.
    pub fn put(&self, frames: &[u8]) {
        self.put_locked(&mut self.out.lock(), frames, None);
    }

    /// As [`Conn::put`], for one who is tied to a room, unless it is `over`: looked at where no [`Conn::cork`] can come
    /// between, and once more where it waits behind something.
    pub(super) fn put_by(&self, tie: &Arc<Tie>, over: fn(&Tie) -> bool, frames: &[u8]) {
        let mut out = self.out.lock();
        if !over(tie) {
            self.put_locked(&mut out, frames, Some(tie));
        }
    }

    /// Hold back everything that is put from now on, until [`Conn::uncork`].
    pub fn cork(&self) {
        self.out.lock().held.get_or_insert_default();
    }

    /// Give `first` to the client, then what was put meanwhile.
    pub fn uncork(&self, first: &[u8]) {
        let mut out = self.out.lock();
        let held = out.held.take().unwrap_or_default();
        self.put_locked(&mut out, first, None);
        held.due().for_each(|frames| self.put_locked(&mut out, frames, None));
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
        poll_fn(|context| self.stream.poll_write_ready(context)).await?;
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

    /// Waits until there is something to read, or the end. Only one task may wait, which takes no memory of its own for that
    /// (`TcpStream::readable` lets many, and does).
    pub async fn readable(&self) -> io::Result<()> {
        poll_fn(|context| self.stream.poll_read_ready(context)).await
    }

    /// Reads what is there; `None` if there is nothing yet, `Some(0)` at the end.
    pub fn read(&self, into: &mut [u8]) -> io::Result<Option<usize>> {
        match receive(&self.stream, into) {
            Ok(count) => Ok(Some(count)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn put_locked(&self, out: &mut Out, frames: &[u8], tie: Option<&Arc<Tie>>) {
        if out.sealed || frames.is_empty() {
            return;
        }
        let at_once = out.held.is_none() && out.bytes.is_empty();
        let written = if at_once { self.write_now(frames) } else { 0 };
        let rest = &frames[written..];
        if out.waiting() + rest.len() > limits::OUTBOX_BYTES {
            // The frame that was begun is finished: a close frame inside another would be part of it.
            out.bytes.extend_from_slice(&frames[written..encode::frame_end(frames, written)]);
            if plant::is(Bug::SlowDrops) {
                return self.note_backlog(out);
            }
            metrics::SLOW_READERS.add(1);
            self.seal_locked(out, close::SLOW, "You read slower than the room speaks.");
        } else if let Some(held) = &mut out.held {
            held.push(rest, tie);
        } else {
            out.bytes.extend_from_slice(rest);
            self.note_backlog(out);
        }
    }

    /// As much as the socket takes; an error shows itself to the connection's task when it reads.
    fn write_now(&self, frames: &[u8]) -> usize {
        send(&self.stream, frames).unwrap_or(0)
    }

    fn seal_locked(&self, out: &mut Out, code: u16, reason: &str) {
        let mut frame = Vec::new();
        encode::close(code, reason, &mut frame);
        out.held = None;
        out.sealed = true;
        let written = if out.bytes.is_empty() { self.write_now(&frame) } else { 0 };
        out.bytes.extend_from_slice(&frame[written..]);
        self.note_backlog(out);
        self.wake.notify_one();
    }

    fn note_backlog(&self, out: &Out) {
        if !out.bytes.is_empty() && !self.behind.swap(true, Ordering::AcqRel) {
            self.wake.notify_one();
        }
    }
}

/// Past the runtime, which would first look up whether the socket takes more: nearly always it does, and where it does not,
/// whoever writes on asks the runtime.
#[cfg(target_os = "linux")]
fn send(stream: &TcpStream, frames: &[u8]) -> io::Result<usize> {
    use rustix::net::SendFlags;
    Ok(rustix::net::send(stream, frames, SendFlags::DONTWAIT | SendFlags::NOSIGNAL)?)
}

/// A socket that gives less than it could is empty, and is said to be: else the runtime would have it read once more to find
/// that out. What comes after that wakes whoever waits.
#[cfg(target_os = "linux")]
fn receive(stream: &TcpStream, into: &mut [u8]) -> io::Result<usize> {
    let mut received = None;
    let empty = stream.try_io(Interest::READABLE, || {
        let count = rustix::io::read(stream, &mut *into)?;
        received = Some(count);
        if (1..into.len()).contains(&count) { Err(ErrorKind::WouldBlock.into()) } else { Ok(count) }
    });
    received.map_or(empty, Ok)
}

#[cfg(not(target_os = "linux"))]
fn receive(stream: &TcpStream, into: &mut [u8]) -> io::Result<usize> {
    stream.try_read(into)
}

#[cfg(not(target_os = "linux"))]
fn send(stream: &TcpStream, frames: &[u8]) -> io::Result<usize> {
    stream.try_write(frames)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpSocket};

    /// A connection whose kernel holds little, and the other end.
    async fn pair() -> (Arc<Conn>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let client = TcpSocket::new_v4().expect("a socket");
        client.set_recv_buffer_size(4096).expect("is set");
        let client = client.connect(listener.local_addr().expect("an address")).await.expect("connects");
        let (stream, _) = listener.accept().await.expect("accepts");
        (Arc::new(Conn::new(1, stream)), client)
    }

    #[tokio::test]
    async fn what_was_read_to_its_end_is_waited_for_and_not_read_again() {
        let (conn, mut client) = pair().await;
        let mut buffer = [0; 8];
        for round in 0..3 {
            client.write_all(b"abc").await.expect("writes");
            conn.readable().await.expect("is there");
            assert_eq!(conn.read(&mut buffer).expect("reads"), Some(3), "round {round}");
            assert!(conn.readable().now_or_never().is_none(), "nothing is there");
        }
        client.write_all(b"0123456789").await.expect("writes");
        for part in [8, 2] {
            conn.readable().await.expect("is there");
            assert_eq!(conn.read(&mut buffer).expect("reads"), Some(part));
        }
        client.write_all(b"end").await.expect("writes");
        drop(client);
        for part in [3, 0] {
            conn.readable().await.expect("is there");
            assert_eq!(conn.read(&mut buffer).expect("reads"), Some(part));
        }
    }

    fn text(body: &str) -> Vec<u8> {
        let mut frame = Vec::new();
        encode::text(body, &mut frame);
        frame
    }

    /// Writes on while the other end reads, until so many bytes are there.
    async fn read(conn: &Conn, client: &mut TcpStream, count: usize) -> Vec<u8> {
        let mut got = vec![0; count];
        let write = async {
            loop {
                conn.write_on().await.expect("the client is there");
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            read = client.read_exact(&mut got) => drop(read.expect("it comes")),
            () = write => {}
        }
        got
    }

    /// As many frames as the kernel takes and one that it takes only in part.
    fn fill(conn: &Conn) -> Vec<u8> {
        let frame = text(&"x".repeat(60_000));
        let mut put = Vec::new();
        while !conn.is_behind() {
            conn.put(&frame);
            put.extend_from_slice(&frame);
        }
        put
    }

    #[tokio::test]
    async fn what_was_begun_comes_before_what_comes_first() {
        let (conn, mut client) = pair().await;
        let mut expected = fill(&conn);
        conn.cork();
        conn.put(&text("meanwhile"));
        conn.uncork(&text("the answer"));
        expected.extend([text("the answer"), text("meanwhile")].concat());
        let got = read(&conn, &mut client, expected.len()).await;
        assert!(got == expected, "in this order, frame by frame");
    }

    #[tokio::test]
    async fn what_waits_by_a_tie_that_is_gone_is_let_go() {
        let (conn, mut client) = pair().await;
        let [left, gone] = [Arc::new(Tie::default()), Arc::new(Tie::default())];
        conn.cork();
        for (tie, body) in [(&left, "one"), (&gone, "not for them"), (&gone, "nor this"), (&left, "two")] {
            conn.put_by(tie, Tie::is_gone, &text(body));
        }
        conn.put(&text("three"));
        left.leave();
        gone.go();
        conn.put_by(&gone, Tie::is_gone, &text("never"));
        conn.put_by(&left, Tie::leaves, &text("never"));
        conn.uncork(&text("first"));
        let expected = ["first", "one", "two", "three"].map(text).concat();
        assert!(read(&conn, &mut client, expected.len()).await == expected);
    }

    #[tokio::test]
    async fn so_much_waits_and_no_more() {
        let (conn, _client) = pair().await;
        fill(&conn);
        let waiting = conn.out.lock().bytes.len();
        let head = 10;
        conn.put(&text(&"x".repeat(limits::OUTBOX_BYTES - waiting - head)));
        assert_eq!(conn.out.lock().bytes.len(), limits::OUTBOX_BYTES);
        assert!(!conn.is_sealed());
        conn.put(b"x");
        assert!(conn.is_sealed(), "one byte more");
    }

    #[tokio::test]
    async fn who_is_cut_off_gets_whole_frames_and_then_the_close() {
        for corked in [false, true] {
            let (conn, mut client) = pair().await;
            let mut expected = fill(&conn);
            if corked {
                conn.cork();
            }
            conn.put(&text(&"y".repeat(limits::OUTBOX_BYTES)));
            conn.put(&text("never"));
            conn.uncork(&text("never"));
            encode::close(close::SLOW, "You read slower than the room speaks.", &mut expected);
            assert!(read(&conn, &mut client, expected.len()).await == expected, "corked: {corked}");
        }
    }

    #[tokio::test]
    async fn a_batch_that_is_too_much_at_once_is_cut_behind_a_frame() {
        let (conn, mut client) = pair().await;
        let frame = text(&"z".repeat(60_000));
        conn.put(&frame.repeat(200));
        assert!(conn.is_sealed());
        let mut got = Vec::new();
        let finish = async {
            while conn.is_behind() {
                conn.write_on().await.expect("the client is there");
            }
            drop(conn);
        };
        tokio::join!(async { client.read_to_end(&mut got).await.expect("to the end") }, finish);
        let mut close = Vec::new();
        encode::close(close::SLOW, "You read slower than the room speaks.", &mut close);
        let whole = got.strip_suffix(close.as_slice()).expect("the close is the end");
        assert!(whole.len() % frame.len() == 0 && whole.chunks(frame.len()).all(|got| got == frame));
    }

    #[tokio::test]
    async fn an_empty_backlog_has_no_memory() {
        let (conn, mut client) = pair().await;
        let put = fill(&conn);
        read(&conn, &mut client, put.len()).await;
        while conn.is_behind() {
            conn.write_on().await.expect("the client is there");
        }
        assert_eq!(conn.out.lock().bytes.capacity(), 0);
    }
}
