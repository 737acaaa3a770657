//! What can go wrong in the server, and how it is told: one enum, one status and one code each.

use std::fmt::Display;
use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::protocol::api::{ErrorBody, ErrorCode, ErrorDetail};
use crate::protocol::limits;
use crate::protocol::power::Denied;
use crate::server::store::NotKept;
use crate::words::fault::Fault;
use crate::words::{fill, say};

/// An act that was refused or failed, in words for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// 400: not readable; the text says what.
    #[error("{0}")]
    BadRequest(String),
    /// 400
    #[error("{}", say(Fault::BodyEmpty))]
    BodyEmpty,
    /// 413
    #[error("{}", with(Fault::BodyTooLong, limits::BODY_BYTES / 1024))]
    BodyTooLong,
    /// 400
    #[error("{}", with(Fault::NameTooLong, limits::NAME_CHARS))]
    NameTooLong,
    /// 400
    #[error("{}", say(Fault::NameEmpty))]
    NameEmpty,
    /// 400
    #[error("{}", with(Fault::PasswordTooShort, limits::PASSWORD_MIN_CHARS))]
    PasswordTooShort,
    /// 400
    #[error("{}", with(Fault::PasswordTooLong, limits::PASSWORD_MAX_CHARS))]
    PasswordTooLong,
    /// 400
    #[error("{}", say(Fault::PasswordGuessed))]
    PasswordGuessed,
    /// 400
    #[error("{}", say(Fault::ReplyUnknown))]
    ReplyUnknown,
    /// 404
    #[error("{}", say(Fault::MessageUnknown))]
    MessageUnknown,
    /// 403
    #[error("{}", say(Fault::NotYours))]
    NotYours,
    /// 409
    #[error("{}", with(Fault::TooManyReactions, limits::REACTIONS))]
    TooManyReactions,
    /// 413
    #[error("{}", with(Fault::TooLarge, limits::REQUEST_BYTES / 1024))]
    TooLarge,
    /// 408
    #[error("{}", say(Fault::TooSlow))]
    TooSlow,
    /// 409
    #[error("{}", with(Fault::TooManyRooms, limits::FOLLOWED_ROOMS))]
    TooManyRooms,
    /// 429
    #[error("{}", say(Fault::TooManyConnections))]
    TooManyConnections,
    /// 401
    #[error("{}", say(Fault::Unauthenticated))]
    Unauthenticated,
    /// 401
    #[error("{}", say(Fault::GuestsOff))]
    GuestsOff,
    /// 403
    #[error("{}", say(Fault::ForeignOrigin))]
    ForeignOrigin,
    /// 403
    #[error("{}", say(Fault::Banned))]
    Banned,
    /// 403
    #[error("{}", say(Fault::Muted))]
    Muted,
    /// 403
    #[error("{}", say(Fault::NotMember))]
    NotMember,
    /// 403
    #[error("{}", say(Fault::Archived))]
    Archived,
    /// 403
    #[error("{}", say(Fault::AnnounceOnly))]
    AnnounceOnly,
    /// 403
    #[error("{}", say(Fault::Forbidden))]
    Forbidden,
    /// 403
    #[error("{}", say(Fault::Outranked))]
    Outranked,
    /// 403
    #[error("{}", say(Fault::OutOfScope))]
    OutOfScope,
    /// 404
    #[error("{}", say(Fault::PersonUnknown))]
    PersonUnknown,
    /// 401
    #[error("{}", say(Fault::WrongPassword))]
    WrongPassword,
    /// 403
    #[error("{}", say(Fault::SignUpClosed))]
    SignUpClosed,
    /// 410
    #[error("{}", say(Fault::InviteInvalid))]
    InviteInvalid,
    /// 409
    #[error("{}", say(Fault::NameTaken))]
    NameTaken,
    /// 409
    #[error("{}", say(Fault::RoomTaken))]
    RoomTaken,
    /// 403
    #[error("{}", say(Fault::WordRefused))]
    WordRefused,
    /// 403
    #[error("{}", say(Fault::Held))]
    Held,
    /// 403
    #[error("{}", say(Fault::GuestTooNew))]
    GuestTooNew,
    /// 403
    #[error("{}", say(Fault::Blocked))]
    Blocked,
    /// 400
    #[error("{}", with(Fault::ColourUnknown, limits::COLOURS))]
    ColourUnknown,
    /// 400
    #[error("{}", with(Fault::TitleTooLong, limits::TITLE_CHARS))]
    TitleTooLong,
    /// 400
    #[error("{}", with(Fault::TopicTooLong, limits::TOPIC_CHARS))]
    TopicTooLong,
    /// 400
    #[error("{}", with(Fault::ReasonTooLong, limits::REASON_CHARS))]
    ReasonTooLong,
    /// 400
    #[error("{}", with(Fault::TooManyPeople, limits::DIRECT_PEOPLE))]
    TooManyPeople,
    /// 400
    #[error("{}", fill(Fault::OutOfRange, &[say(*what), &most.to_string()]))]
    OutOfRange {
        /// What.
        what: Fault,
        /// The most that it may be.
        most: u64,
    },
    /// 409
    #[error("{}", say(Fault::TooMany))]
    TooMany,
    /// 404
    #[error("{}", say(Fault::NotFound))]
    NotFound,
    /// 405
    #[error("{}", say(Fault::MethodNotAllowed))]
    MethodNotAllowed,
    /// 429
    #[error("{}", with(Fault::TooFast, after_ms.div_ceil(1000)))]
    TooFast {
        /// When it may pass.
        after_ms: u64,
    },
    /// 503: nothing was done, and it is nobody's fault.
    #[error("{}", with(Fault::Busy, after_ms.div_ceil(1000)))]
    Busy {
        /// When it may have less to do.
        after_ms: u64,
    },
    /// 503: it is not known whether it happened; the same request again settles it.
    #[error("{}", say(Fault::Unavailable))]
    Unavailable,
    /// 500
    #[error("{}", say(Fault::Internal))]
    Internal,
}

