//! A position in a file of its own: replaced as a whole, or not at all.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::follow::error::{CommitError, OpenError};
use crate::follow::position::Position;
use crate::fork;

/// The file, and a lock that keeps others from it.
#[derive(Debug)]
pub(super) struct PositionFile {
    path: PathBuf,
    /// Beside the file, which is replaced with each commit. Locked until the drop.
    lock: File,
    /// The process that locked it.
    epoch: u64,
}

impl PositionFile {
    /// Takes hold of the file; returns the position that it holds, if there is one.
    pub(super) fn open(path: &Path) -> Result<(Self, Option<Position>), OpenError> {
        let failed = |source| OpenError::PositionFile { path: path.to_owned(), source };
        let path = std::path::absolute(path).map_err(failed)?;
        let lock =
            OpenOptions::new().write(true).create(true).truncate(false).open(beside(&path, "lock"));
        let lock = lock.map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::PositionInUse { path }),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let position = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            read => {
                let text = read.map_err(failed)?;
                let position = text.trim_end_matches('\n').parse();
                Some(
                    position
                        .map_err(|source| OpenError::Position { path: path.clone(), source })?,
                )
            }
        };
        Ok((Self { path, lock, epoch: fork::epoch() }, position))
    }

    /// Replaces what the file holds, and makes it survive a power cut.
    pub(super) fn write(&self, position: &Position) -> Result<(), CommitError> {
        let temporary = beside(&self.path, "tmp");
        let directory = self.path.parent().unwrap_or(Path::new("/"));
        let failed = |operation, path: &Path| {
            let path = path.to_owned();
            move |source| CommitError::Write { operation, path, source }
        };
        if self.epoch != fork::epoch() {
            // A forked child shares the lock, until its parent lets go of it.
            let locked = self.lock.try_lock().map_err(io::Error::from);
            locked.map_err(failed("lock", &self.path))?;
        }
        let mut file = File::create(&temporary).map_err(failed("create", &temporary))?;
        writeln!(file, "{position}").map_err(failed("write", &temporary))?;
        file.sync_all().map_err(failed("sync", &temporary))?;
        fs::rename(&temporary, &self.path).map_err(failed("replace", &self.path))?;
        let synced = File::open(directory).and_then(|directory| directory.sync_all());
        synced.map_err(failed("sync", directory))
    }
}

impl Drop for PositionFile {
    fn drop(&mut self) {
        // Explicitly: a forked child may hold the same lock through its copy of the file, as we do if
        // we are the child, and then it is for the parent to let go of.
        if self.epoch == fork::epoch() {
            let _ = self.lock.unlock();
        }
    }
}

/// The file's path with one more extension.
fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".");
    beside.push(extension);
    beside.into()
}
