//! One room's way to its followers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::conn::Conn;
use super::encode;
use crate::protocol::event::{Event, What};
use crate::protocol::ids::{RoomKey, Seq};
use crate::protocol::wire::ServerFrame;
use crate::server::plant::{self, Bug};

/// A buffer that grew over this in a busy turn gives its memory back.
const SPARE_BYTES: usize = 1 << 20;

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

/// A room's followers, and what was said since they were last written to.
pub(super) struct Feed {
    room: RoomKey,
    turn: Mutex<Turn>,
    /// There is something to flush.
    wake: Notify,
}

/// What happens between two flushes.
struct Turn {
    /// The newest seq that is in `batches` or was flushed.
    head: Seq,
    /// The newest seq that every follower was written.
    flushed: Seq,
    /// Ready frames by dialect, the same bytes for everybody.
    batches: [Vec<u8>; DIALECTS],
    followers: Vec<Follower>,
    /// How many follow in each dialect: nobody encodes for nobody.
    counts: [usize; DIALECTS],
}

#[derive(Clone)]
struct Follower {
    conn: Arc<Conn>,
    dialect: Dialect,
    /// Bytes at the start of the present batch that were said before this one came.
    skip: usize,
    /// It follows no more: what a flush under way still has for it is not for it.
    gone: Arc<AtomicBool>,
}

impl Feed {
    pub(super) fn new(room: RoomKey, head: Seq) -> Self {
        let turn =
            Turn { head, flushed: head, batches: Default::default(), followers: Vec::new(), counts: [0; DIALECTS] };
        Self { room, turn: Mutex::new(turn), wake: Notify::new() }
    }

    /// The newest event that was published.
    pub(super) fn head(&self) -> Seq {
        self.turn.lock().head
    }

    /// How far every follower has been given everything.
    pub(super) fn flushed(&self) -> Seq {
        self.turn.lock().flushed
    }

    /// What was published before is not published again.
    pub(super) fn publish(&self, events: &[Arc<Event>]) {
        let mut turn = self.turn.lock();
        for event in events {
            if event.seq <= turn.head {
                continue;
            }
            turn.head = event.seq;
            if !(plant::is(Bug::FanoutDrops) && event.seq.is_multiple_of(PLANTED_DROP)) {
                turn.encode(&self.room, event);
            }
        }
        drop(turn);
        self.wake.notify_one();
    }

    pub(super) fn attach(&self, conn: Arc<Conn>, dialect: Dialect) -> Seq {
        let mut turn = self.turn.lock();
        let skip = turn.batches[dialect as usize].len();
        turn.counts[dialect as usize] += 1;
        turn.followers.push(Follower { conn, dialect, skip, gone: Arc::default() });
        turn.head
    }

    pub(super) fn detach(&self, conn: u64) {
        let mut turn = self.turn.lock();
        if let Some(at) = turn.followers.iter().position(|follower| follower.conn.id() == conn) {
            let left = turn.followers.swap_remove(at);
            turn.counts[left.dialect as usize] -= 1;
            left.gone.store(true, Ordering::Release);
        }
    }

    /// Writes each turn's batch to every follower, once. The lock is not held while writing.
    pub(super) async fn flush_for_ever(self: Arc<Self>) {
        let mut batches: [Vec<u8>; DIALECTS] = Default::default();
        let mut followers = Vec::new();
        loop {
            self.wake.notified().await;
            while let Some(head) = self.take_turn(&mut batches, &mut followers) {
                for Follower { conn, dialect, skip, gone } in followers.drain(..) {
                    conn.put_unless(&gone, &batches[dialect as usize][skip..]);
                }
                self.turn.lock().flushed = head;
                for batch in &mut batches {
                    batch.clear();
                    batch.shrink_to(SPARE_BYTES);
                }
                // Others of this thread get their turn, and what they say meanwhile goes out in one batch.
                tokio::task::yield_now().await;
            }
        }
    }

    /// Swaps the room's batches for empty ones and lists who gets them; answers how far they reach, if there is anything.
    fn take_turn(&self, batches: &mut [Vec<u8>; DIALECTS], followers: &mut Vec<Follower>) -> Option<Seq> {
        let mut turn = self.turn.lock();
        if turn.batches.iter().all(Vec::is_empty) {
            turn.flushed = turn.head;
            return None;
        }
        std::mem::swap(&mut turn.batches, batches);
        followers.extend(turn.followers.iter().cloned());
        for follower in &mut turn.followers {
            follower.skip = 0;
        }
        Some(turn.head)
    }
}

impl Turn {
    fn encode(&mut self, room: &RoomKey, event: &Arc<Event>) {
        if self.counts[Dialect::V1 as usize] > 0 {
            let frame = ServerFrame::Ev { room: room.clone(), event: Event::clone(event) };
            encode::frame(&frame, &mut self.batches[Dialect::V1 as usize]);
        }
        if let (What::Posted(post), true) = (&event.what, self.counts[Dialect::Plain as usize] > 0) {
            encode::text(&post.body, &mut self.batches[Dialect::Plain as usize]);
        }
    }
}
