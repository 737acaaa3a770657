//! The index: a file of its own, written by one thread, which can be made anew from the logs at any time.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row, TransactionBehavior, params};

use super::log::{Batch, Message, Place, Text, place};
use super::words;
use crate::server::store::fold::fold;
use crate::server::store::sqlite::connect;

/// `PRAGMA application_id` of an index: "Bnts".
const APPLICATION_ID: i64 = 0x426e_7473;
/// Raised whenever the shape or the folding changes: an index of another one is made anew.
const VERSION: i64 = 1;
/// Memory for pages, in KiB, negative as SQLite wants it.
const CACHE: i64 = -8 * 1024;
/// Pages of the write-ahead log before it is copied: seldom, since the disk is one that others wait for.
const CHECKPOINT_PAGES: i64 = 4_000;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The connection that writes the index.
pub(super) struct Index {
    connection: Connection,
    /// Text that was taken out may still be in the write-ahead log.
    pub(super) unclean: bool,
}

impl Index {
    /// Opens the index, made anew if it is not there or not one of ours.
    pub(super) fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = connect::open(path, OpenFlags::SQLITE_OPEN_CREATE)?;
        if !is_index(&connection) {
            make_anew(&connection)?;
        }
        // What is lost with the power is read again: its place is lost with it.
        connection.pragma_update(None, "synchronous", "normal")?;
        connection.pragma_update(None, "cache_size", CACHE)?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        connection.pragma_update(None, "secure_delete", true)?;
        Ok(Self { connection, unclean: true })
    }

    /// Forgets everything.
    pub(super) fn make_anew(&self) -> rusqlite::Result<()> {
        make_anew(&self.connection)
    }

    /// How far it has come.
    pub(super) fn places(&self) -> rusqlite::Result<HashMap<i64, Place>> {
        let mut select = self.connection.prepare_cached("SELECT room, epoch, seq FROM place")?;
        select.query_map([], place)?.map(|place| place.map(|place| (place.room, place))).collect()
    }

    /// How far it has come in those logs.
    pub(super) fn places_of(&self, logs: &[Place]) -> rusqlite::Result<HashMap<i64, Place>> {
        let mut select = self.connection.prepare_cached("SELECT room, epoch, seq FROM place WHERE room = ?1")?;
        let places = logs.iter().map(|log| select.query_row([log.room], place).optional());
        places.filter_map(Result::transpose).map(|place| place.map(|place| (place.room, place))).collect()
    }

    /// Takes in what was read, and how far, in one transaction. In between there is no statement that SQLite might have
    /// to take back by itself: each makes FTS5 write down what it has gathered.
    pub(super) fn take(&mut self, batch: &Batch) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut days = BTreeMap::new();
        for message in &batch.messages {
            let kept = kept(&transaction, message)?;
            if let Some(kept) = &kept {
                self.unclean = true;
                take_out(&transaction, message.room, kept)?;
            }
            if let Some(text) = &message.stands {
                let id = put_in(&transaction, message, text, kept.map(|kept| kept.id))?;
                let (first, last) = days.entry(text.at.div_euclid(DAY_MS)).or_insert((id, id));
                (*first, *last) = (id.min(*first), id.max(*last));
            }
        }
        widen(&transaction, &days)?;
        for Place { room, epoch, seq } in &batch.places {
            let mut insert = transaction.prepare_cached("INSERT OR REPLACE INTO place VALUES (?1, ?2, ?3)")?;
            insert.execute(params![room, epoch, seq])?;
        }
        transaction.commit()
    }

    /// Sees to it that nothing is left of what was taken out. Whoever reads at this very moment is in the way.
    pub(super) fn clean(&mut self) -> rusqlite::Result<()> {
        if self.unclean {
            let busy = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            self.unclean = busy;
        }
        Ok(())
    }
}

/// Whether an error says that the file is not what it should be.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

fn is_index(connection: &Connection) -> bool {
    let is = |pragma, value| connection.pragma_query_value(None, pragma, |row| row.get(0)) == Ok::<i64, _>(value);
    is("application_id", APPLICATION_ID) && is("user_version", VERSION)
}

