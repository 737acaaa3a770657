//! `/rooms`: what there is and what was said.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};

use super::InRoom;
use super::document::SEE_ROUTER;
use crate::protocol::api::{EventsPage, EventsQuery};
use crate::protocol::event::Event;
use crate::protocol::wire::RoomSummary;
use crate::server::access;
use crate::server::auth::Viewer;
use crate::server::chat::rooms;
use crate::server::error::Error;
use crate::server::state::Shared;

/// The rooms that I may read.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "rooms",
    security((), ("token" = []), ("cookie" = [])),
    responses((status = OK, body = Vec<RoomSummary>)),
)]
pub async fn list(State(state): State<Shared>, viewer: Viewer) -> Result<Json<Vec<RoomSummary>>, Error> {
    if viewer.me.is_none() && !state.config.guests.is_on() {
        return Err(Error::GuestsOff);
    }
    rooms::list(&state, viewer.me.as_ref()).await.map(Json)
}

/// One of them.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "rooms",
    security((), ("token" = []), ("cookie" = [])),
    params(InRoom),
    responses((status = OK, body = RoomSummary)),
)]
pub async fn show(
    State(state): State<Shared>,
    viewer: Viewer,
    InRoom(room): InRoom,
) -> Result<Json<RoomSummary>, Error> {
    access::room_reader(&state, viewer.me.as_ref(), &room).await?;
    let rooms = rooms::list(&state, viewer.me.as_ref()).await?;
    rooms.into_iter().find(|summary| summary.room == room).map(Json).ok_or(Error::NotFound)
}

/// What was said there: a page of its log.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "rooms",
    security((), ("token" = []), ("cookie" = [])),
    params(InRoom, EventsQuery),
    responses((status = OK, body = EventsPage)),
)]
pub async fn events(
    State(state): State<Shared>,
    viewer: Viewer,
    InRoom(room): InRoom,
    query: Result<Query<EventsQuery>, QueryRejection>,
) -> Result<Json<EventsPage>, Error> {
    let Query(query) = query.map_err(|rejection| Error::BadRequest(rejection.body_text()))?;
    let reader = access::room_reader(&state, viewer.me.as_ref(), &room).await?;
    let page = rooms::page(&state, &reader, query).await?;
    let events = page.events.iter().map(|event| Event::clone(event)).collect();
    Ok(Json(EventsPage { events, more: page.more }))
}
