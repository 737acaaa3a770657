//! What one may do, as values that are made only here: a function that takes a [`RoomMember`] cannot be called for
//! somebody who is none.
//!
//! A proof is made from what was known a moment ago, to refuse early and in clear words. What decides in the end is asked
//! once more inside of the transaction that does it (`protocol::power`): somebody may have been banned between the two.

use std::sync::Arc;

use super::auth::Viewer;
use super::clock;
use super::error::Error;
use super::state::AppState;
use super::store::{Caller, RoomRecord};
use crate::protocol::api::Me;
use crate::protocol::api::people::Scope;
use crate::protocol::ids::{PersonId, RoomKey};
use crate::protocol::power::{self, Role, Setting, Standing};

/// Somebody who is known, not banned, and whose session may do what they came for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Somebody {
    caller: Caller,
}

/// Somebody, or nobody yet, who may read a room.
#[derive(Debug, Clone)]
pub struct RoomReader {
    room: Arc<RoomRecord>,
    standing: Standing,
}

/// Somebody who acts in a room that is there. What exactly they may there the log itself looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomMember {
    room: Arc<RoomRecord>,
    caller: Caller,
    /// Moderators need not wait between two messages.
    slow: u32,
}

/// Somebody who keeps order in a room.
#[derive(Debug, Clone)]
pub struct RoomModerator {
    room: Arc<RoomRecord>,
    caller: Caller,
}

/// Somebody who keeps order everywhere.
#[derive(Debug, Clone)]
pub struct Admin {
    caller: Caller,
}

impl Somebody {
    /// Who, by which session.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Who.
    pub fn me(&self) -> &Me {
        &self.caller.me
    }
}

impl RoomReader {
    /// The room as it was when it was looked up.
    pub fn room(&self) -> &RoomRecord {
        &self.room
    }

    /// How they stand in it.
    pub fn standing(&self) -> Standing {
        self.standing
    }
}

impl RoomMember {
    /// Where.
    pub fn room(&self) -> &RoomKey {
        &self.room.key
    }

    /// Who.
    pub fn person(&self) -> &PersonId {
        &self.caller.me.id
    }

    /// Who, by which session.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Whether what they say there is kept.
    pub fn history(&self) -> bool {
        self.room.history
    }

    /// The seconds that they have to wait between two messages.
    pub fn slow(&self) -> u32 {
        self.slow
    }
}

impl RoomModerator {
    /// Where.
    pub fn room(&self) -> &RoomRecord {
        &self.room
    }

    /// Who, by which session.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }
}

impl Admin {
    /// Who, by which session.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }
}

/// One who is known and came with a session that may do this.
pub fn somebody(viewer: &Viewer, scope: Scope) -> Result<Somebody, Error> {
    let caller = viewer.caller.as_ref().ok_or(Error::Unauthenticated)?;
    check(caller, scope)?;
    Ok(Somebody { caller: caller.clone() })
}

/// One who may read a room.
pub async fn room_reader(state: &AppState, caller: Option<&Caller>, room: &RoomKey) -> Result<RoomReader, Error> {
    let room = find(state, caller, room, Scope::Read).await?;
    let standing = standing(state, caller, &room).await?;
    power::read(standing, room.setting)?;
    Ok(RoomReader { room, standing })
}

/// One who acts in a room.
pub async fn room_member(state: &AppState, caller: Option<&Caller>, room: &RoomKey) -> Result<RoomMember, Error> {
    let caller = caller.ok_or(Error::Unauthenticated)?;
    let room = find(state, Some(caller), room, Scope::Write).await?;
    let waits = room.slow > 0 && waits(standing(state, Some(caller), &room).await?, room.setting);
    let slow = if waits { room.slow } else { 0 };
    Ok(RoomMember { room, caller: caller.clone(), slow })
}

/// Whether slow mode is for them: whoever may not speak at all is told that instead.
fn waits(standing: Standing, room: Setting) -> bool {
    power::post(standing, room).is_ok() && standing.role(room) < Role::Moderator
}

/// One who acts in a room with power, as far as their session may.
pub async fn room_member_who(state: &AppState, viewer: &Viewer, room: &RoomKey) -> Result<RoomMember, Error> {
    let RoomModerator { room, caller } = room_moderator(state, viewer.caller.as_ref(), room).await?;
    Ok(RoomMember { room, caller, slow: 0 })
}

/// One who may say something in a room, as things stand.
pub async fn room_speaker(state: &AppState, caller: Option<&Caller>, room: &RoomKey) -> Result<RoomMember, Error> {
    let member = room_member(state, caller, room).await?;
    power::post(standing(state, caller, &member.room).await?, member.room.setting)?;
    Ok(member)
}

/// One who keeps order in a room.
pub async fn room_moderator(state: &AppState, caller: Option<&Caller>, room: &RoomKey) -> Result<RoomModerator, Error> {
    let caller = caller.ok_or(Error::Unauthenticated)?;
    let room = find(state, Some(caller), room, Scope::Moderate).await?;
    power::moderate(standing(state, Some(caller), &room).await?, room.setting)?;
    Ok(RoomModerator { room, caller: caller.clone() })
}

/// One who keeps order everywhere.
pub fn admin(viewer: &Viewer) -> Result<Admin, Error> {
    let somebody = somebody(viewer, Scope::Admin)?;
    power::administer(somebody.me().role)?;
    Ok(Admin { caller: somebody.caller })
}

/// Whether one may look around at all.
pub fn visitor(state: &AppState, caller: Option<&Caller>) -> Result<(), Error> {
    match caller {
        Some(caller) => check(caller, Scope::Read),
        None if state.config.guests.is_on() => Ok(()),
        None => Err(Error::GuestsOff),
    }
}

fn check(caller: &Caller, scope: Scope) -> Result<(), Error> {
    if caller.banned.is_some_and(|until| until > clock::now()) {
        return Err(Error::Banned);
    }
    if caller.scopes.holds(scope) { Ok(()) } else { Err(Error::OutOfScope) }
}

async fn find(
    state: &AppState,
    caller: Option<&Caller>,
    room: &RoomKey,
    scope: Scope,
) -> Result<Arc<RoomRecord>, Error> {
    visitor(state, caller)?;
    caller.map_or(Ok(()), |caller| check(caller, scope))?;
    state.store.rooms().room(room).await?.ok_or(Error::NotFound)
}

async fn standing(state: &AppState, caller: Option<&Caller>, room: &RoomRecord) -> Result<Standing, Error> {
    match caller {
        Some(caller) => Ok(state.store.rooms().standing(&room.key, &caller.me.id, clock::now()).await?),
        None => Ok(Standing::default()),
    }
}
