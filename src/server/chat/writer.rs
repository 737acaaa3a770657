//! The one way into the logs: a task that takes what waits, stores it in one go, tells the senders, then the rooms.
//!
//! The batch sizes itself: while the store works on one, the next gathers. Nobody is told of a message, not even its
//! sender, before the store has it.

use std::collections::HashMap;
use std::iter::repeat_n;
use std::sync::Arc;

use tokio::sync::mpsc::error::SendError;
use tokio::sync::{mpsc, oneshot};

use crate::protocol::event::Event;
use crate::protocol::ids::{Cid, RoomKey, Seq};
use crate::protocol::power::{self, Denied};
use crate::protocol::texts::Said;
use crate::protocol::wire::ServerFrame;
use crate::server::error::Error;
use crate::server::fanout::{Conn, Hub, Notice};
use crate::server::guard::Turn;

use crate::server::plant::{self, Bug};
use crate::server::store::{Appended, Draft, Refused, Store, Stretch};

/// Most drafts that go to the store in one go.
const BATCH_DRAFTS: usize = 1_000;
/// Messages after which a batch is full, where many came together: who hears them one by one has to get along with it.
const BATCH_MESSAGES: usize = 2_000;
/// Bytes of text after which a batch is full.
const BATCH_BYTES: usize = 512 * 1024;
/// Most turns of connections that wait here; a connection whose turn does not fit waits, and reads no further meanwhile.
const WAITING_TURNS: usize = 1_024;
/// When a client whose send has an unknown fate should send it again.
pub const RETRY_MS: u64 = 500;

/// Hands drafts to the writer task.
#[derive(Debug, Clone)]
pub struct Writer {
    queue: mpsc::Sender<Command>,
}

#[derive(Debug)]
enum Command {
    Append(Vec<Submission>),
    /// Answer once everything before is done.
    Flush(oneshot::Sender<()>),
}

/// A draft, and who wants to know what became of it.
pub struct Submission {
    /// What.
    pub draft: Draft,
    /// It came too fast: refused, unless the log has it from an earlier try. Only the writer can tell, behind all that
    /// came before.
    pub too_fast: Option<Error>,
    /// Whose turn it is, where one has to wait for it.
    pub turn: Option<Turn>,
    /// For whom.
    pub reply: Reply,
}

impl std::fmt::Debug for Submission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Submission").field("cid", &self.draft.cid).finish_non_exhaustive()
    }
}

/// Who wants to know.
pub enum Reply {
    /// A connection, as a frame.
    Conn(Arc<Conn>),
    /// A connection that hears of its own messages anyway, and of the rest only if it went wrong.
    IfNotCommitted(Arc<Conn>),
    /// Somebody who waits.
    Once(oneshot::Sender<Outcome>),
}

/// What became of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the log.
    Committed {
        /// Where.
        seq: Seq,
        /// It was there already.
        dup: bool,
    },
    /// It would change nothing.
    AlreadySo,
    /// It will never be.
    Refused(Error),
    /// Not known: the same cid again settles it.
    Unknown,
}

impl Writer {
    /// Starts the task; it ends when the last handle is gone.
    pub fn start(store: Arc<dyn Store>, hub: Arc<Hub>) -> Self {
        let (queue, commands) = mpsc::channel(WAITING_TURNS);
        tokio::spawn(write_for_ever(commands, store, hub));
        Self { queue }
    }

    /// Queue drafts, in their order. Waits while the queue is full.
    pub async fn submit(&self, submissions: Vec<Submission>) {
        if let Err(SendError(Command::Append(submissions))) = self.queue.send(Command::Append(submissions)).await {
            tracing::error!("the writer is gone");
            submissions.into_iter().for_each(|submission| submission.tell(Outcome::Unknown));
        }
    }

    /// Whether there is somebody to write.
    pub fn is_alive(&self) -> bool {
        !self.queue.is_closed()
    }

    /// Waits until everything queued before is stored and told.
    pub async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        if self.queue.send(Command::Flush(done)).await.is_ok() {
            let _ = wait.await;
        }
    }
}

async fn write_for_ever(mut commands: mpsc::Receiver<Command>, store: Arc<dyn Store>, hub: Arc<Hub>) {
    while let Some(first) = commands.recv().await {
        let (mut batch, mut flushes, mut bytes, mut messages) = (Vec::new(), Vec::new(), 0, 0);
        let mut next = Some(first);
        while let Some(command) = next {
            match command {
                Command::Append(submissions) => {
                    bytes += submissions.iter().map(|submission| submission.draft.deed.bytes()).sum::<usize>();
                    messages += submissions.iter().map(|submission| submission.draft.deed.messages()).sum::<usize>();
                    if batch.is_empty() {
                        batch = submissions;
                    } else {
                        batch.extend(submissions);
                    }
                }
                Command::Flush(done) => flushes.push(done),
            }
            let full = batch.len() >= BATCH_DRAFTS || messages >= BATCH_MESSAGES || bytes >= BATCH_BYTES;
            next = if full { None } else { commands.try_recv().ok() };
        }
        write(batch, store.as_ref(), &hub).await;
        for done in flushes {
            let _ = done.send(());
        }
    }
}

