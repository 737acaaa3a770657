//! Connections to the database, each with what it is for.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::schema;
use crate::server::error::StoreError;
use crate::server::plant::{self, Bug};

/// How long another program may hold the database before this one says that it does not know.
const BUSY: Duration = Duration::from_secs(2);
/// Memory for pages of the writer: the index of all cids is written all over. In KiB, negative as SQLite wants it.
const WRITER_CACHE: i64 = -16 * 1024;
/// Memory for pages of a reader.
const READER_CACHE: i64 = -2 * 1024;
/// What a write-ahead log that was longer is cut to when it begins anew, in bytes.
const JOURNAL_BYTES: i64 = 16 << 20;

/// Opens the database, made if it is not there and brought to the present shape.
pub(super) fn first(path: &Path) -> Result<Connection, StoreError> {
    let told = |error: &dyn std::fmt::Display| StoreError(format!("{}: {error}", path.display()));
    let mut connection = open(path, OpenFlags::SQLITE_OPEN_CREATE).map_err(|error| told(&error))?;
    // Before anything is written to a file that may be somebody else's.
    schema::check(&connection).map_err(|error| told(&error))?;
    prepare(&connection).map_err(|error| told(&error))?;
    schema::migrate(&mut connection).map_err(|error| told(&error))?;
    Ok(connection)
}

/// The connection that writes.
pub(super) fn writer(path: &Path) -> rusqlite::Result<Connection> {
    let connection = open(path, OpenFlags::empty())?;
    prepare(&connection)?;
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = open(path, OpenFlags::empty())?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", READER_CACHE)?;
    Ok(connection)
}

/// A connection with nothing set but its patience.
pub(super) fn open(path: &Path, more: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    // A plan for each statement, whatever is bound to it (the query planner stability guarantee). Otherwise one with a bound
    // LIMIT is compiled anew each time that is another: a third of what it costs to take back a crowd.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(160);
    Ok(connection)
}

/// What makes a commit lasting: it returns once the log of this very transaction is on the disk.
fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "wal")?;
    let synchronous = if plant::is(Bug::SynchronousOff) { "off" } else { "full" };
    connection.pragma_update(None, "synchronous", synchronous)?;
    // Another thread does it, off the way of those who wait for a commit.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", JOURNAL_BYTES)?;
    connection.pragma_update(None, "cache_size", WRITER_CACHE)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What was deleted is overwritten.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    #[test]
    fn a_statement_is_compiled_once_whatever_is_bound_to_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let connection = first(&folder.path().join("banter.db")).expect("a database");
        let mut select = connection.prepare("SELECT seq FROM event WHERE room = ?1 LIMIT ?2").expect("compiles");
        for (room, limit) in [(1, 50), (2, 200), (3, 1)] {
            let found: Vec<i64> =
                select.query_map([room, limit], |row| row.get(0)).and_then(Iterator::collect).expect("answers");
            assert!(found.is_empty());
        }
        assert_eq!(select.get_status(StatementStatus::RePrepare), 0);
    }
}
