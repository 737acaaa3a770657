//! The rooms as of the last commit, at hand without asking the disk.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;

use super::append::Grown;
use crate::protocol::ids::{RoomKey, Seq};
use crate::server::store::{Excerpt, RoomRecord};

/// Every room. One is handed out as it is: each that is said in it asks for it.
#[derive(Default)]
pub(super) struct KnownRooms(RwLock<HashMap<RoomKey, Arc<RoomRecord>>>);

impl KnownRooms {
    pub(super) fn record(&self, key: &RoomKey) -> Option<Arc<RoomRecord>> {
        self.0.read().get(key).cloned()
    }

    pub(super) fn records(&self) -> Vec<RoomRecord> {
        self.0.read().values().map(|room| RoomRecord::clone(room)).collect()
    }

    /// A room that is not there keeps nothing and loses nothing: the log says so.
    pub(super) fn keeps(&self, key: &RoomKey) -> bool {
        self.0.read().get(key).is_none_or(|room| room.history)
    }

    /// What the database said. In the same life a room may have come further meanwhile; one that keeps nothing has come so
    /// far nowhere but here.
    pub(super) fn refresh(&self, rooms: Vec<RoomRecord>) {
        let mut known = self.0.write();
        for mut room in rooms {
            if let Some(before) = known.get(&room.key).filter(|before| before.epoch == room.epoch) {
                room.head = room.head.max(before.head);
            }
            known.insert(room.key.clone(), Arc::new(room));
        }
    }

    pub(super) fn have_grown(&self, grown: Grown) {
        let mut rooms = self.0.write();
        for (key, head) in grown.heads {
            if let Some(room) = rooms.get_mut(&key) {
                Arc::make_mut(room).head = head;
            }
        }
    }

    /// The first of the next so many numbers of a room that keeps nothing.
    pub(super) fn next(&self, key: &RoomKey, count: u64) -> Option<Seq> {
        let mut rooms = self.0.write();
        let room = Arc::make_mut(rooms.get_mut(key)?);
        let first = room.head + 1;
        room.head += count;
        Some(first)
    }

    pub(super) fn excerpt_of_nothing(&self, key: &RoomKey) -> Option<Excerpt> {
        let rooms = self.0.read();
        let room = rooms.get(key).filter(|room| !room.history)?;
        Some(Excerpt { epoch: room.epoch.clone(), head: room.head, events: Vec::new(), more: false })
    }
}
