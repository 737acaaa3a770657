//! `/me`: who I am.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::Payload;
use crate::protocol::api::{Me, MeChange};
use crate::server::auth::Viewer;
use crate::server::chat::accounts;
use crate::server::error::Error;
use crate::server::state::Shared;

/// `GET /me`
pub async fn show(viewer: Viewer) -> Result<Json<Me>, Error> {
    viewer.signed_in().cloned().map(Json)
}

/// `PATCH /me`
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
