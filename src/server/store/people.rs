//! People, and how they come in: accounts, sessions, tokens, blocks.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::NotKept;
use crate::protocol::api::Me;
use crate::protocol::api::order::Ban;
use crate::protocol::api::people::{PeopleQuery, Profile, Scope, Session, Token};
use crate::protocol::event::Person;
use crate::protocol::ids::{Millis, PersonId};
use crate::protocol::power::{Denied, Role};
use crate::server::error::StoreError;

/// SHA-256 of a secret, of a session or an invitation: who reads the store cannot come in with what they find.
pub type TokenHash = [u8; 32];

/// Enough that two never meet, too few to be of use to who guesses the rest.
const PUBLIC_BYTES: usize = 12;

/// By which something is named whose secret only its owner has: the beginning of what is kept of it.
pub fn public_id(hash: &TokenHash) -> String {
    URL_SAFE_NO_PAD.encode(&hash[..PUBLIC_BYTES])
}

/// The beginning of the hash that an id names; `None` if it names none.
pub fn hash_start(id: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(id).ok().filter(|start| start.len() == PUBLIC_BYTES)
}

/// People.
#[async_trait]
pub trait People: Send + Sync {
    /// Add a person. `false` if somebody has a name of that likeness.
    async fn add(&self, person: NewPerson) -> Result<bool, StoreError>;

    /// Give a guest an account: they stay who they are, and every session that they had until then ends. `None` if somebody
    /// else has a name of that likeness, or they are no guest.
    async fn claim(
        &self,
        guest: &Caller,
        account: NewPerson,
    ) -> Result<Result<Option<(Me, Ended)>, Denied>, StoreError>;

    /// Change one's name. `None` if somebody else has a name of that likeness.
    async fn rename(
        &self,
        by: &Caller,
        name: &str,
        likeness: &str,
        now: Millis,
    ) -> Result<Result<Option<Me>, Denied>, StoreError>;

    /// Change one's colour.
    async fn recolour(&self, by: &Caller, colour: u64, now: Millis) -> Result<Result<(), Denied>, StoreError>;

    /// A person as they are now.
    async fn person(&self, id: &PersonId) -> Result<Option<Me>, StoreError>;

    /// The person of a name of that likeness.
    async fn named(&self, likeness: &str) -> Result<Option<Me>, StoreError>;

    /// What to hold a log-in against.
    async fn account(&self, likeness: &str) -> Result<Option<Account>, StoreError>;

    /// Put another password in the place of the old one, and end all sessions and tokens but the one by which that is done.
    /// `None` if it does not stand any more, or somebody has changed the password since it was looked at. Without `by` it is
    /// done at the machine itself.
    async fn set_password(
        &self,
        person: &PersonId,
        password: &str,
        by: Option<ByPassword>,
    ) -> Result<Option<Ended>, StoreError>;

    /// Keep a password's hash in a newer form. `false` if it is another one by now.
    async fn rehash(&self, person: &PersonId, old: &str, new: &str) -> Result<bool, StoreError>;

    /// The account goes: no name, no password, no session is left, and its name is free. What was said stays. The owner
    /// stays until somebody else is. Their session has to stand, and the password whose hash they gave.
    async fn close_account(&self, by: &Caller, old: Option<&str>) -> Result<Result<Ended, Denied>, StoreError>;

    /// Give somebody another role on the site. Without `by` it is done at the machine itself. One who is made owner takes
    /// it over from whoever is.
    async fn set_role(
        &self,
        by: Option<&Caller>,
        whom: &PersonId,
        role: Role,
        now: Millis,
    ) -> Result<Result<(), Denied>, StoreError>;

    /// Ban somebody from the site, or, without a ban, let them come again. Their sessions are kept, so that their browsers
    /// are known, but what comes by them has to be cut off.
    async fn set_ban(
        &self,
        by: Option<&Caller>,
        whom: &PersonId,
        ban: Option<SiteBan>,
        now: Millis,
    ) -> Result<Result<Ended, Denied>, StoreError>;

    /// That somebody is banned from the site at this time, until when and why.
    async fn site_ban(&self, whom: &PersonId, now: Millis) -> Result<Option<Ban>, StoreError>;

    /// Whether newcomers from a network are turned away.
    async fn is_network_banned(&self, network: &str, now: Millis) -> Result<bool, StoreError>;

    /// Those whose names begin so (by their likeness), by name; guests only if they are asked for.
    async fn list(&self, query: PeopleQuery, likeness: &str, guests: bool) -> Result<Vec<Profile>, StoreError>;

    /// Let a token stand for a person, if its ground still holds. No API token is the ground of a session, which would outlive
    /// it. Of those with a label there are at most [`crate::protocol::limits::TOKENS`]; where there are more than
    /// [`crate::protocol::limits::SESSIONS`] of the others, those end that were longest not used.
    async fn add_session(&self, session: NewSession) -> Result<Result<Ended, NotKept>, StoreError>;

