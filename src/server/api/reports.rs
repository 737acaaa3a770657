//! `/reports`: what people complain about, and what comes of it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::document::{Refusal, SEE_ROUTER};
use super::order::page;
use super::{Asked, Named, OfMessage, Payload};
use crate::protocol::api::order::{Before, Complaint, Report, Settle};
use crate::protocol::api::people::Scope;
use crate::server::access;
use crate::server::auth::Viewer;
use crate::server::chat::moderation;
use crate::server::error::Error;
use crate::server::state::{AppState, Shared};

/// Report a message to those who keep order.
#[utoipa::path(
    post, path = SEE_ROUTER, tag = "reports", params(OfMessage), request_body = Complaint,
    responses((status = CREATED)),
)]
pub async fn report(
    State(state): State<Shared>,
    viewer: Viewer,
    message: OfMessage,
    Payload { body, sender }: Payload<Complaint>,
) -> Response {
    let page = format!("/r/{}/{}", message.room, message.seq);
    let result = complain(&state, &viewer, &message, body).await;
    sender.to(page).answer(&state, result.map(|()| StatusCode::CREATED.into_response())).await
}

async fn complain(state: &AppState, viewer: &Viewer, message: &OfMessage, body: Complaint) -> Result<(), Error> {
    let me = access::somebody(viewer, Scope::Write)?;
    let reader = access::room_reader(state, viewer.caller.as_ref(), &message.room).await?;
    moderation::report(state, &me, &reader, message.seq, body).await
}

/// What is open in the rooms where I keep order, newest first.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "reports", params(Before),
    responses((status = OK, body = Vec<Report>), (status = FORBIDDEN, response = Refusal)),
)]
pub async fn list(
    State(state): State<Shared>,
    viewer: Viewer,
    Asked(asked): Asked<Before>,
) -> Result<Json<Vec<Report>>, Error> {
    let me = access::somebody(&viewer, Scope::Moderate)?;
    moderation::reports(&state, &me, page(asked)).await.map(Json)
}

/// Settle a report.
#[utoipa::path(
    put, path = SEE_ROUTER, tag = "reports", params(Named), request_body = Settle,
    responses((status = NO_CONTENT)),
)]
pub async fn settle(
    State(state): State<Shared>,
    viewer: Viewer,
    Named(id): Named,
    Payload { body, sender }: Payload<Settle>,
) -> Response {
    let result = settle_it(&state, &viewer, &id, body).await;
    sender.done(&state, result).await
}

async fn settle_it(state: &AppState, viewer: &Viewer, id: &str, body: Settle) -> Result<(), Error> {
    let me = access::somebody(viewer, Scope::Moderate)?;
    let id = id.parse().map_err(|_| Error::NotFound)?;
    moderation::settle(state, &me, id, body.outcome).await
}
