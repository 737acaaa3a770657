//! `/invites`: links that let people in.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;

use super::document::{Refusal, SEE_ROUTER};
use super::{Named, Payload, Sender};
use crate::protocol::api::people::{Invitation, Invite, MadeInvite, NewInvite, Scope};
use crate::protocol::api::rooms::Redeemed;
use crate::protocol::calls::encoded;
use crate::server::access;
use crate::server::auth::{self, Viewer};
use crate::server::chat::{accounts, members};
use crate::server::error::Error;
use crate::server::pages;
use crate::server::state::{AppState, Shared};

/// Invite people: into a room, or to sign up. The code is told this once.
#[utoipa::path(
    post, path = SEE_ROUTER, tag = "invites",
    request_body = NewInvite,
    responses(
        (status = CREATED, body = MadeInvite),
        (status = NOT_FOUND, response = Refusal),
        (status = CONFLICT, response = Refusal),
    ),
)]
pub async fn make(
    State(state): State<Shared>,
    viewer: Viewer,
    headers: HeaderMap,
    Payload { body, sender }: Payload<NewInvite>,
) -> Response {
    match (make_it(&state, &viewer, body).await, sender) {
        (Ok(made), Sender::Program) => (StatusCode::CREATED, Json(made)).into_response(),
        // The answer itself: a page that it would go on to could not know the code.
        (Ok(made), Sender::Page(_)) => pages::room::made_invite(&state, &viewer, &headers, made).await,
        (Err(error), sender) => sender.answer(&state, Err(error)).await,
    }
}

async fn make_it(state: &AppState, viewer: &Viewer, body: NewInvite) -> Result<MadeInvite, Error> {
    // To let people sign up is an act of who governs the site.
    let scope = if body.room.is_some() { Scope::Moderate } else { Scope::Admin };
    let me = access::somebody(viewer, scope)?;
    members::invite(state, &me, body).await
}

/// The invitations that I made.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "invites",
    responses((status = OK, body = Vec<Invite>), (status = FORBIDDEN, response = Refusal)),
)]
pub async fn list(State(state): State<Shared>, viewer: Viewer) -> Result<Json<Vec<Invite>>, Error> {
    let me = access::somebody(&viewer, Scope::Moderate)?;
    members::invites(&state, &me).await.map(Json)
}

/// What a code invites to. Looking uses nothing up.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "invites",
    security((), ("token" = []), ("cookie" = [])),
    params(Named),
    responses((status = OK, body = Invitation), (status = GONE, response = Refusal)),
)]
pub async fn show(State(state): State<Shared>, Named(code): Named) -> Result<Json<Invitation>, Error> {
    members::invitation(&state, &code).await.map(Json)
}

/// Join the room that a code invites into.
///
/// The form of the invitation's page makes a stranger a guest with that.
#[utoipa::path(
    post, path = SEE_ROUTER, tag = "invites",
    params(Named),
    responses(
        (status = OK, body = Redeemed),
        (status = GONE, response = Refusal),
        (status = CONFLICT, response = Refusal),
    ),
)]
pub async fn redeem(State(state): State<Shared>, viewer: Viewer, Named(code): Named, sender: Sender) -> Response {
    let result = match (&viewer.caller, &sender) {
        (None, Sender::Page(_)) => redeem_as_guest(&state, viewer, &code).await,
        _ => redeem_it(&state, &viewer, &code).await.map(|redeemed| (redeemed, CookieJar::new())),
    };
    let sender = sender.on(page_of_invite(&code));
    match result {
        Ok((redeemed, jar)) => {
            let page = format!("/r/{}", redeemed.room);
            sender.to(page).answer(&state, Ok((jar, Json(redeemed)).into_response())).await
        }
        Err(error) => sender.answer(&state, Err(error)).await,
    }
}

/// A code that does not hold makes nobody.
async fn redeem_as_guest(state: &AppState, mut viewer: Viewer, code: &str) -> Result<(Redeemed, CookieJar), Error> {
    members::invitation(state, code).await?.room.ok_or(Error::InviteInvalid)?;
    let (_, token) = accounts::become_guest(state, &viewer.whence, None).await?;
    viewer.caller = auth::caller_of(state, token.reveal()).await?;
    let redeemed = redeem_it(state, &viewer, code).await?;
    Ok((redeemed, CookieJar::new().add(auth::session_cookie(state, &token))))
}

async fn redeem_it(state: &AppState, viewer: &Viewer, code: &str) -> Result<Redeemed, Error> {
    let me = access::somebody(viewer, Scope::Write)?;
    Ok(Redeemed { room: members::redeem(state, &me, code).await? })
}

/// Where one sees what a code invites to.
pub(super) fn page_of_invite(code: &str) -> String {
    format!("/invite/{}", encoded(code))
}

/// End an invitation, by its id.
#[utoipa::path(delete, path = SEE_ROUTER, tag = "invites", params(Named), responses((status = NO_CONTENT)))]
pub async fn end(State(state): State<Shared>, viewer: Viewer, Named(id): Named, sender: Sender) -> Response {
    let result = end_it(&state, &viewer, &id).await;
    sender.done(&state, result).await
}

async fn end_it(state: &AppState, viewer: &Viewer, id: &str) -> Result<(), Error> {
    let me = access::somebody(viewer, Scope::Moderate)?;
    members::end_invite(state, &me, id).await
}
