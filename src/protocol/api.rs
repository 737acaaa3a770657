//! REST: bodies, and the one list of error codes for every transport.

pub mod order;
pub mod people;
pub mod rooms;
pub mod search;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::event::Event;
use super::ids::{Cid, PersonId, Seq};
use super::object::{Missing, Object};
use super::power::Role;
use super::schema;

/// What went wrong, for programs. On REST, socket and form alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Not readable, or a field has not the form it must have.
    BadRequest,
    /// A socket frame that is not a JSON object with `t`.
    BadFrame,
    /// A socket frame whose `t` is not known.
    UnknownType,
    /// A socket frame before `hello`.
    HelloFirst,
    /// Nothing but white space.
    BodyEmpty,
    /// More than [`super::limits::BODY_BYTES`].
    BodyTooLong,
    /// More than [`super::limits::NAME_CHARS`].
    NameTooLong,
    /// Nothing visible is left of it.
    NameEmpty,
    /// Fewer than [`super::limits::PASSWORD_MIN_CHARS`].
    PasswordTooShort,
    /// More than [`super::limits::PASSWORD_MAX_CHARS`].
    PasswordTooLong,
    /// One of those that are guessed first.
    PasswordGuessed,
    /// The message that it answers does not exist.
    ReplyUnknown,
    /// The message that it is about does not exist, or no more.
    MessageUnknown,
    /// The message is somebody else's.
    NotYours,
    /// One is banned, from the room or from here.
    Banned,
    /// One is muted.
    Muted,
    /// One has to join the room first.
    NotMember,
    /// The room is archived.
    Archived,
    /// Only moderators speak in the room.
    AnnounceOnly,
    /// It takes more power than one has.
    Forbidden,
    /// The other one has as much power, or more.
    Outranked,
    /// The token was not made for that.
    OutOfScope,
    /// Nobody of that id or name.
    PersonUnknown,
    /// Name or password is wrong.
    WrongPassword,
    /// Signing up takes an invitation, or is closed.
    SignUpClosed,
    /// The invitation is used up, expired, or never was.
    InviteInvalid,
    /// The name is somebody's.
    NameTaken,
    /// A room of that key is there.
    RoomTaken,
    /// The text holds a word that is not said here.
    WordRefused,
    /// The text waits until somebody who keeps order has looked at it.
    Held,
    /// A new guest, who may not do that yet.
    GuestTooNew,
    /// [`super::limits::COLOURS`] or more.
    ColourUnknown,
    /// One of you does not want to hear from the other.
    Blocked,
    /// More than [`super::limits::TITLE_CHARS`].
    TitleTooLong,
    /// More than [`super::limits::TOPIC_CHARS`].
    TopicTooLong,
    /// More than [`super::limits::REASON_CHARS`].
    ReasonTooLong,
    /// More than [`super::limits::DIRECT_PEOPLE`].
    TooManyPeople,
    /// A number is nought where it may not be, or more than it may be.
    OutOfRange,
    /// There are as many as there may be.
    TooMany,
    /// A message has [`super::limits::REACTIONS`] already.
    TooManyReactions,
    /// More than [`super::limits::REQUEST_BYTES`].
    TooLarge,
    /// Not whole after [`super::limits::REQUEST_MS`].
    TooSlow,
    /// More than [`super::limits::FOLLOWED_ROOMS`].
    TooManyRooms,
    /// More than [`super::limits::CONNECTIONS_PER_ADDRESS`].
    TooManyConnections,
    /// Log in, or become a guest, first.
    Unauthenticated,
    /// Guests are not let in here.
    GuestsOff,
    /// The request comes from a page of another site.
    ForeignOrigin,
    /// No such thing, or not for you.
    NotFound,
    /// That address does not do that.
    MethodNotAllowed,
    /// Faster than allowed.
    TooFast,
    /// The server has as much to do as it takes on: again later.
    Busy,
    /// The server goes or cannot store: again later.
    Unavailable,
    /// A fault of ours.
    Internal,
}

/// The body of every error answer: `{"error": {"code": "...", "message": "..."}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Object")]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorDetail,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ErrorDetail {
    /// For programs.
    pub code: ErrorCode,
    /// For people.
    pub message: String,
}

/// `POST /guest`: become somebody, or change the name one has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GuestRequest {
    /// Without one, a friendly name is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::wish_or_none)]
    pub name: Option<String>,
}

/// Answer of `POST /guest`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Object")]
pub struct Identity {
    /// Who one is now.
    pub me: Me,
    /// For `Authorization: Bearer` and `hello`, where no cookie goes along.
    pub token: String,
}

/// Who I am.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Object")]
pub struct Me {
    /// Whatever the name.
    pub id: PersonId,
    /// What I am called.
    #[schema(schema_with = schema::name)]
    pub name: String,
    /// What I am on this site.
    pub role: Role,
    /// The colour that I chose, less than [`super::limits::COLOURS`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<u64>,
}

impl TryFrom<Object> for ErrorBody {
    type Error = Missing;

    fn try_from(mut it: Object) -> Result<Self, Missing> {
        let mut error = it.object("error")?;
        Ok(Self { error: ErrorDetail { code: error.word("code")?, message: error.text("message")? } })
    }
}

impl TryFrom<Object> for Identity {
    type Error = Missing;

    fn try_from(mut it: Object) -> Result<Self, Missing> {
        Ok(Self { me: it.one("me")?, token: it.text("token")? })
    }
}

impl TryFrom<Object> for Me {
    type Error = Missing;

    fn try_from(mut it: Object) -> Result<Self, Missing> {
        Ok(Self {
            id: it.checked("id")?,
            name: it.text("name")?,
            role: it.word("role")?,
            colour: it.number("colour").ok(),
        })
    }
}

/// `PATCH /me`. What is not said stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MeChange {
    /// The new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::wish)]
    pub name: Option<String>,
    /// The new colour, less than [`super::limits::COLOURS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<u64>,
    /// The new password; the one until now has to be said too. All other sessions end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_password: Option<String>,
    /// The password until now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// `POST /rooms/{room}/messages`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PostRequest {
    /// The sender's own id for it.
    pub cid: Cid,
    /// Its text.
    #[schema(schema_with = schema::saying)]
    pub body: String,
    /// The message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Seq>,
}

/// Answer to an act: 201 for a new message, else 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Done {
    /// Its place in the room.
    pub seq: Seq,
}

/// `PATCH /rooms/{room}/messages/{seq}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EditRequest {
    /// The sender's own id for the edit; also taken from `Idempotency-Key`. Without one a repeat is another edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cid: Option<Cid>,
    /// Its new text.
    #[schema(schema_with = schema::saying)]
    pub body: String,
}

/// `GET /rooms/{room}/events?after=` or `before=`, else the newest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// Events with a higher seq.
    pub after: Option<Seq>,
    /// Events with a lower seq.
    pub before: Option<Seq>,
    /// At most so many, and never more than fit in a page.
    pub limit: Option<usize>,
}

/// Answer of `GET /rooms/{room}/events`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventsPage {
    /// In order of seq.
    pub events: Vec<Event>,
    /// There are more in that direction.
    pub more: bool,
}
