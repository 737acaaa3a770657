//! `/rooms/{room}/messages`: say something.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;

use super::{InRoom, Payload, Sender};
use crate::protocol::api::{PostRequest, Posted};
use crate::protocol::ids::RoomKey;
use crate::server::access;
use crate::server::auth::{self, ClientAddress, Viewer};
use crate::server::chat::{accounts, messages};
use crate::server::error::Error;
use crate::server::state::{AppState, Shared};

/// 201, or 200 where the `cid` was there already. A stranger's form makes them a guest, as their first message does
/// everywhere; a program becomes one first, since it has to keep its token.
pub async fn post(
    State(state): State<Shared>,
    mut viewer: Viewer,
    address: ClientAddress,
    InRoom(room): InRoom,
    Payload { body, sender }: Payload<PostRequest>,
) -> Response {
    let mut jar = CookieJar::new();
    if let Err(error) = messages::check_body(&body.body) {
        return sender.answer(&state, Err(error)).await;
    }
    if let (None, Sender::Page(_)) = (&viewer.me, &sender) {
        match accounts::become_guest(&state, address.0, None).await {
            Ok((me, token)) => {
                viewer.me = Some(me);
                jar = jar.add(auth::session_cookie(&state, &token));
            }
            Err(error) => return sender.answer(&state, Err(error)).await,
        }
    }
    let result = answer(&state, &viewer, &room, body).await.map(|response| (jar, response).into_response());
    sender.answer(&state, result).await
}

async fn answer(state: &AppState, viewer: &Viewer, room: &RoomKey, body: PostRequest) -> Result<Response, Error> {
    let member = access::room_member(state, viewer.me.as_ref(), room).await?;
    let (seq, dup) = messages::post(state, &member, body.cid, body.body, body.reply_to).await?;
    let status = if dup { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(Posted { seq })).into_response())
}
