//! Rooms, who is in them, how far they have read, and invitations.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Caller, Hit, NotKept, TokenHash};
use crate::protocol::api::order::{Ban, Mute};
use crate::protocol::api::people::Invite;
use crate::protocol::api::rooms::Member;
use crate::protocol::event::Person;
use crate::protocol::ids::{Epoch, Millis, PersonId, RoomKey, Seq};
use crate::protocol::power::{Denied, RoomKind, Setting, Standing};
use crate::protocol::wire::RoomSummary;
use crate::server::error::StoreError;

/// Rooms, and who is in them.
#[async_trait]
pub trait Rooms: Send + Sync {
    /// Make a room unless it is there, without anybody in it. If it kept its events otherwise than it is to, it does so from
    /// now on, in another life.
    async fn open(&self, room: NewRoom) -> Result<RoomRecord, StoreError>;

    /// Rooms begin another life, each of this epoch: their numbers go on behind what their logs have, and nobody has read
    /// further than that.
    async fn begin_anew(&self, lives: Vec<(RoomKey, Epoch)>) -> Result<(), StoreError>;

    /// Make a room with its maker as its moderator. `None` if one of that key is there. They have joined it, so that they
    /// may not have joined [`crate::protocol::limits::JOINED_ROOMS`] before.
    async fn create(&self, room: NewRoom, by: &Caller) -> Result<Result<Option<RoomRecord>, NotKept>, StoreError>;

    /// The one room of these people among themselves, made if it is not there. `NotThere` if one of them is not,
    /// `Blocked` if one of them does not want to hear from who asks.
    async fn direct(
        &self,
        room: NewRoom,
        by: &Caller,
        others: &[PersonId],
    ) -> Result<Result<RoomRecord, Denied>, StoreError>;

    /// All rooms.
    async fn all(&self) -> Result<Vec<RoomRecord>, StoreError>;

    /// One room.
    async fn room(&self, key: &RoomKey) -> Result<Option<Arc<RoomRecord>>, StoreError>;

    /// How somebody stands in a room, at this time.
    async fn standing(&self, key: &RoomKey, person: &PersonId, now: Millis) -> Result<Standing, StoreError>;

    /// The rooms that somebody has joined, and those that need no joining, with what they have not read. Not those that
    /// they are banned from.
    async fn of(&self, person: Option<&PersonId>, now: Millis) -> Result<Vec<RoomSummary>, StoreError>;

    /// The rooms that somebody may read, joined or not; that of this key or title alone, if one is named.
    async fn readable(
        &self,
        person: Option<&PersonId>,
        named: Option<&str>,
        now: Millis,
    ) -> Result<Vec<RoomKey>, StoreError>;

    /// One room as somebody sees it.
    async fn summary(
        &self,
        key: &RoomKey,
        person: Option<&PersonId>,
        now: Millis,
    ) -> Result<Option<RoomSummary>, StoreError>;

    /// The open rooms that somebody is not banned from, by title, behind that one; with whether they have joined.
    async fn directory(
        &self,
        person: &PersonId,
        now: Millis,
        after: Option<&RoomKey>,
        limit: usize,
    ) -> Result<Vec<(RoomRecord, bool)>, StoreError>;

    /// Who has joined a room, by name, behind that one.
    async fn members(&self, key: &RoomKey, after: Option<&PersonId>, limit: usize) -> Result<Vec<Member>, StoreError>;

    /// Who is muted in a room, joined or not, by name, behind that one.
    async fn mutes(
        &self,
        key: &RoomKey,
        now: Millis,
        after: Option<&PersonId>,
        limit: usize,
    ) -> Result<Vec<Mute>, StoreError>;

    /// Who is banned from a room, by name, behind that one.
    async fn bans(
        &self,
        key: &RoomKey,
        now: Millis,
        after: Option<&PersonId>,
        limit: usize,
    ) -> Result<Vec<Ban>, StoreError>;

    /// That somebody is banned from a room, until when and why.
    async fn ban_of(&self, key: &RoomKey, whom: &PersonId, now: Millis) -> Result<Option<Ban>, StoreError>;

    /// People have read so far. Answers with those who had read further before: to them something is unread again.
    async fn set_read(
        &self,
        positions: Vec<((PersonId, RoomKey), Seq)>,
    ) -> Result<Vec<(PersonId, RoomKey)>, StoreError>;

    /// The messages that name somebody, newest first, before that time. More than the limit only where it would fall among
    /// those of one millisecond.
    async fn mentions(
        &self,
        person: &PersonId,
        before: Option<Millis>,
        now: Millis,
        limit: usize,
    ) -> Result<Vec<Hit>, StoreError>;

    /// Keep an invitation, if they may invite; at most [`crate::protocol::limits::INVITES`] of one person.
    async fn add_invite(&self, invite: NewInvite, by: &Caller) -> Result<Result<Invite, NotKept>, StoreError>;

    /// The invitations that somebody made, or all to a room.
    async fn invites(&self, by: Option<&PersonId>, room: Option<&RoomKey>) -> Result<Vec<Invite>, StoreError>;

    /// What a code invites to, if it holds.
    async fn invited(&self, code: &TokenHash, now: Millis) -> Result<Option<Invited>, StoreError>;

    /// Use an invitation to sign up. `false` if it does not hold.
    async fn use_invite(&self, code: &TokenHash, now: Millis) -> Result<bool, StoreError>;

    /// End an invitation, of one's own or, where one may, another's.
    async fn end_invite(&self, id: &str, by: &Caller, now: Millis) -> Result<Result<bool, Denied>, StoreError>;
}

/// A room to be made.
#[derive(Debug, Clone)]
pub struct NewRoom {
    /// Its key.
    pub key: RoomKey,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub topic: String,
    /// How it is set.
    pub setting: Setting,
    /// Its life, random.
    pub epoch: Epoch,
    /// Whether it keeps its events; one that does not only counts them.
    pub history: bool,
    /// When.
    pub at: Millis,
}

/// A room as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRecord {
    /// Its key.
    pub key: RoomKey,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub topic: String,
    /// How it is set.
    pub setting: Setting,
    /// The time between two messages of one person, in seconds; 0 is none.
    pub slow: u32,
    /// Whether it keeps its events; one that does not only counts them.
    pub history: bool,
    /// Its life.
    pub epoch: Epoch,
    /// Its newest seq.
    pub head: Seq,
}

/// An invitation to be kept.
#[derive(Debug, Clone)]
pub struct NewInvite {
    /// The hash of its code.
    pub code: TokenHash,
    /// Into which room; without one, to sign up.
    pub room: Option<RoomKey>,
    /// When.
    pub at: Millis,
    /// When it ends by itself.
    pub expires: Millis,
    /// How many may use it.
    pub uses: u64,
}

/// What a code invites to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// Into which room; without one, to sign up.
    pub room: Option<RoomRecord>,
    /// Who invites.
    pub by: Person,
}

impl RoomRecord {
    /// Who may come in.
    pub fn kind(&self) -> RoomKind {
        self.setting.kind
    }
}
