//! Searching: an index beside the logs (`index`), which a thread of its own keeps by reading on in them (`follow`,
//! `log`), and what is found with it (`find`).
//!
//! The index is a file of its own, so that nothing that happens to it keeps those waiting who write, and it is derived
//! from the logs alone: one that is missing, damaged, or of other logs is made anew. It may lag behind. So it only ever
//! names candidates, and the log says which of them stand.

mod bell;
mod find;
mod follow;
mod index;
mod log;
#[cfg(test)]
mod tests;
mod words;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::task::spawn_blocking;

pub(super) use self::bell::Bell;
use self::find::{Look, Wanted};
use super::readers::Readers;
use super::sql;
use crate::server::error::StoreError;
use crate::server::store::{Found, Hit, Search};

/// How long one who searches waits for what was committed before to be in the index.
const PATIENCE: Duration = Duration::from_millis(500);
/// Most messages that one search looks at, where the index cannot name those that hold a term: one of less than three
/// characters, or of two that are of no script with such words.
const LOOKS: usize = 50_000;

/// The index, and the thread that keeps it.
pub(super) struct Finder {
    bell: Arc<Bell>,
    readers: Readers,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Finder {
    /// Starts the thread.
    pub(super) fn start(database: PathBuf) -> Self {
        let (bell, path) = (Arc::new(Bell::new()), file(&database));
        let (heard, index) = (bell.clone(), path.clone());
        let thread =
            thread::Builder::new().name("search".to_owned()).spawn(move || follow::follow(&database, &index, &heard));
        if let Err(error) = &thread {
            tracing::error!(%error, "searches could not be started");
        }
        Self { bell, readers: Readers::new(path), thread: Mutex::new(thread.ok()) }
    }

    /// What is rung when logs have grown.
    pub(super) fn bell(&self) -> Arc<Bell> {
        self.bell.clone()
    }

    /// What stands in the log and holds what is searched for, the newest first.
    pub(super) async fn find(&self, search: Search, log: &Readers) -> Result<Found, StoreError> {
        let behind = !self.bell.all_heard(PATIENCE).await;
        let nothing = Found { hits: Vec::new(), more: None, behind };
        let (limit, below) = (search.limit, search.older_than.map_or(i64::MAX, sql));
        if limit == 0 || !self.bell.is_heard() {
            return Ok(nothing);
        }
        match log.run(move |log| Wanted::new(log, &search)).await? {
            Some(wanted) => Ok(Found { behind, ..self.find_wanted(wanted.into(), below, limit, log).await? }),
            None => Ok(nothing),
        }
    }

    /// One more than are asked for shows whether there are more.
    async fn find_wanted(
        &self,
        wanted: Arc<Wanted>,
        mut below: i64,
        limit: usize,
        log: &Readers,
    ) -> Result<Found, StoreError> {
        let (mut hits, mut looks) = (Vec::new(), LOOKS);
        while hits.len() <= limit && looks > 0 {
            let most = limit.saturating_add(1) - hits.len();
            let look = self.look(wanted.clone(), below, most, looks).await?;
            let (wanted, candidates) = (wanted.clone(), look.candidates);
            hits.extend(log.run(move |log| find::standing(log, &wanted, &candidates)).await?);
            match look.stopped {
                Some(id) => below = id,
                None => return Ok(found(hits, limit, None)),
            }
            looks = looks.saturating_sub(look.looked);
        }
        Ok(found(hits, limit, Some(below)))
    }

    async fn look(&self, wanted: Arc<Wanted>, below: i64, most: usize, looks: usize) -> Result<Look, StoreError> {
        let bell = self.bell.clone();
        let look = self.readers.run(move |index| {
            let look = find::look(index, &wanted, below, most, looks);
            look.inspect_err(|error| {
                if index::is_damage(error) {
                    bell.spoil()
                }
            })
        });
        look.await
    }

    /// Waits for those who search, and ends the thread.
    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.bell.close();
        let thread = self.thread.lock().take();
        if let Err(broken) = spawn_blocking(move || join(thread)).await {
            tracing::error!(%broken, "the index of searches was not closed well");
        }
    }
}

impl Drop for Finder {
    fn drop(&mut self) {
        self.bell.close();
        join(self.thread.lock().take());
    }
}

fn join(thread: Option<JoinHandle<()>>) {
    if thread.is_some_and(|thread| thread.join().is_err()) {
        tracing::error!("the index of searches broke");
    }
}

/// The first of them, and where to go on: behind the last that is told, or where the search stopped.
fn found(mut hits: Vec<(i64, Hit)>, limit: usize, stopped: Option<i64>) -> Found {
    let rest = hits.len() > limit;
    hits.truncate(limit);
    let more = if rest { hits.last().map(|(id, _)| *id) } else { stopped };
    let hits = hits.into_iter().map(|(_, hit)| hit).collect();
    Found { hits, more: more.map(super::from_sql), behind: false }
}

/// Where the index of a database is.
fn file(database: &Path) -> PathBuf {
    database.with_file_name("search.db")
}
