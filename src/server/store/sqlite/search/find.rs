//! Finding: the index names candidates, the log says which of them stand and hold what is searched for.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};

use super::{index, words};
use crate::protocol::event::{Event, What};
use crate::protocol::ids::{PersonId, RoomKey};
use crate::server::store::fold::fold;
use crate::server::store::sqlite::{from_sql, read, sql};
use crate::server::store::{Hit, Search, Stretch};

/// Rooms up to which the index is asked for them; with more, what it names is sorted out message by message.
const ASKED_ROOMS: usize = 64;

/// What is searched for, in the words of the database.
pub(super) struct Wanted {
    terms: Vec<String>,
    /// Where the searcher may read, and wants to.
    rooms: HashMap<i64, RoomKey>,
    from: Option<Author>,
    after: i64,
    before: i64,
}

struct Author {
    number: i64,
    id: PersonId,
}

/// A message that may be a hit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    /// Its place in time.
    pub(super) id: i64,
    room: i64,
    seq: i64,
}

/// What one look at the index brought.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// The newest first.
    pub(super) candidates: Vec<Candidate>,
    /// How many messages were looked at.
    pub(super) looked: usize,
    /// What it stopped at; `None` if there is nothing further back.
    pub(super) stopped: Option<i64>,
}

impl Wanted {
    /// `None` if nothing can be found: there is no such author, or no room to search in.
    pub(super) fn new(log: &Connection, search: &Search) -> rusqlite::Result<Option<Self>> {
        let rooms = rooms(log, &search.rooms)?;
        let from = match &search.from {
            Some(id) => author(log, id)?,
            None => None,
        };
        if rooms.is_empty() || from.is_some() != search.from.is_some() {
            return Ok(None);
        }
        let terms = search.terms.iter().map(|term| fold(term)).collect();
        let (after, before) = (search.after.map_or(0, sql), search.before.map_or(i64::MAX, sql));
        Ok(Some(Self { terms, rooms, from, after, before }))
    }

    /// Whether a text, folded, holds every term.
    fn is_in(&self, body: &str) -> bool {
        self.terms.iter().all(|term| body.contains(term.as_str()))
    }

    /// Which of the two indexes is asked, and what. `None` if neither can help: then every message is looked at.
    fn question(&self) -> Option<(&'static str, String)> {
        let grams: BTreeSet<_> = self.terms.iter().flat_map(|term| words::grams(term)).collect();
        let pairs: BTreeSet<_> = self.terms.iter().flat_map(|term| words::pairs(term)).collect();
        let (table, mut all) = if grams.is_empty() && !pairs.is_empty() { ("pair", pairs) } else { ("gram", grams) };
        all.extend(self.from.as_ref().map(|author| words::author(author.number)));
        let rooms: Vec<_> = self.rooms.keys().map(|&room| words::room(room)).collect();
        let mut parts = Vec::new();
        if !all.is_empty() {
            parts.push(words::all_of(&all));
        }
        if rooms.len() <= ASKED_ROOMS {
            parts.push(words::one_of(&rooms));
        }
        (!parts.is_empty()).then(|| (table, parts.join(" AND ")))
    }
}

/// Looks for candidates in the index, from the newest that is older than `below` backwards, until there are so many of
/// them or so many messages were looked at.
pub(super) fn look(
    index: &Connection,
    wanted: &Wanted,
    below: i64,
    most: usize,
    looks: usize,
) -> rusqlite::Result<Look> {
    let question = wanted.question();
    let (first, last) = index::between(index, wanted.after, wanted.before)?;
    let rooms: Vec<i64> = wanted.rooms.keys().copied().collect();
    let mut select = index.prepare_cached(&statement(question.as_ref().map(|(table, _)| *table)))?;
    let mut rows = select.query(params![
        question.map(|(_, words)| words),
        first,
        last.min(below.saturating_sub(1)),
        serde_json::json!(rooms).to_string(),
        wanted.from.as_ref().map(|author| author.number),
        wanted.after,
        wanted.before,
    ])?;
    let mut look = Look::default();
    while let Some(row) = rows.next()? {
        let candidate = Candidate { id: row.get(0)?, room: row.get(1)?, seq: row.get(2)? };
        look.looked += 1;
        if wanted.is_in(row.get_ref(3)?.as_str()?) {
            look.candidates.push(candidate);
        }
        if look.candidates.len() >= most || look.looked >= looks {
            look.stopped = Some(candidate.id);
            break;
        }
    }
    Ok(look)
}

