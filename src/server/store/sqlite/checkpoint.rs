//! Copying what was committed from the write-ahead log to the database proper, off the way of those who wait for a commit.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::connect;

/// Commits between two looks at the log's length.
const COMMITS: u32 = 64;
/// A log that is longer is copied, in bytes.
const LONG: u64 = 4 << 20;
/// For one that is longer still, writers wait until it can begin anew: it would grow for as long as they never pause.
const TOO_LONG: u64 = 64 << 20;

/// Hands word of commits to the thread.
pub(super) struct Checkpoints {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    commits: u32,
}

impl Checkpoints {
    pub(super) fn start(path: PathBuf) -> Self {
        // One call waits at most: to be called twice is no more than to be called once.
        let (wake, calls) = sync_channel(1);
        let thread = thread::Builder::new().name("checkpoint".to_owned()).spawn(move || copy(&path, &calls));
        if let Err(error) = &thread {
            tracing::error!(%error, "checkpoints could not be started");
        }
        Self { wake: Some(wake), thread: thread.ok(), commits: 0 }
    }

    pub(super) fn after_commit(&mut self) {
        self.commits += 1;
        if self.commits >= COMMITS {
            self.commits = 0;
            let _ = self.wake.as_ref().map(|wake| wake.try_send(()));
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        drop(self.wake.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn copy(path: &std::path::Path, calls: &Receiver<()>) {
    let log = path.with_extension("db-wal");
    let mut connection = None;
    while calls.recv().is_ok() {
        let length = std::fs::metadata(&log).map_or(0, |log| log.len());
        if length < LONG {
            continue;
        }
        let mode = if length < TOO_LONG { "PASSIVE" } else { "RESTART" };
        if connection.is_none() {
            connection = connect::writer(path).ok();
        }
        if let Some(Err(error)) = connection.as_ref().map(|connection| checkpoint(connection, mode)) {
            tracing::warn!(%error, "the write-ahead log could not be copied");
            connection = None;
        }
    }
}

/// Copies as much as the mode can; that readers or writers were in the way of more is no error.
pub(super) fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<()> {
    connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(()))
}