async fn write(batch: Vec<Submission>, store: &dyn Store, hub: &Hub) {
    if batch.iter().all(|submission| submission.too_fast.is_none()) {
        return append(batch, store, hub).await;
    }
    let (pass, too_fast): (Vec<_>, Vec<_>) = batch.into_iter().partition(|submission| submission.too_fast.is_none());
    append(pass, store, hub).await;
    if plant::is(Bug::NackCommits) {
        append(too_fast.iter().map(Submission::unnoticed).collect(), store, hub).await;
    }
    for submission in too_fast {
        let outcome = settle_too_fast(&submission, store).await;
        submission.tell(outcome);
    }
}

async fn append(mut batch: Vec<Submission>, store: &dyn Store, hub: &Hub) {
    if batch.is_empty() {
        return;
    }
    if plant::is(Bug::AckBeforeCommit) {
        batch = acknowledge_early(batch, hub);
    }
    let (drafts, tellings): (Vec<Draft>, Vec<Telling>) = batch.into_iter().map(Submission::split).unzip();
    let answers = match store.logs().append(drafts).await {
        Ok(answers) => answers,
        Err(error) => {
            tracing::error!(%error, "a batch has an unknown fate");
            return tellings.into_iter().for_each(|telling| telling.tell(Outcome::Unknown));
        }
    };
    let mut news: HashMap<RoomKey, News> = HashMap::new();
    for (telling, answer) in tellings.into_iter().zip(answers) {
        let outcome = Outcome::from(&answer);
        if let Ok(appended) = answer {
            match news.get_mut(&telling.room) {
                Some(news) => news.add(appended),
                None => news.entry(telling.room.clone()).or_default().add(appended),
            }
        }
        telling.tell(outcome);
    }
    for (room, news) in news {
        news.publish(&room, store, hub).await;
    }
}

/// What a batch says of one room.
#[derive(Default)]
struct News {
    pieces: Vec<Piece>,
    /// How far the room has come, as far as this batch shows.
    reached: Seq,
}

/// What goes out together.
enum Piece {
    Events(Vec<Arc<Event>>),
    Said(Said),
}

impl News {
    fn add(&mut self, appended: Appended) {
        match appended {
            Appended::New(event) => {
                self.reached = self.reached.max(event.seq);
                match self.pieces.last_mut() {
                    Some(Piece::Events(events)) => events.push(event),
                    _ => self.pieces.push(Piece::Events(vec![event])),
                }
            }
            Appended::Said(said) => {
                self.reached = self.reached.max(said.last());
                self.pieces.push(Piece::Said(said));
            }
            Appended::Before(seq) => self.reached = self.reached.max(seq),
        }
    }

    /// Tells all who follow. An earlier batch whose fate was not known may be in the log after all: nobody was told of it,
    /// so they are now, in its place.
    async fn publish(self, room: &RoomKey, store: &dyn Store, hub: &Hub) {
        let published = hub.head(room).unwrap_or(self.reached);
        let first = self.pieces.first().map_or(self.reached + 1, Piece::first);
        if first > published + 1 {
            let count = usize::try_from(first - published - 1).unwrap_or(usize::MAX);
            match store.logs().events(room, Stretch::After(published), count).await {
                Ok(missed) => hub.publish(room, &missed.map(|missed| missed.events).unwrap_or_default()),
                // They see the hole and ask.
                Err(error) => tracing::warn!(%error, "what was missed cannot be read"),
            }
        }
        for piece in &self.pieces {
            match piece {
                Piece::Events(events) => hub.publish(room, events),
                Piece::Said(said) => hub.publish_texts(room, said),
            }
        }
    }
}

impl Piece {
    fn first(&self) -> Seq {
        match self {
            Self::Events(events) => events.first().map_or(0, |event| event.seq),
            Self::Said(said) => said.first,
        }
    }
}

/// Where that bug is planted: everybody is told what the store will answer if all goes well.
fn acknowledge_early(batch: Vec<Submission>, hub: &Hub) -> Vec<Submission> {
    let mut seqs: HashMap<RoomKey, Seq> = HashMap::new();
    let early = batch.into_iter().map(|submission| {
        let room = &submission.draft.room;
        let seq = seqs.entry(room.clone()).or_insert_with(|| hub.head(room).unwrap_or(0));
        *seq += 1;
        let (outcome, unnoticed) = (Outcome::Committed { seq: *seq, dup: false }, submission.unnoticed());
        submission.tell(outcome);
        unnoticed
    });
    early.collect()
}

