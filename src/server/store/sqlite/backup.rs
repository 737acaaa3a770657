//! A copy of everything, taken while people talk, and the way back to it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::folder::{self, Folder};
use super::{checkpoint, connect, schema};
use crate::server::error::StoreError;

/// Copies the database of a folder to a new file: as of one moment, whole, and on the disk when this returns. A server may
/// serve from the folder meanwhile.
pub fn backup(data: &Path, to: &Path) -> Result<(), StoreError> {
    let told = |error: &dyn std::fmt::Display| StoreError(format!("{}: {error}", to.display()));
    if to.exists() {
        return Err(told(&"the file is there already"));
    }
    let from = folder::database(data);
    if !from.exists() {
        return Err(StoreError(format!("{}: there is no database here", data.display())));
    }
    let unfinished = beside(to, "unfinished");
    let _ = fs::remove_file(&unfinished);
    copy(&from, &unfinished).map_err(|error| told(&error))?;
    check(&unfinished).map_err(|error| told(&error))?;
    put_in_place(&unfinished, to).map_err(|error| told(&error))
}

/// Makes a copy the database of a folder; answers with where the one before it is kept. Every room begins another life:
/// whoever has seen what came after the copy was taken has to be told that it is not so any more.
///
/// `renew` makes up a room's new life.
pub fn restore(data: &Path, from: &Path, renew: impl Fn() -> String) -> Result<Option<PathBuf>, StoreError> {
    let told = |error: &dyn std::fmt::Display| StoreError(format!("{}: {error}", from.display()));
    // No server gets in between.
    let folder = Folder::take(data)?;
    let database = folder.database();
    check(from).map_err(|error| told(&error))?;
    let unfinished = beside(&database, "unfinished");
    let _ = fs::remove_file(&unfinished);
    fs::copy(from, &unfinished).map_err(|error| told(&error))?;
    begin_another_life(&unfinished, renew).map_err(|error| told(&error))?;
    let kept = set_aside(&database)?;
    put_in_place(&unfinished, &database).map_err(|error| told(&error))?;
    Ok(kept)
}

fn copy(from: &Path, to: &Path) -> rusqlite::Result<()> {
    let connection = connect::open(from, OpenFlags::empty())?;
    connection.execute("VACUUM INTO ?1", [to.to_string_lossy()]).map(drop)
}

/// Whether a file is a Banter database of which nothing is damaged.
fn check(file: &Path) -> Result<(), String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(|error| error.to_string())?;
    match schema::check(&connection) {
        Ok(0) => return Err("it is empty".to_owned()),
        Ok(_) => {}
        Err(error) => return Err(error.to_string()),
    }
    let verdict = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
    match verdict.map_err(|error| error.to_string())?.as_str() {
        "ok" => Ok(()),
        damage => Err(format!("it is damaged: {damage}")),
    }
}

fn begin_another_life(file: &Path, renew: impl Fn() -> String) -> Result<(), String> {
    let mut connection = connect::open(file, OpenFlags::empty()).map_err(|error| error.to_string())?;
    schema::migrate(&mut connection).map_err(|error| error.to_string())?;
    let renewed = || {
        let rooms: Vec<i64> =
            connection.prepare("SELECT id FROM room")?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for room in rooms {
            connection.execute("UPDATE room SET epoch = ?2 WHERE id = ?1", rusqlite::params![room, renew()])?;
        }
        Ok::<_, rusqlite::Error>(())
    };
    renewed().map_err(|error| error.to_string())
}

/// Keeps a database under another name. It stays where it is as well until another takes its place: at no moment is there
/// none.
fn set_aside(database: &Path) -> Result<Option<PathBuf>, StoreError> {
    let told = |error: &dyn std::fmt::Display| StoreError(format!("{}: {error}", database.display()));
    if !database.exists() {
        return Ok(None);
    }
    let connection = connect::open(database, OpenFlags::empty()).map_err(|error| told(&error))?;
    checkpoint::checkpoint(&connection, "TRUNCATE").map_err(|error| told(&error))?;
    drop(connection);
    let free = (1..).map(|number| beside(database, &format!("before-restore-{number}"))).find(|name| !name.exists());
    let Some(kept) = free else { return Ok(None) };
    fs::hard_link(database, &kept).or_else(|_| fs::copy(database, &kept).map(drop)).map_err(|error| told(&error))?;
    // A log of the old one beside the new one would be taken for its own.
    for ending in ["wal", "shm"] {
        let _ = fs::remove_file(database.with_extension(format!("db-{ending}")));
    }
    Ok(Some(kept))
}

fn put_in_place(from: &Path, to: &Path) -> std::io::Result<()> {
    File::open(from)?.sync_all()?;
    fs::rename(from, to)?;
    match to.parent() {
        Some(parent) if parent != Path::new("") => folder::sync(parent),
        _ => folder::sync(Path::new(".")),
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}
