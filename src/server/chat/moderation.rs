//! Keeping order: muting, banning, reports, and the log of all that.

use super::members::{about, change};
use super::messages;
use crate::protocol::api::order::{Ban, Complaint, Deed, Outcome, Report, Restraint};
use crate::protocol::event::{Change, ChangeKind};
use crate::protocol::ids::{PersonId, Seq};
use crate::protocol::limits;
use crate::protocol::power::Role;
use crate::protocol::wire::close;
use crate::server::access::{Admin, RoomMember, RoomReader, Somebody};
use crate::server::clock;
use crate::server::error::Error;
use crate::server::state::AppState;
use crate::server::store::{Caller, NewReport, Page, SiteBan};
use crate::words::fault::Fault;

/// Somebody may not speak in a room.
pub async fn mute(state: &AppState, by: &RoomMember, whom: &PersonId, restraint: Restraint) -> Result<(), Error> {
    restrain(state, by, ChangeKind::Muted, whom, restraint).await
}

/// And may again.
pub async fn unmute(state: &AppState, by: &RoomMember, whom: &PersonId) -> Result<(), Error> {
    change(state, by.caller(), by.room(), about(ChangeKind::Unmuted, whom)).await.map(drop)
}

/// Somebody may not be in a room.
pub async fn ban(state: &AppState, by: &RoomMember, whom: &PersonId, restraint: Restraint) -> Result<(), Error> {
    restrain(state, by, ChangeKind::Banned, whom, restraint).await
}

/// And may come again.
pub async fn unban(state: &AppState, by: &RoomMember, whom: &PersonId) -> Result<(), Error> {
    change(state, by.caller(), by.room(), about(ChangeKind::Unbanned, whom)).await.map(drop)
}

async fn restrain(
    state: &AppState,
    by: &RoomMember,
    kind: ChangeKind,
    whom: &PersonId,
    restraint: Restraint,
) -> Result<(), Error> {
    let until = for_a_while(&restraint)?.map(|seconds| clock::in_seconds(Some(seconds)));
    let text = reason(restraint.reason)?;
    change(state, by.caller(), by.room(), Change { until, text, ..about(kind, whom) }).await.map(drop)
}

/// Somebody may not be here at all: every socket of theirs is cut off, and nothing of theirs commits any more.
pub async fn ban_from_site(
    state: &AppState,
    admin: &Admin,
    whom: &PersonId,
    restraint: Restraint,
) -> Result<(), Error> {
    let seconds = for_a_while(&restraint)?;
    let ban =
        SiteBan { until: clock::in_seconds(seconds), reason: reason(restraint.reason)?, network: restraint.address };
    let ended = state.store.people().set_ban(Some(admin.caller()), whom, Some(ban), clock::now()).await??;
    state.hub.registry.cut(&ended.0, close::BANNED, "You are banned.");
    Ok(())
}

/// And may come again.
pub async fn unban_from_site(state: &AppState, admin: &Admin, whom: &PersonId) -> Result<(), Error> {
    state.store.people().set_ban(Some(admin.caller()), whom, None, clock::now()).await??;
    Ok(())
}

/// That somebody is banned from the site, until when and why.
pub async fn site_ban(state: &AppState, caller: &Caller) -> Result<Option<Ban>, Error> {
    match caller.banned {
        Some(_) => Ok(state.store.people().site_ban(&caller.me.id, clock::now()).await?),
        None => Ok(None),
    }
}

/// Gives somebody another role on the site.
pub async fn set_role(state: &AppState, admin: &Admin, whom: &PersonId, role: Role) -> Result<(), Error> {
    if !matches!(role, Role::Member | Role::Admin | Role::Owner) {
        return Err(Error::BadRequest("On this site one is member, admin or owner.".to_owned()));
    }
    state.store.people().set_role(Some(admin.caller()), whom, role, clock::now()).await??;
    Ok(())
}

/// Reports a message to those who keep order.
pub async fn report(
    state: &AppState,
    me: &Somebody,
    reader: &RoomReader,
    seq: Seq,
    complaint: Complaint,
) -> Result<(), Error> {
    state.guard.rates.report(&me.me().id)?;
    let reason = reason(Some(complaint.reason))?.unwrap_or_default();
    let report = NewReport { room: reader.room().key.clone(), seq, reason, at: clock::now() };
    if state.store.order().add_report(report, me.caller()).await?? { Ok(()) } else { Err(Error::MessageUnknown) }
}

/// What is open in the rooms where somebody keeps order.
pub async fn reports(state: &AppState, me: &Somebody, page: Page) -> Result<Vec<Report>, Error> {
    Ok(state.store.order().reports(me.caller(), page, clock::now()).await?)
}

/// Settles a report: the message goes or stays; what was held back is said now, or never. That is done first: of what comes
/// to nothing the report stays open.
pub async fn settle(state: &AppState, me: &Somebody, id: u64, outcome: Outcome) -> Result<(), Error> {
    let (order, now) = (state.store.order(), clock::now());
    let open = order.to_settle(id, outcome, me.caller(), now).await??.ok_or(Error::NotFound)?;
    match (open.seq, open.held, outcome) {
        (Some(of), _, Outcome::Removed) => match messages::take_away(state, me.caller(), &open.room, of).await {
            // It has gone before.
            Ok(()) | Err(Error::MessageUnknown) => {}
            Err(error) => return Err(error),
        },
        (_, Some(held), Outcome::Dismissed) => match messages::release(state, id, held).await {
            Err(error) if error != Error::Unavailable => {
                return Err(Error::BadRequest(format!("Its author is told: {error}")));
            }
            done => done?,
        },
        _ => {}
    }
    // Somebody else may have been faster with the same.
    order.settle(id, outcome, me.caller(), now).await?.map(drop).map_err(Error::from)
}

/// Acts of power, newest first.
pub async fn audit(state: &AppState, _: &Admin, page: Page) -> Result<Vec<Deed>, Error> {
    Ok(state.store.order().deeds(page).await?)
}

/// How long it lasts; none is for ever.
fn for_a_while(restraint: &Restraint) -> Result<Option<u64>, Error> {
    let in_range = |seconds| Error::in_range(Fault::TheTime, seconds, limits::RESTRAINT_SECONDS);
    restraint.seconds.map(in_range).transpose()
}

/// A reason that fits; an empty one is none.
fn reason(reason: Option<String>) -> Result<Option<String>, Error> {
    let reason = reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    match &reason {
        Some(reason) if reason.chars().count() > limits::REASON_CHARS => Err(Error::ReasonTooLong),
        _ => Ok(reason),
    }
}
