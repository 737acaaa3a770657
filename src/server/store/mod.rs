//! Where everything is kept: traits in the words of the domain. What is kept where is the business of each store.
//!
//! An `Err` always means that it is not known whether the store did it; a refusal is an `Ok` that says so. Whatever
//! changes something because somebody wants it names them by their session, and is refused inside of the transaction
//! where that does not stand any more, or where they may not.

#[cfg(test)]
mod contract;
mod fold;
mod logs;
mod order;
mod people;
mod rooms;
mod sqlite;

use async_trait::async_trait;

pub use fold::fold;
pub use logs::{Appended, Cursor, Deed, Draft, Excerpt, Found, Hit, Logs, Naming, Refused, Search, Stretch};
pub use order::{Held, NewReport, Order, Page, Settled};
pub use people::{
    Account, ByPassword, Caller, Ended, Ground, NewPerson, NewSession, People, Scopes, SiteBan, TokenHash, public_id,
};
pub use rooms::{Invited, NewInvite, NewRoom, RoomRecord, Rooms};
pub use sqlite::{SqliteStore, backup, restore};

use crate::protocol::power::Denied;
use crate::server::error::StoreError;

/// Why one thing more is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotKept {
    /// Whoever asks may not.
    Denied(Denied),
    /// They have as many as anybody may have.
    TooMany,
}

impl From<Denied> for NotKept {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

/// Everything that Banter keeps.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// What is said.
    fn logs(&self) -> &dyn Logs;

    /// Rooms, and who is in them.
    fn rooms(&self) -> &dyn Rooms;

    /// People, and how they come in.
    fn people(&self) -> &dyn People;

    /// What keeping order leaves behind.
    fn order(&self) -> &dyn Order;

    /// Whether it can keep what it is given. One that could not lately tries.
    async fn check(&self) -> Result<(), StoreError>;

    /// Finish what is under way and let go of everything. Nothing is asked of it afterwards.
    async fn close(&self);
}
