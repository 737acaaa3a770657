//! Rooms and what was said in them.

use std::sync::Arc;

use crate::protocol::api::{EventsQuery, Me};
use crate::protocol::event::{Event, What};
use crate::protocol::ids::{Epoch, RoomKey, Seq};
use crate::protocol::limits;
use crate::protocol::wire::{Role, RoomKind, RoomSummary};
use crate::server::access::RoomReader;
use crate::server::auth;
use crate::server::config::Config;
use crate::server::error::{Error, StoreError};
use crate::server::fanout::Hub;
use crate::server::state::AppState;
use crate::server::store::{Excerpt, NewRoom, Store, Stretch};

/// Makes the lobby if it is not there, and lets the hub carry every room.
pub async fn open_all(config: &Config, store: &dyn Store, hub: &Hub) -> Result<(), StoreError> {
    store
        .open_room(NewRoom {
            key: RoomKey::lobby(),
            title: "Lobby".to_owned(),
            kind: RoomKind::Open,
            epoch: new_epoch(),
            history: config.lobby_history.is_on(),
        })
        .await?;
    for room in store.rooms().await? {
        hub.open(room.key, room.head);
    }
    Ok(())
}

/// The rooms that somebody may follow.
pub async fn list(state: &AppState, me: Option<&Me>) -> Result<Vec<RoomSummary>, Error> {
    let role = if me.is_some() { Role::Guest } else { Role::Reader };
    let rooms = state.store.rooms().await?.into_iter();
    Ok(rooms
        .map(|room| RoomSummary {
            room: room.key,
            title: room.title,
            kind: room.kind,
            epoch: room.epoch,
            head: room.head,
            read: 0,
            role,
        })
        .collect())
}

/// A page of a room's log.
pub async fn page(state: &AppState, reader: &RoomReader, query: EventsQuery) -> Result<Excerpt, Error> {
    let stretch = match (query.after, query.before) {
        (None, None) => Stretch::Newest,
        (Some(after), None) => Stretch::After(after),
        (None, Some(before)) => Stretch::Before(before),
        (Some(_), Some(_)) => {
            return Err(Error::BadRequest("Ask for what is after or before, not both.".to_owned()));
        }
    };
    let limit = query.limit.unwrap_or(limits::NEWEST_EVENTS).clamp(1, limits::PAGE_EVENTS);
    excerpt(state, reader, stretch, limit).await
}

/// What somebody missed who has everything up to `seq` of `epoch`, and whether that is really all of it.
///
/// `upto` is the seq after which events come by themselves.
pub async fn catch_up(
    state: &AppState,
    reader: &RoomReader,
    epoch: Option<&Epoch>,
    seq: Option<Seq>,
    upto: Seq,
) -> Result<CatchUp, Error> {
    let room = reader.room();
    if let (Some(have), true) = (seq, epoch == Some(&room.epoch))
        && have <= upto
    {
        let missed = excerpt(state, reader, Stretch::After(have), limits::RESUME_EVENTS).await?;
        let events = until(missed.events, upto);
        let whole = events.len() as u64 == upto - have;
        if whole && bytes(&events) <= limits::RESUME_BYTES {
            return Ok(CatchUp { epoch: missed.epoch, recovered: true, events });
        }
    }
    let newest = excerpt(state, reader, Stretch::Newest, limits::NEWEST_EVENTS).await?;
    Ok(CatchUp { epoch: newest.epoch, recovered: false, events: until(newest.events, upto) })
}

/// What a returning client gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatchUp {
    /// The room's life.
    pub epoch: Epoch,
    /// The events are all that was missed; otherwise they are the newest ones.
    pub recovered: bool,
    /// In order of seq.
    pub events: Vec<Arc<Event>>,
}

async fn excerpt(state: &AppState, reader: &RoomReader, stretch: Stretch, limit: usize) -> Result<Excerpt, Error> {
    state.store.events(&reader.room().key, stretch, limit).await?.ok_or(Error::NotFound)
}

fn until(mut events: Vec<Arc<Event>>, upto: Seq) -> Vec<Arc<Event>> {
    events.retain(|event| event.seq <= upto);
    events
}

/// Nearly what they weigh on the wire.
fn bytes(events: &[Arc<Event>]) -> usize {
    const AROUND_A_BODY: usize = 200;
    events
        .iter()
        .map(|event| match &event.what {
            What::Posted { body, .. } => body.len() + AROUND_A_BODY,
            What::Unknown => AROUND_A_BODY,
        })
        .sum()
}

fn new_epoch() -> Epoch {
    loop {
        if let Ok(epoch) = auth::random_text(16).parse() {
            return epoch;
        }
    }
}
