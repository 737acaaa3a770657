//! The one connection that writes: a thread that takes what waits, does it in one transaction, and tells the outcome only
//! once that is on the disk.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::thread::{self, JoinHandle};

use parking_lot::Mutex;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use tokio::sync::oneshot;

use super::append::{Grown, Logs};
use super::checkpoint::Checkpoints;
use super::same::Same;
use super::search::Bell;
use super::{KnownRooms, connect, read};
use crate::server::error::StoreError;
use crate::server::metrics;

/// Most jobs of one transaction. Each may bring a thousand drafts.
const BATCH_JOBS: usize = 256;

/// Does something inside of a transaction; what it answers with is called once that is committed. If it never is, it is let
/// go, and whoever waits finds that out.
type Job = Box<dyn FnOnce(&mut Logs<'_>, &Connection) -> (rusqlite::Result<()>, Told) + Send>;
type Told = Box<dyn FnOnce() + Send>;

/// The jobs of one transaction.
struct Batch {
    jobs: VecDeque<Job>,
    /// Of those that were done.
    told: Vec<Told>,
    /// Of those that could not be.
    failed: Vec<Told>,
}

/// Hands work to the thread.
pub(super) struct Writer {
    jobs: Mutex<Option<Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    health: Arc<Health>,
}

/// Why nothing can be stored, while that is so.
#[derive(Default)]
pub(super) struct Health(Mutex<Option<String>>);

impl Writer {
    /// Starts the thread.
    pub(super) fn start(
        path: PathBuf,
        connection: Connection,
        rooms: Arc<KnownRooms>,
        same: Arc<Same>,
        search: Option<Arc<Bell>>,
    ) -> Self {
        let (jobs, queue) = std::sync::mpsc::channel();
        let health = Arc::new(Health::default());
        let checkpoints = Checkpoints::start(path.clone());
        let (connection, told) = (Some(connection), health.clone());
        let mut desk = Desk { path, connection, rooms, same, search, health: told, checkpoints };
        let thread = thread::Builder::new().name("writer".to_owned()).spawn(move || desk.work(&queue));
        if let Err(error) = &thread {
            tracing::error!(%error, "the writer could not be started");
        }
        Self { jobs: Mutex::new(Some(jobs)), thread: Mutex::new(thread.ok()), health }
    }

    /// Does something in the next transaction. An error says that it is not known whether it was done.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Logs<'_>, &Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, wait) = oneshot::channel();
        let job: Job = Box::new(move |logs, connection| {
            let (result, done) = match work(logs, connection) {
                Ok(done) => (Ok(()), Some(done)),
                Err(error) => (Err(error), None),
            };
            // Whoever waited may have gone.
            (result, Box::new(move || drop(done.map(|done| answer.send(done)))))
        });
        let sent = self.jobs.lock().as_ref().is_some_and(|jobs| jobs.send(job).is_ok());
        match (sent, wait.await) {
            (true, Ok(done)) => Ok(done),
            (false, _) => Err(StoreError("it is closed".to_owned())),
            (true, Err(_)) => {
                Err(StoreError(self.health.failure().unwrap_or_else(|| "it is not known why".to_owned())))
            }
        }
    }

    /// Why nothing can be stored, while that is so.
    pub(super) fn failure(&self) -> Option<String> {
        self.health.failure()
    }

    /// Finishes what waits and ends the thread.
    pub(super) fn close(&self) {
        drop(self.jobs.lock().take());
        if let Some(thread) = self.thread.lock().take()
            && thread.join().is_err()
        {
            tracing::error!("the writer broke");
        }
    }
}

impl Health {
    fn failure(&self) -> Option<String> {
        self.0.lock().clone()
    }

    fn failed(&self, error: &rusqlite::Error) {
        if self.0.lock().replace(error.to_string()).is_none() {
            tracing::error!(%error, "nothing can be stored");
        }
    }

    fn is_well(&self) {
        if self.0.lock().take().is_some() {
            tracing::info!("everything can be stored again");
        }
    }
}

/// What the thread works with.
struct Desk {
    path: PathBuf,
    /// Missing where a broken one could not be replaced yet.
    connection: Option<Connection>,
    rooms: Arc<KnownRooms>,
    same: Arc<Same>,
    search: Option<Arc<Bell>>,
    health: Arc<Health>,
    checkpoints: Checkpoints,
}

impl Desk {
    fn work(&mut self, queue: &Receiver<Job>) {
        while let Ok(first) = queue.recv() {
            let jobs = std::iter::once(first).chain(queue.try_iter().take(BATCH_JOBS - 1)).collect();
            let mut batch = Batch { jobs, told: Vec::new(), failed: Vec::new() };
            match self.commit(&mut batch) {
                Ok(()) => {
                    metrics::COMMITS.add(1);
                    self.health.is_well();
                    batch.told.into_iter().for_each(|tell| tell());
                    self.checkpoints.after_commit();
                }
                // Whoever waits hears of it when the batch goes, and can know why by then.
                Err(error) => self.recover(&error),
            }
        }
    }

    /// All jobs in one transaction. One that fails by itself is taken out of it.
    fn commit(&mut self, batch: &mut Batch) -> rusqlite::Result<()> {
        let connection = match self.connection.take() {
            Some(connection) => self.connection.insert(connection),
            None => self.connection.insert(connect::writer(&self.path)?),
        };
        let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut all = Grown::default();
        while let Some(job) = batch.jobs.pop_front() {
            let savepoint = transaction.savepoint()?;
            let mut logs = Logs::new(&savepoint);
            let (result, tell) = job(&mut logs, &savepoint);
            match result.and_then(|()| logs.finish()) {
                Ok(grown) => {
                    savepoint.commit()?;
                    all.heads.extend(grown.heads);
                    all.changed |= grown.changed;
                    batch.told.push(tell);
                }
                Err(error) => {
                    batch.failed.push(tell);
                    if !is_about_the_job(&error) {
                        return Err(error);
                    }
                    tracing::error!(%error, "a job cannot be done");
                }
            }
        }
        let rooms = if all.changed { read::rooms(&transaction)? } else { Vec::new() };
        transaction.commit()?;
        self.same.written();
        self.rooms.refresh(rooms);
        if !all.heads.is_empty() {
            self.search.iter().for_each(|search| search.ring(all.heads.iter().map(|(room, _)| room)));
        }
        self.rooms.have_grown(all);
        Ok(())
    }

    /// Whether the transaction happened is not known. A connection that saw an error of the disk is not trusted any more;
    /// what it left is looked at anew.
    fn recover(&mut self, error: &rusqlite::Error) {
        metrics::UNKNOWN_COMMITS.add(1);
        self.same.written();
        self.health.failed(error);
        if !matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) {
            self.connection = connect::writer(&self.path).ok();
        }
        if let Some(Ok(rooms)) = self.connection.as_ref().map(read::rooms) {
            self.rooms.refresh(rooms);
        }
        self.search.iter().for_each(|search| search.ring_for_any());
    }
}

/// Whether an error is one of what was asked for, and not one of the disk or of the database, which all jobs have.
fn is_about_the_job(error: &rusqlite::Error) -> bool {
    match error.sqlite_error_code() {
        None => true,
        Some(code) => matches!(code, ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig),
    }
}
