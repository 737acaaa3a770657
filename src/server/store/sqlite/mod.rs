//! The store that lasts: SQLite in the folder of data. A commit is on the disk before anybody hears of it.
//!
//! One thread writes (`writer`), all that waits in one transaction; a few connections read beside it (`readers`); one
//! more thread moves what was committed to its place (`checkpoint`), and one keeps what is searched with (`search`).

mod append;
mod audit;
mod backup;
mod checkpoint;
mod connect;
mod folder;
mod known;
mod order;
mod passing;
mod people;
mod read;
mod readers;
mod rooms;
mod same;
mod schema;
mod search;
mod writer;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use rusqlite::Connection;
use serde::Serialize;
use tokio::task::spawn_blocking;

pub use backup::{backup, restore};

use self::folder::Folder;
use self::known::KnownRooms;
use self::passing::{Passing, Speakers};
use self::readers::Readers;
use self::same::Same;
use self::search::Finder;
use self::writer::Writer;
use super::{Appended, Deed, Draft, Excerpt, Found, Logs, Order, People, Refused, Rooms, Search, Store, Stretch};
use crate::protocol::event::{Event, What};
use crate::protocol::ids::{Cid, PersonId, RoomKey, Seq};
use crate::server::error::StoreError;
use crate::server::metrics;

/// Everything in one file, `banter.db`.
pub struct SqliteStore {
    writer: Arc<Writer>,
    readers: Readers,
    /// None beside a server, which has its own.
    finder: Option<Finder>,
    known: Arc<KnownRooms>,
    same: Arc<Same>,
    speakers: Speakers,
    /// Let go of last.
    folder: Mutex<Option<Folder>>,
}

/// Which way a draft goes.
enum Way {
    /// Into the log, which gives it its number.
    Kept,
    /// It changes something in a room that keeps nothing: that is written, and nothing else of it.
    Noted(RoomKey),
    /// It is said in a room that keeps nothing, and not written.
    Passed,
}

/// Drafts that are looked at together: what changes something comes before what is said where nothing is kept.
#[derive(Default)]
struct Together {
    /// Of each, in the order in which they came.
    ways: Vec<Way>,
    /// What is written.
    kept: Vec<Draft>,
    /// What is not.
    passing: Vec<Draft>,
}

impl SqliteStore {
    /// Opens the database of a folder, both made if they are not there.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        let folder = folder.to_owned();
        let opened = spawn_blocking(move || Self::open_in(Folder::take(&folder)?)).await;
        opened.unwrap_or_else(|broken| Err(StoreError(broken.to_string())))
    }

    /// The same, also while a server serves from the folder: for programs that append to no log.
    pub async fn open_beside(folder: &Path) -> Result<Self, StoreError> {
        let folder = folder.to_owned();
        let opened = spawn_blocking(move || Self::open_in(Folder::take(&folder).or_else(|_| Folder::beside(&folder))?));
        opened.await.unwrap_or_else(|broken| Err(StoreError(broken.to_string())))
    }

    fn open_in(folder: Folder) -> Result<Self, StoreError> {
        let path = folder.database();
        let connection = connect::first(&path)?;
        let known = Arc::new(KnownRooms::default());
        known.refresh(read::rooms(&connection).map_err(|error| StoreError(error.to_string()))?);
        let finder = folder.is_taken().then(|| Finder::start(path.clone()));
        let bell = finder.as_ref().map(Finder::bell);
        let same = Arc::new(Same::default());
        let writer = Arc::new(Writer::start(path.clone(), connection, known.clone(), same.clone(), bell));
        let (readers, folder) = (Readers::new(path), Mutex::new(Some(folder)));
        Ok(Self { writer, readers, finder, known, same, speakers: Speakers::default(), folder })
    }

    /// Changes something in the next transaction.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.run(move |_, connection| work(connection)).await
    }

    /// Reads something, all of it as of one moment.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.readers.run(work).await
    }

    /// The same for what is found by its key.
    async fn look_up<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.readers.glance(work).await
    }

    fn way(&self, draft: &Draft) -> Way {
        match &draft.deed {
            _ if self.known.keeps(&draft.room) => Way::Kept,
            Deed::Act(_) | Deed::Texts(_) => Way::Passed,
            Deed::Change(_) | Deed::Redeem(_) | Deed::TakeAway(_) => Way::Noted(draft.room.clone()),
        }
    }

    async fn keep(&self, drafts: Vec<Draft>) -> Result<append::Answers, StoreError> {
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        let answers = self.writer.run(move |logs, _| logs.append(drafts)).await?;
        count_new(&answers);
        Ok(answers)
    }

    /// What changes something first: nothing that somebody says is let through behind their ban.
    async fn append_together(&self, together: Together) -> Result<append::Answers, StoreError> {
        let Together { ways, kept, passing } = together;
        let kept = self.keep(kept).await?;
        let count = passing.len();
        // Of what was kept beside it all have to hear.
        let passed = self.pass_on(passing).await.unwrap_or_else(|error| {
            tracing::error!(%error, "what is not kept cannot be looked at");
            (0..count).map(|_| Err(Refused::Unseen)).collect()
        });
        self.answers(ways, kept, passed)
    }

    /// One for each draft, in the order in which they came, and numbered so: who follows is told nothing that stands behind a
    /// higher number.
    fn answers(
        &self,
        ways: Vec<Way>,
        kept: append::Answers,
        passed: Vec<Result<Passing, Refused>>,
    ) -> Result<append::Answers, StoreError> {
        let (mut kept, mut passed) = (kept.into_iter(), passed.into_iter());
        let lost = || StoreError("an answer is missing".to_owned());
        let answer = |way| {
            Ok(match way {
                Way::Kept => kept.next().ok_or_else(lost)?,
                Way::Passed => passed.next().ok_or_else(lost)?.and_then(|passing| self.pass(passing)),
                Way::Noted(room) => match kept.next().ok_or_else(lost)? {
                    Ok(Appended::New(event)) => self.number(Arc::unwrap_or_clone(event), &room),
                    other => other,
                },
            })
        };
        ways.into_iter().map(answer).collect()
    }

    /// The event under the next number of a room that keeps nothing.
    fn number(&self, event: Event, room: &RoomKey) -> Result<Appended, Refused> {
        let seq = self.known.next(room, 1).ok_or(Refused::NoRoom)?;
        Ok(Appended::New(Arc::new(Event { seq, ..event })))
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn logs(&self) -> &dyn Logs {
        self
    }

    fn rooms(&self) -> &dyn Rooms {
        self
    }

    fn people(&self) -> &dyn People {
        self
    }

    fn order(&self) -> &dyn Order {
        self
    }

    async fn check(&self) -> Result<(), StoreError> {
        if self.writer.failure().is_none() {
            return Ok(());
        }
        self.write(|connection| connection.execute("UPDATE probe SET count = count + 1", []).map(drop)).await
    }

    async fn close(&self) {
        if let Some(finder) = &self.finder {
            finder.close().await;
        }
        self.readers.close().await;
        let writer = self.writer.clone();
        // It waits for the last commit.
        if let Err(broken) = spawn_blocking(move || writer.close()).await {
            tracing::error!(%broken, "the store was not closed well");
        }
        drop(self.folder.lock().take());
    }
}

