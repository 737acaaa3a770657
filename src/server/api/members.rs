//! `/rooms/{room}/members`: who has joined.

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use super::document::{Refusal, SEE_ROUTER};
use super::{Asked, InRoom, OfMember, Payload, Sender};
use crate::protocol::api::people::PeopleQuery;
use crate::protocol::api::rooms::{Member, Seat};
use crate::server::access;
use crate::server::auth::Viewer;
use crate::server::chat::{members, rooms};
use crate::server::error::Error;
use crate::server::state::{AppState, Shared};

/// Who has joined a room, by name.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "members",
    security((), ("token" = []), ("cookie" = [])),
    params(InRoom, PeopleQuery),
    responses((status = OK, body = Vec<Member>), (status = FORBIDDEN, response = Refusal)),
)]
pub async fn list(
    State(state): State<Shared>,
    viewer: Viewer,
    InRoom(room): InRoom,
    Asked(asked): Asked<PeopleQuery>,
) -> Result<Json<Vec<Member>>, Error> {
    let reader = access::room_reader(&state, viewer.caller.as_ref(), &room).await?;
    let members = members::list(&state, &reader, asked.after.as_ref(), asked.limit).await?;
    rooms::still(&state, viewer.caller.as_ref(), &reader, members).await.map(Json)
}

/// Join (`me`), bring somebody in, or give them another role in the room.
#[utoipa::path(
    put, path = SEE_ROUTER, tag = "members",
    params(OfMember),
    request_body = Seat,
    responses(
        (status = NO_CONTENT),
        (status = CONFLICT, response = Refusal),
    ),
)]
pub async fn seat(
    State(state): State<Shared>,
    viewer: Viewer,
    OfMember { room, user }: OfMember,
    Payload { body, sender }: Payload<Seat>,
) -> Response {
    let joins = body.role.is_none() && viewer.me().is_some_and(|me| me.id == user);
    let sender = if joins { sender.to(format!("/r/{room}")) } else { sender };
    let result = match access::room_member(&state, viewer.caller.as_ref(), &room).await {
        Ok(member) => members::seat(&state, &member, &user, body).await,
        Err(error) => Err(error),
    };
    sender.done(&state, result).await
}

/// Leave (`me`), or send somebody out.
#[utoipa::path(delete, path = SEE_ROUTER, tag = "members", params(OfMember), responses((status = NO_CONTENT)))]
pub async fn remove(State(state): State<Shared>, viewer: Viewer, whom: OfMember, sender: Sender) -> Response {
    let result = send_out(&state, &viewer, &whom).await;
    let gone = viewer.me().is_some_and(|me| me.id == whom.user);
    let sender = if gone { sender.to("/") } else { sender };
    sender.done(&state, result).await
}

async fn send_out(state: &AppState, viewer: &Viewer, whom: &OfMember) -> Result<(), Error> {
    let member = access::room_member(state, viewer.caller.as_ref(), &whom.room).await?;
    members::remove(state, &member, &whom.user).await
}
