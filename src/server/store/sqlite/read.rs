//! Reading the logs: every message as it stands.

use std::sync::Arc;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::append::Seat;
use super::{from_sql, sql};
use crate::protocol::api::Me;
use crate::protocol::event::{Event, Person, Post, Reaction, What};
use crate::protocol::ids::{Cid, Epoch, PersonId, RoomKey, Seq};
use crate::protocol::power::Setting;
use crate::server::store::{Excerpt, RoomRecord, Stretch};

/// Every room.
pub(super) fn rooms(connection: &Connection) -> rusqlite::Result<Vec<RoomRecord>> {
    let mut select = connection.prepare_cached(&format!("SELECT {ROOM} FROM room"))?;
    select.query_map([], room)?.collect()
}

/// The columns that [`room`] reads.
pub(super) const ROOM: &str = "room.key, room.title, room.topic, room.epoch, room.head, room.slow, room.history,
     room.kind, room.guests, room.announce, room.archived";

/// A room of the columns [`ROOM`].
pub(super) fn room(row: &Row<'_>) -> rusqlite::Result<RoomRecord> {
    Ok(RoomRecord {
        key: checked(row, 0)?,
        title: row.get(1)?,
        topic: row.get(2)?,
        setting: setting(row, 7)?,
        slow: row.get(5)?,
        history: row.get(6)?,
        epoch: checked(row, 3)?,
        head: from_sql(row.get(4)?),
    })
}

/// How a room is set, of four columns.
pub(super) fn setting(row: &Row<'_>, from: usize) -> rusqlite::Result<Setting> {
    let (guests, announce, archived) = (row.get(from + 1)?, row.get(from + 2)?, row.get(from + 3)?);
    Ok(Setting { kind: word(row, from)?, guests, announce, archived })
}

/// How somebody is in a room.
pub(super) fn seat(connection: &Connection, room: i64, person: i64) -> rusqlite::Result<Seat> {
    let mut select = connection.prepare_cached(
        "SELECT (SELECT role FROM member WHERE room = ?1 AND person = ?2),
                (SELECT until FROM mute WHERE room = ?1 AND person = ?2),
                (SELECT until FROM ban WHERE room = ?1 AND person = ?2)",
    )?;
    select.query_row(params![room, person], |row| {
        let role = if row.get_ref(0)?.as_str_or_null()?.is_some() { Some(word(row, 0)?) } else { None };
        Ok(Seat { role, muted: time(row, 1)?, banned: time(row, 2)? })
    })
}

/// One stretch of a room's log.
pub(super) fn excerpt(
    connection: &Connection,
    key: &RoomKey,
    stretch: Stretch,
    limit: usize,
) -> rusqlite::Result<Option<Excerpt>> {
    let mut select = connection.prepare_cached("SELECT id, epoch, head FROM room WHERE key = ?1")?;
    let found = select
        .query_row([key.as_str()], |row| Ok((row.get::<_, i64>(0)?, checked::<Epoch>(row, 1)?, from_sql(row.get(2)?))));
    let Some((room, epoch, head)) = found.optional()? else { return Ok(None) };
    let mut events = events(connection, room, stretch, limit.saturating_add(1))?;
    let more = events.len() > limit;
    events.truncate(limit);
    if !matches!(stretch, Stretch::After(_)) {
        events.reverse();
    }
    add_reactions(connection, room, &mut events)?;
    add_mentions(connection, room, &mut events)?;
    hide_those_who_went(connection, &mut events)?;
    Ok(Some(Excerpt { epoch, head, events: events.into_iter().map(Arc::new).collect(), more }))
}

/// What became of somebody stays in the log, but not what they were called whose account is closed.
fn hide_those_who_went(connection: &Connection, events: &mut [Event]) -> rusqlite::Result<()> {
    let mut gone = connection.prepare_cached("SELECT name FROM person WHERE public_id = ?1 AND gone")?;
    for event in events {
        let What::Changed(change) = &mut event.what else { continue };
        let Some(who) = &mut change.who else { continue };
        if let Some(name) = gone.query_row([who.id.as_str()], |row| row.get(0)).optional()? {
            (who.name, who.colour) = (name, None);
        }
    }
    Ok(())
}

/// A message as it stands; `None` if there is none at that place.
pub(super) fn message(connection: &Connection, room: i64, seq: Seq) -> rusqlite::Result<Option<Event>> {
    let mut found = events(connection, room, Stretch::After(seq.saturating_sub(1)), 1)?;
    found.retain(|event| event.seq == seq && matches!(event.what, What::Posted(_)));
    add_reactions(connection, room, &mut found)?;
    add_mentions(connection, room, &mut found)?;
    Ok(found.pop())
}

