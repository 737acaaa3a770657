//! What keeping order leaves behind: reports, what is held back, acts of power, settings.

use async_trait::async_trait;

use super::{Caller, Draft, NotKept};
use crate::protocol::api::order::{Deed, Outcome, Report, Settings};
use crate::protocol::ids::{Millis, PersonId, RoomKey, Seq};
use crate::protocol::power::Denied;
use crate::server::error::StoreError;

/// Reports, acts of power, settings.
#[async_trait]
pub trait Order: Send + Sync {
    /// Keep a report of somebody who may read there. `false` if there is no such message.
    async fn add_report(&self, report: NewReport, by: &Caller) -> Result<Result<bool, Denied>, StoreError>;

    /// Keep a draft that the word filter held back; of one person at most [`crate::protocol::limits::HELD_DRAFTS`] at once.
    async fn hold(&self, draft: Draft, by: &Caller, word: &str) -> Result<Result<(), NotKept>, StoreError>;

    /// What is open, newest first, in the rooms where somebody keeps order.
    async fn reports(&self, by: &Caller, page: Page, now: Millis) -> Result<Vec<Report>, StoreError>;

    /// One of them, open or not.
    async fn report(&self, id: u64) -> Result<Option<Report>, StoreError>;

    /// What one is about that somebody wants to settle so, if it is open and theirs to settle.
    async fn to_settle(
        &self,
        id: u64,
        outcome: Outcome,
        by: &Caller,
        now: Millis,
    ) -> Result<Result<Option<Settled>, Denied>, StoreError>;

    /// Note what came of one, and of all that say the same. `None` if it is not open, or not theirs to settle.
    async fn settle(
        &self,
        id: u64,
        outcome: Outcome,
        by: &Caller,
        now: Millis,
    ) -> Result<Result<Option<Settled>, Denied>, StoreError>;

    /// Acts of power, newest first.
    async fn deeds(&self, page: Page) -> Result<Vec<Deed>, StoreError>;

    /// How the site is set, behind whatever was to be set before.
    async fn settings(&self) -> Result<Settings, StoreError>;

    /// Set it another way.
    async fn set_settings(
        &self,
        settings: Settings,
        by: &Caller,
        now: Millis,
    ) -> Result<Result<(), Denied>, StoreError>;
}

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Those with a lower number.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: usize,
}

/// A report to be kept.
#[derive(Debug, Clone)]
pub struct NewReport {
    /// Where.
    pub room: RoomKey,
    /// Which message.
    pub seq: Seq,
    /// What is wrong with it.
    pub reason: String,
    /// When.
    pub at: Millis,
}

/// What a report is about that is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Where.
    pub room: RoomKey,
    /// Who said it, or wanted to.
    pub author: PersonId,
    /// The message.
    pub seq: Option<Seq>,
    /// Or the draft that was held back.
    pub held: Option<Held>,
}

/// A message that was held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Where.
    pub room: RoomKey,
    /// Whose.
    pub author: PersonId,
    /// What.
    pub body: String,
    /// The message that it answers.
    pub reply_to: Option<Seq>,
}
