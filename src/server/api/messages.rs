//! `/rooms/{room}/messages`: say something, and change what was said.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;

use super::document::{Refusal, SEE_ROUTER};
use super::{IdempotencyKey, InRoom, OfMessage, OfReaction, Payload, Sender};
use crate::protocol::api::{Done, EditRequest, PostRequest};
use crate::protocol::event::Act;
use crate::protocol::ids::{Cid, RoomKey};
use crate::server::access;
use crate::server::auth::{self, Viewer};
use crate::server::chat::{accounts, messages, rooms};
use crate::server::error::Error;
use crate::server::state::{AppState, Shared};

/// Say something.
///
/// 201, or 200 where the `cid` was there already. A stranger's form makes them a guest, as their first message does
/// everywhere; a program becomes one first, since it has to keep its token.
#[utoipa::path(
    post, path = SEE_ROUTER, tag = "messages",
    params(InRoom),
    request_body = PostRequest,
    responses(
        (status = CREATED, body = Done),
        (status = OK, body = Done, description = "It was there already."),
    ),
)]
pub async fn post(
    State(state): State<Shared>,
    viewer: Viewer,
    InRoom(room): InRoom,
    Payload { body, sender }: Payload<PostRequest>,
) -> Response {
    let result = match &sender {
        Sender::Program => from_program(&state, &viewer, &room, body).await,
        Sender::Page(_) => from_page(&state, &viewer, &room, body).await,
    };
    sender.answer(&state, result).await
}

/// Give a message of mine another text.
#[utoipa::path(
    patch, path = SEE_ROUTER, tag = "messages",
    params(OfMessage, IdempotencyKey),
    request_body = EditRequest,
    responses((status = OK, body = Done)),
)]
pub async fn edit(
    State(state): State<Shared>,
    viewer: Viewer,
    OfMessage { room, seq }: OfMessage,
    IdempotencyKey(key): IdempotencyKey,
    Payload { body, sender }: Payload<EditRequest>,
) -> Response {
    let act = Act::Edit { of: seq, body: body.body };
    let result = change(&state, &viewer, &room, body.cid.or(key), act).await;
    sender.answer(&state, result.map(IntoResponse::into_response)).await
}

/// Take a message of mine back, for good.
#[utoipa::path(
    delete, path = SEE_ROUTER, tag = "messages",
    params(OfMessage, IdempotencyKey),
    responses((status = OK, body = Done)),
)]
pub async fn delete(
    State(state): State<Shared>,
    viewer: Viewer,
    OfMessage { room, seq }: OfMessage,
    IdempotencyKey(key): IdempotencyKey,
    sender: Sender,
) -> Response {
    let result = change(&state, &viewer, &room, key, Act::Delete { of: seq }).await;
    sender.to(format!("/r/{room}/{seq}")).answer(&state, result.map(IntoResponse::into_response)).await
}

/// React to a message.
#[utoipa::path(
    put, path = SEE_ROUTER, tag = "messages",
    params(OfMessage, OfReaction, IdempotencyKey),
    responses((status = OK, body = Done), (status = CONFLICT, response = Refusal)),
)]
pub async fn react(
    State(state): State<Shared>,
    viewer: Viewer,
    OfReaction { message, emoji }: OfReaction,
    IdempotencyKey(key): IdempotencyKey,
    sender: Sender,
) -> Response {
    let result = change(&state, &viewer, &message.room, key, Act::React { of: message.seq, emoji, on: true }).await;
    sender.answer(&state, result.map(IntoResponse::into_response)).await
}

/// React no more.
#[utoipa::path(
    delete, path = SEE_ROUTER, tag = "messages",
    params(OfMessage, OfReaction, IdempotencyKey),
    responses((status = OK, body = Done)),
)]
pub async fn react_no_more(
    State(state): State<Shared>,
    viewer: Viewer,
    OfReaction { message, emoji }: OfReaction,
    IdempotencyKey(key): IdempotencyKey,
    sender: Sender,
) -> Response {
    let result = change(&state, &viewer, &message.room, key, Act::React { of: message.seq, emoji, on: false }).await;
    sender.answer(&state, result.map(IntoResponse::into_response)).await
}

