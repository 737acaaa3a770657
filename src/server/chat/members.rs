//! Who is in a room, and how they come in.

use tokio::sync::oneshot;

use super::writer::{Outcome, Reply, Submission, as_seen};
use super::{messages, rooms};
use crate::protocol::api::order::{After, Ban, Mute};
use crate::protocol::api::people::{Invitation, Invite, MadeInvite, NewInvite};
use crate::protocol::api::rooms::{Member, Seat};
use crate::protocol::event::{Change, ChangeKind, Person};
use crate::protocol::ids::{Cid, PersonId, RoomKey, Seq};
use crate::protocol::limits;
use crate::protocol::power::{Role, Standing};
use crate::server::access::{RoomMember, RoomModerator, RoomReader, Somebody};
use crate::server::auth;
use crate::server::clock;
use crate::server::error::Error;
use crate::server::state::AppState;
use crate::server::store::{self, Caller, Deed, Draft, Naming};
use crate::words::fault::Fault;

/// An invitation of which nothing else was said, in seconds: a week.
const INVITE_SECONDS: u64 = 7 * 24 * 60 * 60;

/// Joins a room.
pub async fn join(state: &AppState, member: &RoomMember) -> Result<(), Error> {
    change(state, member.caller(), member.room(), Change::of(ChangeKind::Joined)).await?;
    Ok(())
}

/// Leaves a room.
pub async fn leave(state: &AppState, member: &RoomMember) -> Result<(), Error> {
    change(state, member.caller(), member.room(), Change::of(ChangeKind::Left)).await?;
    Ok(())
}

/// Brings somebody in, or gives them another role there; oneself joins so too.
pub async fn seat(state: &AppState, member: &RoomMember, whom: &PersonId, seat: Seat) -> Result<(), Error> {
    let role = match seat.role {
        Some(role @ (Role::Member | Role::Moderator)) => Some(role),
        Some(_) => return Err(Error::BadRequest("In a room one is member or moderator.".to_owned())),
        None => None,
    };
    if member.person() == whom && role.is_none() {
        return join(state, member).await;
    }
    let there = state.store.rooms().standing(member.room(), whom, clock::now()).await?.seat;
    let kind = if there.is_some() { ChangeKind::Role } else { ChangeKind::Added };
    if there.is_some() && role.is_none() {
        return Ok(());
    }
    change(state, member.caller(), member.room(), Change { role, ..about(kind, whom) }).await?;
    Ok(())
}

/// Sends somebody out; oneself leaves so too.
pub async fn remove(state: &AppState, member: &RoomMember, whom: &PersonId) -> Result<(), Error> {
    if member.person() == whom {
        return leave(state, member).await;
    }
    change(state, member.caller(), member.room(), about(ChangeKind::Removed, whom)).await?;
    Ok(())
}

/// Who has joined.
pub async fn list(
    state: &AppState,
    reader: &RoomReader,
    after: Option<&PersonId>,
    limit: Option<usize>,
) -> Result<Vec<Member>, Error> {
    Ok(state.store.rooms().members(&reader.room().key, after, most(limit)).await?)
}

/// How somebody stands in a room, as one sees it who reads it.
pub async fn standing(state: &AppState, reader: &RoomReader, whom: &PersonId) -> Result<Standing, Error> {
    Ok(state.store.rooms().standing(&reader.room().key, whom, clock::now()).await?)
}

/// Who is muted.
pub async fn mutes(state: &AppState, moderator: &RoomModerator, which: &After) -> Result<Vec<Mute>, Error> {
    let (room, limit) = (&moderator.room().key, most(which.limit));
    Ok(state.store.rooms().mutes(room, clock::now(), which.after.as_ref(), limit).await?)
}

/// That somebody may not be in a room, until when and why.
pub async fn ban_of(state: &AppState, room: &RoomKey, whom: &PersonId) -> Result<Option<Ban>, Error> {
    Ok(state.store.rooms().ban_of(room, whom, clock::now()).await?)
}

/// Who is banned.
pub async fn bans(state: &AppState, moderator: &RoomModerator, which: &After) -> Result<Vec<Ban>, Error> {
    let (room, limit) = (&moderator.room().key, most(which.limit));
    Ok(state.store.rooms().bans(room, clock::now(), which.after.as_ref(), limit).await?)
}

/// How many are in one page of a list.
fn most(limit: Option<usize>) -> usize {
    limit.unwrap_or(limits::LIST).clamp(1, limits::LIST)
}

