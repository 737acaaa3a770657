//! The one loop of a connection: bytes in, what the session wants done, bytes out.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Sleep, sleep};

use super::decode::{Decoder, Message, NOT_UTF8, Violation};
use super::upgrade::Upgraded;
use super::{Action, Speech, wrong};
use crate::protocol::api::{EventsQuery, Me};
use crate::protocol::event::Event;
use crate::protocol::ids::{Cid, Epoch, RoomKey, Seq};
use crate::protocol::limits::{self, Limits};
use crate::protocol::wire::{ClientFrame, PLAIN_WELCOME, ServerFrame, Unreadable, close};
use crate::server::access::{self, RoomMember};
use crate::server::auth::{self, ClientAddress};
use crate::server::chat::writer::{Reply, Submission};
use crate::server::chat::{accounts, messages, rooms};
use crate::server::error::Error;
use crate::server::fanout::{Conn, Dialect, Notice, encode};
use crate::server::state::Shared;

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
    speech: Speech,
    decoder: Decoder,
    /// Frames of this turn that are not given to the connection yet.
    out: Vec<u8>,
    /// Messages of this turn that are not given to the writer yet.
    posts: Vec<Submission>,
    /// The right to speak that was proved last in this turn.
    member: Option<RoomMember>,
    /// The client broke the rules: what it sends now is not understood any more. It is told once what it said before is
    /// done.
    violation: Option<Violation>,
    /// The client's own close frame has come.
    goodbye: bool,
}

