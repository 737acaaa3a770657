//! Rooms and what was said in them.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{members, names, reading};
use crate::protocol::api::rooms::{Direct, ListedRoom, NewRoom, Room, RoomChange};
use crate::protocol::api::search::Hit;
use crate::protocol::api::{EventsQuery, Me};
use crate::protocol::event::{Change, ChangeKind, Event, Reaction, What};
use crate::protocol::ids::{Epoch, PersonId, RoomKey, Seq};
use crate::protocol::limits;
use crate::protocol::power::{self, Denied, May, Role, RoomKind, Setting};
use crate::protocol::wire::{RoomSummary, ServerFrame};
use crate::server::access::{self, Admin, RoomMember, RoomReader, Somebody};
use crate::server::auth;
use crate::server::clock;
use crate::server::config::Config;
use crate::server::error::{Error, StoreError};
use crate::server::fanout::Hub;
use crate::server::metrics;
use crate::server::plant::{self, Bug};
use crate::server::state::{AppState, Shared};
use crate::server::store::{self, Caller, Excerpt, RoomRecord, Store, Stretch};
use crate::words::fault::Fault;

/// Makes the lobby if it is not there, and lets the hub carry every room.
///
/// One that keeps nothing is another one after each start: nothing is left of the numbers that it gave, and whoever comes
/// back with one of them has to be told so.
pub async fn open_all(config: &Config, store: &dyn Store, hub: &Hub) -> Result<(), StoreError> {
    let setting = Setting { kind: RoomKind::Open, guests: true, ..Setting::default() };
    let lobby =
        store::NewRoom { history: config.lobby_history.is_on(), ..new_room(RoomKey::lobby(), "Lobby", setting) };
    store.rooms().open(lobby).await?;
    let keep_nothing = store.rooms().all().await?.into_iter().filter(|room| !room.history);
    store.rooms().begin_anew(keep_nothing.map(|room| (room.key, new_epoch())).collect()).await?;
    for room in store.rooms().all().await? {
        hub.open(room.key, room.head);
    }
    Ok(())
}

/// The rooms that somebody has joined, and those that need no joining.
pub async fn list(state: &Shared, me: Option<&Me>) -> Result<Vec<RoomSummary>, Error> {
    reading::keep(state).await?;
    Ok(state.store.rooms().of(me.map(|me| &me.id), clock::now()).await?)
}

/// The same, with whether they keep what is said.
pub async fn describe(state: &AppState, rooms: Vec<RoomSummary>) -> Result<Vec<Room>, Error> {
    let mut described = Vec::with_capacity(rooms.len());
    for summary in rooms {
        // One that was made a moment ago may not be known yet; it is in the next list.
        if let Some(record) = state.store.rooms().room(&summary.room).await? {
            described.push(Room { summary, history: record.history.into() });
        }
    }
    Ok(described)
}

/// One room as somebody sees it who may read it.
pub async fn summary(state: &AppState, reader: &RoomReader, me: Option<&Me>) -> Result<RoomSummary, Error> {
    let found = state.store.rooms().summary(&reader.room().key, me.map(|me| &me.id), clock::now()).await?;
    found.ok_or(Error::NotFound)
}

/// The open rooms that somebody may join, by title, behind that one.
pub async fn directory(state: &AppState, me: &Somebody, after: Option<&RoomKey>) -> Result<Vec<ListedRoom>, Error> {
    let found = state.store.rooms().directory(&me.me().id, clock::now(), after, limits::LIST).await?;
    let guest = me.me().role == Role::Guest;
    let may_join = |room: &RoomRecord| !guest || room.setting.guests;
    let listed = |(room, joined): (RoomRecord, bool)| {
        let RoomRecord { key, title, topic, history, .. } = room;
        ListedRoom { room: key, title, topic, history: history.into(), joined }
    };
    Ok(found.into_iter().filter(|(room, _)| may_join(room)).map(listed).collect())
}

/// Every room but those of people among themselves, by title, behind that one.
pub async fn all(state: &AppState, _: &Admin, after: Option<&RoomKey>, limit: usize) -> Result<Vec<RoomRecord>, Error> {
    let mut rooms = state.store.rooms().all().await?;
    rooms.retain(|room| room.kind() != RoomKind::Direct);
    rooms.sort_by(|one, other| (&one.title, &one.key).cmp(&(&other.title, &other.key)));
    let behind = after.and_then(|after| rooms.iter().position(|room| room.key == *after));
    Ok(rooms.into_iter().skip(behind.map_or(0, |at| at + 1)).take(limit).collect())
}

