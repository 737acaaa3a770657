//! The store that lasts: SQLite in the folder of data. A commit is on the disk before anybody hears of it.
//!
//! One thread writes (`writer`), all that waits in one transaction; a few connections read beside it (`readers`); one
//! more thread moves what was committed to its place (`checkpoint`), and one keeps what is searched with (`search`).

mod append;
mod backup;
mod checkpoint;
mod connect;
mod folder;
mod read;
mod readers;
mod schema;
mod search;
mod writer;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::{Mutex, RwLock};
use rusqlite::{OptionalExtension, params};
use tokio::task::spawn_blocking;

pub use backup::{backup, restore};

use self::folder::Folder;
use self::read::KeptRoom;
use self::readers::Readers;
use self::search::Finder;
use self::writer::Writer;
use super::{Appended, Draft, Excerpt, Found, NewRoom, Refused, RoomRecord, Search, Store, Stretch, TokenHash};
use crate::protocol::api::{Me, PersonKind};
use crate::protocol::event::{Act, Event, Person};
use crate::protocol::ids::{Cid, PersonId, RoomKey, Seq};
use crate::protocol::wire::RoomKind;
use crate::server::error::StoreError;
use crate::server::metrics;

/// Everything in one file, `banter.db`.
pub struct SqliteStore {
    writer: Arc<Writer>,
    readers: Readers,
    finder: Finder,
    rooms: Arc<Rooms>,
    /// Let go of last.
    folder: Mutex<Option<Folder>>,
}

/// The rooms as of the last commit, at hand without asking the disk.
#[derive(Default)]
struct Rooms(RwLock<HashMap<RoomKey, KeptRoom>>);

