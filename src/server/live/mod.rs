//! Sockets: from the handshake to the last byte.
//!
//! `upgrade` takes the socket from HTTP, `decode` reads frames, `session` and `plain` decide what they mean without doing
//! any IO, and `pump` is the one loop that does it.

pub mod decode;
pub mod heartbeat;
mod pace;
mod plain;
mod pump;
mod session;
pub(super) mod upgrade;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

pub use upgrade::is_upgrade;

use super::access;
use super::auth::{ClientAddress, Viewer, network, origin};
use super::error::Error;
use super::fanout::Seat;
use super::state::{AppState, Shared};
use super::store::Caller;
use crate::protocol::api::ErrorCode;
use crate::protocol::event::Act;
use crate::protocol::ids::{Cid, Epoch, RoomKey, Seq};
use crate::protocol::texts::Texts;
use crate::protocol::wire::{SUBPROTOCOL, ServerFrame};
use crate::words::{speaking, spoken};
use plain::Plain;
use pump::Pump;
use session::Session;

/// `GET /ws`: the socket `banter.v1`.
pub async fn socket(
    State(state): State<Shared>,
    viewer: Viewer,
    address: ClientAddress,
    request: Request,
) -> Result<Response, Error> {
    let subprotocol = offers(request.headers())?;
    let seat = pass_door(&state, &viewer, address, request.headers())?;
    let (mut response, stream) = upgrade::accept(request)?;
    if let Some(subprotocol) = subprotocol {
        response.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, subprotocol);
    }
    let session = Speech::V1(Session::new(viewer.caller));
    state.lanes.talk(speaking(spoken(), Pump::start(state.clone(), address, seat, session, stream)));
    Ok(response)
}

/// `GET /` with `Upgrade: websocket`: the plain wire.
pub async fn plain(state: Shared, viewer: Viewer, address: ClientAddress, request: Request) -> Result<Response, Error> {
    access::visitor(&state, viewer.caller.as_ref())?;
    let seat = pass_door(&state, &viewer, address, request.headers())?;
    let (response, stream) = upgrade::accept(request)?;
    let session = Speech::Plain(Plain::new(viewer.caller));
    state.lanes.talk(speaking(spoken(), Pump::start(state.clone(), address, seat, session, stream)));
    Ok(response)
}

/// What every handshake has to pass before it gets a seat.
fn pass_door(state: &AppState, viewer: &Viewer, address: ClientAddress, headers: &HeaderMap) -> Result<Seat, Error> {
    if state.hub.registry.is_draining() {
        return Err(Error::Unavailable);
    }
    origin::check_handshake(state.config.origins.listed(), headers, viewer.by_cookie)?;
    state.guard.rates.door(address.0)?;
    state.hub.seats.take(network(address.0))
}

/// The subprotocol to answer with: none to a client that offers none.
fn offers(headers: &HeaderMap) -> Result<Option<HeaderValue>, Error> {
    let mut offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().peekable();
    if offered.peek().is_none() {
        return Ok(None);
    }
    let ours =
        offered.filter_map(|list| list.to_str().ok()).flat_map(|list| list.split(',')).any(|p| p.trim() == SUBPROTOCOL);
    let refusal = || Error::BadRequest(format!("This socket speaks {SUBPROTOCOL}."));
    if ours { Ok(Some(HeaderValue::from_static(SUBPROTOCOL))) } else { Err(refusal()) }
}

/// Something that a session wants done. The pump does it, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Action {
    /// Tell the client.
    Send(ServerFrame),
    /// Tell a client of the plain wire.
    Say(String),
    /// Find out whom a token stands for, and tell the session.
    Identify { token: String },
    /// Tell the client who it is and what there is.
    Welcome,
    /// Let events of a room come, after what was missed.
    Follow { room: RoomKey, epoch: Option<Epoch>, seq: Option<Seq> },
    /// No more.
    Unfollow { room: RoomKey },
    /// Read a page of a log.
    Fetch { room: RoomKey, after: Option<Seq>, before: Option<Seq>, limit: usize },
    /// Say something, or change what was said.
    Act { room: RoomKey, cid: Cid, act: Act },
    /// Say several things in the lobby.
    Talk(Texts),
    /// They have read so far.
    Read { room: RoomKey, seq: Seq },
    /// They are writing something.
    Type { room: RoomKey },
    /// They look at it, or do not.
    Attend { away: bool },
    /// A ping of the WebSocket itself.
    Ping,
    /// A heartbeat with the heads of what is followed.
    Beat,
    /// End it.
    Close { code: u16, reason: &'static str },
}

/// What a connection speaks, and where the conversation stands.
enum Speech {
    V1(Session),
    Plain(Plain),
}

impl Speech {
    /// Who speaks.
    fn caller(&self) -> Option<&Caller> {
        match self {
            Self::V1(session) => session.caller(),
            Self::Plain(plain) => plain.caller(),
        }
    }
}

/// Something was wrong with a frame.
fn wrong(code: ErrorCode, message: impl Into<String>) -> Action {
    Action::Send(ServerFrame::Err { code, message: message.into() })
}
