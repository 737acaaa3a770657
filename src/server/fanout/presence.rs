//! Who is here of those who follow a room: the best of all the connections of each, told once a second where it has changed.

use std::collections::HashMap;
use std::sync::Arc;

use super::conn::Conn;
use crate::protocol::event::Person;
use crate::protocol::ids::{PersonId, RoomKey};
use crate::protocol::limits;
use crate::protocol::wire::{Presence, Present, ServerFrame};

/// What was told of a room last.
#[derive(Default)]
pub(super) struct Told {
    people: HashMap<PersonId, Present>,
    here: u64,
}

impl Told {
    /// All of it, for one who was told nothing yet; `None` if nobody is here.
    pub(super) fn all(&self, room: &RoomKey) -> Option<ServerFrame> {
        let people = self.people.values().cloned().collect();
        (self.here > 0).then(|| ServerFrame::Presence { room: room.clone(), here: self.here, people })
    }

    /// What has changed since the last time; `None` if nothing has. In a crowd it is only told how many there are.
    pub(super) fn renew(&mut self, room: &RoomKey, conns: &[Arc<Conn>]) -> Option<ServerFrame> {
        let now = present(conns);
        let here = now.len() as u64;
        let crowd = now.len() > limits::PRESENCE;
        let now = if crowd { HashMap::new() } else { now };
        let gone = self.people.values().filter(|was| !now.contains_key(&was.by.id));
        let gone = gone.map(|was| Present { state: Presence::Gone, ..was.clone() });
        let changed = now.values().filter(|is| self.people.get(&is.by.id) != Some(is)).cloned();
        let people: Vec<Present> = if crowd { Vec::new() } else { gone.chain(changed).collect() };
        let same = people.is_empty() && here == self.here;
        (self.people, self.here) = (now, here);
        if same { None } else { Some(ServerFrame::Presence { room: room.clone(), here, people }) }
    }
}

/// Each person once, with the best of their connections.
fn present(conns: &[Arc<Conn>]) -> HashMap<PersonId, Present> {
    let mut people: HashMap<PersonId, Present> = HashMap::new();
    for conn in conns {
        let Some(who) = conn.who() else { continue };
        let (state, by): (Presence, Person) = (conn.presence(), who.person);
        let present = people.entry(by.id.clone()).or_insert(Present { by, state });
        present.state = present.state.max(state);
    }
    people
}
