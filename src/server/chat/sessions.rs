//! Sessions and API tokens: how one stays known, and how that ends.

use std::net::IpAddr;
use std::time::Duration;

use tokio::time::sleep;

use super::rooms;
use crate::protocol::api::Me;
use crate::protocol::api::people::{MadeToken, NewToken, Session, Token};
use crate::protocol::ids::Millis;
use crate::protocol::limits;
use crate::protocol::power::Role;
use crate::protocol::wire::close;
use crate::server::access::Somebody;
use crate::server::auth::{self, Whence, network};
use crate::server::clock;
use crate::server::error::Error;
use crate::server::plant::{self, Bug};
use crate::server::state::{AppState, Shared};
use crate::server::store::{Caller, Ended, Ground, NewSession, Scopes, TokenHash, public_id};
use crate::words::fault::Fault;

const DAY: u64 = 24 * 60 * 60;
/// A guest has nothing but the session: it lasts a year without being used.
const GUEST_SECONDS: u64 = 365 * DAY;
/// That of an account lasts so long without being used.
const MEMBER_SECONDS: u64 = 90 * DAY;
/// An API token of which nothing else was said.
const TOKEN_SECONDS: u64 = 365 * DAY;
/// How soon it is noticed that one has expired, or was ended by another program: well within a second.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// How exactly it is noted when a session was last used, in milliseconds: an hour.
const SEEN_MS: Millis = 60 * 60 * 1_000;
/// Most characters that are kept of what a browser calls itself.
const AGENT_CHARS: usize = 200;

/// Begins a session for somebody, if what it rests on still holds.
pub async fn begin(state: &AppState, person: &Me, whence: &Whence, ground: Ground) -> Result<auth::Token, Error> {
    let token = auth::Token::random();
    let session = NewSession {
        token: token.hash(),
        person: person.id.clone(),
        scopes: Scopes::ALL,
        label: None,
        agent: whence.agent.chars().take(AGENT_CHARS).collect(),
        network: network(whence.from).to_string(),
        at: clock::now(),
        expires: lasts(person.role),
        ground,
    };
    let ended = state.store.people().add_session(session).await??;
    cut_off(state, &ended);
    Ok(token)
}

/// Notes that a session was used, once an hour.
pub async fn see(state: &AppState, caller: &Caller, from: IpAddr) -> Result<(), Error> {
    let now = clock::now();
    if now.saturating_sub(caller.seen) > SEEN_MS {
        let network = network(from).to_string();
        state.store.people().see(&caller.session, &network, now, lasts(caller.me.role)).await?;
    }
    Ok(())
}

/// Who comes by a session, as they are now.
pub async fn caller(state: &AppState, session: &TokenHash) -> Result<Option<Caller>, Error> {
    let caller = state.store.people().caller(session, clock::now()).await?;
    Ok(caller.filter(|caller| caller.me.role > Role::Guest || state.config.guests.is_on()))
}

/// Where somebody is logged in.
pub async fn list(state: &AppState, me: &Somebody) -> Result<Vec<Session>, Error> {
    Ok(state.store.people().sessions(&me.me().id, &me.caller().session).await?)
}

/// Ends one of somebody's sessions.
pub async fn end(state: &AppState, me: &Somebody, id: &str) -> Result<(), Error> {
    end_by_id(state, me, id, false).await
}

/// Ends one of somebody's API tokens.
pub async fn end_token(state: &AppState, me: &Somebody, id: &str) -> Result<(), Error> {
    end_by_id(state, me, id, true).await
}

async fn end_by_id(state: &AppState, me: &Somebody, id: &str, token: bool) -> Result<(), Error> {
    let ended = state.store.people().end(&me.caller().session, id, token).await?;
    if ended.0.is_empty() {
        return Err(Error::NotFound);
    }
    cut_off(state, &ended);
    Ok(())
}

/// Ends all of somebody's sessions but the one that asks.
pub async fn end_others(state: &AppState, me: &Somebody) -> Result<(), Error> {
    cut_off(state, &state.store.people().end_others(&me.caller().session).await?);
    Ok(())
}

/// Ends one session, by itself.
pub async fn end_this(state: &AppState, caller: &Caller) -> Result<(), Error> {
    cut_off(state, &state.store.people().end_session(&caller.session).await?);
    Ok(())
}

/// Whatever is connected by these sessions is so no more, and what it sends is not listened to.
pub fn cut_off(state: &AppState, ended: &Ended) {
    if plant::is(Bug::SessionOutlivesItsEnd) {
        return;
    }
    state.hub.registry.cut(&ended.0, close::LOG_IN, "This session has ended.");
}

/// Ends what has expired, and cuts off what another program has ended, until it is dropped.
pub async fn end_expired_for_ever(state: Shared) {
    loop {
        sleep(LOOK_EVERY).await;
        match state.store.people().end_expired(clock::now()).await {
            Ok(ended) => cut_off(&state, &ended),
            Err(error) => tracing::debug!(%error, "what has expired is ended later"),
        }
    }
}

/// Makes an API token.
pub async fn make_token(state: &AppState, me: &Somebody, new: NewToken) -> Result<MadeToken, Error> {
    if me.me().role == Role::Guest {
        return Err(Error::Forbidden);
    }
    let label = rooms::title(&new.label)?;
    if new.scopes.is_empty() {
        return Err(Error::BadRequest("A token needs at least one scope.".to_owned()));
    }
    // No token makes one that may more than itself.
    if !new.scopes.iter().all(|scope| me.caller().scopes.holds(*scope)) {
        return Err(Error::OutOfScope);
    }
    let secret = auth::Token::random();
    let (at, seconds) = (
        clock::now(),
        Error::in_range(Fault::TheTime, new.seconds.unwrap_or(TOKEN_SECONDS), limits::RESTRAINT_SECONDS)?,
    );
    let expires = clock::in_seconds(Some(seconds));
    let session = NewSession {
        token: secret.hash(),
        person: me.me().id.clone(),
        scopes: Scopes::of(&new.scopes),
        label: Some(label.clone()),
        agent: String::new(),
        network: String::new(),
        at,
        expires,
        ground: Ground::Session(me.caller().session),
    };
    state.store.people().add_session(session).await??;
    let (id, scopes) = (public_id(&secret.hash()), Scopes::of(&new.scopes).list());
    let token = Token { id, label, scopes, created: at, seen: at, expires };
    Ok(MadeToken { secret: secret.reveal().to_owned(), token })
}

/// Somebody's API tokens.
pub async fn tokens(state: &AppState, me: &Somebody) -> Result<Vec<Token>, Error> {
    Ok(state.store.people().tokens(&me.me().id).await?)
}

fn lasts(role: Role) -> Millis {
    clock::in_seconds(Some(if role == Role::Guest { GUEST_SECONDS } else { MEMBER_SECONDS }))
}
