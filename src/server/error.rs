//! What can go wrong in the server, and how it is told: one enum, one status and one code each.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::protocol::api::{ErrorBody, ErrorCode, ErrorDetail};
use crate::protocol::limits;

/// An act that was refused or failed, in words for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// 400: not readable; the text says what.
    #[error("{0}")]
    BadRequest(String),
    /// 400
    #[error("There is nothing to send.")]
    BodyEmpty,
    /// 413
    #[error("A message has at most {} KiB.", limits::BODY_BYTES / 1024)]
    BodyTooLong,
    /// 400
    #[error("A name has at most {} characters.", limits::NAME_CHARS)]
    NameTooLong,
    /// 400
    #[error("A name needs at least one visible character.")]
    NameEmpty,
    /// 400
    #[error("A password has at least {} characters.", limits::PASSWORD_MIN_CHARS)]
    PasswordTooShort,
    /// 400
    #[error("A password has at most {} characters.", limits::PASSWORD_MAX_CHARS)]
    PasswordTooLong,
    /// 400
    #[error("The message that this answers does not exist.")]
    ReplyUnknown,
    /// 404
    #[error("That message does not exist any more.")]
    MessageUnknown,
    /// 403
    #[error("That message is somebody else's.")]
    NotYours,
    /// 409
    #[error("A message has at most {} reactions.", limits::REACTIONS)]
    TooManyReactions,
    /// 413
    #[error("A request has at most {} KiB.", limits::REQUEST_BYTES / 1024)]
    TooLarge,
    /// 408
    #[error("The request took too long to come.")]
    TooSlow,
    /// 409
    #[error("One connection follows at most {} rooms.", limits::FOLLOWED_ROOMS)]
    TooManyRooms,
    /// 429
    #[error("There are too many connections from your address.")]
    TooManyConnections,
    /// 401
    #[error("Log in, or become a guest, first.")]
    Unauthenticated,
    /// 401
    #[error("This server does not let guests in.")]
    GuestsOff,
    /// 403
    #[error("This request comes from a page of another site.")]
    ForeignOrigin,
    /// 404
    #[error("There is nothing here.")]
    NotFound,
    /// 405
    #[error("This address does not do that.")]
    MethodNotAllowed,
    /// 429
    #[error("That was too fast. Try again in {} s.", after_ms.div_ceil(1000))]
    TooFast {
        /// When it may pass.
        after_ms: u64,
    },
    /// 503: nothing was done, and it is nobody's fault.
    #[error("The server has too much to do. Try again in {} s.", after_ms.div_ceil(1000))]
    Busy {
        /// When it may have less to do.
        after_ms: u64,
    },
    /// 503: it is not known whether it happened; the same request again settles it.
    #[error("The server cannot do that right now. Try again.")]
    Unavailable,
    /// 500
    #[error("Something broke on our side.")]
    Internal,
}

/// The store could not say whether it did what it was asked. Told as [`Error::Unavailable`] or `retry`, never as refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the store failed: {0}")]
pub struct StoreError(pub String);

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
            Self::NotFound => ErrorCode::NotFound,
            Self::MethodNotAllowed => ErrorCode::MethodNotAllowed,
            Self::TooFast { .. } => ErrorCode::TooFast,
            Self::Busy { .. } => ErrorCode::Busy,
            Self::Unavailable => ErrorCode::Unavailable,
            Self::Internal => ErrorCode::Internal,
        }
    }

    /// The HTTP status that goes with it.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) | Self::BodyEmpty | Self::NameTooLong | Self::NameEmpty | Self::ReplyUnknown => {
                StatusCode::BAD_REQUEST
            }
            Self::PasswordTooShort | Self::PasswordTooLong => StatusCode::BAD_REQUEST,
            Self::BodyTooLong | Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooManyRooms | Self::TooManyReactions => StatusCode::CONFLICT,
            Self::Unauthenticated | Self::GuestsOff => StatusCode::UNAUTHORIZED,
            Self::ForeignOrigin | Self::NotYours => StatusCode::FORBIDDEN,
            Self::NotFound | Self::MessageUnknown => StatusCode::NOT_FOUND,
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

    /// When the same thing may pass, where that is known.
    pub fn after_ms(&self) -> Option<u64> {
        match self {
            Self::TooFast { after_ms } | Self::Busy { after_ms } => Some(*after_ms),
            _ => None,
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
