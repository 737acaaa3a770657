//! The one way into the logs: a task that takes what waits, stores it in one go, tells the senders, then the rooms.
//!
//! The batch sizes itself: while the store works on one, the next gathers. Nobody is told of a message, not even its
//! sender, before the store has it.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::protocol::event::Event;
use crate::protocol::ids::{Cid, RoomKey, Seq};
use crate::protocol::wire::ServerFrame;
use crate::server::error::Error;
use crate::server::fanout::{Conn, Hub, Notice};
use crate::server::store::{Appended, Draft, Refused, Store};

/// Most drafts that go to the store in one go.
const BATCH_DRAFTS: usize = 1_000;
/// Most turns of connections that wait here; a connection whose turn does not fit waits, and reads no further meanwhile.
const WAITING_TURNS: usize = 1_024;
/// When a client whose send has an unknown fate should send it again.
const RETRY_MS: u64 = 500;

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
        // The task ends only with the runtime; then nobody is there to be told.
        let _ = self.queue.send(Command::Append(submissions)).await;
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
        let (mut batch, mut flushes) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(command) = next {
            match command {
                Command::Append(submissions) => batch.extend(submissions),
                Command::Flush(done) => flushes.push(done),
            }
            next = if batch.len() < BATCH_DRAFTS { commands.try_recv().ok() } else { None };
        }
        write(batch, store.as_ref(), &hub).await;
        for done in flushes {
            let _ = done.send(());
        }
    }
}

async fn write(batch: Vec<Submission>, store: &dyn Store, hub: &Hub) {
    if batch.is_empty() {
        return;
    }
    let (drafts, replies): (Vec<Draft>, Vec<_>) = batch
        .into_iter()
        .map(|Submission { draft, reply }| {
            let about = (draft.room.clone(), draft.cid.clone());
            (draft, (about, reply))
        })
        .unzip();
    let answers = match store.append(drafts).await {
        Ok(answers) => answers,
        Err(error) => {
            tracing::error!(%error, "a batch has an unknown fate");
            for ((room, cid), reply) in replies {
                reply.tell(room, cid, Outcome::Unknown);
            }
            return;
        }
    };
    let mut events: HashMap<RoomKey, Vec<Arc<Event>>> = HashMap::new();
    for (((room, cid), reply), answer) in replies.into_iter().zip(answers) {
        let outcome = Outcome::from(&answer);
        if let Ok(Appended::New(event)) = answer {
            match events.get_mut(&room) {
                Some(events) => events.push(event),
                None => drop(events.insert(room.clone(), vec![event])),
            }
        }
        reply.tell(room, cid, outcome);
    }
    for (room, events) in events {
        hub.publish(&room, &events);
    }
}

impl Reply {
    fn tell(self, room: RoomKey, cid: Cid, outcome: Outcome) {
        match self {
            Self::IfNotCommitted(_) if matches!(outcome, Outcome::Committed { .. }) => {}
            Self::Conn(conn) | Self::IfNotCommitted(conn) => conn.notify(Notice::Tell(outcome.into_frame(room, cid))),
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
            Self::Unknown => ServerFrame::Retry { cid, after_ms: RETRY_MS },
        }
    }
}

impl From<&Result<Appended, Refused>> for Outcome {
    fn from(answer: &Result<Appended, Refused>) -> Self {
        match answer {
            Ok(Appended::New(event)) => Self::Committed { seq: event.seq, dup: false },
            Ok(Appended::Before(seq)) => Self::Committed { seq: *seq, dup: true },
            Err(Refused::NoRoom) => Self::Refused(Error::NotFound),
            Err(Refused::NoAuthor) => Self::Refused(Error::Unauthenticated),
            Err(Refused::NoReplyTarget) => Self::Refused(Error::ReplyUnknown),
        }
    }
}

/// A refusal as a frame.
pub fn nack(cid: Cid, error: &Error) -> ServerFrame {
    ServerFrame::Nack { cid, code: error.code(), message: error.to_string(), after_ms: error.after_ms() }
}
