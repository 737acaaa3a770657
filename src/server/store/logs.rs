//! The logs: what is said, and what becomes of rooms and people in them.

use std::sync::Arc;

use async_trait::async_trait;

use super::TokenHash;
use crate::protocol::event::{Act, Change, Event};
use crate::protocol::ids::{Cid, Epoch, Millis, PersonId, RoomKey, Seq};
use crate::protocol::power::Denied;
use crate::protocol::texts::{Said, Texts};
use crate::server::error::StoreError;

/// What is said in rooms.
#[async_trait]
pub trait Logs: Send + Sync {
    /// A page of a room's log, in order of seq. Each message comes as it stands by now.
    async fn events(&self, key: &RoomKey, stretch: Stretch, limit: usize) -> Result<Option<Excerpt>, StoreError>;

    /// Put drafts at the end of their rooms' logs, in the order given, all in one go. One answer per draft, each looked
    /// at in the light of those before it: who they are, what they may, whether the message is there.
    ///
    /// When it returns, what it took is as safe as this store can make it. After an `Err` each of them may be in the log
    /// or not, and those who follow may not have been told.
    async fn append(&self, drafts: Vec<Draft>) -> Result<Vec<Result<Appended, Refused>>, StoreError>;

    /// Where a send is in the log, if it is there.
    async fn seq_of(&self, key: &RoomKey, author: &PersonId, cid: &Cid) -> Result<Option<Seq>, StoreError>;

    /// Messages that stand and hold what is searched for, the newest first. Whatever is searched for is no error; what
    /// is deleted is never found.
    async fn search(&self, search: Search) -> Result<Found, StoreError>;
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

/// Something that wants to be an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Where.
    pub room: RoomKey,
    /// Who.
    pub author: PersonId,
    /// The session by which it came; without one, the server itself does it in their name, and they may.
    pub session: Option<TokenHash>,
    /// The author's own id for it.
    pub cid: Cid,
    /// When the server took it.
    pub at: Millis,
    /// What they do.
    pub deed: Deed,
    /// Whom its text names.
    pub naming: Naming,
}

/// Whom a text names with `@`, as far as the text alone shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Naming {
    /// For each `@` the likenesses of the names that may stand behind it, longest first.
    pub people: Vec<Vec<String>>,
    /// Everybody in the room.
    pub all: bool,
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

/// A message, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Where.
    pub room: RoomKey,
    /// The message as it stands now.
    pub event: Arc<Event>,
}

/// What somebody does in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Say something, or change what was said.
    Act(Act),
    /// Say several things that name nobody, one after the other: only where nothing is kept.
    Texts(Texts),
    /// Change the room, or how somebody is in it. Of `who` only the id counts.
    Change(Box<Change>),
    /// Join by an invitation's code.
    Redeem(TokenHash),
    /// Take away a message that was reported.
    TakeAway(Seq),
}

/// A draft that is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// Now.
    New(Arc<Event>),
    /// Now, and nothing of it is kept.
    Said(Said),
    /// Since an earlier try with the same cid.
    Before(Seq),
}

/// A draft that will never be in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There is no such room.
    NoRoom,
    /// The author, or their session, is no more.
    NoAuthor,
    /// They may not.
    Denied(Denied),
    /// The message that it answers does not exist.
    NoReplyTarget,
    /// The message that it is about does not exist, or no more.
    NoMessage,
    /// The message has [`crate::protocol::limits::REACTIONS`] already.
    TooManyReactions,
    /// The one whom it is about does not exist.
    NoPerson,
    /// It is so already.
    AlreadySo,
    /// Where messages are kept each comes by itself.
    Together,
    /// Whether they may could not be looked up, and nothing of it is kept: it never will be.
    Unseen,
    /// The invitation does not hold, or no more.
    InviteInvalid,
    /// The token by which it came was not made for acts of power.
    OutOfScope,
    /// They have joined [`crate::protocol::limits::JOINED_ROOMS`] already.
    TooManyRooms,
}

impl Deed {
    /// The text that it brings.
    pub fn body(&self) -> Option<&str> {
        match self {
            Self::Act(act) => act.body(),
            Self::Change(change) => change.text.as_deref(),
            Self::Texts(_) | Self::Redeem(_) | Self::TakeAway(_) => None,
        }
    }

    /// How many messages it would be; anything else counts as one.
    pub fn messages(&self) -> usize {
        if let Self::Texts(texts) = self { texts.len() } else { 1 }
    }

    /// How many bytes of text it brings.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Texts(texts) => texts.bytes(),
            other => other.body().map_or(0, str::len),
        }
    }
}
