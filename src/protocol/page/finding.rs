//! Pages of messages that were looked for, or that name somebody.

use crate::protocol::api::Me;
use crate::protocol::event::Person;
use crate::protocol::ids::{Millis, RoomKey, Seq};

/// `/search`
#[derive(Debug, Clone, Default)]
pub struct SearchPage {
    /// Who looks.
    pub me: Option<Me>,
    /// What for.
    pub q: String,
    /// Only in this room.
    pub room: Option<RoomKey>,
    /// What was found; nothing was looked for without it.
    pub found: Option<FoundMessages>,
}

/// Messages that were found.
#[derive(Debug, Clone, Default)]
pub struct FoundMessages {
    /// The newest first.
    pub messages: Vec<FoundMessage>,
    /// Where they go on.
    pub next: Option<u64>,
    /// Not everything that was said is searched yet.
    pub behind: bool,
}

/// `/mentions`
#[derive(Debug, Clone)]
pub struct MentionsPage {
    /// Who is named.
    pub me: Me,
    /// The newest first.
    pub messages: Vec<FoundMessage>,
    /// Where they go on.
    pub next: Option<Millis>,
}

/// A message, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundMessage {
    /// In which room.
    pub room: RoomKey,
    /// What that is called; where people are among themselves it has no name.
    pub title: String,
    /// At which place.
    pub seq: Seq,
    /// When.
    pub at: Millis,
    /// Who said it.
    pub by: Person,
    /// What was said, or the part of it that was looked for.
    pub text: Vec<Span>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The part.
    pub text: String,
    /// It is what was looked for.
    pub found: bool,
}
