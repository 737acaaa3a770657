//! `/me`: who I am.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::Payload;
use super::document::SEE_ROUTER;
use crate::protocol::api::{Me, MeChange};
use crate::server::auth::Viewer;
use crate::server::chat::accounts;
use crate::server::error::Error;
use crate::server::state::Shared;

/// Who I am.
#[utoipa::path(get, path = SEE_ROUTER, tag = "me", responses((status = OK, body = Me)))]
pub async fn show(viewer: Viewer) -> Result<Json<Me>, Error> {
    viewer.signed_in().cloned().map(Json)
}

/// Change what I am called.
#[utoipa::path(
    patch, path = SEE_ROUTER, tag = "me",
    request_body = MeChange,
    responses((status = OK, body = Me, description = "A name that somebody has already gets a number.")),
)]
pub async fn change(
    State(state): State<Shared>,
    viewer: Viewer,
    Payload { body, sender }: Payload<MeChange>,
) -> Response {
    let result = match viewer.signed_in() {
        Ok(me) => accounts::rename(&state, me, &body.name).await.map(|me| Json(me).into_response()),
        Err(error) => Err(error),
    };
    sender.answer(&state, result).await
}
