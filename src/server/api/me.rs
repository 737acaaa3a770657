//! `/me`: who I am, where I am logged in, whom I do not want to hear from.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;

use super::document::{Refusal, SEE_ROUTER};
use super::{Asked, Named, OfPerson, Payload, Sender};
use crate::protocol::api::order::Before;
use crate::protocol::api::people::{Farewell, Scope, Session};
use crate::protocol::api::search::Hit;
use crate::protocol::api::{Me, MeChange};
use crate::protocol::event::Person;
use crate::server::access;
use crate::server::auth::{self, Viewer};
use crate::server::chat::{accounts, rooms, sessions};
use crate::server::error::Error;
use crate::server::state::{AppState, Shared};

/// Who I am.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "me",
    responses((status = OK, body = Me), (status = FORBIDDEN, response = Refusal)),
)]
pub async fn show(viewer: Viewer) -> Result<Json<Me>, Error> {
    access::somebody(&viewer, Scope::Read).map(|me| Json(me.me().clone()))
}

/// Change my name, colour or password.
#[utoipa::path(
    patch, path = SEE_ROUTER, tag = "me",
    request_body = MeChange,
    responses(
        (status = OK, body = Me, description = "A name that a guest wishes for and somebody has gets a number."),
        (status = CONFLICT, response = Refusal),
    ),
)]
pub async fn change(
    State(state): State<Shared>,
    viewer: Viewer,
    Payload { body, sender }: Payload<MeChange>,
) -> Response {
    // Whoever got hold of a token for less does not take the account with it.
    let scope = if body.new_password.is_some() { Scope::Admin } else { Scope::Write };
    let result = match access::somebody(&viewer, scope) {
        Ok(me) => accounts::change(&state, &me, body).await.map(|me| Json(me).into_response()),
        Err(error) => Err(error),
    };
    sender.tell().answer(&state, result).await
}

/// Close my account. What I said stays, under no name.
#[utoipa::path(
    delete, path = SEE_ROUTER, tag = "me",
    request_body = Farewell,
    responses((status = NO_CONTENT)),
)]
pub async fn close(
    State(state): State<Shared>,
    viewer: Viewer,
    Payload { body, sender }: Payload<Farewell>,
) -> Response {
    let result = farewell(&state, &viewer, body).await;
    sender.to("/").answer(&state, result).await
}

async fn farewell(state: &AppState, viewer: &Viewer, body: Farewell) -> Result<Response, Error> {
    let me = access::somebody(viewer, Scope::Admin)?;
    accounts::close(state, &me, body.password.as_deref()).await?;
    let jar = CookieJar::new().add(auth::no_session_cookie(state));
    Ok((StatusCode::NO_CONTENT, jar).into_response())
}

/// Where I am logged in.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "me",
    responses((status = OK, body = Vec<Session>), (status = FORBIDDEN, response = Refusal)),
)]
pub async fn sessions(State(state): State<Shared>, viewer: Viewer) -> Result<Json<Vec<Session>>, Error> {
    let me = access::somebody(&viewer, Scope::Admin)?;
    sessions::list(&state, &me).await.map(Json)
}

/// Log out everywhere else. API tokens stay.
#[utoipa::path(delete, path = SEE_ROUTER, tag = "me", responses((status = NO_CONTENT)))]
pub async fn end_other_sessions(State(state): State<Shared>, viewer: Viewer, sender: Sender) -> Response {
    let result = match access::somebody(&viewer, Scope::Admin) {
        Ok(me) => sessions::end_others(&state, &me).await,
        Err(error) => Err(error),
    };
    sender.done(&state, result).await
}

/// Log out somewhere.
#[utoipa::path(delete, path = SEE_ROUTER, tag = "me", params(Named), responses((status = NO_CONTENT)))]
pub async fn end_session(State(state): State<Shared>, viewer: Viewer, Named(id): Named, sender: Sender) -> Response {
    let result = match access::somebody(&viewer, Scope::Admin) {
        Ok(me) => sessions::end(&state, &me, &id).await,
        Err(error) => Err(error),
    };
    sender.done(&state, result).await
}

/// The messages that name me, newest first.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "me", params(Before),
    responses((status = OK, body = Vec<Hit>), (status = FORBIDDEN, response = Refusal)),
)]
pub async fn mentions(
    State(state): State<Shared>,
    viewer: Viewer,
    Asked(asked): Asked<Before>,
) -> Result<Json<Vec<Hit>>, Error> {
    let me = access::somebody(&viewer, Scope::Read)?;
    rooms::mentions(&state, &me, asked.before).await.map(Json)
}

/// Whom I do not want to hear from.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "me",
    responses((status = OK, body = Vec<Person>), (status = FORBIDDEN, response = Refusal)),
)]
pub async fn blocked(State(state): State<Shared>, viewer: Viewer) -> Result<Json<Vec<Person>>, Error> {
    let me = access::somebody(&viewer, Scope::Read)?;
    accounts::blocked(&state, &me).await.map(Json)
}

/// Hear no more from somebody.
#[utoipa::path(put, path = SEE_ROUTER, tag = "me", params(OfPerson), responses(
    (status = NO_CONTENT), (status = BAD_REQUEST, response = Refusal),
))]
pub async fn block(State(state): State<Shared>, viewer: Viewer, whom: OfPerson, sender: Sender) -> Response {
    let result = set_block(&state, &viewer, whom, true).await;
    sender.done(&state, result).await
}

/// And hear from them again.
#[utoipa::path(delete, path = SEE_ROUTER, tag = "me", params(OfPerson), responses(
    (status = NO_CONTENT), (status = BAD_REQUEST, response = Refusal),
))]
pub async fn unblock(State(state): State<Shared>, viewer: Viewer, whom: OfPerson, sender: Sender) -> Response {
    let result = set_block(&state, &viewer, whom, false).await;
    sender.done(&state, result).await
}

async fn set_block(state: &AppState, viewer: &Viewer, OfPerson(whom): OfPerson, on: bool) -> Result<(), Error> {
    let me = access::somebody(viewer, Scope::Write)?;
    accounts::block(state, &me, &whom, on).await
}
