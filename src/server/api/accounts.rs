//! `/accounts` and `/session`: sign up, log in, log out.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;

use super::document::{Refusal, SEE_ROUTER};
use super::guest::identity;
use super::{Payload, Sender};
use crate::protocol::api::Identity;
use crate::protocol::api::people::{LogIn, Scope, SignUp};
use crate::server::access;
use crate::server::auth::{self, Viewer};
use crate::server::chat::{accounts, sessions};
use crate::server::error::Error;
use crate::server::state::{AppState, Shared};

/// Sign up.
///
/// A guest who does so stays who they are, and keeps what they said.
#[utoipa::path(
    post, path = SEE_ROUTER, tag = "accounts",
    security((), ("token" = []), ("cookie" = [])),
    request_body = SignUp,
    responses(
        (status = CREATED, body = Identity, headers(("Set-Cookie" = String))),
        (status = CONFLICT, response = Refusal),
        (status = GONE, response = Refusal),
    ),
)]
pub async fn sign_up(
    State(state): State<Shared>,
    viewer: Viewer,
    Payload { body, sender }: Payload<SignUp>,
) -> Response {
    let result = accounts::sign_up(&state, viewer.caller.as_ref(), &viewer.whence, body).await;
    let result = result.map(|(me, token)| (StatusCode::CREATED, identity(&state, me, &token)).into_response());
    sender.to("/").answer(&state, result).await
}

/// Log in.
#[utoipa::path(
    post, path = SEE_ROUTER, tag = "session",
    security(()),
    request_body = LogIn,
    responses((status = CREATED, body = Identity, headers(("Set-Cookie" = String)))),
)]
pub async fn log_in(
    State(state): State<Shared>,
    viewer: Result<Viewer, Error>,
    Payload { body, sender }: Payload<LogIn>,
) -> Response {
    let result = from_somewhere(&state, viewer, &body).await;
    sender.to("/").answer(&state, result).await
}

/// Whoever one was until now: that session ends, so that none that was planted in a browser lives on.
async fn from_somewhere(state: &AppState, viewer: Result<Viewer, Error>, body: &LogIn) -> Result<Response, Error> {
    let viewer = viewer?;
    let (me, token) = accounts::log_in(state, &viewer.whence, body).await?;
    if let Some(before) = viewer.caller.filter(|_| viewer.by_cookie) {
        sessions::end_this(state, &before).await?;
    }
    Ok((StatusCode::CREATED, identity(state, me, &token)).into_response())
}

/// Log out: this session ends, with all that is connected by it.
#[utoipa::path(delete, path = SEE_ROUTER, tag = "session", responses((status = NO_CONTENT)))]
pub async fn log_out(State(state): State<Shared>, viewer: Viewer, sender: Sender) -> Response {
    let result = end(&state, &viewer).await;
    sender.to("/").answer(&state, result).await
}

async fn end(state: &AppState, viewer: &Viewer) -> Result<Response, Error> {
    let me = access::somebody(viewer, Scope::Read)?;
    sessions::log_out(state, &me).await?;
    let jar = CookieJar::new().add(auth::no_session_cookie(state));
    Ok((StatusCode::NO_CONTENT, jar).into_response())
}
