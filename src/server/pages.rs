//! What a page needs at first paint.

pub mod account;
pub mod admin;
pub mod finding;
pub mod message;
pub mod room;
pub mod told;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::api::{InRoom, OfMessage};
use super::auth::{self, ClientAddress, Viewer};
use super::chat::{messages, moderation, rooms};
use super::error::Error;
use super::state::{AppState, Shared};
use super::{access, assets, live};
use crate::protocol::api::EventsQuery;
use crate::protocol::event::Event;
use crate::protocol::ids::{RoomKey, Seq};
use crate::protocol::page::{Content, FirstPaint, Page, PageFiles};

/// `GET /`: the lobby's page, or the plain wire for one who asks for a WebSocket.
pub async fn root(
    State(state): State<Shared>,
    viewer: Viewer,
    address: ClientAddress,
    request: Request,
) -> Result<Response, Error> {
    if live::is_upgrade(request.headers()) {
        return live::plain(state, viewer, address, request).await;
    }
    Ok(room_page(&state, &viewer, &RoomKey::lobby(), None, request).await)
}

/// `GET /r/{room}`
pub async fn room(
    State(state): State<Shared>,
    viewer: Viewer,
    room: Result<InRoom, Error>,
    request: Request,
) -> Response {
    match room {
        Ok(InRoom(room)) => room_page(&state, &viewer, &room, None, request).await,
        Err(error) => refusal(&state, &error).await,
    }
}

/// `GET /r/{room}/{seq}`: one message in its place.
pub async fn message(
    State(state): State<Shared>,
    viewer: Viewer,
    message: Result<OfMessage, Error>,
    request: Request,
) -> Response {
    match message {
        Ok(OfMessage { room, seq }) => room_page(&state, &viewer, &room, Some(seq), request).await,
        Err(error) => refusal(&state, &error).await,
    }
}

/// Whoever is banned is told so on every page, until when and why, and sees nothing else.
pub async fn turn_away(
    State(state): State<Shared>,
    viewer: Result<Viewer, Error>,
    mut request: Request,
    next: Next,
) -> Response {
    let Ok(viewer) = viewer else { return next.run(request).await };
    if live::is_upgrade(request.headers()) {
        return next.run(request).await;
    }
    let ban = match &viewer.caller {
        Some(caller) => moderation::site_ban(&state, caller).await,
        None => Ok(None),
    };
    match ban {
        Ok(None) => {
            request.extensions_mut().insert(viewer);
            next.run(request).await
        }
        Ok(Some(ban)) => account::banned(&state, ban, request).await,
        Err(error) => refusal(&state, &error).await,
    }
}

/// Any other address.
pub async fn not_found(State(state): State<Shared>) -> Response {
    refusal(&state, &Error::NotFound).await
}

/// A page that says why not, for one whose browser sent a form or followed a link.
pub async fn refusal(state: &AppState, error: &Error) -> Response {
    let mut response = draw(state, Content::Notice(error.to_string()), Request::new(Body::empty())).await;
    *response.status_mut() = error.status();
    response
}

/// To whoever is nobody: the page to log in, which also says what the page that they wanted was to say.
fn to_log_in(request: &Request) -> Response {
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::to(&format!("/login{query}")).into_response()
}

async fn room_page(state: &Shared, viewer: &Viewer, room: &RoomKey, at: Option<Seq>, request: Request) -> Response {
    match first_paint(state, viewer, room, at).await {
        Ok(first_paint) => draw(state, Content::Room(Box::new(first_paint)), request).await,
        Err(error) => room::turned_away(state, viewer, room, error, request).await,
    }
}

async fn first_paint(state: &Shared, viewer: &Viewer, room: &RoomKey, at: Option<Seq>) -> Result<FirstPaint, Error> {
    let reader = access::room_reader(state, viewer.caller.as_ref(), room).await?;
    let rooms = rooms::list(state, viewer.me()).await?;
    let here = rooms::summary(state, &reader, viewer.me()).await?;
    let shown = match at {
        Some(seq) => rooms::around(state, &reader, seq).await?,
        None => rooms::page(state, &reader, EventsQuery::default()).await?,
    };
    let shown = rooms::still(state, viewer.caller.as_ref(), &reader, shown).await?;
    Ok(FirstPaint {
        room: room.clone(),
        here,
        rooms,
        epoch: shown.epoch,
        head: shown.head,
        events: shown.events.iter().map(|event| Event::clone(event)).collect(),
        more: shown.more,
        at,
        me: viewer.me().cloned(),
        form_cid: messages::new_cid(),
    })
}

async fn draw(state: &AppState, content: Content, request: Request) -> Response {
    let (files, nonce) = (assets::page_files(), auth::random_text(16));
    let policy = content_security_policy(&files, &nonce);
    let told = told::told(request.uri());
    let mut response = (state.render)(Page { content, told, files, nonce }, request).await;
    let Ok(policy) = HeaderValue::try_from(policy) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

/// Nothing but our own files, and of scripts only the page's own: text that slipped through as markup would do nothing.
fn content_security_policy(files: &PageFiles, nonce: &str) -> String {
    let reload =
        files.reload_port.map(|port| format!(" ws://127.0.0.1:{port} ws://localhost:{port}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self'; connect-src 'self'{reload}; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}