/// The rooms are asked for here even where the index was asked for them: this is what a searcher may read.
fn statement(table: Option<&str>) -> String {
    let (from, matches, id) = match table {
        Some(table) => (
            format!("{table} CROSS JOIN post ON post.id = {table}.rowid"),
            format!("{table} MATCH ?1"),
            format!("{table}.rowid"),
        ),
        None => ("post".to_owned(), "?1 IS NULL".to_owned(), "post.id".to_owned()),
    };
    format!(
        "SELECT post.id, post.room, post.seq, post.body FROM {from}
         WHERE {matches} AND {id} >= ?2 AND {id} <= ?3
         AND post.room IN (SELECT value FROM json_each(?4)) AND (?5 IS NULL OR post.author = ?5)
         AND post.at >= ?6 AND post.at < ?7 ORDER BY {id} DESC"
    )
}

/// Those candidates that are hits as the log stands now, each with its place in time. Whatever the index lags behind
/// by, nothing is found that is not so.
pub(super) fn standing(
    log: &Connection,
    wanted: &Wanted,
    candidates: &[Candidate],
) -> rusqlite::Result<Vec<(i64, Hit)>> {
    let hits = candidates.iter().filter_map(|candidate| match stands(log, wanted, *candidate) {
        Ok(hit) => hit.map(|hit| Ok((candidate.id, hit))),
        Err(error) => Some(Err(error)),
    });
    hits.collect()
}

fn stands(log: &Connection, wanted: &Wanted, candidate: Candidate) -> rusqlite::Result<Option<Hit>> {
    let Some(room) = wanted.rooms.get(&candidate.room) else { return Ok(None) };
    let before = Stretch::Before(from_sql(candidate.seq).saturating_add(1));
    let event = read::excerpt(log, room, before, 1)?.and_then(|excerpt| excerpt.events.into_iter().next());
    let is_it = |event: &Arc<Event>| event.seq == from_sql(candidate.seq) && wanted.is_hit(event);
    Ok(event.filter(is_it).map(|event| Hit { room: room.clone(), event }))
}

impl Wanted {
    fn is_hit(&self, event: &Event) -> bool {
        let from_them = self.from.as_ref().is_none_or(|author| event.by.id == author.id);
        let in_time = (self.after..self.before).contains(&sql(event.at));
        let What::Posted(post) = &event.what else { return false };
        post.deleted.is_none() && from_them && in_time && self.is_in(&fold(&post.body))
    }
}

/// The rooms that keep what is said in them.
fn rooms(log: &Connection, keys: &[RoomKey]) -> rusqlite::Result<HashMap<i64, RoomKey>> {
    let mut select = log.prepare_cached("SELECT id FROM room WHERE key = ?1 AND history")?;
    let mut rooms = HashMap::new();
    for key in keys {
        let id = select.query_row([key.as_str()], |row| row.get(0)).optional()?;
        rooms.extend(id.map(|id| (id, key.clone())));
    }
    Ok(rooms)
}

fn author(log: &Connection, id: &PersonId) -> rusqlite::Result<Option<Author>> {
    let mut select = log.prepare_cached("SELECT id FROM person WHERE public_id = ?1")?;
    select.query_row([id.as_str()], |row| Ok(Author { number: row.get(0)?, id: id.clone() })).optional()
}
