//! The one loop of a connection: bytes in, what the session wants done (`perform`), bytes out.

mod perform;

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{Sleep, sleep};

use super::Speech;
use super::decode::{Decoder, Message, NOT_UTF8, Violation};
use super::upgrade::Upgraded;
use crate::protocol::ids::RoomKey;
use crate::protocol::limits;
use crate::protocol::texts::Texts;
use crate::protocol::wire::{ClientFrame, PLAIN_WELCOME, Unreadable, close};
use crate::server::access;
use crate::server::auth::ClientAddress;
use crate::server::chat::sessions;
use crate::server::chat::writer::Submission;
use crate::server::error::Error;
use crate::server::fanout::{Conn, Dialect, Notice, Seat, encode};
use crate::server::state::Shared;
use crate::words::{speaking, spoken};

/// What one read takes at most. The buffer belongs to the thread: an idle connection has none.
const READ_BYTES: usize = 64 * 1024;
/// Answers of one turn that are not held back any longer: each may be large, and many may be asked for at once.
const ANSWER_BYTES: usize = 64 * 1024;
/// How long a client may take to answer a close.
const CLOSE_WAIT: Duration = Duration::from_secs(5);

thread_local! {
    static READ_BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
}

/// A connection's task.
pub(super) struct Pump {
    state: Shared,
    conn: Arc<Conn>,
    address: ClientAddress,
    seat: Seat,
    speech: Speech,
    decoder: Decoder,
    /// Frames of this turn that are not given to the connection yet.
    out: Vec<u8>,
    /// Messages of this turn that are not given to the writer yet.
    posts: Vec<Submission>,
    /// When they last said that they are writing.
    typed: Option<Instant>,
    /// The client broke the rules: what it sends now is not understood any more. It is told once what it said before is
    /// done.
    violation: Option<Violation>,
    /// The client's own close frame has come.
    goodbye: bool,
}

/// Something that came in, on its own.
enum Incoming {
    Texts(Texts),
    Frame(Result<ClientFrame, Unreadable>),
    Ping(Vec<u8>),
    Goodbye(Option<u16>),
}

/// What a connection waits for, and for how long.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Hello,
    Talk,
    Closing,
}

#[derive(PartialEq, Eq)]
enum Course {
    On,
    Over,
}

impl Pump {
    /// Waits for the socket, then serves it to its end.
    pub(super) async fn start(
        state: Shared,
        address: ClientAddress,
        seat: Seat,
        speech: Speech,
        upgraded: impl Future<Output = Option<Upgraded>>,
    ) {
        let Some(Upgraded { stream, mut early }) = upgraded.await else {
            return;
        };
        let conn = Arc::new(Conn::new(state.hub.registry.next_id(), stream));
        let mut pump = Self {
            state,
            conn,
            address,
            seat,
            speech,
            decoder: Decoder::default(),
            out: Vec::new(),
            posts: Vec::new(),
            typed: None,
            violation: None,
            goodbye: false,
        };
        pump.begin().await;
        let incoming = pump.decode(&mut early);
        drop(early);
        Box::pin(pump.take(incoming)).await;
        // A task of its own: this one has room for the handshake, and would keep it for as long as the connection lasts.
        let state = pump.state.clone();
        state.lanes.talk(speaking(spoken(), async move { pump.run().await }));
    }

    /// The plain wire begins by itself; `banter.v1` waits for `hello`.
    async fn begin(&mut self) {
        tracing::debug!(conn = self.conn.id(), "connected");
        self.be_known();
        let registry = &self.state.hub.registry;
        registry.enter(self.conn.clone());
        if registry.is_draining() {
            // It got through the door just before that was shut.
            self.conn.notify(Notice::leave(Duration::ZERO));
        }
        self.sit();
        if let Speech::Plain(_) = self.speech {
            encode::text(PLAIN_WELCOME, &mut self.out);
            self.put_out();
            // Nothing that is said meanwhile is heard by one who may not hear it.
            self.conn.cork();
            self.state.hub.attach(&RoomKey::lobby(), &self.conn, Dialect::Plain);
            if self.listens_on().await {
                self.conn.uncork(&[]);
            }
        }
    }