/// Hold a message of mine up for all to see.
#[utoipa::path(
    put, path = SEE_ROUTER, tag = "messages",
    params(OfMessage, IdempotencyKey),
    responses((status = OK, body = Done)),
)]
pub async fn pin(
    State(state): State<Shared>,
    viewer: Viewer,
    OfMessage { room, seq }: OfMessage,
    IdempotencyKey(key): IdempotencyKey,
    sender: Sender,
) -> Response {
    let result = change(&state, &viewer, &room, key, Act::Pin { of: seq, on: true }).await;
    sender.answer(&state, result.map(IntoResponse::into_response)).await
}

/// Hold it up no more.
#[utoipa::path(
    delete, path = SEE_ROUTER, tag = "messages",
    params(OfMessage, IdempotencyKey),
    responses((status = OK, body = Done)),
)]
pub async fn pin_no_more(
    State(state): State<Shared>,
    viewer: Viewer,
    OfMessage { room, seq }: OfMessage,
    IdempotencyKey(key): IdempotencyKey,
    sender: Sender,
) -> Response {
    let result = change(&state, &viewer, &room, key, Act::Pin { of: seq, on: false }).await;
    sender.answer(&state, result.map(IntoResponse::into_response)).await
}

async fn change(
    state: &AppState,
    viewer: &Viewer,
    room: &RoomKey,
    cid: Option<Cid>,
    act: Act,
) -> Result<Json<Done>, Error> {
    messages::check(&act)?;
    let member = access::room_member(state, viewer.caller.as_ref(), room).await?;
    let cid = cid.unwrap_or_else(messages::new_cid);
    let (seq, _) = messages::act(state, &member, viewer.whence.from, cid, act).await?;
    Ok(Json(Done { seq }))
}

async fn from_program(state: &AppState, viewer: &Viewer, room: &RoomKey, body: PostRequest) -> Result<Response, Error> {
    let act = Act::Post { body: body.body, reply_to: body.reply_to };
    // First, so that of a room that is not there for them nothing else is told.
    messages::check(&act)?;
    let member = access::room_member(state, viewer.caller.as_ref(), room).await?;
    let (seq, dup) = messages::act(state, &member, viewer.whence.from, body.cid, act).await?;
    let status = if dup { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(Done { seq })).into_response())
}

/// What can be refused without the log is looked at before a stranger becomes somebody.
async fn from_page(state: &AppState, viewer: &Viewer, room: &RoomKey, body: PostRequest) -> Result<Response, Error> {
    messages::check_body(&body.body)?;
    access::room_reader(state, viewer.caller.as_ref(), room).await?;
    let (caller, jar) = match &viewer.caller {
        Some(caller) => (Some(caller.clone()), CookieJar::new()),
        None => {
            let (_, token) = accounts::become_guest(state, &viewer.whence, None).await?;
            let jar = CookieJar::new().add(auth::session_cookie(state, &token));
            (auth::caller_of(state, token.reveal()).await?, jar)
        }
    };
    let (member, from) = (access::room_member(state, caller.as_ref(), room).await?, viewer.whence.from);
    let old = body.cid.clone();
    let act = Act::Post { body: body.body.clone(), reply_to: body.reply_to };
    let (seq, dup) = messages::act(state, &member, from, body.cid, act.clone()).await?;
    if dup && !rooms::says(state, &member, seq, &body.body).await? {
        // A browser went back to a page of the past, with that page's cid, and something else was written there.
        let cid = messages::cid_of_text(&old, &body.body);
        messages::act(state, &member, from, cid, act).await?;
    }
    Ok(jar.into_response())
}
