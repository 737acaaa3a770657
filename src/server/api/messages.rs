//! `/rooms/{room}/messages`: say something.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;

use super::{InRoom, Payload, Sender};
use crate::protocol::api::{Done, Me, PostRequest};
use crate::protocol::event::Act;
use crate::protocol::ids::RoomKey;
use crate::server::access;
use crate::server::auth::{self, ClientAddress, Viewer};
use crate::server::chat::{accounts, messages, rooms};
use crate::server::error::Error;
use crate::server::state::{AppState, Shared};

/// 201, or 200 where the `cid` was there already. A stranger's form makes them a guest, as their first message does
/// everywhere; a program becomes one first, since it has to keep its token.
pub async fn post(
    State(state): State<Shared>,
    viewer: Viewer,
    address: ClientAddress,
    InRoom(room): InRoom,
    Payload { body, sender }: Payload<PostRequest>,
) -> Response {
    let result = match &sender {
        Sender::Program => from_program(&state, viewer.me.as_ref(), &room, body).await,
        Sender::Page(_) => from_page(&state, viewer.me, address, &room, body).await,
    };
    sender.answer(&state, result).await
}

async fn from_program(state: &AppState, me: Option<&Me>, room: &RoomKey, body: PostRequest) -> Result<Response, Error> {
    let member = access::room_member(state, me, room).await?;
    let act = Act::Post { body: body.body, reply_to: body.reply_to };
    let (seq, dup) = messages::act(state, &member, body.cid, act).await?;
    let status = if dup { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(Done { seq })).into_response())
}

/// What can be refused without the log is looked at before a stranger becomes somebody.
async fn from_page(
    state: &AppState,
    me: Option<Me>,
    address: ClientAddress,
    room: &RoomKey,
    body: PostRequest,
) -> Result<Response, Error> {
    messages::check_body(&body.body)?;
    access::room_reader(state, me.as_ref(), room).await?;
    let (me, jar) = match me {
        Some(me) => (me, CookieJar::new()),
        None => {
            let (me, token) = accounts::become_guest(state, address.0, None).await?;
            (me, CookieJar::new().add(auth::session_cookie(state, &token)))
        }
    };
    let member = access::room_member(state, Some(&me), room).await?;
    let old = body.cid.clone();
    let act = Act::Post { body: body.body.clone(), reply_to: body.reply_to };
    let (seq, dup) = messages::act(state, &member, body.cid, act.clone()).await?;
    if dup && !rooms::says(state, &member, seq, &body.body).await? {
        // A browser went back to a page of the past, with that page's cid, and something else was written there.
        let cid = messages::cid_of_text(&old, &body.body);
        messages::act(state, &member, cid, act).await?;
    }
    Ok(jar.into_response())
}