    /// Asked behind whatever lets one hear, so that whoever is banned meanwhile is cut off by one or the other. Who may not
    /// listen any more goes: `false`.
    async fn listens_on(&self) -> bool {
        let Err(error) = self.may_listen().await else { return true };
        self.state.hub.detach(&RoomKey::lobby(), &self.conn);
        let code = if error == Error::Banned { close::BANNED } else { close::LOG_IN };
        self.conn.seal(code, &error.to_string());
        false
    }

    /// Whether who came over the plain wire is still who they were at the handshake, and may read the lobby.
    async fn may_listen(&self) -> Result<(), Error> {
        let caller = match self.speech.caller() {
            Some(caller) => {
                sessions::caller(&self.state, &caller.session).await?.ok_or(Error::Unauthenticated).map(Some)?
            }
            None => None,
        };
        access::room_reader(&self.state, caller.as_ref(), &RoomKey::lobby()).await.map(drop)
    }

    /// The connection counts as that of whoever speaks. One too many of theirs is closed: `false`.
    fn sit(&mut self) -> bool {
        let sits = self.seat.belongs_to(self.speech.caller().map(|caller| &caller.me.id));
        if !sits {
            self.put_out();
            self.conn.seal(close::TOO_MANY, "You have too many connections.");
        }
        sits
    }

    async fn run(&mut self) {
        let conn = self.conn.clone();
        let mut phase = self.phase();
        let mut deadline = phase.deadline();
        loop {
            let course = tokio::select! {
                ready = conn.readable() => match ready {
                    // Boxed, as below: a connection that waits holds no room for what it might do.
                    Ok(()) => Box::pin(self.read()).await,
                    Err(_) => Course::Over,
                },
                written = conn.write_on(), if conn.is_behind() => match written {
                    Ok(()) => Course::On,
                    Err(_) => Course::Over,
                },
                () = conn.woken() => Box::pin(self.take_notices()).await,
                () = passed(&mut deadline) => self.on_deadline(phase),
            };
            if course == Course::Over || (self.goodbye && !conn.is_behind()) {
                return;
            }
            if self.phase() != phase {
                phase = self.phase();
                deadline = phase.deadline();
            }
        }
    }

    fn phase(&self) -> Phase {
        match &self.speech {
            _ if self.conn.is_sealed() => Phase::Closing,
            Speech::V1(session) if !session.greeted() => Phase::Hello,
            _ => Phase::Talk,
        }
    }

    fn on_deadline(&self, phase: Phase) -> Course {
        if phase == Phase::Closing {
            return Course::Over;
        }
        self.conn.seal(close::HELLO_LATE, "No hello in time.");
        Course::On
    }

    async fn read(&mut self) -> Course {
        let incoming = READ_BUFFER.with_borrow_mut(|buffer| match self.conn.read(buffer) {
            Ok(Some(0)) | Err(_) => None,
            Ok(Some(count)) => Some(self.decode(&mut buffer[..count])),
            Ok(None) => Some(Vec::new()),
        });
        let Some(incoming) = incoming else {
            return Course::Over;
        };
        self.take(incoming).await;
        Course::On
    }

    /// What the bytes say. One who breaks the rules is told so and not listened to any more.
    fn decode(&mut self, bytes: &mut [u8]) -> Vec<Incoming> {
        let mut incoming = Vec::new();
        if self.violation.is_some() || self.goodbye || bytes.is_empty() {
            return incoming;
        }
        self.conn.hear(self.state.hub.registry.tick());
        let plain = matches!(self.speech, Speech::Plain(_));
        let mut not_utf8 = false;
        let fed = self.decoder.feed(bytes, |message| match message {
            Message::Text(text) if plain => push_text(text, &mut incoming),
            Message::Text(text) => incoming.push(Incoming::Frame(ClientFrame::read(text))),
            Message::Binary(bytes) if plain => match std::str::from_utf8(bytes) {
                Ok(text) => push_text(text, &mut incoming),
                Err(_) => not_utf8 = true,
            },
            Message::Binary(_) => incoming.push(Incoming::Frame(Err(Unreadable::NotAFrame))),
            Message::Ping(payload) => incoming.push(Incoming::Ping(payload.to_vec())),
            Message::Pong => {}
            Message::Close(code) => incoming.push(Incoming::Goodbye(code)),
        });
        self.violation = if not_utf8 { Some(NOT_UTF8) } else { fed.err() };
        incoming
    }