impl SqliteStore {
    /// Opens the database of a folder, both made if they are not there.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        let folder = folder.to_owned();
        let opened = spawn_blocking(move || Self::open_now(&folder)).await;
        opened.unwrap_or_else(|broken| Err(StoreError(broken.to_string())))
    }

    fn open_now(folder: &Path) -> Result<Self, StoreError> {
        let folder = Folder::take(folder)?;
        let path = folder.database();
        let connection = connect::first(&path)?;
        let rooms = Arc::new(Rooms::default());
        rooms.refresh(read::rooms(&connection).map_err(|error| StoreError(error.to_string()))?);
        let finder = Finder::start(path.clone());
        let writer = Arc::new(Writer::start(path.clone(), connection, rooms.clone(), finder.bell()));
        Ok(Self { writer, readers: Readers::new(path), finder, rooms, folder: Mutex::new(Some(folder)) })
    }

    /// Drafts for rooms that keep nothing are answered without the disk, but for what their authors are called.
    async fn pass_on(&self, drafts: Vec<Draft>) -> Result<Vec<Result<Appended, Refused>>, StoreError> {
        let mut names: HashMap<PersonId, Option<Person>> = HashMap::new();
        for draft in &drafts {
            if !names.contains_key(&draft.author) {
                let me = self.person(&draft.author).await?;
                names.insert(draft.author.clone(), me.as_ref().map(Person::from));
            }
        }
        let author = |draft: &Draft| names.get(&draft.author).cloned().flatten().ok_or(Refused::NoAuthor);
        Ok(drafts.into_iter().map(|draft| author(&draft).and_then(|by| self.rooms.pass_on(draft, by))).collect())
    }

    async fn keep(&self, drafts: Vec<Draft>) -> Result<Vec<Result<Appended, Refused>>, StoreError> {
        let answers = self.writer.run(move |logs, _| logs.append(drafts)).await?;
        let new = answers.iter().filter(|answer| matches!(answer, Ok(Appended::New(_))));
        metrics::COMMITTED_EVENTS.add(new.count() as u64);
        Ok(answers)
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn open_room(&self, room: NewRoom) -> Result<RoomRecord, StoreError> {
        let key = room.key.clone();
        let opened = self.writer.run(move |_, connection| {
            open_room(connection, &room)?;
            read::rooms(connection)
        });
        self.rooms.refresh(opened.await?);
        self.rooms.record(&key).ok_or_else(|| StoreError("a room is not there after it was opened".to_owned()))
    }

    async fn rooms(&self) -> Result<Vec<RoomRecord>, StoreError> {
        Ok(self.rooms.0.read().values().map(|room| room.record.clone()).collect())
    }

    async fn room(&self, key: &RoomKey) -> Result<Option<RoomRecord>, StoreError> {
        Ok(self.rooms.record(key))
    }

    async fn events(&self, key: &RoomKey, stretch: Stretch, limit: usize) -> Result<Option<Excerpt>, StoreError> {
        if let Some(nothing) = self.rooms.excerpt_of_nothing(key) {
            return Ok(Some(nothing));
        }
        let key = key.clone();
        self.readers.run(move |connection| read::excerpt(connection, &key, stretch, limit)).await
    }

    async fn append(&self, drafts: Vec<Draft>) -> Result<Vec<Result<Appended, Refused>>, StoreError> {
        let passes = |draft: &Draft| !self.rooms.keeps(&draft.room);
        if !drafts.iter().any(passes) {
            return self.keep(drafts).await;
        }
        let order: Vec<bool> = drafts.iter().map(passes).collect();
        let (passing, kept): (Vec<Draft>, Vec<Draft>) = drafts.into_iter().partition(passes);
        let mut kept = if kept.is_empty() { Vec::new() } else { self.keep(kept).await? }.into_iter();
        let mut passed = self.pass_on(passing).await?.into_iter();
        let lost = || StoreError("an answer is missing".to_owned());
        let answer = |passes| if passes { passed.next() } else { kept.next() }.ok_or_else(lost);
        order.into_iter().map(answer).collect()
    }

    async fn seq_of(&self, key: &RoomKey, author: &PersonId, cid: &Cid) -> Result<Option<Seq>, StoreError> {
        let (key, author, cid) = (key.clone(), author.clone(), cid.clone());
        self.readers.run(move |connection| read::seq_of(connection, &key, &author, &cid)).await
    }

    async fn search(&self, search: Search) -> Result<Found, StoreError> {
        self.finder.find(search, &self.readers).await
    }

    async fn add_person(&self, person: &Me, likeness: &str) -> Result<bool, StoreError> {
        let (person, likeness) = (person.clone(), likeness.to_owned());
        let add = "INSERT INTO person (public_id, name, likeness, kind) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (likeness) DO NOTHING";
        self.writer
            .run(move |_, connection| {
                let values = params![person.id.as_str(), person.name, likeness, person_kind(person.kind)];
                Ok(connection.prepare_cached(add)?.execute(values)? > 0)
            })
            .await
    }

    async fn rename(&self, person: &PersonId, name: &str, likeness: &str) -> Result<Option<Me>, StoreError> {
        let (id, name, likeness) = (person.clone(), name.to_owned(), likeness.to_owned());
        let rename = "UPDATE person SET name = ?2, likeness = ?3 WHERE public_id = ?1
                      AND NOT EXISTS (SELECT 1 FROM person WHERE likeness = ?3 AND public_id <> ?1)";
        self.writer
            .run(move |_, connection| {
                let renamed = connection.prepare_cached(rename)?.execute(params![id.as_str(), name, likeness])? > 0;
                if renamed { read::person(connection, &id) } else { Ok(None) }
            })
            .await
    }

    async fn person(&self, id: &PersonId) -> Result<Option<Me>, StoreError> {
        let id = id.clone();
        self.readers.run(move |connection| read::person(connection, &id)).await
    }

    async fn add_session(&self, token: TokenHash, person: &PersonId) -> Result<(), StoreError> {
        let id = person.clone();
        let add = "INSERT INTO session (token_hash, person) SELECT ?1, id FROM person WHERE public_id = ?2";
        self.writer
            .run(move |_, connection| connection.prepare_cached(add)?.execute(params![token, id.as_str()]).map(drop))
            .await
    }

    async fn person_of(&self, token: &TokenHash) -> Result<Option<Me>, StoreError> {
        let token = *token;
        self.readers.run(move |connection| read::person_of(connection, &token)).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        if self.writer.failure().is_none() {
            return Ok(());
        }
        self.writer.run(|_, connection| connection.execute("UPDATE probe SET count = count + 1", []).map(drop)).await
    }

    async fn close(&self) {
        self.finder.close().await;
        self.readers.close().await;
        let writer = self.writer.clone();
        // It waits for the last commit.
        if let Err(broken) = spawn_blocking(move || writer.close()).await {
            tracing::error!(%broken, "the store was not closed well");
        }
        drop(self.folder.lock().take());
    }
}

/// A room that keeps nothing is another one after each start: nothing is left of the numbers that it gave.
fn open_room(connection: &rusqlite::Connection, room: &NewRoom) -> rusqlite::Result<()> {
    let kept = connection.query_row("SELECT history FROM room WHERE key = ?1", [room.key.as_str()], |row| row.get(0));
    let (key, epoch) = (room.key.as_str(), room.epoch.as_str());
    match kept.optional()? {
        None => connection.execute(
            "INSERT INTO room (key, title, kind, epoch, head, history) VALUES (?1, ?2, ?3, ?4, 0, ?5)",
            params![key, room.title, room_kind(room.kind), epoch, room.history],
        ),
        Some(true) if room.history => Ok(0),
        Some(_) => connection
            .execute("UPDATE room SET epoch = ?2, history = ?3 WHERE key = ?1", params![key, epoch, room.history]),
    }
    .map(drop)
}

impl Rooms {
    fn record(&self, key: &RoomKey) -> Option<RoomRecord> {
        self.0.read().get(key).map(|room| room.record.clone())
    }

    /// A room that is not there keeps nothing and loses nothing: the log says so.
    fn keeps(&self, key: &RoomKey) -> bool {
        self.0.read().get(key).is_none_or(|room| room.history)
    }

    /// What the database said. In the same life a room may have come further meanwhile; one that keeps nothing has come so
    /// far nowhere but here.
    fn refresh(&self, rooms: Vec<KeptRoom>) {
        let mut known = self.0.write();
        for mut room in rooms {
            if let Some(before) = known.get(&room.record.key).filter(|before| before.record.epoch == room.record.epoch)
            {
                room.record.head = room.record.head.max(before.record.head);
            }
            known.insert(room.record.key.clone(), room);
        }
    }

