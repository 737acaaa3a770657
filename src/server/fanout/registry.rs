//! Every open connection of this node, spread over the ticks of a heartbeat.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::Mutex;

use super::conn::{Conn, Notice};
use crate::protocol::ids::PersonId;
use crate::protocol::wire::ServerFrame;

/// The connections, in as many slots as a heartbeat's period has ticks: each tick visits one slot.
pub struct Registry {
    slots: [Mutex<HashMap<u64, Arc<Conn>>>; Registry::SLOTS],
    next_id: AtomicU64,
    tick: AtomicU64,
    draining: AtomicBool,
}

impl Default for Registry {
    fn default() -> Self {
        Self {
            slots: std::array::from_fn(|_| Mutex::default()),
            next_id: AtomicU64::new(1),
            tick: AtomicU64::new(0),
            draining: AtomicBool::new(false),
        }
    }
}

impl Registry {
    /// How many slots there are.
    pub const SLOTS: usize = 25;

    /// A number for a new connection, never used before on this node.
    pub fn next_id(&self) -> u64 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Take a connection in.
    pub fn enter(&self, conn: Arc<Conn>) {
        conn.hear(self.tick());
        self.slot(conn.id()).lock().insert(conn.id(), conn);
    }

    /// Let it go.
    pub fn leave(&self, id: u64) {
        let mut slot = self.slot(id).lock();
        slot.remove(&id);
        if slot.is_empty() {
            *slot = HashMap::new();
        }
    }

    /// The heartbeat's present tick.
    pub fn tick(&self) -> u64 {
        self.tick.load(Ordering::Relaxed)
    }

    /// Begin the next tick.
    pub fn advance(&self) -> u64 {
        self.tick.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The connections of one slot.
    pub fn slot_at(&self, tick: u64) -> Vec<Arc<Conn>> {
        self.slot(tick).lock().values().cloned().collect()
    }

    /// All connections.
    pub fn all(&self) -> Vec<Arc<Conn>> {
        (0..Self::SLOTS as u64).flat_map(|slot| self.slot_at(slot)).collect()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.slots.iter().map(|slot| slot.lock().len()).sum()
    }

    /// Let nobody in any more.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    /// Whether this node goes.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// Closes whatever is connected by one of these sessions, at once: nothing comes after the close.
    pub fn cut(&self, sessions: &[[u8; 32]], code: u16, reason: &str) {
        if sessions.is_empty() {
            return;
        }
        for conn in self.all() {
            if conn.who().is_some_and(|who| sessions.contains(&who.session)) {
                conn.seal(code, reason);
            }
        }
    }

    /// Tells somebody something, wherever they are connected.
    pub fn tell(&self, person: &PersonId, frame: &ServerFrame) {
        for conn in self.all().into_iter().filter(|conn| conn.is(person)) {
            conn.notify(Notice::Tell(Box::new(frame.clone())));
        }
    }

    /// Whether somebody is connected.
    pub fn is_connected(&self, person: &PersonId) -> bool {
        self.all().iter().any(|conn| conn.is(person))
    }

    fn slot(&self, number: u64) -> &Mutex<HashMap<u64, Arc<Conn>>> {
        &self.slots[(number % Self::SLOTS as u64) as usize]
    }
}
