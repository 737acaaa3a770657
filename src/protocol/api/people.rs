//! REST: accounts, sessions, tokens, invitations.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::protocol::event::Person;
use crate::protocol::ids::{Millis, PersonId, RoomKey};
use crate::protocol::object::{Missing, Object};
use crate::protocol::power::Role;

/// `POST /accounts`: sign up. A guest who does so keeps who they are, and what they said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignUp {
    /// The name.
    pub name: String,
    /// The password.
    pub password: String,
    /// The code of an invitation, where one is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<String>,
    /// The code of the link that the first start prints: makes the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setup: Option<String>,
}

/// `POST /session`: log in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogIn {
    /// The name.
    pub name: String,
    /// The password.
    pub password: String,
}

/// `DELETE /me`: the account goes. What was said stays, under no name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Farewell {
    /// The password, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// One place where I am logged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// By which it is ended.
    pub id: String,
    /// It is the one that asks.
    pub current: bool,
    /// When it began.
    pub created: Millis,
    /// When it was last used, to the hour.
    pub seen: Millis,
    /// When it ends by itself.
    pub expires: Millis,
    /// What the browser calls itself.
    pub agent: String,
}

/// `POST /tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewToken {
    /// What it is for.
    pub label: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// After how many seconds it ends; without it, after a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
}

/// What an API token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// See what its owner sees.
    Read,
    /// Speak, join, write.
    Write,
    /// Keep order where its owner does.
    Moderate,
    /// Govern the site as its owner does, and their account.
    Admin,
}

/// An API token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Token {
    /// By which it is ended.
    pub id: String,
    /// What it is for.
    pub label: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created: Millis,
    /// When it was last used, to the hour.
    pub seen: Millis,
    /// When it ends by itself.
    pub expires: Millis,
}

/// A token that was just made: its secret is told this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MadeToken {
    /// For `Authorization: Bearer`.
    pub secret: String,
    /// As it is listed.
    #[serde(flatten)]
    pub token: Token,
}

/// `POST /invites`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewInvite {
    /// Into which room; without one, to sign up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomKey>,
    /// After how many seconds it ends; without it, after a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// How many may use it; without it, one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u64>,
}

/// An invitation, without its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invite {
    /// By which it is ended.
    pub id: String,
    /// Into which room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomKey>,
    /// Who invites.
    pub by: Person,
    /// When it was made.
    pub created: Millis,
    /// When it ends by itself.
    pub expires: Millis,
    /// How many may still use it.
    pub left: u64,
}

/// An invitation that was just made: its code is told this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MadeInvite {
    /// For the address `/invite/{code}`.
    pub code: String,
    /// As it is listed.
    #[serde(flatten)]
    pub invite: Invite,
}

/// What an invitation is to, as told to whoever has its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// The room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomKey>,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who invites.
    pub by: Person,
}

/// Somebody, as listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Object")]
pub struct Profile {
    /// Who.
    #[serde(flatten)]
    pub person: Person,
    /// What they are on the site.
    pub role: Role,
    /// Banned from here until then; for ever where that is far away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub banned: Option<Millis>,
}

impl TryFrom<Object> for Profile {
    type Error = Missing;

    fn try_from(mut it: Object) -> Result<Self, Missing> {
        Ok(Self { role: it.word("role")?, banned: it.number("banned").ok(), person: it.try_into()? })
    }
}

/// `GET /people?q=`: those whose name begins so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuery {
    /// The beginning of the name.
    pub q: Option<String>,
    /// Only those of this room.
    pub room: Option<RoomKey>,
    /// Those behind this one.
    pub after: Option<PersonId>,
    /// At most so many, and at most [`crate::protocol::limits::LIST`].
    pub limit: Option<usize>,
}

/// `PUT /people/{user}/role`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Promotion {
    /// Member, admin or owner. Who is made owner takes it over from whoever is.
    pub role: Role,
}
