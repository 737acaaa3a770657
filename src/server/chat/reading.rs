//! How far people have read: noted at once for all their devices, and kept a moment later, many with one commit. What was
//! read is no act: if the server dies between the two, somebody sees again what they saw.

use std::time::Duration;

use tokio::time::sleep;

use crate::protocol::ids::{RoomKey, Seq};
use crate::protocol::wire::ServerFrame;
use crate::server::access::{self, RoomReader};
use crate::server::chat::rooms;
use crate::server::error::Error;
use crate::server::state::{AppState, Shared};
use crate::server::store::Caller;

/// How long it may wait to be kept.
const PAUSE: Duration = Duration::from_millis(300);

/// Somebody has read a room so far.
pub async fn note(state: &AppState, caller: &Caller, room: &RoomKey, seq: Seq) -> Result<(), Error> {
    let reader = access::room_reader(state, Some(caller), room).await?;
    note_as(state, &reader, caller, seq);
    Ok(())
}

/// The same, and kept when it returns.
pub async fn note_now(state: &Shared, reader: &RoomReader, caller: &Caller, seq: Seq) -> Result<(), Error> {
    note_as(state, reader, caller, seq);
    keep(state).await
}

fn note_as(state: &AppState, reader: &RoomReader, caller: &Caller, seq: Seq) {
    let room = &reader.room().key;
    let seq = seq.min(reader.room().head);
    state.hub.readings.lock().insert((caller.me.id.clone(), room.clone()), seq);
    state.hub.registry.tell(&caller.me.id, &ServerFrame::Seen { room: room.clone(), seq });
}

/// Keeps what was noted so far, and waits for what another has begun to keep. It is done in front and to its end, for whomever
/// it is done: others wait for it, too, and their devices are told.
pub async fn keep(state: &Shared) -> Result<(), Error> {
    if is_kept(state) {
        return Ok(());
    }
    let all = state.clone();
    let kept = state.lanes.talk_of(async move { keep_noted(&all).await });
    kept.await.unwrap_or(Err(Error::Internal))
}

/// Nothing is noted, and nobody is about to keep anything.
fn is_kept(state: &AppState) -> bool {
    state.hub.keeping.try_lock().is_ok_and(|_nobody| state.hub.readings.lock().is_empty())
}

/// How much is unread again where somebody went back only the log knows, so that all their devices are told.
async fn keep_noted(state: &AppState) -> Result<(), Error> {
    let _one_at_a_time = state.hub.keeping.lock().await;
    let noted = std::mem::take(&mut *state.hub.readings.lock());
    if noted.is_empty() {
        return Ok(());
    }
    for (person, room) in state.store.rooms().set_read(noted.into_iter().collect()).await? {
        rooms::tell(state, &room, &person).await?;
    }
    Ok(())
}

/// Keeps what is noted, until it is dropped.
pub async fn keep_for_ever(state: Shared) {
    loop {
        sleep(PAUSE).await;
        // It was only noted: the error is told where somebody waits for an answer.
        drop(keep(&state).await);
    }
}
