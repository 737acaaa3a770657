//! REST: rooms and who is in them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::protocol::event::Person;
use crate::protocol::ids::{Millis, PersonId, RoomKey, Seq};
use crate::protocol::power::{Role, RoomKind};
use crate::protocol::wire::RoomSummary;

/// `POST /rooms`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewRoom {
    /// Its key, for ever.
    pub room: RoomKey,
    /// What it is called.
    pub title: String,
    /// Open or closed; open if it is not said.
    #[serde(default)]
    pub kind: RoomKind,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Whether what is said there is kept, for ever; it is if it is not said.
    #[serde(default)]
    pub history: History,
}

/// Whether what is said in a room is kept. That never changes: a log without its middle would be a lie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum History {
    /// All of it.
    #[default]
    On,
    /// Nothing: it reaches those who follow the room at that moment, and its numbers begin anew with each start of the
    /// server. For live events.
    Off,
}

impl History {
    /// Whether it is kept.
    pub fn is_on(self) -> bool {
        self == Self::On
    }
}

impl From<bool> for History {
    fn from(on: bool) -> Self {
        if on { Self::On } else { Self::Off }
    }
}

/// `GET /rooms/{room}`: a room as somebody sees it.
///
/// More than [`RoomSummary`] says: that is what a page is greeted with, and each word of it is loaded by every first visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Room {
    /// How it is.
    #[serde(flatten)]
    pub summary: RoomSummary,
    /// Whether what is said there is kept.
    pub history: History,
}

/// `PATCH /rooms/{room}`. What is not said stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomChange {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Open or closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<RoomKind>,
    /// Open to guests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guests: Option<bool>,
    /// Only moderators speak.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announce: Option<bool>,
    /// The time between two messages of one person, in seconds; 0 is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow: Option<u64>,
    /// Nobody speaks any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
}

/// `POST /direct`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Direct {
    /// The others.
    pub users: Vec<PersonId>,
}

/// The answer to it: the one room of these people, new or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DirectRoom {
    /// Its key.
    pub room: RoomKey,
}

/// One who has joined a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// Who.
    #[serde(flatten)]
    pub person: Person,
    /// What they are there: member, moderator, or what they are everywhere.
    pub role: Role,
    /// Muted until then; for ever where that is far away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted: Option<Millis>,
}

/// `PUT /rooms/{room}/members/{user}`: bring them in, or give them another role there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Seat {
    /// Member or moderator; as they are, or member, if it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// `PUT /rooms/{room}/read`: I have read so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadTo {
    /// The newest that I have read.
    pub seq: Seq,
}

/// `POST /invites/{code}/redeem`: where it leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Redeemed {
    /// The room that one has joined.
    pub room: RoomKey,
}

/// A room of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListedRoom {
    /// Its key.
    pub room: RoomKey,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub topic: String,
    /// Whether what is said there is kept.
    pub history: History,
    /// Whether I have joined it.
    pub joined: bool,
}
