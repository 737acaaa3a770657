//! Many connections on one thread, which cost so little that what is measured is the server: every frame is made before it is
//! needed, and what comes is looked at where it was read to.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::event::Event;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use super::Result;
use super::dialect::Dialect;
use super::record::Follow;
use super::socket::{masked, whole};

/// What one read takes at most.
const READ_BYTES: usize = 1 << 20;
/// Connections whose news are taken in one go.
const EVENTS: usize = 1024;
/// A server that says nothing for so long is taken for one that lost something.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// Connections that are on the way at the same time.
const AT_ONCE: usize = 512;

const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8A;

/// Whoever hears what comes.
pub trait Listener {
    /// Bytes have come for one of them, behind all that it got before but for the beginning of a frame, which they begin with.
    fn follow(&mut self, _member: usize, _bytes: &[u8]) -> Result<Follow> {
        Ok(Follow::Look(Vec::new()))
    }

    /// A text has come for one of them.
    fn hear(&mut self, member: usize, payload: &[u8]) -> Result<()>;
}

/// One who looks at each text.
struct Each<F>(F);

impl<F: FnMut(usize, &[u8]) -> Result<()>> Listener for Each<F> {
    fn hear(&mut self, member: usize, payload: &[u8]) -> Result<()> {
        self.0(member, payload)
    }
}

/// Connections, each past its greeting or on the way there.
pub struct Crowd {
    poll: Poll,
    events: Events,
    address: SocketAddr,
    dialect: Dialect,
    members: Vec<Member>,
    /// How many are still on the way.
    opening: usize,
    buffer: Vec<u8>,
}

struct Member {
    stream: TcpStream,
    /// What is still to come before it takes part.
    opening: Option<Opening>,
    /// The beginning of a frame whose rest has not come.
    rest: Vec<u8>,
    /// What the socket has not taken yet.
    out: Vec<u8>,
}

struct Opening {
    /// The answer to the handshake has come.
    headed: bool,
    steps: VecDeque<Step>,
}

/// One of the things that happen before a connection takes part.
#[derive(Debug, Clone)]
pub enum Step {
    /// It is told something.
    Hear,
    /// It says something.
    Say(String),
}

impl Crowd {
    /// Nobody yet.
    pub fn new(authority: &str, dialect: Dialect) -> Result<Self> {
        let address = authority.parse().map_err(|_| "the server has to be named by its IP address")?;
        let (poll, events, buffer) = (Poll::new()?, Events::with_capacity(EVENTS), vec![0; READ_BYTES]);
        Ok(Self { poll, events, address, dialect, members: Vec::new(), opening: 0, buffer })
    }

    /// So many strangers, each greeted.
    pub fn gather(authority: &str, dialect: Dialect, count: usize) -> Result<Self> {
        let mut crowd = Self::new(authority, dialect)?;
        crowd.grow(count, |_| dialect.greeting())?;
        Ok(crowd)
    }

    /// Until there are so many, each greeted in its own way.
    pub fn grow(&mut self, count: usize, mut greeting: impl FnMut(usize) -> Vec<Step>) -> Result<()> {
        let mut greeted = Instant::now();
        while self.members.len() < count || self.opening > 0 {
            while self.members.len() < count && self.opening < AT_ONCE {
                self.open(greeting(self.members.len()))?;
            }
            let waiting = self.opening;
            self.turn(PATIENCE, |_, _| Ok(()))?;
            if self.opening < waiting {
                greeted = Instant::now();
            } else if greeted.elapsed() > PATIENCE {
                return Err(format!("{waiting} connections are not greeted").into());
            }
        }
        Ok(())
    }

    /// One more, who will be greeted as soon as the server takes it.
    pub fn open(&mut self, greeting: Vec<Step>) -> Result<()> {
        let mut stream = TcpStream::connect(self.address)?;
        let (at, all) = (self.members.len(), Interest::READABLE | Interest::WRITABLE);
        self.poll.registry().register(&mut stream, Token(at), all)?;
        let out = self.dialect.handshake(&self.address.to_string()).into_bytes();
        let opening = Some(Opening { headed: false, steps: greeting.into() });
        self.members.push(Member { stream, opening, rest: Vec::new(), out });
        self.opening += 1;
        Ok(())
    }

    /// All hang up at once.
    pub fn scatter(&mut self) {
        self.members.clear();
        self.opening = 0;
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        self.members.len()
    }

    /// Lets one of them send frames that are ready.
    pub fn send(&mut self, member: usize, frames: &[u8]) -> Result<()> {
        self.members[member].send(frames)
    }

    /// Waits until something comes, or so long, and hands over each text with whoever got it.
    pub fn turn(&mut self, wait: Duration, on: impl FnMut(usize, &[u8]) -> Result<()>) -> Result<()> {
        self.listen(wait, &mut Each(on))
    }

