//! One room's way to its followers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::sleep;

use super::conn::{Conn, Notice, Tie};
use super::encode;
use super::presence::Told;
use crate::protocol::event::{ChangeKind, Event, What};
use crate::protocol::ids::{PersonId, RoomKey, Seq};
use crate::protocol::limits;
use crate::protocol::texts::Said;
use crate::protocol::wire::ServerFrame;
use crate::server::metrics;
use crate::server::plant::{self, Bug};

/// A buffer that grew over this in a busy turn gives its memory back.
const SPARE_BYTES: usize = 1 << 20;

/// A room with fewer followers is not busy, however much is said in it: its writes cost little.
const CROWD: usize = 64;

/// What the timer may be early by: what is said just as the pause ends still belongs to it.
const TICK: Duration = Duration::from_millis(1);

/// Which events are not given to those who follow, where that bug is planted.
const PLANTED_DROP: Seq = 100;

/// What a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The socket `banter.v1`.
    V1 = 0,
    /// The plain wire: a message's text and nothing else.
    Plain = 1,
}

const DIALECTS: usize = 2;

type Batches = [Vec<u8>; DIALECTS];

/// A room's followers, and what was said since they were last written to.
pub(super) struct Feed {
    room: RoomKey,
    turn: Mutex<Turn>,
    /// How long a busy room waits for more to say at once.
    pause: Duration,
    /// There is something to flush.
    wake: Notify,
    /// Somebody came, went or looked away since it was last told who is here.
    stirred: AtomicBool,
    /// Who is here, as it was last told.
    told: Mutex<Told>,
}

/// What happens between two flushes.
struct Turn {
    /// The newest seq that is in `batches` or was flushed.
    head: Seq,
    /// The newest seq that every follower was written.
    flushed: Seq,
    /// Ready frames by dialect, the same bytes for everybody.
    batches: Batches,
    /// How many bytes were said before those, by dialect.
    begin: [u64; DIALECTS],
    /// Copied by whoever changes it while it is being written to.
    followers: Arc<Vec<Follower>>,
    /// Those who were cut off in this turn: they get what was said before that, and nothing more.
    leaving: Vec<Follower>,
    /// How many follow in each dialect: nobody encodes for nobody.
    counts: [usize; DIALECTS],
}

/// What one flush writes, and to whom.
struct Taken {
    /// The newest seq in it.
    head: Seq,
    /// How many bytes were said before it, by dialect.
    begin: [u64; DIALECTS],
    followers: Arc<Vec<Follower>>,
    leaving: Vec<Follower>,
}

#[derive(Clone)]
struct Follower {
    /// The connection's number: whoever looks for it need not ask all of them.
    id: u64,
    conn: Arc<Conn>,
    dialect: Dialect,
    /// How many bytes were said before this one came.
    from: u64,
    /// It was not told yet who is here.
    fresh: bool,
    /// Where it was cut off, and why.
    cut: Option<Cut>,
    /// Once that is gone, what a flush under way still has for it is not for it.
    tie: Arc<Tie>,
}

/// The end of what a follower gets.
#[derive(Clone, Copy)]
struct Cut {
    /// Bytes of the batch up to the event that cut it off, that one included.
    end: usize,
    banned: bool,
}

/// Whom an event cuts off.
enum Cuts<'e> {
    /// Nobody.
    None,
    /// Somebody who has gone, or may not be here any more.
    One(&'e PersonId, bool),
    /// All: each has to ask whether they may still follow.
    All,
}

impl Feed {
    pub(super) fn new(room: RoomKey, head: Seq, pause: Duration) -> Self {
        let turn = Turn {
            head,
            flushed: head,
            batches: Batches::default(),
            begin: [0; DIALECTS],
            followers: Arc::default(),
            leaving: Vec::new(),
            counts: [0; DIALECTS],
        };
        let (turn, wake) = (Mutex::new(turn), Notify::new());
        Self { room, turn, pause, wake, stirred: AtomicBool::new(false), told: Mutex::default() }
    }

    /// The newest event that was published.
    pub(super) fn head(&self) -> Seq {
        self.turn.lock().head
    }

    /// How far every follower has been given everything.
    pub(super) fn flushed(&self) -> Seq {
        self.turn.lock().flushed
    }

    /// In order of seq.
    pub(super) fn publish(&self, events: &[Arc<Event>]) {
        let mut turn = self.turn.lock();
        for event in events {
            if turn.publish(&self.room, event) {
                self.presence_changed();
            }
        }
        drop(turn);
        self.wake.notify_one();
    }

