//! Word of commits to the thread that follows the logs, and word of how far it has come to those who search.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use tokio::sync::watch;

use crate::protocol::ids::RoomKey;

/// Rung after every commit: to be told often is no more than to be told once.
pub(in crate::server::store::sqlite) struct Bell {
    state: Mutex<State>,
    rung: Condvar,
    closing: Condvar,
    /// Up to which ring everything was read, none of it at first; `None` while there is no index.
    heard: watch::Sender<Option<u64>>,
}

struct State {
    /// The start is one: nothing was read then.
    rings: u64,
    /// What it was rung for since that was asked last.
    grown: Grown,
    spoiled: bool,
    closed: bool,
}

/// Which logs have grown: to look at each of ten thousand for every message would be most of what it costs.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Grown {
    /// Any of them may have.
    Any,
    /// These.
    These(BTreeSet<RoomKey>),
}

impl Grown {
    fn none() -> Self {
        Self::These(BTreeSet::new())
    }
}

impl Bell {
    pub(super) fn new() -> Self {
        let state = Mutex::new(State { rings: 1, grown: Grown::Any, spoiled: false, closed: false });
        Self { state, rung: Condvar::new(), closing: Condvar::new(), heard: watch::Sender::new(None) }
    }

    /// These logs have grown. Whoever writes them does not wait for anything here.
    pub(in crate::server::store::sqlite) fn ring<'r>(&self, rooms: impl Iterator<Item = &'r RoomKey>) {
        let mut state = self.state.lock();
        if let Grown::These(grown) = &mut state.grown {
            grown.extend(rooms.cloned());
        }
        state.rings += 1;
        self.rung.notify_one();
    }

    /// It is not known which have.
    pub(in crate::server::store::sqlite) fn ring_for_any(&self) {
        let mut state = self.state.lock();
        state.grown = Grown::Any;
        state.rings += 1;
        self.rung.notify_one();
    }

    /// How often it was rung, and what for since this was asked last.
    pub(super) fn news(&self) -> (u64, Grown) {
        let mut state = self.state.lock();
        (state.rings, std::mem::replace(&mut state.grown, Grown::none()))
    }

    /// How often it was rung.
    pub(super) fn rings(&self) -> u64 {
        self.state.lock().rings
    }

    /// Waits until there is something to do since that ring.
    pub(super) fn wait(&self, rings: u64) {
        let mut state = self.state.lock();
        self.rung.wait_while(&mut state, |state| state.rings == rings && !state.closed && !state.spoiled);
    }

    /// Lets others work for a while.
    pub(super) fn rest(&self, time: Duration) {
        let (mut state, end) = (self.state.lock(), Instant::now() + time);
        while !state.closed && !self.closing.wait_until(&mut state, end).timed_out() {}
    }

    /// Somebody who searched found the index damaged.
    pub(super) fn spoil(&self) {
        self.state.lock().spoiled = true;
        self.rung.notify_one();
    }

    /// Whether that happened since this was asked last.
    pub(super) fn was_spoiled(&self) -> bool {
        std::mem::take(&mut self.state.lock().spoiled)
    }

    /// Everything ends.
    pub(super) fn close(&self) {
        self.state.lock().closed = true;
        self.rung.notify_one();
        self.closing.notify_one();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state.lock().closed
    }

    /// Everything up to that ring is in the index; `None`: there is none.
    pub(super) fn has_heard(&self, rings: Option<u64>) {
        self.heard.send_replace(rings);
    }

    /// Whether there is an index to search in.
    pub(super) fn is_heard(&self) -> bool {
        self.heard.borrow().is_some()
    }

    /// Waits for everything that was committed before; `false` if that took too long.
    pub(super) async fn all_heard(&self, patience: Duration) -> bool {
        let (rings, mut heard) = (self.rings(), self.heard.subscribe());
        let all = heard.wait_for(|heard| heard.is_some_and(|heard| heard >= rings));
        tokio::time::timeout(patience, all).await.is_ok_and(|heard| heard.is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_was_rung_for_is_told_once() {
        let (bell, lobby, hall) = (Bell::new(), RoomKey::lobby(), "hall".parse::<RoomKey>().expect("a key"));
        assert_eq!(bell.news(), (1, Grown::Any), "nothing was read yet");
        assert_eq!(bell.news(), (1, Grown::none()));
        bell.ring([&lobby, &hall].into_iter());
        bell.ring([&lobby].into_iter());
        assert_eq!(bell.news(), (3, Grown::These([lobby.clone(), hall].into())));
        bell.ring_for_any();
        bell.ring([&lobby].into_iter());
        assert_eq!(bell.news(), (5, Grown::Any), "whichever it was besides");
    }
}
