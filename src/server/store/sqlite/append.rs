//! Putting drafts at the end of the logs, inside of one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::{from_sql, sql};
use crate::protocol::event::{Act, Event, Person};
use crate::protocol::ids::{Cid, Emoji, PersonId, RoomKey, Seq};
use crate::protocol::limits;
use crate::server::plant::{self, Bug};
use crate::server::store::{Appended, Draft, Refused};

/// Answers of one batch, in its order.
pub(super) type Answers = Vec<Result<Appended, Refused>>;

/// The logs as one transaction sees and changes them.
pub(super) struct Logs<'c> {
    connection: &'c Connection,
    /// The rooms that were looked up, with their heads so far.
    rooms: HashMap<RoomKey, Option<Room>>,
    /// The people that were looked up.
    people: HashMap<PersonId, Option<Author>>,
}

struct Room {
    id: i64,
    head: Seq,
    grown: bool,
}

#[derive(Clone)]
struct Author {
    id: i64,
    person: Person,
}

/// Where a draft goes and who wrote it.
struct Place {
    room: i64,
    seq: Seq,
    author: Author,
}

impl<'c> Logs<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self { connection, rooms: HashMap::new(), people: HashMap::new() }
    }

    /// Takes drafts one by one, each in the light of those before it.
    pub(super) fn append(&mut self, drafts: Vec<Draft>) -> rusqlite::Result<Answers> {
        drafts.into_iter().map(|draft| self.take(draft)).collect()
    }

    /// Writes down how far the rooms have come; answers with the heads of those that have grown.
    pub(super) fn finish(self) -> rusqlite::Result<Vec<(RoomKey, Seq)>> {
        let mut update = self.connection.prepare_cached("UPDATE room SET head = ?2 WHERE id = ?1")?;
        let grown =
            self.rooms.into_iter().filter_map(|(key, room)| room.filter(|room| room.grown).map(|room| (key, room)));
        grown.map(|(key, room)| update.execute(params![room.id, sql(room.head)]).map(|_| (key, room.head))).collect()
    }

    fn take(&mut self, draft: Draft) -> rusqlite::Result<Result<Appended, Refused>> {
        let Some(author) = self.author(&draft.author)? else { return Ok(Err(Refused::NoAuthor)) };
        let Some((room, head)) = self.room(&draft.room)? else { return Ok(Err(Refused::NoRoom)) };
        let place = Place { room, seq: next_seq(room, head), author };
        // A plain message shows by itself whether it was there; all else is checked against how things stand, which a
        // repeated send may have changed itself.
        if !matches!(draft.act, Act::Post { reply_to: None, .. }) {
            if let Some(seq) = self.seq_of(&place, &draft.cid)? {
                return Ok(Ok(Appended::Before(seq)));
            }
            if let Err(refused) = self.check(&place, &draft.act)? {
                return Ok(Err(refused));
            }
        }
        if !self.insert(&place, &draft)? {
            // Anything else that stood in its way is a fault of the database.
            let before = self.seq_of(&place, &draft.cid)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
            return Ok(Ok(Appended::Before(before)));
        }
        self.change(&place, &draft.act)?;
        if let Some(Some(room)) = self.rooms.get_mut(&draft.room) {
            (room.head, room.grown) = (place.seq, true);
        }
        let (seq, at, by, cid) = (place.seq, draft.at, place.author.person, Some(draft.cid));
        Ok(Ok(Appended::New(Arc::new(Event { seq, at, by, cid, what: draft.act.into() }))))
    }

    fn author(&mut self, id: &PersonId) -> rusqlite::Result<Option<Author>> {
        if let Some(known) = self.people.get(id) {
            return Ok(known.clone());
        }
        let mut select = self.connection.prepare_cached("SELECT id, name FROM person WHERE public_id = ?1")?;
        let author = select
            .query_row([id.as_str()], |row| {
                Ok(Author { id: row.get(0)?, person: Person { id: id.clone(), name: row.get(1)? } })
            })
            .optional()?;
        self.people.insert(id.clone(), author.clone());
        Ok(author)
    }

    /// The room's number and its head so far.
    fn room(&mut self, key: &RoomKey) -> rusqlite::Result<Option<(i64, Seq)>> {
        if !self.rooms.contains_key(key) {
            let mut select = self.connection.prepare_cached("SELECT id, head FROM room WHERE key = ?1")?;
            let room =
                |row: &rusqlite::Row<'_>| Ok(Room { id: row.get(0)?, head: from_sql(row.get(1)?), grown: false });
            let room = select.query_row([key.as_str()], room).optional()?;
            self.rooms.insert(key.clone(), room);
        }
        Ok(self.rooms.get(key).and_then(Option::as_ref).map(|room| (room.id, room.head)))
    }

    fn seq_of(&self, place: &Place, cid: &Cid) -> rusqlite::Result<Option<Seq>> {
        if plant::is(Bug::NoDedupe) {
            return Ok(None);
        }
        let mut select =
            self.connection.prepare_cached("SELECT seq FROM event WHERE author = ?1 AND room = ?2 AND cid = ?3")?;
        let key = params![place.author.id, place.room, cid.as_str()];
        Ok(select.query_row(key, |row| row.get(0)).optional()?.map(from_sql))
    }

    /// Whether the act can be done as things stand.
    fn check(&self, place: &Place, act: &Act) -> rusqlite::Result<Result<(), Refused>> {
        let (target, missing) = match act {
            Act::Post { reply_to: None, .. } => return Ok(Ok(())),
            Act::Post { reply_to: Some(seq), .. } => (*seq, Refused::NoReplyTarget),
            Act::Edit { of, .. } | Act::Delete { of } | Act::React { of, .. } | Act::Pin { of, .. } => {
                (*of, Refused::NoMessage)
            }
        };
        let Some((author, deleted)) = self.message(place.room, target)? else { return Ok(Err(missing)) };
        Ok(match act {
            Act::Post { .. } => Ok(()),
            _ if deleted => Err(missing),
            Act::Edit { .. } | Act::Delete { .. } | Act::Pin { .. } if author != place.author.id => {
                Err(Refused::NotYours)
            }
            Act::React { of, emoji, on: true } if self.is_full(place, *of, emoji)? => Err(Refused::TooManyReactions),
            _ => Ok(()),
        })
    }

    /// Who wrote a message, and whether it is deleted; `None` if there is none at that place.
    fn message(&self, room: i64, seq: Seq) -> rusqlite::Result<Option<(i64, bool)>> {
        let mut select = self.connection.prepare_cached(
            "SELECT author, deleted IS NOT NULL FROM event WHERE room = ?1 AND seq = ?2 AND kind = 'posted'",
        )?;
        select.query_row(params![room, sql(seq)], |row| Ok((row.get(0)?, row.get(1)?))).optional()
    }

    /// Whether a message has all the reactions that it can have, and this is not one of them.
    fn is_full(&self, place: &Place, of: Seq, emoji: &Emoji) -> rusqlite::Result<bool> {
        let mut count = self.connection.prepare_cached(
            "SELECT count(*), coalesce(max(emoji = ?3 AND person = ?4), 0) FROM reaction WHERE room = ?1 AND of = ?2",
        )?;
        let key = params![place.room, sql(of), emoji.as_str(), place.author.id];
        count.query_row(key, |row| Ok(row.get::<_, i64>(0)? >= limits::REACTIONS as i64 && !row.get::<_, bool>(1)?))
    }

    /// `false` if this send is in the log already.
    fn insert(&self, place: &Place, draft: &Draft) -> rusqlite::Result<bool> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO event (room, seq, at, author, name, cid, kind, body, reply_to, of, emoji, is_on)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT DO NOTHING",
        )?;
        let reply_to = match draft.act {
            Act::Post { reply_to, .. } => reply_to.map(sql),
            _ => None,
        };
        let (emoji, is_on) = match &draft.act {
            Act::React { emoji, on, .. } => (Some(emoji.as_str()), Some(*on)),
            Act::Pin { on, .. } => (None, Some(*on)),
            _ => (None, None),
        };
        let Place { room, seq, author } = place;
        let changed = insert.execute(params![
            room,
            sql(*seq),
            sql(draft.at),
            author.id,
            author.person.name,
            draft.cid.as_str(),
            kind(&draft.act),
            draft.act.body(),
            reply_to,
            draft.act.of().map(sql),
            emoji,
            is_on,
        ])?;
        Ok(changed > 0)
    }

    /// Writes at the message how it stands now.
    fn change(&self, place: &Place, act: &Act) -> rusqlite::Result<()> {
        let Some(of) = act.of().map(sql) else { return Ok(()) };
        let (room, seq) = (place.room, sql(place.seq));
        let run = |statement: &str, values: &[&dyn rusqlite::ToSql]| {
            self.connection.prepare_cached(statement)?.execute(values).map(drop)
        };
        match act {
            Act::Post { .. } => Ok(()),
            Act::Edit { .. } => run("UPDATE event SET edited = ?3 WHERE room = ?1 AND seq = ?2", &[&room, &of, &seq]),
            Act::Pin { on, .. } => {
                run("UPDATE event SET pinned = ?3 WHERE room = ?1 AND seq = ?2", &[&room, &of, &on.then_some(seq)])
            }
            Act::React { emoji, on: true, .. } => run(
                "INSERT OR IGNORE INTO reaction (room, of, emoji, person, name) VALUES (?1, ?2, ?3, ?4, ?5)",
                &[&room, &of, &emoji.as_str(), &place.author.id, &place.author.person.name],
            ),
            Act::React { emoji, on: false, .. } => run(
                "DELETE FROM reaction WHERE room = ?1 AND of = ?2 AND emoji = ?3 AND person = ?4",
                &[&room, &of, &emoji.as_str(), &place.author.id],
            ),
            Act::Delete { .. } => {
                let text = if plant::is(Bug::DeletedBodyServed) { "body" } else { "''" };
                run(
                    &format!(
                        "UPDATE event SET body = {text}, reply_to = NULL, pinned = NULL, edited = NULL, deleted = ?3
                         WHERE room = ?1 AND seq = ?2"
                    ),
                    &[&room, &of, &seq],
                )?;
                run("UPDATE event SET body = '' WHERE room = ?1 AND of = ?2 AND kind = 'edited'", &[&room, &of])?;
                run("DELETE FROM reaction WHERE room = ?1 AND of = ?2", &[&room, &of])
            }
        }
    }
}

/// The word for an act's event, as on the wire.
fn kind(act: &Act) -> &'static str {
    match act {
        Act::Post { .. } => "posted",
        Act::Edit { .. } => "edited",
        Act::Delete { .. } => "deleted",
        Act::React { .. } => "reacted",
        Act::Pin { .. } => "pinned",
    }
}

/// The number of the next event: the one after the room's head, which is of this very transaction.
fn next_seq(room: i64, head: Seq) -> Seq {
    if plant::is(Bug::SeqBeforeCommit) { planted_seq(room, head) } else { head + 1 }
}

/// From a counter that a failed transaction does not take back.
fn planted_seq(room: i64, head: Seq) -> Seq {
    static COUNTERS: parking_lot::Mutex<Option<HashMap<i64, Seq>>> = parking_lot::Mutex::new(None);
    let mut counters = COUNTERS.lock();
    let counter = counters.get_or_insert_default().entry(room).or_insert(head);
    *counter = (*counter).max(head) + 1;
    *counter
}