/// Where a send is.
pub(super) fn seq_of(
    connection: &Connection,
    room: &RoomKey,
    author: &PersonId,
    cid: &Cid,
) -> rusqlite::Result<Option<Seq>> {
    let mut select = connection.prepare_cached(
        "SELECT seq FROM event WHERE author = (SELECT id FROM person WHERE public_id = ?1)
         AND room = (SELECT id FROM room WHERE key = ?2) AND cid = ?3",
    )?;
    let seq = select.query_row([author.as_str(), room.as_str(), cid.as_str()], |row| row.get(0)).optional()?;
    Ok(seq.map(from_sql))
}

/// A person.
pub(super) fn person(connection: &Connection, id: &PersonId) -> rusqlite::Result<Option<Me>> {
    let mut select =
        connection.prepare_cached(&format!("SELECT {ME} FROM person WHERE public_id = ?1 AND NOT gone"))?;
    select.query_row([id.as_str()], me).optional()
}

/// The columns that [`me`] reads.
pub(super) const ME: &str = "person.public_id, person.name, person.role, person.colour";

/// A person of the columns [`ME`].
pub(super) fn me(row: &Row<'_>) -> rusqlite::Result<Me> {
    Ok(Me { id: checked(row, 0)?, name: row.get(1)?, role: word(row, 2)?, colour: time(row, 3)? })
}

/// The columns that [`by`] reads.
pub(super) const BY: &str = "person.public_id, person.name, person.colour";

/// Somebody, of three columns.
pub(super) fn by(row: &Row<'_>, from: usize) -> rusqlite::Result<Person> {
    Ok(Person { id: checked(row, from)?, name: row.get(from + 1)?, colour: time(row, from + 2)? })
}

/// The number of a person.
pub(super) fn person_number(connection: &Connection, id: &PersonId) -> rusqlite::Result<Option<i64>> {
    let mut select = connection.prepare_cached("SELECT id FROM person WHERE public_id = ?1 AND NOT gone")?;
    select.query_row([id.as_str()], |row| row.get(0)).optional()
}

/// The number of a room.
pub(super) fn room_number(connection: &Connection, key: &RoomKey) -> rusqlite::Result<Option<i64>> {
    let mut select = connection.prepare_cached("SELECT id FROM room WHERE key = ?1")?;
    select.query_row([key.as_str()], |row| row.get(0)).optional()
}

/// From the place that was asked for outwards.
fn events(connection: &Connection, room: i64, stretch: Stretch, limit: usize) -> rusqlite::Result<Vec<Event>> {
    let from = match stretch {
        Stretch::After(seq) | Stretch::Before(seq) => sql(seq),
        Stretch::Newest => i64::MAX,
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut select = connection.prepare_cached(&events_statement(stretch))?;
    select.query_map(params![room, from, limit], event)?.collect()
}

/// An edit too reads as its message stands by then: what was replaced is told to nobody any more.
fn events_statement(stretch: Stretch) -> String {
    let (condition, order) = match stretch {
        Stretch::After(_) => (">", "ASC"),
        Stretch::Before(_) => ("<", "DESC"),
        Stretch::Newest => ("<=", "DESC"),
    };
    format!(
        "SELECT {EVENT} FROM event JOIN person ON person.id = event.author
         LEFT JOIN event AS message ON message.room = event.room AND message.seq = event.of AND event.kind = 'edited'
         LEFT JOIN event AS edit ON edit.room = event.room AND edit.seq = coalesce(message.edited, event.edited)
         WHERE event.room = ?1 AND event.seq {condition} ?2 ORDER BY event.seq {order} LIMIT ?3"
    )
}

/// The columns that [`event`] reads.
pub(super) const EVENT: &str = "event.seq, event.at, person.public_id, event.name, event.cid, event.kind,
     coalesce(edit.body, event.body), event.reply_to, event.of, event.emoji, event.is_on,
     event.edited, event.deleted, event.pinned, person.colour, event.to_all";

/// An event of the columns [`EVENT`]; reactions and whom it names are not among them.
pub(super) fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    Ok(Event {
        seq: from_sql(row.get(0)?),
        at: from_sql(row.get(1)?),
        by: Person { id: checked(row, 2)?, name: row.get(3)?, colour: time(row, 14)? },
        cid: Some(checked(row, 4)?),
        what: what(row)?,
    })
}

fn what(row: &Row<'_>) -> rusqlite::Result<What> {
    let place = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(from_sql));
    let of = || Ok::<_, rusqlite::Error>(from_sql(row.get(8)?));
    Ok(match row.get_ref(5)?.as_str()? {
        "posted" => What::Posted(Post {
            body: row.get(6)?,
            reply_to: place(7)?,
            edited: place(11)?,
            deleted: place(12)?,
            pinned: place(13)?,
            mentions: Vec::new(),
            mentions_room: row.get::<_, Option<bool>>(15)?.unwrap_or_default(),
            reactions: Vec::new(),
        }),
        "edited" => What::Edited { of: of()?, body: row.get(6)? },
        "deleted" => What::Deleted { of: of()? },
        "reacted" => What::Reacted { of: of()?, emoji: checked(row, 9)?, on: row.get(10)? },
        "pinned" => What::Pinned { of: of()?, on: row.get(10)? },
        _ => match row.get_ref(6)?.as_str_or_null()?.map(serde_json::from_str) {
            Some(Ok(change)) => What::Changed(change),
            _ => What::Unknown,
        },
    })
}