    /// The same for what is not kept.
    pub(super) fn publish_texts(&self, said: &Said) {
        let mut turn = self.turn.lock();
        if turn.counts[Dialect::V1 as usize] > 0 || plant::is(Bug::FanoutDrops) {
            for event in said.events() {
                turn.publish(&self.room, &event);
            }
        } else {
            turn.encode_texts(said);
        }
        drop(turn);
        self.wake.notify_one();
    }

    pub(super) fn attach(&self, conn: Arc<Conn>, dialect: Dialect) -> (Seq, Arc<Tie>) {
        let mut turn = self.turn.lock();
        let from = turn.begin[dialect as usize] + turn.batches[dialect as usize].len() as u64;
        turn.counts[dialect as usize] += 1;
        self.presence_changed();
        let (tie, id): (Arc<Tie>, _) = (Arc::default(), conn.id());
        let follower = Follower { id, conn, dialect, from, fresh: true, cut: None, tie: tie.clone() };
        Arc::make_mut(&mut turn.followers).push(follower);
        (turn.head, tie)
    }

    pub(super) fn detach(&self, conn: u64) {
        let mut turn = self.turn.lock();
        if let Some(at) = turn.followers.iter().position(|follower| follower.id == conn) {
            self.presence_changed();
            let left = Arc::make_mut(&mut turn.followers).swap_remove(at);
            turn.counts[left.dialect as usize] -= 1;
            left.tie.go();
        }
        for left in turn.leaving.iter().filter(|left| left.id == conn) {
            left.tie.go();
        }
    }

    /// A frame that is in no log. Where more follow than are told of, it is dropped.
    pub(super) fn whisper(&self, frame: &ServerFrame) {
        let mut turn = self.turn.lock();
        if turn.followers.len() > limits::PRESENCE {
            return;
        }
        encode::frame(frame, &mut turn.batches[Dialect::V1 as usize]);
        drop(turn);
        self.wake.notify_one();
    }

    /// It has to be looked anew who is here.
    pub(super) fn presence_changed(&self) {
        self.stirred.store(true, Ordering::Release);
    }

    /// Tells who is here, if that has changed: all of it to those who came, what is new to the others.
    pub(super) fn tell_presence(&self) {
        if !self.stirred.swap(false, Ordering::AcqRel) {
            return;
        }
        let (conns, fresh) = self.conns();
        let mut told = self.told.lock();
        if let Some(news) = told.renew(&self.room, &conns) {
            let mut turn = self.turn.lock();
            encode::frame(&news, &mut turn.batches[Dialect::V1 as usize]);
            drop(turn);
            self.wake.notify_one();
        }
        // Where nobody is, there is nothing to tell.
        let Some(told) = told.all(&self.room) else { return };
        let mut all = Vec::new();
        encode::frame(&told, &mut all);
        fresh.iter().for_each(|follower| follower.conn.put_by(&follower.tie, Tie::leaves, &all));
    }

    /// Those who are told who is here, and those of them who were told nothing yet.
    fn conns(&self) -> (Vec<Arc<Conn>>, Vec<Follower>) {
        let mut turn = self.turn.lock();
        let followers = Arc::make_mut(&mut turn.followers).iter_mut();
        let told = followers.filter(|follower| follower.dialect == Dialect::V1);
        let (mut conns, mut fresh) = (Vec::new(), Vec::new());
        for follower in told {
            conns.push(follower.conn.clone());
            if std::mem::take(&mut follower.fresh) {
                fresh.push(follower.clone());
            }
        }
        (conns, fresh)
    }

    /// Writes each turn's batch to every follower, once. The lock is not held while writing.
    pub(super) async fn flush_for_ever(self: Arc<Self>) {
        let (mut batches, mut last) = (Batches::default(), None);
        loop {
            self.wake.notified().await;
            // Others of this thread get their turn: what they have to say by now goes out in the same batch.
            tokio::task::yield_now().await;
            loop {
                self.gather(last).await;
                let Some(taken) = self.take_turn(&mut batches) else { break };
                for follower in taken.followers.iter().chain(&taken.leaving) {
                    follower.put(&batches, &taken.begin, &self.room);
                }
                self.turn.lock().flushed = taken.head;
                // Whoever comes or goes from here on need not copy it.
                drop(taken);
                last = Some(Instant::now());
                for batch in &mut batches {
                    batch.clear();
                    batch.shrink_to(SPARE_BYTES);
                }
                // Others of this thread get their turn, and what they say meanwhile goes out in one batch.
                tokio::task::yield_now().await;
            }
        }
    }

    /// In a busy room lets more come together, if that is wanted: many hear it a little later, and each with fewer writes.
    async fn gather(&self, last: Option<Instant>) {
        let busy = |last: Instant| last.elapsed() < 2 * self.pause && self.turn.lock().is_for_a_crowd();
        if !self.pause.is_zero() && last.is_some_and(busy) {
            sleep(self.pause + TICK).await;
        }
    }

