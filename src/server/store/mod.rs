//! Where everything is kept: the trait in the words of the domain. What is kept where is the business of each store.

#[cfg(test)]
mod contract;
mod fold;
mod memory;
mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;

pub use memory::MemoryStore;
pub use sqlite::{SqliteStore, backup, restore};

use crate::protocol::api::Me;
use crate::protocol::event::{Act, Event};
use crate::protocol::ids::{Cid, Epoch, Millis, PersonId, RoomKey, Seq};
use crate::protocol::wire::RoomKind;
use crate::server::error::StoreError;

/// Everything that Banter keeps.
///
/// An `Err` means that it is not known whether the store did it; a refusal is an `Ok` that says so.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Make a room unless it is there.
    async fn open_room(&self, room: NewRoom) -> Result<RoomRecord, StoreError>;

    /// All rooms.
    async fn rooms(&self) -> Result<Vec<RoomRecord>, StoreError>;

    /// One room.
    async fn room(&self, key: &RoomKey) -> Result<Option<RoomRecord>, StoreError>;

    /// A page of a room's log, in order of seq. Each message comes as it stands by now.
    async fn events(&self, key: &RoomKey, stretch: Stretch, limit: usize) -> Result<Option<Excerpt>, StoreError>;

    /// Put drafts at the end of their rooms' logs, in the order given, all in one go. One answer per draft, each looked
    /// at in the light of those before it: whether the message is there, whose it is, how many react to it.
    ///
    /// When it returns, what it took is as safe as this store can make it. After an `Err` each of them may be in the log
    /// or not, and those who follow may not have been told.
    async fn append(&self, drafts: Vec<Draft>) -> Result<Vec<Result<Appended, Refused>>, StoreError>;

    /// Where a send is in the log, if it is there.
    async fn seq_of(&self, key: &RoomKey, author: &PersonId, cid: &Cid) -> Result<Option<Seq>, StoreError>;

    /// Messages that stand and hold what is searched for, the newest first. Whatever is searched for is no error; what
    /// is deleted is never found.
    async fn search(&self, search: Search) -> Result<Found, StoreError>;

    /// Add a person. `false` if somebody has a name of that likeness.
    async fn add_person(&self, person: &Me, likeness: &str) -> Result<bool, StoreError>;

    /// Change a name. `None` if somebody else has a name of that likeness, or there is no such person.
    async fn rename(&self, person: &PersonId, name: &str, likeness: &str) -> Result<Option<Me>, StoreError>;

    /// A person as they are now.
    async fn person(&self, id: &PersonId) -> Result<Option<Me>, StoreError>;

    /// Let a token stand for a person.
    async fn add_session(&self, token: TokenHash, person: &PersonId) -> Result<(), StoreError>;

    /// Whom a token stands for.
    async fn person_of(&self, token: &TokenHash) -> Result<Option<Me>, StoreError>;

    /// Whether it can keep what it is given. One that could not lately tries.
    async fn check(&self) -> Result<(), StoreError>;

    /// Finish what is under way and let go of everything. Nothing is asked of it afterwards.
    async fn close(&self);
}

/// SHA-256 of a session's token: who reads the store cannot log in with what they find.
pub type TokenHash = [u8; 32];

/// A room to be made.
#[derive(Debug, Clone)]
pub struct NewRoom {
    /// Its key.
    pub key: RoomKey,
    /// What it is called.
    pub title: String,
    /// Who may join.
    pub kind: RoomKind,
    /// Its life, random.
    pub epoch: Epoch,
    /// Whether it keeps its events; one that does not only counts them.
    pub history: bool,
}

/// A room as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRecord {
    /// Its key.
    pub key: RoomKey,
    /// What it is called.
    pub title: String,
    /// Who may join.
    pub kind: RoomKind,
    /// Its life.
    pub epoch: Epoch,
    /// Its newest seq.
    pub head: Seq,
}

/// Which part of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// The end.
    Newest,
    /// What follows a position.
    After(Seq),
    /// What leads up to a position, without it.
    Before(Seq),
}

/// A part of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The life that it belongs to.
    pub epoch: Epoch,
    /// The newest seq of the room when it was read.
    pub head: Seq,
    /// In order of seq.
    pub events: Vec<Arc<Event>>,
    /// There are more in that direction.
    pub more: bool,
}

/// What is searched for. Each part that is there narrows it down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// What the text must hold, all of it; without case and accents, also inside of words.
    pub terms: Vec<String>,
    /// Who said it.
    pub from: Option<PersonId>,
    /// Where it was said: nothing of any other room is ever found.
    pub rooms: Vec<RoomKey>,
    /// It was said before that.
    pub before: Option<Millis>,
    /// It was said then or later.
    pub after: Option<Millis>,
    /// At most so many.
    pub limit: usize,
    /// Where an earlier search stopped.
    pub older_than: Option<Cursor>,
}

/// Where a search goes on. It means something only to the store that gave it.
pub type Cursor = u64;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The newest first.
    pub hits: Vec<Hit>,
    /// Where to go on; there may be no more hits there all the same.
    pub more: Option<Cursor>,
    /// Not everything that was said is searched yet: it is read in, and can be found soon.
    pub behind: bool,
}

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Where.
    pub room: RoomKey,
    /// The message as it stands.
    pub event: Arc<Event>,
}

/// An act that wants to be an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Where.
    pub room: RoomKey,
    /// Who.
    pub author: PersonId,
    /// The author's own id for it.
    pub cid: Cid,
    /// When the server took it.
    pub at: Millis,
    /// What they do.
    pub act: Act,
}

/// A draft that is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// Now.
    New(Arc<Event>),
    /// Since an earlier try with the same cid.
    Before(Seq),
}

/// A draft that will never be in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There is no such room.
    NoRoom,
    /// There is no such person.
    NoAuthor,
    /// The message that it answers does not exist.
    NoReplyTarget,
    /// The message that it is about does not exist, or no more.
    NoMessage,
    /// The message that it is about is somebody else's.
    NotYours,
    /// The message has [`crate::protocol::limits::REACTIONS`] already.
    TooManyReactions,
}