const REACTIONS: &str = "SELECT of, emoji, person.public_id, reaction.name, person.colour
    FROM reaction JOIN person ON person.id = reaction.person
    WHERE room = ?1 AND of BETWEEN ?2 AND ?3 ORDER BY of, emoji, person.public_id";

/// The reactions of all these messages, in the order that [`Post`] keeps them in.
fn add_reactions(connection: &Connection, room: i64, events: &mut [Event]) -> rusqlite::Result<()> {
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(()) };
    let mut select = connection.prepare_cached(REACTIONS)?;
    let mut rows = select.query(params![room, sql(first.seq), sql(last.seq)])?;
    while let Some(row) = rows.next()? {
        let of = from_sql(row.get(0)?);
        let Ok(at) = events.binary_search_by_key(&of, |event| event.seq) else { continue };
        if let What::Posted(post) = &mut events[at].what {
            add_reaction(post, row)?;
        }
    }
    Ok(())
}

const MENTIONS: &str = "SELECT seq, person.public_id, person.name, person.colour
    FROM mention INDEXED BY mention_by_message JOIN person ON person.id = mention.person
    WHERE mention.room = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq, mention.person";

/// Whom these messages name; where it is everybody, nobody is listed.
pub(super) fn add_mentions(connection: &Connection, room: i64, events: &mut [Event]) -> rusqlite::Result<()> {
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(()) };
    let mut select = connection.prepare_cached(MENTIONS)?;
    let mut rows = select.query(params![room, sql(first.seq), sql(last.seq)])?;
    while let Some(row) = rows.next()? {
        let seq = from_sql(row.get(0)?);
        let Ok(at) = events.binary_search_by_key(&seq, |event| event.seq) else { continue };
        if let What::Posted(post) = &mut events[at].what
            && !post.mentions_room
        {
            post.mentions.push(by(row, 1)?);
        }
    }
    Ok(())
}

fn add_reaction(post: &mut Post, row: &Row<'_>) -> rusqlite::Result<()> {
    let (emoji, by) = (checked(row, 1)?, Person { id: checked(row, 2)?, name: row.get(3)?, colour: time(row, 4)? });
    match post.reactions.last_mut() {
        Some(reaction) if reaction.emoji == emoji => reaction.by.push(by),
        _ => post.reactions.push(Reaction { emoji, by: vec![by] }),
    }
    Ok(())
}

/// A text of a type that has a check of its own; what does not pass it was not written by us.
pub(super) fn checked<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: TryFrom<String>,
    T::Error: std::error::Error + Send + Sync + 'static,
{
    let text: String = row.get(column)?;
    T::try_from(text).map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

/// One of a few words, as on the wire.
pub(super) fn word<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_value(text.into())
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

/// The word for one of a few, as on the wire.
pub(super) fn text_of<T: Serialize>(word: &T) -> rusqlite::Result<String> {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(text)) => Ok(text),
        Ok(_) => Err(rusqlite::Error::InvalidQuery),
        Err(error) => Err(rusqlite::Error::ToSqlConversionFailure(Box::new(error))),
    }
}

/// A number that may be absent.
pub(super) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u64>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(from_sql))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::sqlite::schema;

    /// What SQLite means to do for every statement that a page of a log is read with.
    fn plan(connection: &Connection, statement: &str) -> String {
        let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).expect("prepares");
        let steps = explain.query_map([0, 0, 0], |row| row.get::<_, String>(3)).expect("explains");
        steps.map(|step| step.expect("a step")).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_page_reads_its_own_rows_and_no_others() {
        let mut connection = Connection::open_in_memory().expect("opens");
        schema::migrate(&mut connection).expect("migrates");
        for stretch in [Stretch::After(1), Stretch::Before(1), Stretch::Newest] {
            let plan = plan(&connection, &events_statement(stretch));
            assert!(plan.contains("SEARCH event USING PRIMARY KEY (room=? AND seq"), "{plan}");
            assert!(!plan.contains("SCAN") && !plan.contains("TEMP"), "{plan}");
        }
        let plan = plan(&connection, REACTIONS);
        assert!(plan.contains("SEARCH reaction USING PRIMARY KEY (room=? AND of>? AND of<?)"), "{plan}");
        assert!(!plan.contains("SCAN"), "{plan}");
    }
}
