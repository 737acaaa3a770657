//! `/rooms/{room}/members`: who has joined.

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use super::document::{Refusal, SEE_ROUTER};
use super::{Asked, InRoom, OfMember, Payload, Sender};
use crate::protocol::api::order::After;
use crate::protocol::api::rooms::{Member, Seat};
use crate::protocol::ids::{PersonId, RoomKey};
use crate::server::access;
use crate::server::auth::Viewer;
use crate::server::chat::{members, rooms};
use crate::server::error::Error;
use crate::server::state::{AppState, Shared};

/// Who has joined a room, by name.
#[utoipa::path(
    get, path = SEE_ROUTER, tag = "members",
    security((), ("token" = []), ("cookie" = [])),
    params(InRoom, After),
    responses((status = OK, body = Vec<Member>), (status = FORBIDDEN, response = Refusal)),
)]
pub async fn list(
    State(state): State<Shared>,
    viewer: Viewer,
    InRoom(room): InRoom,
    Asked(asked): Asked<After>,
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
    let joins = body.role.is_none() && is_me(&viewer, &user);
    let sender = if joins { sender.to(format!("/r/{room}")) } else { sender };
    let result = seat_them(&state, &viewer, &room, &user, body).await;
    sender.done(&state, result).await
}

/// Whoever only joins needs no power for it.
async fn seat_them(
    state: &AppState,
    viewer: &Viewer,
    room: &RoomKey,
    whom: &PersonId,
    seat: Seat,
) -> Result<(), Error> {
    let by = if is_me(viewer, whom) && seat.role.is_none() {
        access::room_member(state, viewer.caller.as_ref(), room).await?
    } else {
        access::room_member_who(state, viewer, room).await?
    };
    members::seat(state, &by, whom, seat).await
}

/// Leave (`me`), or send somebody out.
#[utoipa::path(delete, path = SEE_ROUTER, tag = "members", params(OfMember), responses((status = NO_CONTENT)))]
pub async fn remove(State(state): State<Shared>, viewer: Viewer, whom: OfMember, sender: Sender) -> Response {
    let result = send_out(&state, &viewer, &whom).await;
    let sender = if is_me(&viewer, &whom.user) { sender.to("/") } else { sender };
    sender.done(&state, result).await
}

async fn send_out(state: &AppState, viewer: &Viewer, whom: &OfMember) -> Result<(), Error> {
    let by = if is_me(viewer, &whom.user) {
        access::room_member(state, viewer.caller.as_ref(), &whom.room).await?
    } else {
        access::room_member_who(state, viewer, &whom.room).await?
    };
    members::remove(state, &by, &whom.user).await
}

fn is_me(viewer: &Viewer, whom: &PersonId) -> bool {
    viewer.me().is_some_and(|me| me.id == *whom)
}