    /// Listens for so long, whatever comes.
    pub fn stay(&mut self, time: Duration, mut on: impl FnMut(usize, &[u8]) -> Result<()>) -> Result<()> {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            self.turn(left, &mut on)?;
        }
        Ok(())
    }

    /// The same as [`Crowd::turn`] for one who need not look at each text.
    pub fn listen(&mut self, wait: Duration, on: &mut impl Listener) -> Result<()> {
        match self.poll.poll(&mut self.events, Some(wait)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(()),
            polled => polled?,
        }
        for event in &self.events {
            let at = event.token().0;
            let member = &mut self.members[at];
            if event.is_writable() {
                member.write_on()?;
            }
            let was_opening = member.opening.is_some();
            if is_readable(event) {
                member.read(at, &mut self.buffer, self.dialect, on)?;
            }
            self.opening -= usize::from(was_opening && member.opening.is_none());
        }
        Ok(())
    }
}

fn is_readable(event: &Event) -> bool {
    event.is_readable() || event.is_read_closed() || event.is_error()
}

impl Member {
    fn send(&mut self, frames: &[u8]) -> Result<()> {
        self.out.extend_from_slice(frames);
        self.write_on()
    }

    fn write_on(&mut self) -> Result<()> {
        let mut written = 0;
        while written < self.out.len() {
            match self.stream.write(&self.out[written..]) {
                Ok(count) => written += count,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected) => break,
                Err(error) => return Err(error.into()),
            }
        }
        self.out.drain(..written);
        Ok(())
    }

    fn read(&mut self, at: usize, buffer: &mut [u8], dialect: Dialect, on: &mut impl Listener) -> Result<()> {
        loop {
            let kept = self.rest.len();
            buffer[..kept].copy_from_slice(&self.rest);
            let end = match self.stream.read(&mut buffer[kept..]) {
                Ok(0) => return Err("the server hung up".into()),
                Ok(count) => kept + count,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected) => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            let mut used = 0;
            let rest = loop {
                let bytes = &buffer[used..end];
                let follow = if self.opening.is_none() { on.follow(at, bytes)? } else { Follow::Look(Vec::new()) };
                match follow {
                    Follow::Known(count) => used += count,
                    Follow::Look(before) => break self.look(at, before, bytes, dialect, on)?,
                }
                match self.controls(&buffer[used..end])? {
                    0 => break buffer[used..end].to_vec(),
                    count => used += count,
                }
            };
            self.rest = rest;
            // Less than there was room for: that was all of it (epoll(7)).
            if end < buffer.len() {
                return Ok(());
            }
        }
    }

    /// Looks at all frames that are whole, the first of which may have begun before; answers with the beginning of another.
    fn look(
        &mut self,
        at: usize,
        mut before: Vec<u8>,
        bytes: &[u8],
        dialect: Dialect,
        on: &mut impl Listener,
    ) -> Result<Vec<u8>> {
        if before.is_empty() {
            let used = self.take(at, bytes, dialect, on)?;
            return Ok(bytes[used..].to_vec());
        }
        before.extend_from_slice(bytes);
        let used = self.take(at, &before, dialect, on)?;
        Ok(before.split_off(used))
    }

    /// Looks at all frames that are whole; answers with where they end.
    fn take(&mut self, member: usize, bytes: &[u8], dialect: Dialect, on: &mut impl Listener) -> Result<usize> {
        let mut at = 0;
        if self.opening.as_ref().is_some_and(|opening| !opening.headed) {
            let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") else { return Ok(0) };
            at = end + 4;
            if !bytes.starts_with(b"HTTP/1.1 101 ") {
                return Err(format!("a handshake was answered with {}", String::from_utf8_lossy(&bytes[..at])).into());
            }
            self.stream.set_nodelay(true)?;
            self.step(true)?;
        }
        while let Some((head, end)) = whole(&bytes[at..]) {
            let (kind, payload) = (bytes[at], &bytes[at + head..at + end]);
            at += end;
            match kind {
                TEXT if self.opening.is_some() => self.step(false)?,
                TEXT => match dialect.answer(payload) {
                    Some(answer) => self.send(&masked(answer))?,
                    None => on.hear(member, payload)?,
                },
                kind => self.control(kind, payload)?,
            }
        }
        Ok(at)
    }

    /// Frames at the beginning that are no text; answers with where they end.
    fn controls(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut at = 0;
        while let Some((head, end)) = whole(&bytes[at..]).filter(|_| bytes[at] != TEXT) {
            self.control(bytes[at], &bytes[at + head..at + end])?;
            at += end;
        }
        Ok(at)
    }

    fn control(&mut self, kind: u8, payload: &[u8]) -> Result<()> {
        match kind {
            // Its payload is empty, as that of all who are measured here.
            PING => self.send(&[PONG, 0x80, 0, 0, 0, 0]),
            CLOSE => Err(format!("the server closed: {}", String::from_utf8_lossy(payload)).into()),
            kind => Err(format!("the server sent a frame of the kind {kind:#x}").into()),
        }
    }

    /// The answer to the handshake has come, or a text that was waited for: says what is to be said then.
    fn step(&mut self, headed: bool) -> Result<()> {
        let Some(mut opening) = self.opening.take() else { return Ok(()) };
        match headed {
            true => opening.headed = true,
            false => drop(opening.steps.pop_front()),
        }
        while let Some(Step::Say(text)) = opening.steps.front() {
            let frame = masked(text);
            opening.steps.pop_front();
            self.send(&frame)?;
        }
        self.opening = Some(opening).filter(|opening| !opening.steps.is_empty());
        Ok(())
    }
}
