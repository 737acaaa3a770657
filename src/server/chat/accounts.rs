//! People: becoming a guest, and what one is called.

use std::net::IpAddr;

use super::names;
use crate::protocol::api::{Me, PersonKind};
use crate::protocol::ids::PersonId;
use crate::server::auth::{self, Token};
use crate::server::error::Error;
use crate::server::state::AppState;

/// Names tried before giving up: past the first ten they are numbered at random, so it takes a crowd of namesakes.
const TRIES: u32 = 50;

/// Makes a guest, with the name they wish for or a friendly one. Only ever called for somebody who does something: whoever
/// looks, bots among them, leaves no trace.
pub async fn become_guest(state: &AppState, from: IpAddr, wish: Option<&str>) -> Result<(Me, Token), Error> {
    if !state.config.guests.is_on() {
        return Err(Error::GuestsOff);
    }
    let wish = wish.map(names::clean).transpose()?;
    state.rates.door(from)?;
    let id = new_id();
    for attempt in 0..=TRIES {
        let name = match &wish {
            Some(wish) => names::numbered(wish, attempt),
            None => names::friendly(attempt),
        };
        let me = Me { id: id.clone(), name, kind: PersonKind::Guest };
        if state.store.add_person(&me, &names::likeness(&me.name)).await? {
            let token = new_session(state, &me).await?;
            tracing::info!(person = %me.id, "a guest came");
            return Ok((me, token));
        }
    }
    Err(Error::Unavailable)
}

/// One more token for somebody, at the rate of newcomers.
pub async fn another_token(state: &AppState, from: IpAddr, me: &Me) -> Result<Token, Error> {
    state.rates.door(from)?;
    new_session(state, me).await
}

/// A person as they are now.
pub async fn as_now(state: &AppState, id: &PersonId) -> Result<Option<Me>, Error> {
    Ok(state.store.person(id).await?)
}

/// Changes what somebody is called; a name that somebody has already gets a number.
pub async fn rename(state: &AppState, me: &Me, wish: &str) -> Result<Me, Error> {
    let wish = names::clean(wish)?;
    state.rates.change(&me.id)?;
    for attempt in 0..=TRIES {
        let name = names::numbered(&wish, attempt);
        if let Some(me) = state.store.rename(&me.id, &name, &names::likeness(&name)).await? {
            return Ok(me);
        }
    }
    Err(Error::Unavailable)
}

async fn new_session(state: &AppState, me: &Me) -> Result<Token, Error> {
    let token = Token::random();
    state.store.add_session(token.hash(), &me.id).await?;
    Ok(token)
}

fn new_id() -> PersonId {
    loop {
        if let Ok(id) = auth::random_text(12).parse() {
            return id;
        }
    }
}