    /// Does what follows from what came in: answers leave with one write, messages go to the writer in one piece.
    async fn take(&mut self, incoming: Vec<Incoming>) {
        let mut actions = Vec::new();
        for one in incoming {
            // One that was told to go says nothing any more but goodbye.
            if self.goodbye || (self.conn.is_sealed() && !matches!(one, Incoming::Goodbye(_))) {
                continue;
            }
            match (one, &mut self.speech) {
                (Incoming::Ping(payload), _) => encode::pong(&payload, &mut self.out),
                (Incoming::Goodbye(code), _) => self.on_goodbye(code),
                (Incoming::Texts(texts), Speech::Plain(plain)) => plain.on_texts(texts, &mut actions),
                (Incoming::Frame(frame), Speech::V1(session)) => session.on_frame(frame, &mut actions),
                (Incoming::Texts(_), Speech::V1(_)) | (Incoming::Frame(_), Speech::Plain(_)) => {}
            }
            self.perform_all(&mut actions).await;
            if self.out.len() >= ANSWER_BYTES {
                self.put_out();
            }
        }
        self.finish_turn().await;
        if let Some(violation) = self.violation {
            self.conn.seal(violation.code, violation.reason);
        }
    }

    async fn take_notices(&mut self) -> Course {
        let mut actions = Vec::new();
        let mut notices = self.conn.take_notices();
        if let Some(at) = notices.iter().position(|notice| matches!(notice, Notice::Leave { .. })) {
            // What it has sent is acknowledged before it goes.
            let leave = notices.remove(at);
            self.state.writer.flush().await;
            notices.extend(self.conn.take_notices());
            notices.push(leave);
        }
        for notice in notices {
            if notice == Notice::Dead {
                return Course::Over;
            }
            match &mut self.speech {
                Speech::V1(session) => session.on_notice(notice, &mut actions),
                Speech::Plain(plain) => plain.on_notice(notice, &mut actions),
            }
        }
        self.perform_all(&mut actions).await;
        self.finish_turn().await;
        Course::On
    }

    async fn finish_turn(&mut self) {
        self.put_out();
        if !self.posts.is_empty() {
            self.state.writer.submit(std::mem::take(&mut self.posts)).await;
        }
    }

    fn on_goodbye(&mut self, code: Option<u16>) {
        self.goodbye = true;
        self.put_out();
        self.conn.seal(code.unwrap_or(close::NORMAL), "");
    }

    fn put_out(&mut self) {
        self.conn.put(&std::mem::take(&mut self.out));
    }
}

/// However the task ends.
impl Drop for Pump {
    fn drop(&mut self) {
        let hub = &self.state.hub;
        hub.registry.leave(&self.conn);
        match &self.speech {
            Speech::Plain(_) => hub.detach(&RoomKey::lobby(), &self.conn),
            Speech::V1(session) => session.followed().iter().for_each(|room| hub.detach(room, &self.conn)),
        }
        tracing::debug!(conn = self.conn.id(), "gone");
    }
}

impl Phase {
    fn deadline(self) -> Option<Pin<Box<Sleep>>> {
        let time = match self {
            Self::Hello => Duration::from_millis(limits::HELLO_MS),
            Self::Closing => CLOSE_WAIT,
            Self::Talk => return None,
        };
        Some(Box::pin(sleep(time)))
    }
}

/// Texts that come one after the other are one thing that came in.
fn push_text(text: &str, incoming: &mut Vec<Incoming>) {
    match incoming.last_mut() {
        Some(Incoming::Texts(texts)) => texts.push(text),
        _ => {
            let mut texts = Texts::default();
            texts.push(text);
            incoming.push(Incoming::Texts(texts));
        }
    }
}

/// Waits for a deadline; for ever if there is none.
async fn passed(deadline: &mut Option<Pin<Box<Sleep>>>) {
    match deadline {
        Some(deadline) => deadline.as_mut().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    /// How much room the task has that a connection is while it waits.
    fn size_of_task<F>(_: fn(Pump) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn a_connection_that_waits_is_a_small_task() {
        let size = size_of_task(|mut pump| speaking(Language::English, async move { pump.run().await }));
        assert!(size <= 1024, "{size} bytes, ten thousand times");
    }
}