async fn settle_too_fast(submission: &Submission, store: &dyn Store) -> Outcome {
    if let (true, Some(error)) = (plant::is(Bug::NackCommits), &submission.too_fast) {
        return Outcome::Refused(error.clone());
    }
    let Draft { room, author, cid, .. } = &submission.draft;
    match (store.logs().seq_of(room, author, cid).await, &submission.too_fast) {
        (Ok(Some(seq)), _) => Outcome::Committed { seq, dup: true },
        (Ok(None), Some(error)) => Outcome::Refused(as_seen(store, &submission.draft, error).await),
        (Ok(None), None) | (Err(_), _) => Outcome::Unknown,
    }
}

/// To whom a room is not there it is not, however fast they ask: else the one refusal would tell it apart from the other.
pub async fn as_seen(store: &dyn Store, draft: &Draft, error: &Error) -> Error {
    let rooms = store.rooms();
    match (rooms.room(&draft.room).await, rooms.standing(&draft.room, &draft.author, draft.at).await) {
        (Ok(Some(room)), Ok(standing)) if power::read(standing, room.setting) != Err(Denied::NotThere) => error.clone(),
        (Err(_), _) | (_, Err(_)) => error.clone(),
        _ => Error::NotFound,
    }
}

/// Whom to tell about which send.
struct Telling {
    room: RoomKey,
    cid: Cid,
    /// How many messages it was to be.
    count: usize,
    turn: Option<Turn>,
    reply: Reply,
}

impl Submission {
    /// The same draft, of which nobody hears what became.
    fn unnoticed(&self) -> Self {
        Self { draft: self.draft.clone(), too_fast: None, turn: None, reply: Reply::Once(oneshot::channel().0) }
    }

    fn split(self) -> (Draft, Telling) {
        let Self { draft, turn, reply, .. } = self;
        let (room, cid, count) = (draft.room.clone(), draft.cid.clone(), draft.deed.messages());
        let telling = Telling { room, cid, count, turn, reply };
        (draft, telling)
    }

    fn tell(self, outcome: Outcome) {
        self.split().1.tell(outcome);
    }
}

impl Telling {
    fn tell(self, outcome: Outcome) {
        if matches!(outcome, Outcome::Committed { dup: false, .. }) {
            self.turn.into_iter().for_each(Turn::take);
        }
        self.reply.tell(self.room, self.cid, self.count, outcome);
    }
}

impl Reply {
    /// As often as there were messages.
    fn tell(self, room: RoomKey, cid: Cid, count: usize, outcome: Outcome) {
        match self {
            Self::IfNotCommitted(_) if matches!(outcome, Outcome::Committed { .. }) => {}
            Self::Conn(conn) | Self::IfNotCommitted(conn) => {
                let frame = outcome.into_frame(room, cid);
                repeat_n(frame, count).for_each(|frame| conn.notify(Notice::Tell(Box::new(frame))));
            }
            // Whoever waited may have gone.
            Self::Once(waiting) => drop(waiting.send(outcome)),
        }
    }
}

impl Outcome {
    fn into_frame(self, room: RoomKey, cid: Cid) -> ServerFrame {
        match self {
            Self::Committed { seq, dup } => ServerFrame::Ack { cid, room, seq, dup },
            Self::Refused(error) => nack(cid, &error),
            // No act of the socket is of that kind.
            Self::AlreadySo => nack(cid, &Error::Internal),
            Self::Unknown => ServerFrame::Retry { cid, after_ms: RETRY_MS },
        }
    }
}

impl From<&Result<Appended, Refused>> for Outcome {
    fn from(answer: &Result<Appended, Refused>) -> Self {
        match answer {
            Ok(Appended::New(event)) => Self::Committed { seq: event.seq, dup: false },
            Ok(Appended::Said(said)) => Self::Committed { seq: said.last(), dup: false },
            Ok(Appended::Before(seq)) => Self::Committed { seq: *seq, dup: true },
            Err(Refused::NoRoom) => Self::Refused(Error::NotFound),
            Err(Refused::NoAuthor) => Self::Refused(Error::Unauthenticated),
            Err(Refused::NoReplyTarget) => Self::Refused(Error::ReplyUnknown),
            Err(Refused::NoMessage) => Self::Refused(Error::MessageUnknown),
            Err(Refused::Denied(denied)) => Self::Refused((*denied).into()),
            Err(Refused::NoPerson) => Self::Refused(Error::PersonUnknown),
            Err(Refused::AlreadySo) => Self::AlreadySo,
            Err(Refused::Unseen) => Self::Refused(Error::Unavailable),
            // Nobody hands together what is kept.
            Err(Refused::Together) => Self::Refused(Error::Internal),
            Err(Refused::InviteInvalid) => Self::Refused(Error::InviteInvalid),
            Err(Refused::OutOfScope) => Self::Refused(Error::OutOfScope),
            Err(Refused::TooManyRooms) => Self::Refused(Error::TooMany),
            Err(Refused::TooManyReactions) => Self::Refused(Error::TooManyReactions),
        }
    }
}

/// A refusal as a frame.
pub fn nack(cid: Cid, error: &Error) -> ServerFrame {
    ServerFrame::Nack { cid, code: error.code(), message: error.to_string(), after_ms: error.after_ms() }
}