    /// Swaps the room's batches for empty ones; answers with who gets them, if there is anything.
    fn take_turn(&self, batches: &mut Batches) -> Option<Taken> {
        let mut turn = self.turn.lock();
        if turn.batches.iter().all(Vec::is_empty) && turn.leaving.is_empty() {
            turn.flushed = turn.head;
            return None;
        }
        let begin = turn.begin;
        turn.begin = std::array::from_fn(|dialect| begin[dialect] + turn.batches[dialect].len() as u64);
        std::mem::swap(&mut turn.batches, batches);
        let leaving = std::mem::take(&mut turn.leaving);
        Some(Taken { head: turn.head, begin, followers: turn.followers.clone(), leaving })
    }
}

impl Follower {
    /// What of a batch is for it; and behind that, that it was cut off.
    fn put(&self, batches: &Batches, begin: &[u64; DIALECTS], room: &RoomKey) {
        let batch = &batches[self.dialect as usize];
        let end = self.cut.map_or(batch.len(), |cut| cut.end);
        let skip = usize::try_from(self.from.saturating_sub(begin[self.dialect as usize])).unwrap_or(usize::MAX);
        self.conn.put_by(&self.tie, Tie::is_gone, &batch[skip.min(end)..end]);
        if let Some(Cut { banned, .. }) = self.cut.filter(|_| !self.tie.is_gone()) {
            self.conn.notify(Notice::Cut { room: room.clone(), banned });
        }
    }
}

impl<'e> Cuts<'e> {
    fn of(event: &'e Event) -> Self {
        let What::Changed(change) = &event.what else { return Self::None };
        let who = change.who.as_ref().unwrap_or(&event.by);
        match change.kind {
            ChangeKind::Left | ChangeKind::Removed => Self::One(&who.id, false),
            ChangeKind::Banned => Self::One(&who.id, true),
            ChangeKind::Kind | ChangeKind::Guests => Self::All,
            _ => Self::None,
        }
    }

    fn takes(&self, conn: &Conn) -> bool {
        match self {
            Self::None => false,
            Self::One(person, _) => conn.is(person),
            Self::All => true,
        }
    }
}

impl Turn {
    /// Whom the event that was just encoded concerns hears it as the last one. `true` if it may concern somebody.
    fn cut(&mut self, event: &Event) -> bool {
        let cuts = Cuts::of(event);
        if matches!(cuts, Cuts::None) || plant::is(Bug::BannedStillHear) {
            return false;
        }
        let banned = matches!(cuts, Cuts::One(_, true));
        let followers = std::mem::take(Arc::make_mut(&mut self.followers));
        let (leaving, staying) = followers.into_iter().partition(|it| cuts.takes(&it.conn));
        self.followers = Arc::new(staying);
        for mut left in Vec::into_iter(leaving) {
            let dialect = left.dialect as usize;
            self.counts[dialect] -= 1;
            left.tie.leave();
            left.cut = Some(Cut { end: self.batches[dialect].len(), banned });
            self.leaving.push(left);
        }
        true
    }

    /// Something waits to be written, and to many.
    fn is_for_a_crowd(&self) -> bool {
        self.followers.len() >= CROWD && self.batches.iter().any(|batch| !batch.is_empty())
    }

    /// What was published before is not published again. `true` if it may send somebody out.
    fn publish(&mut self, room: &RoomKey, event: &Event) -> bool {
        if event.seq <= self.head {
            return false;
        }
        self.head = event.seq;
        if !(plant::is(Bug::FanoutDrops) && event.seq.is_multiple_of(PLANTED_DROP)) {
            self.encode(room, event);
        }
        self.cut(event)
    }

    /// For the plain wire alone.
    fn encode_texts(&mut self, said: &Said) {
        self.head = self.head.max(said.last());
        let given = self.counts[Dialect::Plain as usize];
        if given > 0 {
            said.texts.iter().for_each(|text| encode::text(text, &mut self.batches[Dialect::Plain as usize]));
            metrics::DELIVERIES.add((given * said.texts.len()) as u64);
        }
    }

    fn encode(&mut self, room: &RoomKey, event: &Event) {
        let mut given = self.counts[Dialect::V1 as usize];
        if self.counts[Dialect::V1 as usize] > 0 {
            let frame = ServerFrame::Ev { room: room.clone(), event: Event::clone(event) };
            encode::frame(&frame, &mut self.batches[Dialect::V1 as usize]);
        }
        if let (What::Posted(post), true) = (&event.what, self.counts[Dialect::Plain as usize] > 0) {
            encode::text(&post.body, &mut self.batches[Dialect::Plain as usize]);
            given += self.counts[Dialect::Plain as usize];
        }
        metrics::DELIVERIES.add(given as u64);
    }
}
