//! `POST /guest`: be somebody.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;

use super::document::{Refusal, SEE_ROUTER};
use super::{Payload, Sender};
use crate::protocol::api::people::Scope;
use crate::protocol::api::{GuestRequest, Identity, Me};
use crate::server::access;
use crate::server::auth::{self, Token, Viewer};
use crate::server::chat::accounts;
use crate::server::error::Error;
use crate::server::state::{AppState, Shared};

/// Become a guest.
///
/// 201 with a new guest; 200 for one who is somebody already and may take another name.
#[utoipa::path(
    post, path = SEE_ROUTER, tag = "guest",
    security((), ("token" = []), ("cookie" = [])),
    request_body = GuestRequest,
    responses(
        (status = CREATED, body = Identity, description = "Somebody new.", headers(("Set-Cookie" = String))),
        (status = OK, body = Identity, description = "Who one was already.", headers(("Set-Cookie" = String))),
        (status = CONFLICT, response = Refusal),
    ),
)]
pub async fn become_guest(
    State(state): State<Shared>,
    viewer: Viewer,
    Payload { body, sender }: Payload<GuestRequest>,
) -> Response {
    // An empty field of a form is no wish.
    let wish = body.name.filter(|name| !name.trim().is_empty());
    let result = match (&viewer.caller, &sender) {
        (None, _) => newcomer(&state, &viewer, wish).await,
        (Some(_), Sender::Program) => somebody(&state, &viewer, wish).await,
        (Some(_), Sender::Page(_)) => renamed(&state, &viewer, wish).await.map(|me| Json(me).into_response()),
    };
    sender.answer(&state, result).await
}

async fn newcomer(state: &AppState, viewer: &Viewer, wish: Option<String>) -> Result<Response, Error> {
    let (me, token) = accounts::become_guest(state, &viewer.whence, wish.as_deref()).await?;
    Ok((StatusCode::CREATED, identity(state, me, &token)).into_response())
}

/// A page that was opened before its person became somebody in another tab needs a token for its socket.
async fn somebody(state: &AppState, viewer: &Viewer, wish: Option<String>) -> Result<Response, Error> {
    // Another session may everything: who has a token for less does not get more with it.
    let somebody = access::somebody(viewer, Scope::Admin)?;
    let me = renamed(state, viewer, wish).await?;
    let token = accounts::another_token(state, &viewer.whence, &somebody).await?;
    Ok(identity(state, me, &token).into_response())
}

/// Who one is, with the cookie and the token for that.
pub(super) fn identity(state: &AppState, me: Me, token: &Token) -> impl IntoResponse + use<> {
    let jar = CookieJar::new().add(auth::session_cookie(state, token));
    (jar, Json(Identity { me, token: token.reveal().to_owned() }))
}

async fn renamed(state: &AppState, viewer: &Viewer, wish: Option<String>) -> Result<Me, Error> {
    let me = access::somebody(viewer, Scope::Write)?;
    match wish {
        Some(wish) => accounts::rename(state, &me, &wish).await,
        None => Ok(me.me().clone()),
    }
}