/// The store could not say whether it did what it was asked. Told as [`Error::Unavailable`] or `retry`, never as refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the store failed: {0}")]
pub struct StoreError(pub String);

/// Those that say nothing but what they are.
const PLAIN: [Error; 46] = [
    Error::BodyEmpty,
    Error::BodyTooLong,
    Error::NameTooLong,
    Error::NameEmpty,
    Error::PasswordTooShort,
    Error::PasswordTooLong,
    Error::PasswordGuessed,
    Error::ReplyUnknown,
    Error::MessageUnknown,
    Error::NotYours,
    Error::TooManyReactions,
    Error::TooLarge,
    Error::TooSlow,
    Error::TooManyRooms,
    Error::TooManyConnections,
    Error::Unauthenticated,
    Error::GuestsOff,
    Error::ForeignOrigin,
    Error::Banned,
    Error::Muted,
    Error::NotMember,
    Error::Archived,
    Error::AnnounceOnly,
    Error::Forbidden,
    Error::Outranked,
    Error::OutOfScope,
    Error::PersonUnknown,
    Error::WrongPassword,
    Error::SignUpClosed,
    Error::InviteInvalid,
    Error::NameTaken,
    Error::RoomTaken,
    Error::WordRefused,
    Error::Held,
    Error::GuestTooNew,
    Error::Blocked,
    Error::ColourUnknown,
    Error::TitleTooLong,
    Error::TopicTooLong,
    Error::ReasonTooLong,
    Error::TooManyPeople,
    Error::TooMany,
    Error::NotFound,
    Error::MethodNotAllowed,
    Error::Unavailable,
    Error::Internal,
];

