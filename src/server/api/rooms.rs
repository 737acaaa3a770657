//! `/rooms`: what there is and what was said.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::document::{Refusal, SEE_ROUTER};
use super::{Asked, InRoom, Payload, Sender};
use crate::protocol::api::people::Scope;
use crate::protocol::api::rooms::{Direct, DirectRoom, ListedRoom, NewRoom, ReadTo, Room, RoomChange};
use crate::protocol::api::{EventsPage, EventsQuery};
use crate::protocol::event::Event;
use crate::protocol::ids::RoomKey;
use crate::server::access;
use crate::server::auth::Viewer;
use crate::server::chat::{reading, rooms};
use crate::server::error::Error;
use crate::server::state::{AppState, Shared};

/// The rooms that I have joined, and those that need no joining.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "rooms",
    security((), ("token" = []), ("cookie" = [])),
    responses((status = OK, body = Vec<Room>), (status = FORBIDDEN, response = Refusal)),
)]
pub async fn list(State(state): State<Shared>, viewer: Viewer) -> Result<Json<Vec<Room>>, Error> {
    access::visitor(&state, viewer.caller.as_ref())?;
    let listed = rooms::list(&state, viewer.me()).await?;
    rooms::describe(&state, listed).await.map(Json)
}

/// The open rooms that I may join, by title.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "rooms", params(DirectoryQuery),
    responses((status = OK, body = Vec<ListedRoom>), (status = FORBIDDEN, response = Refusal)),
)]
pub async fn directory(
    State(state): State<Shared>,
    viewer: Viewer,
    Asked(asked): Asked<DirectoryQuery>,
) -> Result<Json<Vec<ListedRoom>>, Error> {
    let me = access::somebody(&viewer, Scope::Read)?;
    rooms::directory(&state, &me, asked.after.as_ref()).await.map(Json)
}

/// Where a list of rooms goes on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DirectoryQuery {
    /// Those behind this one.
    after: Option<RoomKey>,
}

/// Make a room, and keep order in it.
#[utoipa::path(
    post, path = SEE_ROUTER, tag = "rooms",
    request_body = NewRoom,
    responses(
        (status = CREATED, body = Room),
        (status = CONFLICT, response = Refusal),
    ),
)]
pub async fn make(State(state): State<Shared>, viewer: Viewer, Payload { body, sender }: Payload<NewRoom>) -> Response {
    match make_it(&state, &viewer, body).await {
        Ok(made) => {
            let page = format!("/r/{}", made.summary.room);
            sender.to(page).answer(&state, Ok((StatusCode::CREATED, Json(made)).into_response())).await
        }
        Err(error) => sender.answer(&state, Err(error)).await,
    }
}

async fn make_it(state: &AppState, viewer: &Viewer, body: NewRoom) -> Result<Room, Error> {
    let me = access::somebody(viewer, Scope::Write)?;
    let room = rooms::create(state, &me, body).await?;
    one(state, viewer, &room).await
}

/// One of them.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "rooms",
    security((), ("token" = []), ("cookie" = [])),
    params(InRoom),
    responses((status = OK, body = Room), (status = FORBIDDEN, response = Refusal)),
)]
pub async fn show(State(state): State<Shared>, viewer: Viewer, InRoom(room): InRoom) -> Result<Json<Room>, Error> {
    one(&state, &viewer, &room).await.map(Json)
}

async fn one(state: &AppState, viewer: &Viewer, room: &RoomKey) -> Result<Room, Error> {
    let reader = access::room_reader(state, viewer.caller.as_ref(), room).await?;
    let summary = rooms::summary(state, &reader, viewer.me()).await?;
    let room = Room { summary, history: reader.room().history.into() };
    rooms::still(state, viewer.caller.as_ref(), &reader, room).await
}

