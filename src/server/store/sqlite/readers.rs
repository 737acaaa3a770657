//! Connections that only read, beside the one that writes: each sees the logs as the last commit left them.
//!
//! What is read on the runtime that opened the store does not wait for what is read on another: those who talk are not behind
//! the pages and lists that are read for requests.

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::{Connection, TransactionBehavior};
use tokio::runtime::{self, Handle};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use super::connect;
use crate::server::error::StoreError;

/// How many read at once, at home and elsewhere.
const READERS: usize = 4;

/// All connections that read.
pub(super) struct Readers {
    path: PathBuf,
    home: runtime::Id,
    at_home: Arc<Lane>,
    elsewhere: Arc<Lane>,
}

/// The connections of one runtime, or of all others.
struct Lane {
    /// Nobody reads with them right now.
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Lane {
    fn new() -> Arc<Self> {
        Arc::new(Self { idle: Mutex::default(), permits: Arc::new(Semaphore::new(READERS)) })
    }

    /// A connection that nobody reads with, if one is open.
    fn free(&self) -> Option<(Connection, OwnedSemaphorePermit)> {
        let permit = self.permits.clone().try_acquire_owned().ok()?;
        Some((self.idle.lock().pop()?, permit))
    }

    /// Reads something, all of it as of one moment. A connection that failed is not used again.
    fn read<T>(
        &self,
        mut connection: Connection,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        let result = work(&transaction)?;
        transaction.commit()?;
        self.idle.lock().push(connection);
        Ok(result)
    }

    async fn close(&self) {
        let all = u32::try_from(READERS).unwrap_or(u32::MAX);
        drop(self.permits.acquire_many(all).await);
        self.permits.close();
        self.idle.lock().clear();
    }
}

impl Readers {
    /// At home is who calls this.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, home: Handle::current().id(), at_home: Lane::new(), elsewhere: Lane::new() }
    }

    fn lane(&self) -> &Arc<Lane> {
        if Handle::current().id() == self.home { &self.at_home } else { &self.elsewhere }
    }

    /// Reads something, all of it as of one moment.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let closed = |_| StoreError("it is closed".to_owned());
        let (lane, path) = (self.lane().clone(), self.path.clone());
        let permit = lane.permits.clone().acquire_owned().await.map_err(closed)?;
        let reading = spawn_blocking(move || {
            let connection = lane.idle.lock().pop().map_or_else(|| connect::reader(&path), Ok)?;
            let result = lane.read(connection, work);
            drop(permit);
            result
        });
        match reading.await {
            Ok(result) => result.map_err(|error: rusqlite::Error| StoreError(error.to_string())),
            Err(broken) => Err(StoreError(broken.to_string())),
        }
    }

    /// Looks up something that is found by its key, on the thread that asks: to hand it to another one takes longer than to
    /// find it. Where no connection is free it is read as all else.
    pub(super) async fn glance<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let free = self.lane().free();
        match free {
            Some((connection, _permit)) => {
                self.lane().read(connection, work).map_err(|error| StoreError(error.to_string()))
            }
            None => self.run(work).await,
        }
    }

    /// Waits for those who read, and lets nobody read any more.
    pub(super) async fn close(&self) {
        self.at_home.close().await;
        self.elsewhere.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::join_all;
    use std::sync::Barrier;
    use std::time::Duration;
    use tokio::time::timeout;

    #[tokio::test]
    async fn whoever_reads_elsewhere_keeps_nobody_at_home_waiting() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("banter.db");
        drop(connect::first(&path).expect("a database"));
        let readers = Arc::new(Readers::new(path));
        let elsewhere = runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
        let (begun, over) = (Arc::new(Barrier::new(READERS + 1)), Arc::new(Barrier::new(READERS + 1)));
        let reading: Vec<_> = (0..READERS)
            .map(|_| {
                let (readers, begun, over) = (readers.clone(), begun.clone(), over.clone());
                elsewhere.spawn(async move {
                    let long = move |_: &Connection| {
                        begun.wait();
                        over.wait();
                        Ok(())
                    };
                    readers.run(long).await
                })
            })
            .collect();
        spawn_blocking(move || begun.wait()).await.expect("all of them");
        let one = readers.run(|connection| connection.query_row("SELECT 1", [], |row| row.get(0)));
        let one = timeout(Duration::from_secs(10), one).await;
        spawn_blocking(move || over.wait()).await.expect("all of them");
        assert_eq!(one, Ok(Ok(1)), "nobody waits");
        assert!(join_all(reading).await.into_iter().all(|read| read.is_ok_and(|read| read.is_ok())));
        readers.close().await;
        elsewhere.shutdown_background();
    }
}