impl Error {
    /// The code that programs go by.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::BadRequest(_) => ErrorCode::BadRequest,
            Self::BodyEmpty => ErrorCode::BodyEmpty,
            Self::BodyTooLong => ErrorCode::BodyTooLong,
            Self::NameTooLong => ErrorCode::NameTooLong,
            Self::NameEmpty => ErrorCode::NameEmpty,
            Self::PasswordTooShort => ErrorCode::PasswordTooShort,
            Self::PasswordTooLong => ErrorCode::PasswordTooLong,
            Self::PasswordGuessed => ErrorCode::PasswordGuessed,
            Self::ReplyUnknown => ErrorCode::ReplyUnknown,
            Self::MessageUnknown => ErrorCode::MessageUnknown,
            Self::NotYours => ErrorCode::NotYours,
            Self::TooManyReactions => ErrorCode::TooManyReactions,
            Self::TooLarge => ErrorCode::TooLarge,
            Self::TooSlow => ErrorCode::TooSlow,
            Self::TooManyRooms => ErrorCode::TooManyRooms,
            Self::TooManyConnections => ErrorCode::TooManyConnections,
            Self::Unauthenticated => ErrorCode::Unauthenticated,
            Self::GuestsOff => ErrorCode::GuestsOff,
            Self::ForeignOrigin => ErrorCode::ForeignOrigin,
            Self::Banned => ErrorCode::Banned,
            Self::Muted => ErrorCode::Muted,
            Self::NotMember => ErrorCode::NotMember,
            Self::Archived => ErrorCode::Archived,
            Self::AnnounceOnly => ErrorCode::AnnounceOnly,
            Self::Forbidden => ErrorCode::Forbidden,
            Self::Outranked => ErrorCode::Outranked,
            Self::OutOfScope => ErrorCode::OutOfScope,
            Self::PersonUnknown => ErrorCode::PersonUnknown,
            Self::WrongPassword => ErrorCode::WrongPassword,
            Self::SignUpClosed => ErrorCode::SignUpClosed,
            Self::InviteInvalid => ErrorCode::InviteInvalid,
            Self::NameTaken => ErrorCode::NameTaken,
            Self::RoomTaken => ErrorCode::RoomTaken,
            Self::WordRefused => ErrorCode::WordRefused,
            Self::Held => ErrorCode::Held,
            Self::GuestTooNew => ErrorCode::GuestTooNew,
            Self::Blocked => ErrorCode::Blocked,
            Self::ColourUnknown => ErrorCode::ColourUnknown,
            Self::TitleTooLong => ErrorCode::TitleTooLong,
            Self::TopicTooLong => ErrorCode::TopicTooLong,
            Self::ReasonTooLong => ErrorCode::ReasonTooLong,
            Self::TooManyPeople => ErrorCode::TooManyPeople,
            Self::OutOfRange { .. } => ErrorCode::OutOfRange,
            Self::TooMany => ErrorCode::TooMany,
            Self::NotFound => ErrorCode::NotFound,
            Self::MethodNotAllowed => ErrorCode::MethodNotAllowed,
            Self::TooFast { .. } => ErrorCode::TooFast,
            Self::Busy { .. } => ErrorCode::Busy,
            Self::Unavailable => ErrorCode::Unavailable,
            Self::Internal => ErrorCode::Internal,
        }
    }

    /// What went wrong, as far as its code and the time to wait tell it.
    pub fn told(code: ErrorCode, after_ms: Option<u64>) -> Self {
        let after_ms = after_ms.unwrap_or(1);
        match code {
            ErrorCode::TooFast => Self::TooFast { after_ms },
            ErrorCode::Busy => Self::Busy { after_ms },
            _ => {
                let plain = PLAIN.iter().find(|error| error.code() == code).cloned();
                plain.unwrap_or_else(|| Self::BadRequest(say(Fault::Form).to_owned()))
            }
        }
    }

    /// The HTTP status that goes with it.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) | Self::BodyEmpty | Self::NameTooLong | Self::NameEmpty | Self::ReplyUnknown => {
                StatusCode::BAD_REQUEST
            }
            Self::PasswordTooShort | Self::PasswordTooLong | Self::PasswordGuessed => StatusCode::BAD_REQUEST,
            Self::BodyTooLong | Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooManyRooms | Self::TooManyReactions => StatusCode::CONFLICT,
            Self::Unauthenticated | Self::GuestsOff => StatusCode::UNAUTHORIZED,
            Self::ForeignOrigin | Self::NotYours => StatusCode::FORBIDDEN,
            Self::NotFound | Self::MessageUnknown => StatusCode::NOT_FOUND,
            Self::Banned
            | Self::Muted
            | Self::NotMember
            | Self::Archived
            | Self::AnnounceOnly
            | Self::Forbidden
            | Self::Outranked
            | Self::OutOfScope
            | Self::SignUpClosed
            | Self::WordRefused
            | Self::Held
            | Self::GuestTooNew
            | Self::Blocked => StatusCode::FORBIDDEN,
            Self::PersonUnknown => StatusCode::NOT_FOUND,
            Self::WrongPassword => StatusCode::UNAUTHORIZED,
            Self::InviteInvalid => StatusCode::GONE,
            Self::NameTaken | Self::RoomTaken | Self::TooMany => StatusCode::CONFLICT,
            Self::ColourUnknown
            | Self::OutOfRange { .. }
            | Self::TitleTooLong
            | Self::TopicTooLong
            | Self::ReasonTooLong
            | Self::TooManyPeople => StatusCode::BAD_REQUEST,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooFast { .. } | Self::TooManyConnections => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy { .. } | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// It may pass after this time.
    pub fn too_fast(wait: Duration) -> Self {
        let after_ms = u64::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
        Self::TooFast { after_ms: after_ms.max(1) }
    }

    /// A number of 1 to `most`.
    pub fn in_range(what: Fault, number: u64, most: u64) -> Result<u64, Self> {
        if (1..=most).contains(&number) { Ok(number) } else { Err(Self::OutOfRange { what, most }) }
    }

    /// When the same thing may pass, where that is known.
    pub fn after_ms(&self) -> Option<u64> {
        match self {
            Self::TooFast { after_ms } | Self::Busy { after_ms } => Some(*after_ms),
            _ => None,
        }
    }
}