/// In its place, whatever is in it: somebody may be reading the file, which must not be put away under them.
fn make_anew(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_RESET_DATABASE, true)?;
    let emptied = connection.execute_batch("VACUUM");
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_RESET_DATABASE, false)?;
    emptied?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.execute_batch(&format!(
        "BEGIN IMMEDIATE; {} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; COMMIT",
        include_str!("schema.sql")
    ))
}

/// A message as the index has it.
struct Kept {
    id: i64,
    author: i64,
    body: String,
}

fn kept(index: &Connection, message: &Message) -> rusqlite::Result<Option<Kept>> {
    let mut select = index.prepare_cached("SELECT id, author, body FROM post WHERE room = ?1 AND seq = ?2")?;
    let kept = |row: &Row<'_>| Ok(Kept { id: row.get(0)?, author: row.get(1)?, body: row.get(2)? });
    select.query_row([message.room, message.seq], kept).optional()
}

/// Under the id that it had, or as the newest.
fn put_in(index: &Connection, message: &Message, text: &Text, id: Option<i64>) -> rusqlite::Result<i64> {
    let (Message { room, seq, .. }, body) = (message, fold(&text.body));
    let mut post =
        index.prepare_cached("INSERT INTO post (id, room, seq, at, author, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    post.execute(params![id, room, seq, text.at, text.author, body])?;
    let id = index.last_insert_rowid();
    let (room, author) = (words::room(*room), words::author(text.author));
    let mut gram = index.prepare_cached("INSERT INTO gram (rowid, body, room, author) VALUES (?1, ?2, ?3, ?4)")?;
    gram.execute(params![id, body, room, author])?;
    if let Some(pairs) = pairs(&body) {
        let mut pair = index.prepare_cached("INSERT INTO pair (rowid, body, room, author) VALUES (?1, ?2, ?3, ?4)")?;
        pair.execute(params![id, pairs, room, author])?;
    }
    Ok(id)
}

fn take_out(index: &Connection, room: i64, post: &Kept) -> rusqlite::Result<()> {
    let (room, author, pairs) = (words::room(room), words::author(post.author), pairs(&post.body));
    let mut gram =
        index.prepare_cached("INSERT INTO gram (gram, rowid, body, room, author) VALUES ('delete', ?1, ?2, ?3, ?4)")?;
    gram.execute(params![post.id, post.body, room, author])?;
    if let Some(pairs) = pairs {
        let mut pair = index
            .prepare_cached("INSERT INTO pair (pair, rowid, body, room, author) VALUES ('delete', ?1, ?2, ?3, ?4)")?;
        pair.execute(params![post.id, pairs, room, author])?;
    }
    index.prepare_cached("DELETE FROM post WHERE id = ?1")?.execute([post.id]).map(drop)
}

/// Writes down which messages are of which day.
fn widen(index: &Connection, days: &BTreeMap<i64, (i64, i64)>) -> rusqlite::Result<()> {
    let mut upsert = index.prepare_cached(
        "INSERT INTO day VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last)",
    )?;
    days.iter().try_for_each(|(day, (first, last))| upsert.execute([day, first, last]).map(drop))
}

/// As words of a text; most texts have none.
fn pairs(body: &str) -> Option<String> {
    let pairs = words::pairs(body);
    (!pairs.is_empty()).then(|| pairs.into_iter().collect::<Vec<_>>().join(" "))
}

/// The ids between which everything is that was said in a time.
pub(super) fn between(index: &Connection, after: i64, before: i64) -> rusqlite::Result<(i64, i64)> {
    let mut first = index.prepare_cached("SELECT coalesce(min(first), ?2) FROM day WHERE day >= ?1")?;
    let mut last = index.prepare_cached("SELECT coalesce(max(last), 0) FROM day WHERE day <= ?1")?;
    let from = first.query_row([after.div_euclid(DAY_MS), i64::MAX], |row| row.get(0))?;
    Ok((from, last.query_row([(before - 1).div_euclid(DAY_MS)], |row| row.get(0))?))
}