    /// Whom a token stands for at this time, banned or not.
    async fn caller(&self, token: &TokenHash, now: Millis) -> Result<Option<Caller>, StoreError>;

    /// Note that a session was used, and whence; it lasts until then. A token's end does not move.
    async fn see(&self, token: &TokenHash, network: &str, now: Millis, until: Millis) -> Result<(), StoreError>;

    /// A person's sessions, newest use first.
    async fn sessions(&self, person: &PersonId, current: &TokenHash) -> Result<Vec<Session>, StoreError>;

    /// A person's API tokens, newest first.
    async fn tokens(&self, person: &PersonId) -> Result<Vec<Token>, StoreError>;

    /// End a session, or a token, by its id: one of whose session this is.
    async fn end(&self, by: &TokenHash, id: &str, token: bool) -> Result<Ended, StoreError>;

    /// End a session.
    async fn end_session(&self, token: &TokenHash) -> Result<Ended, StoreError>;

    /// End all other sessions of whose session this is. Their API tokens stay.
    async fn end_others(&self, token: &TokenHash) -> Result<Ended, StoreError>;

    /// Have the server that serves beside this program cut off what comes by these.
    async fn announce_end(&self, ended: &Ended) -> Result<(), StoreError>;

    /// End what has expired. What another program has ended is among the answer.
    async fn end_expired(&self, now: Millis) -> Result<Ended, StoreError>;

    /// Hear no more from somebody, or again; from at most [`crate::protocol::limits::BLOCKS`] people.
    async fn block(
        &self,
        by: &Caller,
        whom: &PersonId,
        on: bool,
        now: Millis,
    ) -> Result<Result<(), NotKept>, StoreError>;

    /// Whom somebody does not want to hear from.
    async fn blocked(&self, person: &PersonId) -> Result<Vec<Person>, StoreError>;

    /// Whether the site has an owner.
    async fn has_owner(&self) -> Result<bool, StoreError>;
}

/// Somebody to be added, or a guest who gets an account.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// As they will be.
    pub me: Me,
    /// The likeness of the name.
    pub likeness: String,
    /// The hash of the password; a guest has none.
    pub password: Option<String>,
    /// When.
    pub at: Millis,
}

/// A ban from the whole site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteBan {
    /// Until then.
    pub until: Millis,
    /// Why.
    pub reason: Option<String>,
    /// Newcomers from the networks that they came from are turned away too.
    pub network: bool,
}

/// What a log-in is held against.
#[derive(Debug, Clone)]
pub struct Account {
    /// Who.
    pub me: Me,
    /// The hash of the password, if there is one.
    pub password: Option<String>,
    /// Banned until then.
    pub banned: Option<Millis>,
}

/// Who asks, by which session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub me: Me,
    /// By which session.
    pub session: TokenHash,
    /// What it may do.
    pub scopes: Scopes,
    /// Banned from the site until then.
    pub banned: Option<Millis>,
    /// When the session was last used, as far as it is noted.
    pub seen: Millis,
    /// When they came.
    pub since: Millis,
}

/// What a session may do: one that was logged in with may everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scopes(pub u8);

/// A session or token to be kept.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// The hash of its secret.
    pub token: TokenHash,
    /// For whom.
    pub person: PersonId,
    /// What it may do.
    pub scopes: Scopes,
    /// For a token: what it is for.
    pub label: Option<String>,
    /// What the browser calls itself.
    pub agent: String,
    /// Whence.
    pub network: String,
    /// When it begins.
    pub at: Millis,
    /// When it ends by itself.
    pub expires: Millis,
    /// What it rests on. Looked at once more when it is kept: a password that is changed, or a session that is ended, leaves
    /// nothing behind that was under way.
    pub ground: Ground,
}

/// What a new session rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// They have just come.
    New,
    /// The password whose hash this is.
    Password(String),
    /// Another session.
    Session(TokenHash),
}

/// By what somebody changes their password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByPassword {
    /// The hash of the old one, as it was when they said it.
    pub old: String,
    /// The session, which stays.
    pub session: TokenHash,
}

/// Sessions that are no more: what comes by them has to be cut off.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ended(pub Vec<TokenHash>);

impl Scopes {
    /// Everything.
    pub const ALL: Self = Self(0b1111);

    /// Those.
    pub fn of(scopes: &[Scope]) -> Self {
        Self(scopes.iter().fold(0, |bits, scope| bits | Self::bit(*scope)))
    }

    /// Each of them.
    pub fn list(self) -> Vec<Scope> {
        let all = [Scope::Read, Scope::Write, Scope::Moderate, Scope::Admin];
        all.into_iter().filter(|scope| self.holds(*scope)).collect()
    }

    /// Whether this is one of them.
    pub fn holds(self, scope: Scope) -> bool {
        self.0 & Self::bit(scope) != 0
    }

    fn bit(scope: Scope) -> u8 {
        1 << scope as u8
    }
}