/// The words around a number, which limits have.
fn with(words: Fault, number: impl Display) -> String {
    fill(words, &[&number.to_string()])
}

impl From<NotKept> for Error {
    fn from(why: NotKept) -> Self {
        match why {
            NotKept::Denied(denied) => denied.into(),
            NotKept::TooMany => Self::TooMany,
        }
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NotThere => Self::NotFound,
            Denied::LogIn => Self::Unauthenticated,
            Denied::Banned => Self::Banned,
            Denied::Muted => Self::Muted,
            Denied::Blocked => Self::Blocked,
            Denied::NotMember => Self::NotMember,
            Denied::Archived => Self::Archived,
            Denied::AnnounceOnly => Self::AnnounceOnly,
            Denied::NotYours => Self::NotYours,
            Denied::Forbidden => Self::Forbidden,
            Denied::Outranked => Self::Outranked,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "store");
        Self::Unavailable
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let body = ErrorBody { error: ErrorDetail { code: self.code(), message: self.to_string() } };
        let mut response = (self.status(), Json(body)).into_response();
        if let Some(after_ms) = self.after_ms() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(after_ms.div_ceil(1000)));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use utoipa::PartialSchema;

    #[test]
    fn a_page_that_knows_the_code_says_the_same_in_words() {
        for error in PLAIN {
            assert_eq!(Error::told(error.code(), None), error);
        }
        assert_eq!(Error::told(ErrorCode::TooFast, Some(2_001)).to_string(), "That was too fast. Try again in 3 s.");
        assert_eq!(Error::told(ErrorCode::Busy, Some(7)), Error::Busy { after_ms: 7 });
    }

    #[test]
    fn no_code_is_forgotten() {
        let schema = serde_json::to_value(ErrorCode::schema()).expect("a schema");
        let codes: Vec<ErrorCode> = serde_json::from_value(schema["enum"].clone()).expect("every code by its name");
        // Only sockets know these; and this says more than its code.
        let others = [ErrorCode::BadFrame, ErrorCode::UnknownType, ErrorCode::HelloFirst, ErrorCode::OutOfRange];
        for code in codes.into_iter().filter(|code| !others.contains(code)) {
            assert_eq!(Error::told(code, None).code(), code);
        }
    }
}
