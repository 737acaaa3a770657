//! People: becoming a guest, having an account, and what one is called.

use super::{names, sessions, settings};
use crate::protocol::api::order::SignUpPolicy;
use crate::protocol::api::people::{LogIn, PeopleQuery, Profile, SignUp};
use crate::protocol::api::{Me, MeChange};
use crate::protocol::event::Person;
use crate::protocol::ids::PersonId;
use crate::protocol::limits;
use crate::protocol::power::{Denied, Role};
use crate::server::access::Somebody;
use crate::server::auth::{self, Token, Whence, network, password};
use crate::server::clock;
use crate::server::error::Error;
use crate::server::metrics;
use crate::server::state::AppState;
use crate::server::store::{Account, ByPassword, Caller, Ground, Invited, NewPerson, NotKept};

/// Names tried before giving up: past the first ten they are numbered at random, so it takes a crowd of namesakes.
const TRIES: u32 = 50;

/// Makes a guest, with the name they wish for or a friendly one. Only ever called for somebody who does something: whoever
/// looks, bots among them, leaves no trace.
pub async fn become_guest(state: &AppState, whence: &Whence, wish: Option<&str>) -> Result<(Me, Token), Error> {
    if !state.config.guests.is_on() {
        return Err(Error::GuestsOff);
    }
    let wish = wish.map(names::clean).transpose()?;
    state.guard.rates.door(whence.from)?;
    check_network(state, whence).await?;
    let id = new_id();
    for attempt in 0..=TRIES {
        let name = match &wish {
            Some(wish) => names::numbered(wish, attempt),
            None => names::friendly(attempt),
        };
        let me = Me { id: id.clone(), name, role: Role::Guest, colour: None };
        if state.store.people().add(new_person(&me, None)).await? {
            let token = sessions::begin(state, &me, whence, Ground::New).await?;
            tracing::info!(person = %me.id, "a guest came");
            return Ok((me, token));
        }
    }
    Err(Error::Unavailable)
}

/// One more token for somebody, at the rate of newcomers. An API token is no ground for that.
pub async fn another_token(state: &AppState, whence: &Whence, me: &Somebody) -> Result<Token, Error> {
    state.guard.rates.door(whence.from)?;
    let begun = sessions::begin(state, me.me(), whence, Ground::Session(me.caller().session)).await;
    begun.map_err(|error| if error == Error::Unauthenticated { Error::OutOfScope } else { error })
}

/// Signs up. A guest stays who they are, and keeps what they said; the sessions that they had until then end, since a
/// session never gains power.
pub async fn sign_up(
    state: &AppState,
    caller: Option<&Caller>,
    whence: &Whence,
    request: SignUp,
) -> Result<(Me, Token), Error> {
    state.guard.rates.knock(whence.from)?;
    check_network(state, whence).await?;
    let name = names::clean(&request.name)?;
    password::check(&request.password)?;
    if caller.is_some_and(|caller| caller.banned.is_some_and(|until| until > clock::now())) {
        return Err(Error::Banned);
    }
    let guest = caller.filter(|caller| caller.me.role == Role::Guest);
    let role = admit(state, &request).await?;
    // Before the costly part, in clear words; decided by the store.
    if let Some(other) = state.store.people().named(&names::likeness(&name)).await?
        && guest.is_none_or(|guest| guest.me.id != other.id)
    {
        return Err(Error::NameTaken);
    }
    let hash = state.guard.passwords.hash(&request.password).await?;
    use_invite(state, &request, role).await?;
    let id = guest.map_or_else(new_id, |guest| guest.me.id.clone());
    let me = Me { id, name, role, colour: guest.and_then(|guest| guest.me.colour) };
    let new = new_person(&me, Some(hash.reveal().to_owned()));
    let me = match guest {
        Some(guest) => {
            let (me, ended) = state.store.people().claim(guest, new).await??.ok_or(Error::NameTaken)?;
            sessions::cut_off(state, &ended);
            me
        }
        None if state.store.people().add(new).await? => me,
        None => return Err(Error::NameTaken),
    };
    if role == Role::Owner {
        state.guard.close_setup();
    }
    tracing::info!(person = %me.id, "somebody signed up");
    let token = sessions::begin(state, &me, whence, Ground::Password(hash.reveal().to_owned())).await?;
    Ok((me, token))
}

