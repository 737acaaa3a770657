//! The folder of data: where the database is, and who works with it.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::server::error::StoreError;

/// The database's name in the folder.
const DATABASE: &str = "banter.db";
/// The file that is locked by the process that serves from the folder.
const LOCK: &str = "banter.lock";

/// A folder, and what keeps others from serving from it. Two would give the same numbers twice.
pub(super) struct Folder {
    path: PathBuf,
    lock: Option<File>,
}

impl Folder {
    /// Makes the folder if it is not there, and takes it.
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let told = |error: &dyn std::fmt::Display| StoreError(format!("{}: {error}", path.display()));
        create(path).map_err(|error| told(&error))?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(path.join(LOCK));
        let lock = lock.map_err(|error| told(&error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), lock: Some(lock) }),
            Err(TryLockError::WouldBlock) => Err(told(&"another Banter serves from this folder")),
            Err(TryLockError::Error(error)) => Err(told(&error)),
        }
    }

    /// The folder that another process serves from, which is there already.
    pub(super) fn beside(path: &Path) -> Result<Self, StoreError> {
        match database(path).try_exists() {
            Ok(true) => Ok(Self { path: path.to_owned(), lock: None }),
            _ => Err(StoreError(format!("{}: there is no database", path.display()))),
        }
    }

    /// Whether this process alone serves from it.
    pub(super) fn is_taken(&self) -> bool {
        self.lock.is_some()
    }

    /// Where the database is.
    pub(super) fn database(&self) -> PathBuf {
        database(&self.path)
    }
}

/// Where a folder's database is.
pub(super) fn database(folder: &Path) -> PathBuf {
    folder.join(DATABASE)
}

/// Writes down what a folder holds: a file that was made or renamed is there after a power cut only then.
pub(super) fn sync(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// For nobody else to read: who has the database has every session's owner.
fn create(path: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
