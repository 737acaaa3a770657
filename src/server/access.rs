//! What one may do, as values that are made only here: a function that takes a [`RoomMember`] cannot be called for
//! somebody who is none.

use super::error::Error;
use super::state::AppState;
use super::store::RoomRecord;
use crate::protocol::api::Me;
use crate::protocol::ids::{PersonId, RoomKey};

/// Somebody, or nobody yet, who may read a room.
#[derive(Debug, Clone)]
pub struct RoomReader {
    room: RoomRecord,
}

/// A person who may speak in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomMember {
    room: RoomKey,
    person: PersonId,
}

impl RoomReader {
    /// The room as it was when it was looked up.
    pub fn room(&self) -> &RoomRecord {
        &self.room
    }
}

impl RoomMember {
    /// Where.
    pub fn room(&self) -> &RoomKey {
        &self.room
    }

    /// Who.
    pub fn person(&self) -> &PersonId {
        &self.person
    }
}

/// Every room there is yet is open to guests, so one may read it if one is somebody or guests are let in.
pub async fn room_reader(state: &AppState, me: Option<&Me>, room: &RoomKey) -> Result<RoomReader, Error> {
    if me.is_none() && !state.config.guests.is_on() {
        return Err(Error::GuestsOff);
    }
    let room = state.store.room(room).await?.ok_or(Error::NotFound)?;
    Ok(RoomReader { room })
}

/// One speaks under a name: a reader who is somebody.
pub async fn room_member(state: &AppState, me: Option<&Me>, room: &RoomKey) -> Result<RoomMember, Error> {
    let me = me.ok_or(Error::Unauthenticated)?;
    room_reader(state, Some(me), room).await?;
    Ok(RoomMember { room: room.clone(), person: me.id.clone() })
}
