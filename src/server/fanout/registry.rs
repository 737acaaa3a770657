//! Every open connection of this node, spread over the ticks of a heartbeat.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::Mutex;

use super::conn::{Conn, Notice, Who};
use crate::protocol::ids::PersonId;
use crate::protocol::wire::ServerFrame;

/// The connections, in as many slots as a heartbeat's period has ticks: each tick visits one slot.
pub struct Registry {
    slots: [Mutex<HashMap<u64, Arc<Conn>>>; Registry::SLOTS],
    /// The connections of each person who has one.
    people: Mutex<HashMap<PersonId, Vec<u64>>>,
    next_id: AtomicU64,
    tick: AtomicU64,
    draining: AtomicBool,
}

impl Default for Registry {
    fn default() -> Self {
        Self {
            slots: std::array::from_fn(|_| Mutex::default()),
            people: Mutex::default(),
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
    pub fn leave(&self, conn: &Conn) {
        self.identify(conn, None);
        let mut slot = self.slot(conn.id()).lock();
        slot.remove(&conn.id());
        if slot.is_empty() {
            *slot = HashMap::new();
        }
    }

    /// Know from now on who is at the other end of a connection.
    pub fn identify(&self, conn: &Conn, who: Option<Who>) {
        let now = who.as_ref().map(|who| who.person.id.clone());
        let before = conn.identify(who).map(|who| who.person.id);
        if before == now {
            return;
        }
        let mut people = self.people.lock();
        if let Some(before) = before
            && let Some(conns) = people.get_mut(&before)
        {
            conns.retain(|id| *id != conn.id());
            if conns.is_empty() {
                people.remove(&before);
            }
        }
        if let Some(now) = now {
            people.entry(now).or_default().push(conn.id());
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
        let sessions: HashSet<&[u8; 32]> = sessions.iter().collect();
        for conn in self.all() {
            if conn.who().is_some_and(|who| sessions.contains(&who.session)) {
                conn.seal(code, reason);
            }
        }
    }

    /// Tells somebody something, wherever they are connected.
    pub fn tell(&self, person: &PersonId, frame: &ServerFrame) {
        let conns = self.people.lock().get(person).cloned().unwrap_or_default();
        for conn in conns.into_iter().filter_map(|id| self.slot(id).lock().get(&id).cloned()) {
            conn.notify(Notice::Tell(Box::new(frame.clone())));
        }
    }

    /// Whether somebody is connected.
    pub fn is_connected(&self, person: &PersonId) -> bool {
        self.people.lock().contains_key(person)
    }

    /// How many people are connected.
    pub fn people(&self) -> usize {
        self.people.lock().len()
    }

    fn slot(&self, number: u64) -> &Mutex<HashMap<u64, Arc<Conn>>> {
        &self.slots[(number % Self::SLOTS as u64) as usize]
    }
}