#[async_trait]
impl Logs for SqliteStore {
    async fn events(&self, key: &RoomKey, stretch: Stretch, limit: usize) -> Result<Option<Excerpt>, StoreError> {
        if let Some(nothing) = self.known.excerpt_of_nothing(key) {
            return Ok(Some(nothing));
        }
        let asked = (key.clone(), stretch, limit);
        if let Some(same) = self.same.find(&asked) {
            return Ok(Some(same));
        }
        let (key, writes) = (key.clone(), self.same.writes());
        let found = self.read(move |connection| read::excerpt(connection, &key, stretch, limit)).await?;
        if let Some(excerpt) = &found {
            self.same.keep(writes, asked, excerpt.clone());
        }
        Ok(found)
    }

    async fn append(&self, drafts: Vec<Draft>) -> Result<Vec<Result<Appended, Refused>>, StoreError> {
        let (mut answers, mut together) = (Vec::with_capacity(drafts.len()), Together::default());
        for draft in drafts {
            let way = self.way(&draft);
            // What is said before something changes is looked at before that.
            if matches!(way, Way::Noted(_)) && !together.passing.is_empty() {
                answers.extend(self.append_together(std::mem::take(&mut together)).await?);
            }
            match way {
                Way::Passed => together.passing.push(draft),
                Way::Kept | Way::Noted(_) => together.kept.push(draft),
            }
            together.ways.push(way);
        }
        answers.extend(self.append_together(together).await?);
        Ok(answers)
    }

    async fn seq_of(&self, key: &RoomKey, author: &PersonId, cid: &Cid) -> Result<Option<Seq>, StoreError> {
        let (key, author, cid) = (key.clone(), author.clone(), cid.clone());
        self.read(move |connection| read::seq_of(connection, &key, &author, &cid)).await
    }

    async fn search(&self, search: Search) -> Result<Found, StoreError> {
        match &self.finder {
            Some(finder) => finder.find(search, &self.readers).await,
            None => Ok(Found::default()),
        }
    }
}

/// As text in the database.
fn count_new(answers: &[Result<Appended, Refused>]) {
    let new = answers.iter().filter_map(|answer| match answer {
        Ok(Appended::New(event)) => Some(event),
        _ => None,
    });
    let (mut events, mut posts) = (0, 0);
    for event in new {
        events += 1;
        posts += u64::from(matches!(event.what, What::Posted(_)));
    }
    metrics::COMMITTED_EVENTS.add(events);
    metrics::POSTS.add(posts);
}

fn json<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
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
    async fn order_is_kept() {
        contract::keeping_order(&fresh().await.1).await;
    }

    #[tokio::test]
    async fn nobody_has_more_than_anybody_may_have() {
        contract::full::everything_ends_somewhere(&fresh().await.1).await;
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
    async fn what_was_kept_before_a_room_kept_nothing_stays_as_it_is() {
        contract::what_was_kept_before(&fresh().await.1).await;
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
        let epoch = |store: &SqliteStore| store.known.record(&RoomKey::lobby()).expect("is there").epoch.clone();
        drop(store);
        let store = SqliteStore::open(folder.path()).await.expect("opens again");
        contract::begins_anew(&store).await;
        assert_eq!(epoch(&store).as_str(), "epoch-2");
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
