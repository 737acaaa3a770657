//! Acts in a room: saying something, and what becomes of what was said.

use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use super::writer::{Outcome, Reply, Submission};
use super::{names, settings};
use crate::protocol::event::Act;
use crate::protocol::ids::{Cid, RoomKey, Seq};
use crate::protocol::limits;
use crate::protocol::markup;
use crate::protocol::power::Role;
use crate::protocol::texts::Texts;
use crate::server::access::{self, RoomMember};
use crate::server::auth;
use crate::server::clock;
use crate::server::error::Error;
use crate::server::fanout::Conn;
use crate::server::filter::Found;
use crate::server::guard::Turn;

use crate::server::plant::{self, Bug};
use crate::server::state::AppState;
use crate::server::store::{Caller, Deed, Draft, Held, Naming};

/// Most texts that go on together.
const TOGETHER: usize = 1_000;

/// Acts and waits until it is in the log. `true`: it was there already.
pub async fn act(
    state: &AppState,
    member: &RoomMember,
    from: IpAddr,
    cid: Cid,
    act: Act,
) -> Result<(Seq, bool), Error> {
    let (reply, outcome) = oneshot::channel();
    let submission = submission(state, member, from, cid, act, Reply::Once(reply)).await?;
    state.writer.submit(vec![submission]).await;
    settled(outcome).await
}

async fn settled(outcome: oneshot::Receiver<Outcome>) -> Result<(Seq, bool), Error> {
    match outcome.await {
        Ok(Outcome::Committed { seq, dup }) => Ok((seq, dup)),
        Ok(Outcome::Refused(error)) => Err(error),
        // Nothing that is said is so already.
        Ok(Outcome::AlreadySo | Outcome::Unknown) | Err(_) => Err(Error::Unavailable),
    }
}

/// An act for the writer, after everything that can be checked before it.
pub async fn submission(
    state: &AppState,
    member: &RoomMember,
    from: IpAddr,
    cid: Cid,
    act: Act,
    reply: Reply,
) -> Result<Submission, Error> {
    check(&act)?;
    let pace = state.guard.rates.post(member.person(), from, member.room());
    submission_at(state, member, pace, cid, act, reply).await
}

/// The same for what can be said, once its pace was looked at.
async fn submission_at(
    state: &AppState,
    member: &RoomMember,
    pace: Result<(), Error>,
    cid: Cid,
    act: Act,
    reply: Reply,
) -> Result<Submission, Error> {
    if plant::is(Bug::PowerAtTheDoorOnly) {
        access::room_speaker(state, Some(member.caller()), member.room()).await?;
    }
    let (turn, too_fast) = match pace.and_then(|()| turn(state, member, &act)) {
        Ok(turn) => (turn, None),
        Err(error) => (None, Some(error)),
    };
    let draft = draft(member.room(), member.caller(), cid, Deed::Act(act));
    if too_fast.is_none() {
        look_through(state, member.caller(), &draft).await?;
    }
    Ok(Submission { draft, too_fast, turn, reply })
}

/// Plain texts of one read, for the writer. Where nothing is kept, those that need no look of their own go on together: they
/// name nobody, and the site looks for no words and lets guests say links at once.
pub async fn submissions(
    state: &AppState,
    member: &RoomMember,
    from: IpAddr,
    texts: Texts,
    conn: &Arc<Conn>,
) -> Vec<Result<Submission, Error>> {
    let pass = pass_together(state, member).await;
    let (mut submissions, mut together) = (Vec::new(), Texts::default());
    let reply = || Reply::IfNotCommitted(conn.clone());
    let close = |together: &mut Texts, submissions: &mut Vec<_>| {
        if !together.is_empty() {
            let deed = Deed::Texts(std::mem::take(together));
            let draft = draft(member.room(), member.caller(), new_cid(), deed);
            submissions.push(Ok(Submission { draft, too_fast: None, turn: None, reply: reply() }));
        }
    };
    for text in texts.iter() {
        let pace = state.guard.rates.post(member.person(), from, member.room());
        if pass && !text.contains('@') && pace.is_ok() {
            together.push(text);
            if together.len() == TOGETHER {
                close(&mut together, &mut submissions);
            }
            continue;
        }
        close(&mut together, &mut submissions);
        let act = Act::Post { body: text.to_owned(), reply_to: None };
        submissions.push(submission_at(state, member, pace, new_cid(), act, reply()).await);
    }
    close(&mut together, &mut submissions);
    submissions
}

/// Whether all that somebody says here is taken as it is, but for whom it names and how fast it comes.
async fn pass_together(state: &AppState, member: &RoomMember) -> bool {
    if member.history() || member.slow() > 0 || plant::is(Bug::PowerAtTheDoorOnly) {
        return false;
    }
    settings::site(state).await.is_ok_and(|site| site.lets_everything_pass())
}

