//! Reading on in the logs, all rooms in the order of time, a little at a time.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::protocol::ids::RoomKey;

/// What one batch may cost, about in bytes of text: some thousand short messages, or a dozen of the longest.
const BATCH_COST: i64 = 256 * 1024;
/// What an event costs beside its text.
const EVENT_COST: i64 = 64;
/// What it costs to take a message out of the index.
const CHANGE_COST: i64 = 16 * 1024;

/// How far a room's log was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) room: i64,
    pub(super) epoch: String,
    pub(super) seq: i64,
}

/// A message of which there was something new, as it stands.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) room: i64,
    pub(super) seq: i64,
    /// `None` if it is deleted.
    pub(super) stands: Option<Text>,
}

/// What is found of a message.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) at: i64,
    pub(super) author: i64,
    pub(super) body: String,
}

/// What was read in one go.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Those that were there before, then the new ones in their order.
    pub(super) messages: Vec<Message>,
    /// How far the rooms were read by it.
    pub(super) places: Vec<Place>,
    /// There is more to read.
    pub(super) more: bool,
}

/// A room with what is still to be read.
struct Backlog {
    place: Place,
    head: i64,
}

/// What is being read.
struct Reading {
    budget: i64,
    posted: Vec<(i64, i64)>,
    changed: BTreeSet<(i64, i64)>,
}

/// How far each log that is kept has come.
pub(super) fn heads(log: &Connection) -> rusqlite::Result<Vec<Place>> {
    let mut select = log.prepare_cached("SELECT id, epoch, head FROM room WHERE history")?;
    select.query_map([], place)?.collect()
}

/// How far those of them have come that are kept.
pub(super) fn heads_of(log: &Connection, rooms: &BTreeSet<RoomKey>) -> rusqlite::Result<Vec<Place>> {
    let mut select = log.prepare_cached("SELECT id, epoch, head FROM room WHERE key = ?1 AND history")?;
    let heads = rooms.iter().map(|room| select.query_row([room.as_str()], place).optional());
    heads.filter_map(Result::transpose).collect()
}

/// A place in three columns.
pub(super) fn place(row: &Row<'_>) -> rusqlite::Result<Place> {
    Ok(Place { room: row.get(0)?, epoch: row.get(1)?, seq: row.get(2)? })
}

/// Reads on from where the rooms were left, towards these heads.
pub(super) fn read_on(log: &Connection, places: &HashMap<i64, Place>, heads: Vec<Place>) -> rusqlite::Result<Batch> {
    let mut backlogs = backlogs(places, heads);
    let mut waiting = BinaryHeap::new();
    for (number, backlog) in backlogs.iter().enumerate() {
        waiting.extend(backlog.next_at(log)?.map(|at| Reverse((at, number))));
    }
    let mut reading = Reading { budget: BATCH_COST, posted: Vec::new(), changed: BTreeSet::new() };
    while reading.budget > 0
        && let Some(Reverse((_, number))) = waiting.pop()
    {
        let until = waiting.peek().map_or(i64::MAX, |Reverse((at, _))| *at);
        let next = reading.read(log, &mut backlogs[number], until)?;
        waiting.extend(next.map(|at| Reverse((at, number))));
    }
    let read = backlogs.into_iter().map(|backlog| backlog.place).filter(|place| places.get(&place.room) != Some(place));
    Ok(Batch { messages: reading.messages(log)?, places: read.collect(), more: !waiting.is_empty() })
}

fn backlogs(places: &HashMap<i64, Place>, heads: Vec<Place>) -> Vec<Backlog> {
    let read = |head: &Place| places.get(&head.room).map_or(0, |place| place.seq);
    let backlogs = heads.into_iter().map(|head| Backlog { head: head.seq, place: Place { seq: read(&head), ..head } });
    backlogs.filter(|backlog| backlog.head > backlog.place.seq).collect()
}

impl Backlog {
    /// When its next event was.
    fn next_at(&self, log: &Connection) -> rusqlite::Result<Option<i64>> {
        let mut select =
            log.prepare_cached("SELECT at FROM event WHERE room = ?1 AND seq > ?2 ORDER BY seq LIMIT 1")?;
        select.query_row(params![self.place.room, self.place.seq], |row| row.get(0)).optional()
    }
}

const EVENTS: &str = "SELECT seq, at, kind, coalesce(of, seq), coalesce(octet_length(body), 0) FROM event
    WHERE room = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq";

const STANDS: &str = "SELECT post.at, post.author, coalesce(edit.body, post.body) FROM event AS post
    LEFT JOIN event AS edit ON edit.room = post.room AND edit.seq = post.edited
    WHERE post.room = ?1 AND post.seq = ?2 AND post.kind = 'posted' AND post.deleted IS NULL";

impl Reading {
    /// Reads a room up to a time; answers with the time of the event that it stopped at.
    fn read(&mut self, log: &Connection, backlog: &mut Backlog, until: i64) -> rusqlite::Result<Option<i64>> {
        let (place, head) = (&mut backlog.place, backlog.head);
        let mut select = log.prepare_cached(EVENTS)?;
        let mut rows = select.query(params![place.room, place.seq, head])?;
        while let Some(row) = rows.next()? {
            let at = row.get(1)?;
            if at > until || self.budget <= 0 {
                return Ok(Some(at));
            }
            place.seq = row.get(0)?;
            self.note(place.room, row)?;
        }
        place.seq = head;
        Ok(None)
    }

    fn note(&mut self, room: i64, row: &Row<'_>) -> rusqlite::Result<()> {
        let message = (room, row.get(3)?);
        self.budget -= EVENT_COST + row.get::<_, i64>(4)?;
        match row.get_ref(2)?.as_str()? {
            "posted" => self.posted.push(message),
            "edited" | "deleted" if self.changed.insert(message) => self.budget -= CHANGE_COST,
            _ => {}
        }
        Ok(())
    }

    /// As they stand by now: what becomes of them further on makes no difference to that any more.
    fn messages(self, log: &Connection) -> rusqlite::Result<Vec<Message>> {
        let mut select = log.prepare_cached(STANDS)?;
        let text = |row: &Row<'_>| Ok(Text { at: row.get(0)?, author: row.get(1)?, body: row.get(2)? });
        let posted: BTreeSet<_> = self.posted.iter().copied().collect();
        let messages = self.changed.difference(&posted).chain(&self.posted);
        messages
            .map(|&(room, seq)| Ok(Message { room, seq, stands: select.query_row([room, seq], text).optional()? }))
            .collect()
    }
}