/// What somebody becomes who signs up so, if they may.
async fn admit(state: &AppState, request: &SignUp) -> Result<Role, Error> {
    if let Some(code) = request.setup.as_deref().filter(|code| !code.is_empty()) {
        return if is_setup(state, code).await? { Ok(Role::Owner) } else { Err(Error::InviteInvalid) };
    }
    let invited = match invite_of(request) {
        Some(code) => find_invite(state, code).await.map(Some)?,
        None => None,
    };
    match settings::sign_up(state).await? {
        SignUpPolicy::Open => Ok(Role::Member),
        // Whoever keeps order in a room lets people into it, and not into the site.
        SignUpPolicy::Invite if invited.is_some_and(|invited| invited.room.is_none()) => Ok(Role::Member),
        SignUpPolicy::Invite | SignUpPolicy::Closed => Err(Error::SignUpClosed),
    }
}

/// Whether this code of the first start's link makes the owner: as long as there is none.
pub async fn is_setup(state: &AppState, code: &str) -> Result<bool, Error> {
    Ok(state.guard.is_setup(code) && !state.store.people().has_owner().await?)
}

/// An empty field of a form is none.
fn invite_of(request: &SignUp) -> Option<&str> {
    request.invite.as_deref().filter(|code| !code.is_empty())
}

async fn find_invite(state: &AppState, code: &str) -> Result<Invited, Error> {
    let found = state.store.rooms().invited(&auth::hash(code), clock::now()).await?;
    found.ok_or(Error::InviteInvalid)
}

/// An invitation to sign up is used up with that, if it was needed. One to a room is used up by joining it.
async fn use_invite(state: &AppState, request: &SignUp, role: Role) -> Result<(), Error> {
    let needed = role != Role::Owner && settings::sign_up(state).await? == SignUpPolicy::Invite;
    let Some(code) = invite_of(request).filter(|_| needed) else { return Ok(()) };
    if state.store.rooms().use_invite(&auth::hash(code), clock::now()).await? {
        Ok(())
    } else {
        Err(Error::InviteInvalid)
    }
}

/// Logs in. Whoever does not exist is told the same, after the same time, as whoever mistyped.
pub async fn log_in(state: &AppState, whence: &Whence, request: &LogIn) -> Result<(Me, Token), Error> {
    state.guard.rates.knock(whence.from)?;
    let likeness = names::likeness(&names::clean(&request.name).unwrap_or_default());
    let attempt = state.guard.rates.logins.attempt(&likeness, whence.from)?;
    let account = state.store.people().account(&likeness).await?;
    let stored = account.as_ref().and_then(|account| account.password.as_deref());
    let right = match state.guard.passwords.verify(&request.password, stored).await {
        Ok(right) => right,
        Err(error) => {
            attempt.undone();
            return Err(error);
        }
    };
    let Some(account) = account.filter(|_| right) else { return Err(Error::WrongPassword) };
    attempt.succeeded();
    welcome_back(state, whence, account, &request.password).await
}

async fn welcome_back(
    state: &AppState,
    whence: &Whence,
    account: Account,
    password: &str,
) -> Result<(Me, Token), Error> {
    if account.banned.is_some_and(|until| until > clock::now()) {
        return Err(Error::Banned);
    }
    let mut stored = account.password.unwrap_or_default();
    if password::needs_rehash(&stored) {
        let hash = state.guard.passwords.hash(password).await?;
        if !state.store.people().rehash(&account.me.id, &stored, hash.reveal()).await? {
            // Perhaps by a log-in at the same moment: the next try knows.
            return Err(Error::Unavailable);
        }
        stored = hash.reveal().to_owned();
    }
    // Hashing takes its time: somebody may have changed the password meanwhile, just to lock out whoever knows the old one.
    let begun = sessions::begin(state, &account.me, whence, Ground::Password(stored)).await;
    let token = begun.map_err(|error| if error == Error::Unauthenticated { Error::WrongPassword } else { error })?;
    metrics::LOG_INS.add(1);
    tracing::info!(person = %account.me.id, "somebody logged in");
    Ok((account.me, token))
}

/// Changes what is said of somebody's name, colour or password. A name that somebody has already gets a number.
pub async fn change(state: &AppState, me: &Somebody, change: MeChange) -> Result<Me, Error> {
    let id = &me.me().id;
    if let Some(new) = &change.new_password {
        change_password(state, me, change.password.as_deref().unwrap_or_default(), new).await?;
    }
    if let Some(colour) = change.colour {
        if colour >= limits::COLOURS {
            return Err(Error::ColourUnknown);
        }
        state.guard.rates.change(id)?;
        state.store.people().recolour(me.caller(), colour, clock::now()).await??;
    }
    match &change.name {
        Some(wish) => rename(state, me, wish).await,
        None => state.store.people().person(id).await?.ok_or(Error::Unauthenticated),
    }
}

