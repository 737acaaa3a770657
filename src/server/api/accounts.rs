//! `/accounts` and `/session`: sign up, log in, log out.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use super::document::{Refusal, SEE_ROUTER};
use super::guest::identity;
use super::invites::page_of_invite;
use super::{Payload, Sender};
use crate::protocol::api::Identity;
use crate::protocol::api::people::{Invitation, LogIn, SignUp};
use crate::protocol::calls::encoded;
use crate::server::auth::{self, Viewer};
use crate::server::chat::{accounts, members, sessions};
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
    let sender = sender.on(page_of(&body)).typed(&body.name);
    let invite = body.invite.clone();
    match accounts::sign_up(&state, viewer.caller.as_ref(), &viewer.whence, body).await {
        Ok((me, token)) => {
            let response = (StatusCode::CREATED, identity(&state, me, &token)).into_response();
            sender.to(after_sign_up(&state, invite).await).answer(&state, Ok(response)).await
        }
        Err(error) => sender.answer(&state, Err(error)).await,
    }
}

/// The page that a form to sign up stands on.
fn page_of(body: &SignUp) -> String {
    match (&body.setup, &body.invite) {
        (Some(code), _) => format!("/setup?code={}", encoded(code)),
        (None, Some(code)) => format!("/signup?invite={}", encoded(code)),
        (None, None) => "/signup".to_owned(),
    }
}

/// Whoever came by an invitation into a room has not joined it by signing up: that is the next step.
async fn after_sign_up(state: &AppState, invite: Option<String>) -> String {
    let Some(code) = invite else { return "/".to_owned() };
    match members::invitation(state, &code).await {
        Ok(Invitation { room: Some(_), .. }) => page_of_invite(&code),
        _ => "/".to_owned(),
    }
}

/// What a page's form says to log in.
#[derive(Deserialize)]
pub struct LogInForm {
    #[serde(flatten)]
    log_in: LogIn,
    /// The code of the invitation that one came by: that is where one goes on.
    #[serde(default)]
    invite: Option<String>,
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
    Payload { body: LogInForm { log_in, invite }, sender }: Payload<LogInForm>,
) -> Response {
    let (stands, onward) = match &invite {
        Some(code) => (format!("/login?invite={}", encoded(code)), page_of_invite(code)),
        None => ("/login".to_owned(), "/".to_owned()),
    };
    let result = from_somewhere(&state, viewer, &log_in).await;
    sender.on(stands).to(onward).typed(log_in.name).answer(&state, result).await
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
    // Whoever is banned may go all the same.
    let caller = viewer.caller.as_ref().ok_or(Error::Unauthenticated)?;
    sessions::end_this(state, caller).await?;
    let jar = CookieJar::new().add(auth::no_session_cookie(state));
    Ok((StatusCode::NO_CONTENT, jar).into_response())
}
