//! How many posts a second SQLite can put on a disk by itself: a loop that inserts the rows that a Banter server would, in the
//! same tables, with the same settings, so many in a commit, and checkpoints beside it as the server does. It checks nothing,
//! answers nobody and reads nothing from a network.
//!
//! `sqlite-loop FOLDER BATCH AUTHORS BYTES SECONDS` adds to the database in the folder and prints the rows a second.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

const SCHEMA: &str = include_str!("../../src/server/store/sqlite/migrations/0001_rooms_people_events.sql");

/// As in the server: commits between two looks at the write-ahead log, the length from which on it is copied beside the
/// commits, and the one from which on they wait for that, so that it can begin anew.
const COMMITS: u32 = 64;
const LONG: u64 = 4 << 20;
const TOO_LONG: u64 = 64 << 20;

struct Load {
    batch: i64,
    authors: i64,
    body: String,
    time: Duration,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, batch, authors, bytes, seconds] = arguments.as_slice() else {
        return Err("sqlite-loop FOLDER BATCH AUTHORS BYTES SECONDS".into());
    };
    let load = Load {
        batch: batch.parse()?,
        authors: authors.parse()?,
        body: "x".repeat(bytes.parse()?),
        time: Duration::from_secs(seconds.parse()?),
    };
    let path = Path::new(folder).join("loop.db");
    let mut connection = open(&path)?;
    if connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))? == 0 {
        connection.execute_batch(SCHEMA)?;
        connection.execute("INSERT INTO room VALUES (1, 'lobby', 'Lobby', 'open', 'epoch', 0, 1)", [])?;
    }
    let rate = insert(&mut connection, &load, &mut Checkpoints::start(&path))?;
    println!("{rate:.0}");
    Ok(())
}

/// Inserts as long as it is to; answers with the rows a second.
fn insert(connection: &mut Connection, load: &Load, checkpoints: &mut Checkpoints) -> rusqlite::Result<f64> {
    let first = add_authors(connection, load.authors)?;
    let mut seq = head(connection)?;
    let (begin, before) = (Instant::now(), seq);
    while begin.elapsed() < load.time {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for _ in 0..load.batch {
            seq += 1;
            insert_one(&transaction, seq, first + seq % load.authors, &load.body)?;
        }
        transaction.prepare_cached("UPDATE room SET head = ?1 WHERE id = 1")?.execute([seq])?;
        transaction.commit()?;
        checkpoints.after_commit(connection)?;
    }
    Ok((seq - before) as f64 / begin.elapsed().as_secs_f64())
}

fn insert_one(transaction: &Transaction<'_>, seq: i64, author: i64, body: &str) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO event (room, seq, at, author, name, cid, kind, body, reply_to, of, emoji, is_on)
         VALUES (1, ?1, ?2, ?3, 'Quiet Otter', ?4, 'posted', ?5, NULL, NULL, NULL, NULL) ON CONFLICT DO NOTHING",
    )?;
    let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as i64;
    insert.execute(params![seq, at, author, cid(seq), body]).map(drop)
}

/// 22 characters that are new, and spread over the index as random ones are.
fn cid(seq: i64) -> String {
    // Odd, so that no two numbers become one.
    format!("{:016x}{:06}", (seq as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15), seq % 1_000_000)
}

/// As the server's writer has it.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", 16 << 20)?;
    connection.pragma_update(None, "cache_size", -16 * 1024)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.busy_timeout(Duration::from_secs(2))?;
    Ok(connection)
}

/// Adds so many people; answers with the first one's number.
fn add_authors(connection: &Connection, count: i64) -> rusqlite::Result<i64> {
    let first: i64 = connection.query_row("SELECT coalesce(max(id), 0) + 1 FROM person", [], |row| row.get(0))?;
    for id in first..first + count {
        let unique = id.to_string();
        connection.execute("INSERT INTO person VALUES (?1, ?2, 'Quiet Otter', ?2, 'guest')", params![id, unique])?;
    }
    Ok(first)
}

fn head(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT head FROM room WHERE id = 1", [], |row| row.get(0))
}

/// Copies the log to the database.
struct Checkpoints {
    log: PathBuf,
    wake: SyncSender<()>,
    commits: u32,
}

impl Checkpoints {
    /// With a thread that does it beside the commits.
    fn start(path: &Path) -> Self {
        let (wake, calls) = sync_channel(1);
        let database = path.to_owned();
        thread::spawn(move || match open(&database) {
            Ok(connection) => calls.iter().try_for_each(|()| checkpoint(&connection)),
            Err(error) => Err(error),
        });
        Self { log: path.with_extension("db-wal"), wake, commits: 0 }
    }

    fn after_commit(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.commits += 1;
        if !self.commits.is_multiple_of(COMMITS) {
            return Ok(());
        }
        match std::fs::metadata(&self.log).map_or(0, |log| log.len()) {
            ..LONG => {}
            LONG..TOO_LONG => {
                // One that is under way is enough.
                let _ = self.wake.try_send(());
            }
            TOO_LONG.. => checkpoint(connection)?,
        }
        Ok(())
    }
}

fn checkpoint(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}
