//! What the page of one message needs, and what can be done with it.

use axum::extract::{Request, State};
use axum::response::Response;

use super::{draw, refusal, room};
use crate::protocol::api::people::Scope;
use crate::protocol::event::{Event, What};
use crate::protocol::ids::{PersonId, RoomKey, Seq};
use crate::protocol::page::Content;
use crate::protocol::page::rooms::MessagePage;
use crate::server::access;
use crate::server::api::OfMessage;
use crate::server::auth::Viewer;
use crate::server::chat::{accounts, members, rooms};
use crate::server::error::Error;
use crate::server::state::{AppState, Shared};

/// Messages that are shown before the one that it is about, and as many after it.
const AROUND: usize = 3;

/// `GET /r/{room}/{seq}/act`
pub async fn show(
    State(state): State<Shared>,
    viewer: Viewer,
    message: Result<OfMessage, Error>,
    request: Request,
) -> Response {
    let OfMessage { room, seq } = match message {
        Ok(message) => message,
        Err(error) => return refusal(&state, &error).await,
    };
    match page(&state, &viewer, &room, seq).await {
        Ok(page) => draw(&state, Content::Message(Box::new(page)), request).await,
        Err(error) => room::turned_away(&state, &viewer, &room, error, request).await,
    }
}

async fn page(state: &AppState, viewer: &Viewer, room: &RoomKey, seq: Seq) -> Result<MessagePage, Error> {
    let reader = access::room_reader(state, viewer.caller.as_ref(), room).await?;
    let around = rooms::around(state, &reader, seq).await?;
    let said: Vec<&Event> = around.events.iter().map(AsRef::as_ref).filter(|event| is_said(event)).collect();
    let at = said.binary_search_by_key(&seq, |event| event.seq).map_err(|_| Error::MessageUnknown)?;
    let shown = &said[at.saturating_sub(AROUND)..said.len().min(at + AROUND + 1)];
    let author = said[at].by.clone();
    let page = MessagePage {
        me: viewer.me().cloned(),
        room: rooms::summary(state, &reader, viewer.me()).await?,
        setting: reader.room().setting,
        standing: reader.standing(),
        seq,
        pinned: matches!(&said[at].what, What::Posted(post) if post.pinned.is_some()),
        whom: members::standing(state, &reader, &author.id).await?,
        blocked: is_blocked(state, viewer, &author.id).await?,
        context: shown.iter().map(|event| (*event).clone()).collect(),
        author,
    };
    rooms::still(state, viewer.caller.as_ref(), &reader, page).await
}

fn is_said(event: &Event) -> bool {
    matches!(&event.what, What::Posted(post) if post.deleted.is_none())
}

async fn is_blocked(state: &AppState, viewer: &Viewer, whom: &PersonId) -> Result<bool, Error> {
    if viewer.caller.is_none() {
        return Ok(false);
    }
    let me = access::somebody(viewer, Scope::Read)?;
    Ok(accounts::blocked(state, &me).await?.iter().any(|blocked| blocked.id == *whom))
}
