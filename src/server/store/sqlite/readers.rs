//! Connections that only read, beside the one that writes: each sees the logs as the last commit left them.

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::connect;
use crate::server::error::StoreError;

/// How many read at once.
const READERS: usize = 4;

/// The connections that nobody reads with right now.
pub(super) struct Readers {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, idle: Arc::default(), permits: Arc::new(Semaphore::new(READERS)) }
    }

    /// Reads something, all of it as of one moment.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let closed = |_| StoreError("it is closed".to_owned());
        let permit = self.permits.clone().acquire_owned().await.map_err(closed)?;
        let (idle, path) = (self.idle.clone(), self.path.clone());
        let reading = spawn_blocking(move || {
            let mut connection = idle.lock().pop().map_or_else(|| connect::reader(&path), Ok)?;
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
            let result = work(&transaction)?;
            transaction.commit()?;
            // One that failed is not used again.
            idle.lock().push(connection);
            drop(permit);
            Ok(result)
        });
        match reading.await {
            Ok(result) => result.map_err(|error: rusqlite::Error| StoreError(error.to_string())),
            Err(broken) => Err(StoreError(broken.to_string())),
        }
    }

    /// Waits for those who read, and lets nobody read any more.
    pub(super) async fn close(&self) {
        let all = u32::try_from(READERS).unwrap_or(u32::MAX);
        drop(self.permits.acquire_many(all).await);
        self.permits.close();
        self.idle.lock().clear();
    }
}
