//! The shape of the database, and the way from every earlier one to it.

use rusqlite::{Connection, TransactionBehavior};

use crate::server::plant::{self, Bug};

/// `PRAGMA application_id` of a Banter database: "Bntr".
pub(super) const APPLICATION_ID: i32 = 0x426e_7472;

/// Each brings the shape before it to its own. One that was released is never changed.
const MIGRATIONS: [&str; 2] = [
    include_str!("migrations/0001_rooms_people_events.sql"),
    include_str!("migrations/0002_accounts_members_order.sql"),
];

/// The shape that this program works with.
pub(super) const VERSION: usize = MIGRATIONS.len();

/// Why a file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum SchemaError {
    #[error("it is not a Banter database")]
    Foreign,
    #[error("a newer Banter wrote it (shape {0}, this one knows {VERSION}): start that one")]
    TooNew(usize),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// Brings a database, or an empty file, to the present shape. Each step is one transaction together with its number: whoever
/// is killed midway finds the shape before it or the one after it.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), SchemaError> {
    loop {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version = check(&transaction)?;
        let Some(migration) = MIGRATIONS.get(version) else { return Ok(()) };
        transaction.execute_batch(&planted(migration))?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", version as i64 + 1)?;
        transaction.commit()?;
    }
}

/// The number of a database's shape; 0 is an empty file.
pub(super) fn check(connection: &Connection) -> Result<usize, SchemaError> {
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let (id, version) = (number("application_id")?, number("user_version")?);
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (id == i64::from(APPLICATION_ID), version) {
        (false, 0) if tables == 0 => Ok(0),
        (true, 1..=VERSION) => Ok(version),
        (true, newer) if newer > VERSION => Err(SchemaError::TooNew(newer)),
        _ => Err(SchemaError::Foreign),
    }
}

fn planted(migration: &str) -> String {
    if plant::is(Bug::NoDedupe) {
        return migration.replace("CREATE UNIQUE INDEX event_by_cid", "CREATE INDEX event_by_cid");
    }
    migration.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_gets_the_present_shape_once() {
        let mut connection = Connection::open_in_memory().expect("opens");
        assert_eq!(check(&connection).expect("reads"), 0);
        migrate(&mut connection).expect("migrates");
        assert_eq!(check(&connection).expect("reads"), VERSION);
        migrate(&mut connection).expect("has nothing to do");
    }

    #[test]
    fn what_is_not_ours_or_too_new_is_left_alone() {
        let mut foreign = Connection::open_in_memory().expect("opens");
        foreign.execute_batch("CREATE TABLE recipe (name TEXT)").expect("creates");
        assert!(matches!(migrate(&mut foreign), Err(SchemaError::Foreign)));
        let mut newer = Connection::open_in_memory().expect("opens");
        migrate(&mut newer).expect("migrates");
        newer.pragma_update(None, "user_version", VERSION as i64 + 1).expect("writes");
        assert!(matches!(migrate(&mut newer), Err(SchemaError::TooNew(_))));
    }
}