/// A change of that kind, about somebody.
pub fn about(kind: ChangeKind, whom: &PersonId) -> Change {
    // The log knows what they are called.
    Change { who: Some(Person { id: whom.clone(), name: String::new(), colour: None }), ..Change::of(kind) }
}

/// Changes a room, or how somebody is in it, and waits until that is in the log. `None` if it was so already.
pub async fn change(state: &AppState, by: &Caller, room: &RoomKey, change: Change) -> Result<Option<Seq>, Error> {
    let whom = change.who.as_ref().map_or(&by.me.id, |who| &who.id).clone();
    let done = do_it(state, by, room, messages::new_cid(), Deed::Change(Box::new(change))).await?;
    rooms::tell(state, room, &whom).await?;
    Ok(done)
}

async fn do_it(state: &AppState, by: &Caller, room: &RoomKey, cid: Cid, deed: Deed) -> Result<Option<Seq>, Error> {
    let (reply, outcome) = oneshot::channel();
    let draft = Draft {
        room: room.clone(),
        author: by.me.id.clone(),
        session: Some(by.session),
        cid,
        at: clock::now(),
        deed,
        naming: Naming::default(),
    };
    if let Err(error) = state.guard.rates.change(&by.me.id) {
        // Who has an invitation knows of the room.
        let invited = matches!(draft.deed, Deed::Redeem(_));
        return Err(if invited { error } else { as_seen(&*state.store, &draft, &error).await });
    }
    state.writer.submit(vec![Submission { draft, too_fast: None, turn: None, reply: Reply::Once(reply) }]).await;
    match outcome.await {
        Ok(Outcome::Committed { seq, .. }) => Ok(Some(seq)),
        Ok(Outcome::AlreadySo) => Ok(None),
        Ok(Outcome::Refused(error)) => Err(error),
        Ok(Outcome::Unknown) | Err(_) => Err(Error::Unavailable),
    }
}

/// Makes an invitation: into a room, or to sign up.
pub async fn invite(state: &AppState, me: &Somebody, new: NewInvite) -> Result<MadeInvite, Error> {
    let code = auth::Token::random();
    let seconds = Error::in_range(Fault::TheTime, new.seconds.unwrap_or(INVITE_SECONDS), limits::INVITE_SECONDS)?;
    let invite = store::NewInvite {
        code: code.hash(),
        room: new.room,
        at: clock::now(),
        expires: clock::in_seconds(Some(seconds)),
        uses: Error::in_range(Fault::TheCount, new.uses.unwrap_or(1), limits::INVITE_USES)?,
    };
    let invite = state.store.rooms().add_invite(invite, me.caller()).await??;
    Ok(MadeInvite { code: code.reveal().to_owned(), invite })
}

/// The invitations that somebody made.
pub async fn invites(state: &AppState, me: &Somebody) -> Result<Vec<Invite>, Error> {
    Ok(state.store.rooms().invites(Some(&me.me().id), None).await?)
}

/// Those into a room, whoever made them.
pub async fn invites_into(state: &AppState, moderator: &RoomModerator) -> Result<Vec<Invite>, Error> {
    Ok(state.store.rooms().invites(None, Some(&moderator.room().key)).await?)
}

/// Ends an invitation.
pub async fn end_invite(state: &AppState, me: &Somebody, id: &str) -> Result<(), Error> {
    let ended = state.store.rooms().end_invite(id, me.caller(), clock::now()).await??;
    if ended { Ok(()) } else { Err(Error::NotFound) }
}

/// What a code invites to. Looking at it uses nothing up: programs look at every link that somebody sends.
pub async fn invitation(state: &AppState, code: &str) -> Result<Invitation, Error> {
    let found = state.store.rooms().invited(&auth::hash(code), clock::now()).await?;
    let store::Invited { room, by } = found.ok_or(Error::InviteInvalid)?;
    let (key, title) = room.map(|room| (room.key, room.title)).unzip();
    Ok(Invitation { room: key, title, by })
}

/// Joins the room that a code invites into.
pub async fn redeem(state: &AppState, me: &Somebody, code: &str) -> Result<RoomKey, Error> {
    let room = invitation(state, code).await?.room.ok_or(Error::InviteInvalid)?;
    do_it(state, me.caller(), &room, messages::new_cid(), Deed::Redeem(auth::hash(code))).await?;
    rooms::tell(state, &room, &me.me().id).await?;
    Ok(room)
}