    fn have_grown(&self, heads: Vec<(RoomKey, Seq)>) {
        let mut rooms = self.0.write();
        for (key, head) in heads {
            if let Some(room) = rooms.get_mut(&key) {
                room.record.head = head;
            }
        }
    }

    /// Numbers a draft of a room that keeps nothing.
    fn pass_on(&self, draft: Draft, by: Person) -> Result<Appended, Refused> {
        match draft.act {
            Act::Post { reply_to: None, .. } => {}
            Act::Post { .. } => return Err(Refused::NoReplyTarget),
            _ => return Err(Refused::NoMessage),
        }
        let mut rooms = self.0.write();
        let room = rooms.get_mut(&draft.room).ok_or(Refused::NoRoom)?;
        room.record.head += 1;
        let (seq, at, cid) = (room.record.head, draft.at, Some(draft.cid));
        Ok(Appended::New(Arc::new(Event { seq, at, by, cid, what: draft.act.into() })))
    }

    fn excerpt_of_nothing(&self, key: &RoomKey) -> Option<Excerpt> {
        let rooms = self.0.read();
        let record = &rooms.get(key).filter(|room| !room.history)?.record;
        Some(Excerpt { epoch: record.epoch.clone(), head: record.head, events: Vec::new(), more: false })
    }
}

fn room_kind(kind: RoomKind) -> &'static str {
    match kind {
        RoomKind::Open => "open",
    }
}

fn person_kind(kind: PersonKind) -> &'static str {
    match kind {
        PersonKind::Guest => "guest",
    }
}

/// SQLite's numbers have a sign. No room comes so far, but somebody may ask for what is there.
fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Nothing below 0 is ever written.
fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::contract;

    async fn fresh() -> (tempfile::TempDir, SqliteStore) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(folder.path()).await.expect("opens");
        (folder, store)
    }

    #[tokio::test]
    async fn sqlite_tells_the_story() {
        contract::tell(&fresh().await.1).await;
    }

    #[tokio::test]
    async fn sqlite_finds_what_was_said() {
        contract::what_is_found(&fresh().await.1).await;
    }

    #[tokio::test]
    async fn a_room_without_history_counts_and_keeps_nothing() {
        let (_folder, store) = fresh().await;
        contract::without_history(&store).await;
        let events = store
            .readers
            .run(|connection| connection.query_row("SELECT count(*) FROM event", [], |row| row.get::<_, i64>(0)));
        assert_eq!(events.await.expect("reads"), 0);
    }

    #[tokio::test]
    async fn what_was_told_is_there_after_a_new_start() {
        let (folder, store) = fresh().await;
        contract::tell(&store).await;
        let before = contract::everything(&store).await;
        store.close().await;
        drop(store);
        let store = SqliteStore::open(folder.path()).await.expect("opens again");
        assert_eq!(contract::everything(&store).await, before);
    }

    #[tokio::test]
    async fn a_folder_has_one_server() {
        let (folder, store) = fresh().await;
        let second = SqliteStore::open(folder.path()).await.err().expect("is refused");
        assert!(second.0.contains("another Banter"), "{second}");
        drop(store);
        assert!(SqliteStore::open(folder.path()).await.is_ok());
    }

    #[tokio::test]
    async fn a_room_that_keeps_nothing_begins_another_life_with_each_start() {
        let (folder, store) = fresh().await;
        contract::without_history(&store).await;
        let epoch = |store: &SqliteStore| store.rooms.record(&RoomKey::lobby()).expect("is there").epoch;
        let before = epoch(&store);
        drop(store);
        let store = SqliteStore::open(folder.path()).await.expect("opens again");
        contract::open_lobby_in(&store, false, "epoch-2").await;
        assert_ne!(epoch(&store), before);
        contract::open_lobby_in(&store, true, "epoch-3").await;
        assert_eq!(epoch(&store).as_str(), "epoch-3");
        contract::open_lobby_in(&store, true, "epoch-4").await;
        assert_eq!(epoch(&store).as_str(), "epoch-3", "one that keeps everything lives on");
    }

    /// Whoever holds the database keeps everybody waiting, and nobody is told that something happened that did not.
    #[tokio::test]
    async fn while_another_program_holds_the_database_nothing_is_promised() {
        let (folder, store) = fresh().await;
        contract::tell(&store).await;
        let other = connect::open(&folder::database(folder.path()), rusqlite::OpenFlags::empty()).expect("opens");
        other.execute_batch("BEGIN EXCLUSIVE").expect("takes it");
        let before = contract::everything(&store).await;
        assert!(contract::say(&store, 77).await.is_err());
        assert!(store.check().await.is_err());
        assert_eq!(contract::everything(&store).await, before, "one can read all the while");
        other.execute_batch("ROLLBACK").expect("lets go");
        assert!(store.check().await.is_ok());
        assert!(contract::say(&store, 77).await.is_ok());
    }
}