/// Changes what somebody is called. A guest's wish that somebody has already gets a number; an account is asked for another.
pub async fn rename(state: &AppState, me: &Somebody, wish: &str) -> Result<Me, Error> {
    let (wish, by) = (names::clean(wish)?, me.caller());
    state.guard.rates.change(&by.me.id)?;
    for attempt in 0..=TRIES {
        let name = names::numbered(&wish, attempt);
        if let Some(me) = state.store.people().rename(by, &name, &names::likeness(&name), clock::now()).await?? {
            return Ok(me);
        }
        if by.me.role > Role::Guest {
            return Err(Error::NameTaken);
        }
    }
    Err(Error::Unavailable)
}

/// Whoever has somebody's session does not have their account: the old password has to be said. All other sessions end.
async fn change_password(state: &AppState, me: &Somebody, old: &str, new: &str) -> Result<(), Error> {
    password::check(new)?;
    let old = check_password(state, me, old).await?;
    let hash = state.guard.passwords.hash(new).await?;
    let by = ByPassword { old, session: me.caller().session };
    let ended = state.store.people().set_password(&me.me().id, hash.reveal(), Some(by)).await?;
    sessions::cut_off(state, &ended.ok_or(Error::WrongPassword)?);
    Ok(())
}

/// Answers with what is stored of it.
async fn check_password(state: &AppState, me: &Somebody, password: &str) -> Result<String, Error> {
    let likeness = names::likeness(&me.me().name);
    let account = state.store.people().account(&likeness).await?.filter(|account| account.me.id == me.me().id);
    let stored = account.and_then(|account| account.password);
    let attempt = state.guard.rates.logins.attempt_of(&me.me().id)?;
    match state.guard.passwords.verify(password, stored.as_deref()).await {
        Ok(true) => attempt.succeeded(),
        Ok(false) => return Err(Error::WrongPassword),
        Err(error) => {
            attempt.undone();
            return Err(error);
        }
    }
    stored.ok_or(Error::WrongPassword)
}

/// The account goes, with all its sessions. A guest has no password to say.
pub async fn close(state: &AppState, me: &Somebody, password: Option<&str>) -> Result<(), Error> {
    let old = match me.me().role {
        Role::Reader | Role::Guest => None,
        _ => Some(check_password(state, me, password.unwrap_or_default()).await?),
    };
    let ended = state.store.people().close_account(me.caller(), old.as_deref()).await??;
    sessions::cut_off(state, &ended);
    tracing::info!(person = %me.me().id, "an account was closed");
    Ok(())
}

/// People by the beginning of their names. Who is banned only those see who keep order everywhere, and of the guests of no
/// room in particular those whom they look for.
pub async fn list(state: &AppState, me: &Somebody, query: PeopleQuery) -> Result<Vec<Profile>, Error> {
    let likeness = names::likeness(query.q.as_deref().unwrap_or_default().trim());
    let admin = me.me().role >= Role::Admin;
    let guests = query.room.is_some() || (admin && !likeness.is_empty());
    let mut found = state.store.people().list(query, &likeness, guests).await?;
    if !admin {
        found.iter_mut().for_each(|profile| profile.banned = None);
    }
    Ok(found)
}

/// Hear no more from somebody, or again.
pub async fn block(state: &AppState, me: &Somebody, whom: &PersonId, on: bool) -> Result<(), Error> {
    if me.me().id == *whom {
        return Err(Error::BadRequest("Nobody can block themselves.".to_owned()));
    }
    state.guard.rates.change(&me.me().id)?;
    state.store.people().block(me.caller(), whom, on, clock::now()).await?.map_err(|why| match why {
        NotKept::Denied(Denied::NotThere) => Error::PersonUnknown,
        why => why.into(),
    })
}

/// Whom somebody does not want to hear from.
pub async fn blocked(state: &AppState, me: &Somebody) -> Result<Vec<Person>, Error> {
    Ok(state.store.people().blocked(&me.me().id).await?)
}

/// Newcomers from a network that somebody was banned with are turned away.
async fn check_network(state: &AppState, whence: &Whence) -> Result<(), Error> {
    let network = network(whence.from).to_string();
    if state.store.people().is_network_banned(&network, clock::now()).await? { Err(Error::Banned) } else { Ok(()) }
}

/// As the store wants them.
pub fn new_person(me: &Me, password: Option<String>) -> NewPerson {
    NewPerson { me: me.clone(), likeness: names::likeness(&me.name), password, at: clock::now() }
}

/// Of a person who is new.
pub fn new_id() -> PersonId {
    loop {
        if let Ok(id) = auth::random_text(12).parse() {
            return id;
        }
    }
}