/// Makes a room; whoever does so keeps order in it.
pub async fn create(state: &AppState, me: &Somebody, new: NewRoom) -> Result<RoomKey, Error> {
    if new.kind == RoomKind::Direct {
        return Err(Error::BadRequest("Rooms of people among themselves have an address of their own.".to_owned()));
    }
    // Theirs are made from who is in them.
    if new.room.as_str().starts_with(DIRECT) {
        return Err(Error::RoomTaken);
    }
    state.guard.rates.new_room(&me.me().id)?;
    let (title, topic) = (title(&new.title)?, topic(new.topic.as_deref().unwrap_or_default())?);
    let setting = Setting { kind: new.kind, ..Setting::default() };
    let room = store::NewRoom { topic, history: new.history.is_on(), ..new_room(new.room, &title, setting) };
    let made = state.store.rooms().create(room, me.caller()).await??.ok_or(Error::RoomTaken)?;
    state.hub.open(made.key.clone(), made.head);
    tell(state, &made.key, &me.me().id).await?;
    Ok(made.key)
}

/// The room of these people among themselves: the same for the same people, whoever asks and how often.
pub async fn direct(state: &AppState, me: &Somebody, request: Direct) -> Result<RoomKey, Error> {
    let mut people = request.users;
    people.push(me.me().id.clone());
    people.sort();
    people.dedup();
    if !(2..=limits::DIRECT_PEOPLE).contains(&people.len()) {
        return Err(Error::TooManyPeople);
    }
    state.guard.rates.new_room(&me.me().id)?;
    let others: Vec<PersonId> = people.iter().filter(|id| **id != me.me().id).cloned().collect();
    let setting = Setting { kind: RoomKind::Direct, ..Setting::default() };
    let room = new_room(direct_key(&people)?, "", setting);
    let made = state.store.rooms().direct(room, me.caller(), &others).await?.map_err(|denied| match denied {
        Denied::NotThere => Error::PersonUnknown,
        other => other.into(),
    })?;
    state.hub.open(made.key.clone(), made.head);
    for person in &people {
        tell(state, &made.key, person).await?;
    }
    Ok(made.key)
}

/// What the keys of such rooms begin with.
const DIRECT: &str = "direct-";

/// From who is in it, in the order of their ids, so that two who ask at once ask for the same.
fn direct_key(people: &[PersonId]) -> Result<RoomKey, Error> {
    let mut digest = Sha256::new();
    people.iter().for_each(|id| digest.update(id.as_str().as_bytes()));
    let hex: String = digest.finalize()[..20].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{DIRECT}{hex}").parse().map_err(|_| Error::Internal)
}

/// Changes what a room is called, about, and how it is set: each is an event of its own.
pub async fn set(state: &AppState, member: &RoomMember, wish: RoomChange) -> Result<(), Error> {
    for change in changes(member.room(), wish)? {
        members::change(state, member.caller(), member.room(), change).await?;
    }
    Ok(())
}

fn changes(room: &RoomKey, wish: RoomChange) -> Result<Vec<Change>, Error> {
    let text = |kind, text| Change { text: Some(text), ..Change::of(kind) };
    let flag = |kind, on| Change { on: Some(on), ..Change::of(kind) };
    let mut changes = Vec::new();
    if let Some(wish) = wish.title {
        changes.push(text(ChangeKind::Title, title(&wish)?));
    }
    if let Some(wish) = wish.topic {
        changes.push(text(ChangeKind::Topic, topic(&wish)?));
    }
    match wish.kind {
        Some(RoomKind::Open) => changes.push(text(ChangeKind::Kind, "open".to_owned())),
        // The tutorial's client, and every stranger, comes to the lobby.
        Some(RoomKind::Closed) if *room == RoomKey::lobby() => return Err(Error::Forbidden),
        Some(RoomKind::Closed) => changes.push(text(ChangeKind::Kind, "closed".to_owned())),
        Some(RoomKind::Direct) => return Err(Error::Forbidden),
        None => {}
    }
    changes.extend(wish.guests.map(|on| flag(ChangeKind::Guests, on)));
    changes.extend(wish.announce.map(|on| flag(ChangeKind::Announce, on)));
    if let Some(seconds) = wish.slow {
        if seconds > 0 {
            Error::in_range(Fault::TheTime, seconds, limits::SLOW_SECONDS.into())?;
        }
        changes.push(Change { seconds: Some(seconds), ..Change::of(ChangeKind::Slow) });
    }
    changes.extend(wish.archived.map(|on| flag(ChangeKind::Archived, on)));
    Ok(changes)
}