/// Something that came in, on its own.
enum Incoming {
    Text(String),
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
            speech,
            decoder: Decoder::default(),
            out: Vec::new(),
            posts: Vec::new(),
            member: None,
            violation: None,
            goodbye: false,
        };
        pump.begin();
        let incoming = pump.decode(&mut early);
        drop(early);
        pump.take(incoming).await;
        pump.run().await;
    }

    /// The plain wire begins by itself; `banter.v1` waits for `hello`.
    fn begin(&mut self) {
        tracing::debug!(conn = self.conn.id(), "connected");
        let registry = &self.state.hub.registry;
        registry.enter(self.conn.clone());
        if registry.is_draining() {
            // It got through the door just before that was shut.
            self.conn.notify(Notice::leave(Duration::ZERO));
        }
        if let Speech::Plain(_) = self.speech {
            encode::text(PLAIN_WELCOME, &mut self.out);
            self.put_out();
            self.state.hub.attach(&RoomKey::lobby(), &self.conn, Dialect::Plain);
        }
    }

    async fn run(&mut self) {
        let conn = self.conn.clone();
        let mut phase = self.phase();
        let mut deadline = phase.deadline();
        loop {
            let course = tokio::select! {
                ready = conn.readable() => match ready {
                    Ok(()) => self.read().await,
                    Err(_) => Course::Over,
                },
                written = conn.write_on(), if conn.is_behind() => match written {
                    Ok(()) => Course::On,
                    Err(_) => Course::Over,
                },
                () = conn.woken() => self.take_notices().await,
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
            Message::Text(text) if plain => incoming.push(Incoming::Text(text.to_owned())),
            Message::Text(text) => incoming.push(Incoming::Frame(ClientFrame::read(text))),
            Message::Binary(bytes) if plain => match std::str::from_utf8(bytes) {
                Ok(text) => incoming.push(Incoming::Text(text.to_owned())),
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
                (Incoming::Text(text), Speech::Plain(plain)) => plain.on_text(text, &mut actions),
                (Incoming::Frame(frame), Speech::V1(session)) => session.on_frame(frame, &mut actions),
                (Incoming::Text(_), Speech::V1(_)) | (Incoming::Frame(_), Speech::Plain(_)) => {}
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
        self.member = None;
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

    async fn perform_all(&mut self, actions: &mut Vec<Action>) {
        while !actions.is_empty() {
            for action in std::mem::take(actions) {
                self.perform(action, actions).await;
            }
        }
    }

    /// Does one thing; what follows from it is added to `actions`.
    async fn perform(&mut self, action: Action, actions: &mut Vec<Action>) {
        match action {
            Action::Send(frame) => encode::frame(&frame, &mut self.out),
            Action::Say(text) => encode::text(&text, &mut self.out),
            Action::Ping => encode::ping(&mut self.out),
            Action::Beat => self.beat(),
            Action::Identify { token } => self.identify(&token, actions).await,
            Action::Welcome => self.welcome(actions).await,
            Action::Follow { room, epoch, seq } => self.follow(room, epoch, seq, actions).await,
            Action::Unfollow { room } => self.state.hub.detach(&room, &self.conn),
            Action::Fetch { room, after, before, limit } => {
                let query = EventsQuery { after, before, limit: Some(limit) };
                match self.fetch(&room, query).await {
                    Ok(page) => actions.push(Action::Send(page)),
                    Err(error) => actions.push(wrong(error.code(), error.to_string())),
                }
            }
            Action::Post { room, cid, body, reply_to } => self.post(room, cid, body, reply_to, actions).await,
            Action::Close { code, reason } => {
                self.put_out();
                self.conn.seal(code, reason);
            }
        }
    }

    fn me(&self) -> Option<&Me> {
        match &self.speech {
            Speech::V1(session) => session.me(),
            Speech::Plain(plain) => plain.me(),
        }
    }

    fn beat(&mut self) {
        let Speech::V1(session) = &self.speech else {
            return;
        };
        let head = |room: &RoomKey| self.state.hub.flushed(room).map(|head| (room.clone(), head));
        let heads: BTreeMap<RoomKey, Seq> = session.followed().iter().filter_map(head).collect();
        encode::frame(&ServerFrame::Ping { heads }, &mut self.out);
    }

    async fn identify(&mut self, token: &str, actions: &mut Vec<Action>) {
        self.member = None;
        let found = auth::person_of(&self.state, token).await;
        let Speech::V1(session) = &mut self.speech else {
            return;
        };
        match found {
            Ok(me) => session.on_identified(me, actions),
            Err(error) => actions.push(wrong(error.code(), error.to_string())),
        }
    }

    async fn welcome(&mut self, actions: &mut Vec<Action>) {
        if let Err(error) = self.refresh().await {
            return actions.push(wrong(error.code(), error.to_string()));
        }
        let Speech::V1(session) = &self.speech else {
            return;
        };
        let me = session.me().cloned();
        if me.is_none() && !self.state.config.guests.is_on() {
            return session.on_guests_off(actions);
        }
        match rooms::list(&self.state, me.as_ref()).await {
            Ok(rooms) => {
                let (conn, ping_ms, limits) = (self.conn.id(), limits::PING_MS, Limits::current());
                encode::frame(&ServerFrame::Welcome { conn, me, rooms, ping_ms, limits }, &mut self.out);
            }
            Err(error) => actions.push(wrong(error.code(), error.to_string())),
        }
    }

    /// One may have got another name since the last time.
    async fn refresh(&mut self) -> Result<(), Error> {
        let Some(id) = self.me().map(|me| me.id.clone()) else { return Ok(()) };
        let now = accounts::as_now(&self.state, &id).await?;
        if let Speech::V1(session) = &mut self.speech {
            session.refresh(now);
        }
        Ok(())
    }

    /// First attach, then read: whatever is said meanwhile waits behind the answer, so that nothing falls between what was
    /// read and what comes by itself.
    async fn follow(&mut self, room: RoomKey, epoch: Option<Epoch>, seq: Option<Seq>, actions: &mut Vec<Action>) {
        self.put_out();
        self.conn.cork();
        let mut first = Vec::new();
        match self.attach_and_read(&room, epoch, seq).await {
            Ok(subbed) => encode::frame(&subbed, &mut first),
            Err(error) => {
                self.state.hub.detach(&room, &self.conn);
                if let Speech::V1(session) = &mut self.speech {
                    session.unfollow(&room);
                }
                actions.push(wrong(error.code(), error.to_string()));
            }
        }
        self.conn.uncork(&first);
    }

    async fn attach_and_read(
        &self,
        room: &RoomKey,
        epoch: Option<Epoch>,
        seq: Option<Seq>,
    ) -> Result<ServerFrame, Error> {
        self.state.rates.ask(self.address.0)?;
        let reader = access::room_reader(&self.state, self.me(), room).await?;
        let head = self.state.hub.attach(room, &self.conn, Dialect::V1).ok_or(Error::NotFound)?;
        let caught_up = rooms::catch_up(&self.state, &reader, epoch.as_ref(), seq, head).await?;
        let events = caught_up.events.iter().map(|event| Event::clone(event)).collect();
        let (room, epoch, recovered) = (room.clone(), caught_up.epoch, caught_up.recovered);
        Ok(ServerFrame::Subbed { room, epoch, head, recovered, events })
    }

    async fn fetch(&self, room: &RoomKey, query: EventsQuery) -> Result<ServerFrame, Error> {
        self.state.rates.ask(self.address.0)?;
        let reader = access::room_reader(&self.state, self.me(), room).await?;
        let page = rooms::page(&self.state, &reader, query).await?;
        let events = page.events.iter().map(|event| Event::clone(event)).collect();
        Ok(ServerFrame::Page { room: room.clone(), events, more: page.more })
    }

    async fn post(&mut self, room: RoomKey, cid: Cid, body: String, reply_to: Option<Seq>, actions: &mut Vec<Action>) {
        let submission = self.submission(&room, cid.clone(), body, reply_to).await;
        match (submission, &mut self.speech) {
            (Ok(submission), _) => self.posts.push(submission),
            (Err(error), Speech::V1(session)) => session.on_refused(cid, &error, actions),
            (Err(error), Speech::Plain(plain)) => plain.on_refused(&error, actions),
        }
    }

    async fn submission(
        &mut self,
        room: &RoomKey,
        cid: Cid,
        body: String,
        reply_to: Option<Seq>,
    ) -> Result<Submission, Error> {
        // First, so that nobody becomes a guest by saying nothing.
        messages::check_body(&body)?;
        self.prove_member(room).await?;
        let member = self.member.as_ref().ok_or(Error::Internal)?;
        let reply = match self.speech {
            Speech::V1(_) => Reply::Conn(self.conn.clone()),
            Speech::Plain(_) => Reply::IfNotCommitted(self.conn.clone()),
        };
        messages::submission(&self.state, member, cid, body, reply_to, reply)
    }

    /// The right to speak in a room, proved once a turn. A stranger on the plain wire becomes a guest by speaking.
    async fn prove_member(&mut self, room: &RoomKey) -> Result<(), Error> {
        if let Speech::Plain(plain) = &mut self.speech
            && plain.me().is_none()
        {
            let (me, _) = accounts::become_guest(&self.state, self.address.0, None).await?;
            plain.on_identified(me);
        }
        let member = match self.member.take() {
            Some(member) if member.room() == room => member,
            _ => access::room_member(&self.state, self.me(), room).await?,
        };
        self.member = Some(member);
        Ok(())
    }
}

/// However the task ends.
impl Drop for Pump {
    fn drop(&mut self) {
        let hub = &self.state.hub;
        hub.registry.leave(self.conn.id());
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

/// Waits for a deadline; for ever if there is none.
async fn passed(deadline: &mut Option<Pin<Box<Sleep>>>) {
    match deadline {
        Some(deadline) => deadline.as_mut().await,
        None => std::future::pending().await,
    }
}