/// Change what a room is called, about, and how it is set. Each change is an event of its log.
#[utoipa::path(
    patch, path = SEE_ROUTER, tag = "rooms", params(InRoom),
    request_body = RoomChange,
    responses((status = NO_CONTENT)),
)]
pub async fn change(
    State(state): State<Shared>,
    viewer: Viewer,
    InRoom(room): InRoom,
    Payload { body, sender }: Payload<RoomChange>,
) -> Response {
    let result = change_it(&state, &viewer, &room, body).await;
    sender.done(&state, result).await
}

/// Close a room for good: nobody speaks there any more, and what was said stays to be read.
#[utoipa::path(delete, path = SEE_ROUTER, tag = "rooms", params(InRoom), responses((status = NO_CONTENT)))]
pub async fn archive(State(state): State<Shared>, viewer: Viewer, InRoom(room): InRoom, sender: Sender) -> Response {
    let change = RoomChange { archived: Some(true), ..RoomChange::default() };
    let result = change_it(&state, &viewer, &room, change).await;
    sender.done(&state, result).await
}

async fn change_it(state: &AppState, viewer: &Viewer, room: &RoomKey, change: RoomChange) -> Result<(), Error> {
    let by = access::room_member_who(state, viewer, room).await?;
    rooms::set(state, &by, change).await
}

/// What was said there: a page of its log.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "rooms",
    security((), ("token" = []), ("cookie" = [])),
    params(InRoom, EventsQuery),
    responses((status = OK, body = EventsPage), (status = FORBIDDEN, response = Refusal)),
)]
pub async fn events(
    State(state): State<Shared>,
    viewer: Viewer,
    InRoom(room): InRoom,
    Asked(asked): Asked<EventsQuery>,
) -> Result<Json<EventsPage>, Error> {
    let reader = access::room_reader(&state, viewer.caller.as_ref(), &room).await?;
    let page = rooms::page(&state, &reader, asked).await?;
    let page = rooms::still(&state, viewer.caller.as_ref(), &reader, page).await?;
    let events = page.events.iter().map(|event| Event::clone(event)).collect();
    Ok(Json(EventsPage { events, more: page.more }))
}

/// Note how far I have read, on all my devices; backwards too.
#[utoipa::path(
    put, path = SEE_ROUTER, tag = "rooms", params(InRoom),
    request_body = ReadTo,
    responses((status = NO_CONTENT)),
)]
pub async fn read(
    State(state): State<Shared>,
    viewer: Viewer,
    InRoom(room): InRoom,
    Payload { body, sender }: Payload<ReadTo>,
) -> Response {
    let result = note_read(&state, &viewer, &room, body).await;
    sender.done(&state, result).await
}

async fn note_read(state: &Shared, viewer: &Viewer, room: &RoomKey, body: ReadTo) -> Result<(), Error> {
    let me = access::somebody(viewer, Scope::Read)?;
    let reader = access::room_reader(state, viewer.caller.as_ref(), room).await?;
    reading::note_now(state, &reader, me.caller(), body.seq).await
}

/// The room of these people and me among ourselves: the same for the same people, made if it is not there.
#[utoipa::path(
    post, path = SEE_ROUTER, tag = "rooms",
    request_body = Direct,
    responses((status = OK, body = DirectRoom), (status = NOT_FOUND, response = Refusal)),
)]
pub async fn direct(
    State(state): State<Shared>,
    viewer: Viewer,
    Payload { body, sender }: Payload<Direct>,
) -> Response {
    match direct_room(&state, &viewer, body).await {
        Ok(room) => {
            let page = format!("/r/{}", room.room);
            sender.to(page).answer(&state, Ok(Json(room).into_response())).await
        }
        Err(error) => sender.answer(&state, Err(error)).await,
    }
}

async fn direct_room(state: &AppState, viewer: &Viewer, body: Direct) -> Result<DirectRoom, Error> {
    let me = access::somebody(viewer, Scope::Write)?;
    Ok(DirectRoom { room: rooms::direct(state, &me, body).await? })
}
