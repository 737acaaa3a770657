//! The log of acts of power: written by the transaction that does what it tells of.

use rusqlite::{Connection, params};

use super::sql;
use crate::protocol::ids::Millis;

/// Notes an act; nobody did it if it was done at the machine itself.
pub(super) fn note(
    connection: &Connection,
    at: Millis,
    by: Option<i64>,
    act: &str,
    room: Option<i64>,
    who: Option<i64>,
    text: Option<&str>,
) -> rusqlite::Result<()> {
    let mut insert = connection
        .prepare_cached("INSERT INTO audit (at, by, act, room, who, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    insert.execute(params![sql(at), by, act, room, who, text]).map(drop)
}