/// Tells somebody, wherever they are connected, how a room of theirs is now; or, if it is not theirs to read any more, only
/// that.
pub async fn tell(state: &AppState, room: &RoomKey, person: &PersonId) -> Result<(), Error> {
    if !state.hub.registry.is_connected(person) {
        return Ok(());
    }
    let Some(summary) = state.store.rooms().summary(room, Some(person), clock::now()).await? else { return Ok(()) };
    // Asked behind the reading, as in `still`.
    let frame = match may_read(state, room, person).await? {
        Ok(()) => ServerFrame::Room { room: Box::new(summary) },
        Err(denied) => {
            let error = if denied == Denied::Banned { Error::Banned } else { Error::NotMember };
            ServerFrame::Unsubbed { room: room.clone(), code: error.code(), message: error.to_string() }
        }
    };
    state.hub.registry.tell(person, &frame);
    Ok(())
}

async fn may_read(state: &AppState, room: &RoomKey, person: &PersonId) -> Result<May, Error> {
    let record = state.store.rooms().room(room).await?.ok_or(Error::NotFound)?;
    let standing = state.store.rooms().standing(room, person, clock::now()).await?;
    Ok(power::read(standing, record.setting))
}

/// The messages that name somebody, newest first.
pub async fn mentions(state: &AppState, me: &Somebody, before: Option<u64>) -> Result<Vec<Hit>, Error> {
    let found = state.store.rooms().mentions(&me.me().id, before, clock::now(), limits::NEWEST_EVENTS).await?;
    Ok(found.into_iter().map(|hit| Hit { room: hit.room, event: Event::clone(&hit.event) }).collect())
}

fn new_room(key: RoomKey, title: &str, setting: Setting) -> store::NewRoom {
    let (title, topic) = (title.to_owned(), String::new());
    store::NewRoom { key, title, topic, setting, epoch: new_epoch(), history: true, at: clock::now() }
}

/// A title as it is kept.
pub fn title(wish: &str) -> Result<String, Error> {
    let title = names::line(wish);
    if (1..=limits::TITLE_CHARS).contains(&title.chars().count()) { Ok(title) } else { Err(Error::TitleTooLong) }
}

fn topic(wish: &str) -> Result<String, Error> {
    let topic = names::line(wish);
    if topic.chars().count() <= limits::TOPIC_CHARS { Ok(topic) } else { Err(Error::TopicTooLong) }
}

/// Whether what is said can be kept.
pub async fn check(state: &AppState) -> Result<(), Error> {
    Ok(state.store.check().await?)
}

/// What was read of a room, for one who may still read it.
///
/// Looked at once more behind the reading: whoever is not banned by then was not when it was read, so nothing of what was
/// said after a ban is in it.
pub async fn still<T>(state: &AppState, caller: Option<&Caller>, reader: &RoomReader, read: T) -> Result<T, Error> {
    access::room_reader(state, caller, &reader.room().key).await?;
    Ok(read)
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
    let half = limits::NEWEST_EVENTS / 2;
    let from = excerpt(state, reader, Stretch::After(seq.saturating_sub(1)), half + 1).await?;
    if from.events.first().is_none_or(|first| first.seq != seq) {
        return Err(Error::NotFound);
    }
    // Asked for apart: what is long before it must not push it out.
    let mut around = excerpt(state, reader, Stretch::Before(seq), half - 1).await?;
    around.events.extend(from.events);
    around.more = around.events.first().is_some_and(|first| first.seq > 1);
    Ok(Excerpt { head: from.head, ..around })
}

/// Whether the message at this place has this text.
pub async fn says(state: &AppState, member: &RoomMember, seq: Seq, text: &str) -> Result<bool, Error> {
    let there = state.store.logs().events(member.room(), Stretch::After(seq.saturating_sub(1)), 1).await?;
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
    let mut excerpt = state.store.logs().events(&reader.room().key, stretch, limit).await?.ok_or(Error::NotFound)?;
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
            AROUND_A_BODY + reactions + A_PERSON * post.mentions.len() + post.body.bytes().map(escaped).sum::<usize>()
        }
        What::Edited { body, .. } => AROUND_A_BODY + body.bytes().map(escaped).sum::<usize>(),
        What::Changed(change) => {
            let text = change.text.as_deref().unwrap_or_default();
            AROUND_A_BODY + A_PERSON + text.bytes().map(escaped).sum::<usize>()
        }
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
        let by = Person { id: "p".parse().expect("an id"), name: "P".into(), colour: None };
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
