//! `/tokens`: API tokens of one's own.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::document::{Refusal, SEE_ROUTER};
use super::{Named, Payload, Sender};
use crate::protocol::api::people::{MadeToken, NewToken, Scope, Token};
use crate::server::access;
use crate::server::auth::Viewer;
use crate::server::chat::sessions;
use crate::server::error::Error;
use crate::server::pages;
use crate::server::state::{AppState, Shared};

/// Make a token. Its secret is told this once.
#[utoipa::path(
    post, path = SEE_ROUTER, tag = "tokens",
    request_body = NewToken,
    responses(
        (status = CREATED, body = MadeToken),
        (status = CONFLICT, response = Refusal),
    ),
)]
pub async fn make(
    State(state): State<Shared>,
    viewer: Viewer,
    Payload { body, sender }: Payload<NewToken>,
) -> Response {
    match (make_it(&state, &viewer, body).await, sender) {
        (Ok(made), Sender::Program) => (StatusCode::CREATED, Json(made)).into_response(),
        // The answer itself: whatever it would go on to could not know the secret.
        (Ok(made), Sender::Page(_)) => pages::account::made_token(&state, &viewer, made).await,
        (Err(error), sender) => sender.answer(&state, Err(error)).await,
    }
}

async fn make_it(state: &AppState, viewer: &Viewer, new: NewToken) -> Result<MadeToken, Error> {
    let me = access::somebody(viewer, Scope::Admin)?;
    sessions::make_token(state, &me, new).await
}

/// My tokens.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "tokens",
    responses((status = OK, body = Vec<Token>), (status = FORBIDDEN, response = Refusal)),
)]
pub async fn list(State(state): State<Shared>, viewer: Viewer) -> Result<Json<Vec<Token>>, Error> {
    let me = access::somebody(&viewer, Scope::Admin)?;
    sessions::tokens(&state, &me).await.map(Json)
}

/// End a token.
#[utoipa::path(delete, path = SEE_ROUTER, tag = "tokens", params(Named), responses((status = NO_CONTENT)))]
pub async fn end(State(state): State<Shared>, viewer: Viewer, Named(id): Named, sender: Sender) -> Response {
    let result = end_it(&state, &viewer, &id).await;
    sender.done(&state, result).await
}

async fn end_it(state: &AppState, viewer: &Viewer, id: &str) -> Result<(), Error> {
    let me = access::somebody(viewer, Scope::Admin)?;
    sessions::end_token(state, &me, id).await
}