fn turn(state: &AppState, member: &RoomMember, act: &Act) -> Result<Option<Turn>, Error> {
    match act {
        Act::Post { .. } => state.guard.rates.slow(member.room(), member.person(), member.slow()),
        _ => Ok(None),
    }
}

fn draft(room: &RoomKey, by: &Caller, cid: Cid, deed: Deed) -> Draft {
    Draft {
        room: room.clone(),
        author: by.me.id.clone(),
        session: Some(by.session),
        cid,
        at: clock::now(),
        naming: naming(&deed),
        deed,
    }
}

fn naming(deed: &Deed) -> Naming {
    match deed {
        Deed::Act(Act::Post { body, .. }) => names::named(body),
        _ => Default::default(),
    }
}

/// Whether a text may be said here at all. What the word filter holds back is kept for those who keep order; an edit cannot
/// be held back, nor can anything where nothing is kept, so that is refused.
async fn look_through(state: &AppState, by: &Caller, draft: &Draft) -> Result<(), Error> {
    let Some(body) = draft.deed.body() else { return Ok(()) };
    let site = settings::site(state).await?;
    let new = draft.at.saturating_sub(by.since) < site.settings().guest_minutes.saturating_mul(60_000);
    let too_new = by.me.role == Role::Guest && new && markup::has_link(body);
    let found = site.words().find(body);
    if found.is_none() && !too_new {
        return Ok(());
    }
    // A repeat of what is in the log already is acknowledged, whatever words came to the filter since.
    if state.store.logs().seq_of(&draft.room, &draft.author, &draft.cid).await?.is_some() {
        return Ok(());
    }
    // Whoever may not speak is told that, and gives nothing to read to those who keep order.
    let speaker = access::room_speaker(state, Some(by), &draft.room).await?;
    match (found, &draft.deed) {
        _ if too_new => Err(Error::GuestTooNew),
        (Some(Found::Held(word)), Deed::Act(Act::Post { .. })) if speaker.history() => {
            state.store.order().hold(draft.clone(), by, &word).await??;
            Err(Error::Held)
        }
        _ => Err(Error::WordRefused),
    }
}

/// Takes away a message that was reported, and waits until that is in the log.
pub async fn take_away(state: &AppState, by: &Caller, room: &RoomKey, of: Seq) -> Result<(), Error> {
    let (reply, outcome) = oneshot::channel();
    let draft = draft(room, by, new_cid(), Deed::TakeAway(of));
    state.writer.submit(vec![Submission { draft, too_fast: None, turn: None, reply: Reply::Once(reply) }]).await;
    settled(outcome).await.map(drop)
}

/// Says what was held back by this report, in its author's name, and however often that is asked for, once.
pub async fn release(state: &AppState, report: u64, held: Held) -> Result<(), Error> {
    let (reply, outcome) = oneshot::channel();
    let Held { room, author, body, reply_to } = held;
    let deed = Deed::Act(Act::Post { body, reply_to });
    let cid = format!("held-by-report-{report}").parse().map_err(|_| Error::Internal)?;
    let draft = Draft { room, author, session: None, cid, at: clock::now(), naming: naming(&deed), deed };
    state.writer.submit(vec![Submission { draft, too_fast: None, turn: None, reply: Reply::Once(reply) }]).await;
    settled(outcome).await.map(drop)
}

/// A cid for a message that came without one, from the plain wire or a bare form.
pub fn new_cid() -> Cid {
    loop {
        if let Ok(cid) = auth::random_text(16).try_into() {
            return cid;
        }
    }
}

/// The cid of another text under an old cid: the same for the same two, so that it too is one message however often sent.
pub fn cid_of_text(old: &Cid, text: &str) -> Cid {
    let digest = Sha256::new().chain_update(old.as_str()).chain_update([0]).chain_update(text).finalize();
    URL_SAFE_NO_PAD.encode(digest).parse().unwrap_or_else(|_| new_cid())
}

/// Whether an act can be done at all, whatever the room.
pub fn check(act: &Act) -> Result<(), Error> {
    act.body().map_or(Ok(()), check_body)
}

/// Whether a text can be a message at all.
pub fn check_body(body: &str) -> Result<(), Error> {
    if body.len() > limits::BODY_BYTES {
        return Err(Error::BodyTooLong);
    }
    if body.trim().is_empty() {
        return Err(Error::BodyEmpty);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_1_byte_to_16_kib() {
        assert_eq!(check_body(""), Err(Error::BodyEmpty));
        assert_eq!(check_body(" \n\t"), Err(Error::BodyEmpty));
        assert_eq!(check_body("a"), Ok(()));
        assert_eq!(check_body(&"a".repeat(limits::BODY_BYTES)), Ok(()));
        assert_eq!(check_body(&"a".repeat(limits::BODY_BYTES + 1)), Err(Error::BodyTooLong));
    }
}
