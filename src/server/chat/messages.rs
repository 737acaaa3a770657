//! Acts in a room: saying something, and what becomes of what was said.

use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use super::writer::{Outcome, Reply, Submission};
use crate::protocol::event::Act;
use crate::protocol::ids::{Cid, Millis, Seq};
use crate::protocol::limits;
use crate::server::access::RoomMember;
use crate::server::auth;
use crate::server::error::Error;
use crate::server::state::AppState;
use crate::server::store::Draft;

/// Acts and waits until it is in the log. `true`: it was there already.
pub async fn act(
    state: &AppState,
    member: &RoomMember,
    from: IpAddr,
    cid: Cid,
    act: Act,
) -> Result<(Seq, bool), Error> {
    let (reply, outcome) = oneshot::channel();
    let submission = submission(state, member, from, cid, act, Reply::Once(reply))?;
    state.writer.submit(vec![submission]).await;
    match outcome.await {
        Ok(Outcome::Committed { seq, dup }) => Ok((seq, dup)),
        Ok(Outcome::Refused(error)) => Err(error),
        Ok(Outcome::Unknown) | Err(_) => Err(Error::Unavailable),
    }
}

/// An act for the writer, after everything that can be checked before it.
pub fn submission(
    state: &AppState,
    member: &RoomMember,
    from: IpAddr,
    cid: Cid,
    act: Act,
    reply: Reply,
) -> Result<Submission, Error> {
    check(&act)?;
    let too_fast = state.rates.post(member.person(), from, member.room()).err();
    let (room, author) = (member.room().clone(), member.person().clone());
    Ok(Submission { draft: Draft { room, author, cid, at: now(), act }, too_fast, reply })
}

/// A cid for a message that came without one, from the plain wire or a bare form.
pub fn new_cid() -> Cid {
    loop {
        if let Ok(cid) = auth::random_text(16).parse() {
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

fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
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
