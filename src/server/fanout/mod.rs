//! Who is connected, and getting bytes to them.
//!
//! An event is encoded once per kind of client and room; what a room said during one turn goes to each follower with one
//! write. The log is the truth: whoever cannot keep up is closed and reads on from their seq.

mod conn;
pub mod encode;
mod feed;
mod presence;
mod registry;
mod seats;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

pub use conn::{Conn, Notice, Tie, Who};
pub use feed::Dialect;
use feed::Feed;
pub use registry::Registry;
pub use seats::{Seat, Seats};

use crate::protocol::event::Event;
use crate::protocol::ids::{PersonId, RoomKey, Seq};
use crate::protocol::texts::Said;
use crate::protocol::wire::ServerFrame;

/// All rooms' feeds and all connections of this node.
pub struct Hub {
    feeds: RwLock<HashMap<RoomKey, Arc<Feed>>>,
    /// The flush tasks, one a room; they end with the hub.
    flushers: Mutex<JoinSet<()>>,
    /// Where they run, whoever opens a room: with those who talk.
    home: Handle,
    /// How long a busy room waits for more to say at once.
    pause: Duration,
    /// Every open connection.
    pub registry: Registry,
    /// How far people have read, as far as it is not kept yet.
    pub readings: Mutex<HashMap<(PersonId, RoomKey), Seq>>,
    /// Held while they are being kept.
    pub keeping: tokio::sync::Mutex<()>,
    /// How many more there may be.
    pub seats: Arc<Seats>,
}

impl Hub {
    /// Nobody is connected yet, and no room open. Rooms are carried by the runtime that this is called on; a busy one waits
    /// so long for more to say at once.
    pub fn new(seats: Seats, pause: Duration) -> Self {
        let (feeds, flushers, registry) = (RwLock::default(), Mutex::default(), Registry::default());
        let (readings, keeping) = (Mutex::default(), tokio::sync::Mutex::default());
        Self { feeds, flushers, home: Handle::current(), pause, registry, seats: Arc::new(seats), readings, keeping }
    }

    /// Begin to carry a room whose newest event is `head`.
    pub fn open(&self, room: RoomKey, head: Seq) {
        let mut feeds = self.feeds.write();
        if feeds.contains_key(&room) {
            return;
        }
        let feed = Arc::new(Feed::new(room.clone(), head, self.pause));
        self.flushers.lock().spawn_on(feed.clone().flush_for_ever(), &self.home);
        feeds.insert(room, feed);
    }

    /// Give a room's new events, in order of seq and already in the store, to all who follow it.
    pub fn publish(&self, room: &RoomKey, events: &[Arc<Event>]) {
        if let Some(feed) = self.feed(room) {
            feed.publish(events);
        }
    }

    /// Give a room what was said in it and is not kept, to all who follow it.
    pub fn publish_texts(&self, room: &RoomKey, said: &Said) {
        if let Some(feed) = self.feed(room) {
            feed.publish_texts(said);
        }
    }

    /// The newest event of a room that was given to the hub.
    pub fn head(&self, room: &RoomKey) -> Option<Seq> {
        self.feed(room).map(|feed| feed.head())
    }

    /// Let a connection follow a room. Answers the seq after which everything will come by itself, and by what it will; what
    /// is before that is in the store. `None` if there is no such room.
    pub fn attach(&self, room: &RoomKey, conn: &Arc<Conn>, dialect: Dialect) -> Option<(Seq, Arc<Tie>)> {
        self.feed(room).map(|feed| feed.attach(conn.clone(), dialect))
    }

    /// Follow a room no more.
    pub fn detach(&self, room: &RoomKey, conn: &Conn) {
        if let Some(feed) = self.feed(room) {
            feed.detach(conn.id());
        }
    }

    /// Give a frame that is in no log to all who follow a room and speak `banter.v1`. In a crowd it is dropped.
    pub fn whisper(&self, room: &RoomKey, frame: &ServerFrame) {
        if let Some(feed) = self.feed(room) {
            feed.whisper(frame);
        }
    }

    /// Somebody of those who follow a room looks at it, or does not any more.
    pub fn presence_changed(&self, room: &RoomKey) {
        if let Some(feed) = self.feed(room) {
            feed.presence_changed();
        }
    }

    /// Tell, in every room where that has changed, who is here.
    pub fn tell_presence(&self) {
        let feeds: Vec<Arc<Feed>> = self.feeds.read().values().cloned().collect();
        feeds.iter().for_each(|feed| feed.tell_presence());
    }

    /// How far every follower of a room has been given everything.
    pub fn flushed(&self, room: &RoomKey) -> Option<Seq> {
        self.feed(room).map(|feed| feed.flushed())
    }

    fn feed(&self, room: &RoomKey) -> Option<Arc<Feed>> {
        self.feeds.read().get(room).cloned()
    }
}
