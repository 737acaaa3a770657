//! Rooms and what was said in them.

use std::sync::Arc;

use crate::protocol::api::{EventsQuery, Me};
use crate::protocol::event::{Event, Reaction, What};
use crate::protocol::ids::{Epoch, RoomKey, Seq};
use crate::protocol::limits;
use crate::protocol::wire::{Role, RoomKind, RoomSummary};
use crate::server::access::{RoomMember, RoomReader};
use crate::server::auth;
use crate::server::config::Config;
use crate::server::error::{Error, StoreError};
use crate::server::fanout::Hub;
use crate::server::metrics;
use crate::server::plant::{self, Bug};
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

/// Whether what is said can be kept.
pub async fn check(state: &AppState) -> Result<(), Error> {
    Ok(state.store.check().await?)
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

/// The events around one, about as many before it as from it on. An error if the room does not reach so far.
pub async fn around(state: &AppState, reader: &RoomReader, seq: Seq) -> Result<Excerpt, Error> {
    let after = seq.saturating_sub(limits::NEWEST_EVENTS as Seq / 2);
    let mut around = excerpt(state, reader, Stretch::After(after), limits::NEWEST_EVENTS).await?;
    if around.events.binary_search_by_key(&seq, |event| event.seq).is_err() {
        return Err(Error::NotFound);
    }
    around.more = around.events.first().is_some_and(|first| first.seq > 1);
    Ok(around)
}

/// Whether the message at this place has this text.
pub async fn says(state: &AppState, member: &RoomMember, seq: Seq, text: &str) -> Result<bool, Error> {
    let there = state.store.events(member.room(), Stretch::After(seq.saturating_sub(1)), 1).await?;
    let event = there.and_then(|excerpt| excerpt.events.into_iter().next());
    Ok(event.is_some_and(|event| matches!(&event.what, What::Posted(post) if post.body == text)))
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
    let same_life = epoch == Some(&room.epoch) || plant::is(Bug::ResumeIgnoresEpoch);
    if let Some(have) = seq.filter(|_| same_life) {
        let have = if plant::is(Bug::ResumeOffByOne) { upto.min(have + 1) } else { have };
        let missed = excerpt(state, reader, Stretch::After(have), limits::RESUME_EVENTS).await?;
        let events: Vec<_> = missed.events.into_iter().take_while(|event| event.seq <= upto).collect();
        if have > missed.head {
            tracing::error!(room = %room.key, have, head = missed.head, "a client has seen more than there is");
            metrics::FROM_THE_FUTURE.add(1);
        } else if events.len() as u64 == upto.saturating_sub(have) {
            // One who read the log itself may be a moment ahead of those who are told.
            return Ok(CatchUp { epoch: missed.epoch, recovered: true, events });
        }
    }
    let up_to_there = Stretch::Before(upto.saturating_add(1));
    let newest = excerpt(state, reader, up_to_there, limits::NEWEST_EVENTS).await?;
    Ok(CatchUp { epoch: newest.epoch, recovered: false, events: newest.events })
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
    let mut excerpt = state.store.events(&reader.room().key, stretch, limit).await?.ok_or(Error::NotFound)?;
    keep_what_fits(&mut excerpt, stretch);
    Ok(excerpt)
}

/// Cuts an excerpt to [`limits::PAGE_BYTES`], at the end that is farther from what was asked for.
fn keep_what_fits(excerpt: &mut Excerpt, stretch: Stretch) {
    let fitting = |events: &mut dyn Iterator<Item = &Arc<Event>>| {
        let mut bytes = 0;
        let fits = |event: &&Arc<Event>| {
            bytes += wire_bytes(event);
            bytes <= limits::PAGE_BYTES
        };
        events.take_while(fits).count()
    };
    let events = &mut excerpt.events;
    let count = events.len();
    let kept = match stretch {
        Stretch::After(_) => {
            let kept = fitting(&mut events.iter());
            events.truncate(kept);
            kept
        }
        Stretch::Newest | Stretch::Before(_) => {
            let kept = fitting(&mut events.iter().rev());
            events.drain(..count - kept);
            kept
        }
    };
    excerpt.more |= kept < count;
}

/// At most what an event weighs on the wire: in JSON a quote takes two bytes and a control character six.
fn wire_bytes(event: &Event) -> usize {
    const AROUND_A_BODY: usize = 512;
    // An id, a name in which every character takes six bytes, and the JSON around them.
    const A_PERSON: usize = 64 + 6 * limits::NAME_CHARS + 32;
    let escaped = |byte: u8| match byte {
        b'"' | b'\\' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    match &event.what {
        What::Posted(post) => {
            let reaction = |reaction: &Reaction| limits::EMOJI_BYTES + 32 + A_PERSON * reaction.by.len();
            let reactions = post.reactions.iter().map(reaction).sum::<usize>();
            AROUND_A_BODY + reactions + post.body.bytes().map(escaped).sum::<usize>()
        }
        What::Edited { body, .. } => AROUND_A_BODY + body.bytes().map(escaped).sum::<usize>(),
        What::Deleted { .. } | What::Reacted { .. } | What::Pinned { .. } | What::Unknown => AROUND_A_BODY,
    }
}

fn new_epoch() -> Epoch {
    loop {
        if let Ok(epoch) = auth::random_text(16).parse() {
            return epoch;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::event::{Person, Post};

    fn excerpt_of(bodies: &[String]) -> Excerpt {
        let by = Person { id: "p".parse().expect("an id"), name: "P".into() };
        let event = |(at, body): (usize, &String)| {
            let what = What::Posted(Post::new(body, None));
            Arc::new(Event { seq: at as Seq + 1, at: 0, by: by.clone(), cid: None, what })
        };
        let events = bodies.iter().enumerate().map(event).collect();
        Excerpt { epoch: "e".parse().expect("an epoch"), head: bodies.len() as Seq, events, more: false }
    }

    #[test]
    fn a_page_is_cut_where_it_gets_too_heavy_at_the_far_end() {
        let heavy = vec!["\u{1}".repeat(limits::BODY_BYTES); 10];
        for (stretch, expected) in [(Stretch::After(0), [1, 2, 3, 4, 5]), (Stretch::Newest, [6, 7, 8, 9, 10])] {
            let mut page = excerpt_of(&heavy);
            keep_what_fits(&mut page, stretch);
            assert_eq!(page.events.iter().map(|event| event.seq).collect::<Vec<_>>(), expected);
            assert!(page.more);
            let wire: usize = page.events.iter().map(|event| serde_json::to_string(event).expect("JSON").len()).sum();
            assert!(wire <= limits::PAGE_BYTES, "{wire}");
        }
    }

    #[test]
    fn a_page_that_fits_is_whole() {
        let mut page = excerpt_of(&vec!["a".repeat(1000); limits::PAGE_EVENTS]);
        keep_what_fits(&mut page, Stretch::Newest);
        assert_eq!((page.events.len(), page.more), (limits::PAGE_EVENTS, false));
    }

    #[test]
    fn one_message_always_fits() {
        let mut page = excerpt_of(&["\u{1}".repeat(limits::BODY_BYTES)]);
        keep_what_fits(&mut page, Stretch::Newest);
        assert_eq!(page.events.len(), 1);
    }
}
