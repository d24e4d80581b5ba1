//! Holds the events of a binary against the lock file, and accepts changes when asked to.

use std::io::{self, Write as _};
use std::path::Path;

use thiserror::Error;

use super::report::{count, write_change};
use super::{Lock, LockError, Report, read, write};
use crate::change::{Change, compare_with};
use crate::model::Catalog;

/// The environment variable that accepts all changes, if it is `1`.
const ACCEPT: &str = "EVENT_LOG_ACCEPT";

/// Why the events are not those of the lock file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// They differ.
    #[error("{0}")]
    Changed(Report),
    /// There is nothing to compare with, or the changes could not be accepted.
    #[error(transparent)]
    Lock(#[from] LockError),
}

/// Compares `current` with the lock file at `path`.
///
/// With `EVENT_LOG_ACCEPT=1` in the environment it writes the file instead, creates it if need be, and tells on
/// standard error of the breaking changes that were accepted with it.
///
/// # Errors
/// If they differ in anything, or the file is missing or cannot be read; [`Mismatch`]'s text says what to do.
pub fn check(path: impl AsRef<Path>, current: &Catalog) -> Result<(), Mismatch> {
    let path = path.as_ref();
    if is_accepting() {
        let report = Report { path: path.to_owned(), changes: accept(path, current)? };
        // Past the capture of the test runner: who accepts must see what.
        let _ = io::stderr().write_all(told(&report).as_bytes());
        return Ok(());
    }
    let lock = read(path)?;
    let changes = compare_with(&lock.removed, &lock.catalog, current);
    if changes.is_empty() {
        return Ok(());
    }
    Err(Mismatch::Changed(Report { path: path.to_owned(), changes }))
}

/// Whether the environment asks to accept everything.
pub(crate) fn is_accepting() -> bool {
    std::env::var_os(ACCEPT).is_some_and(|value| value == "1")
}

/// Makes `current` the content of the lock file at `path`, creates it if need be, and returns what changed by that.
/// What was removed or renamed is remembered in the file.
///
/// # Errors
/// If the file is there and cannot be understood, or cannot be written.
pub fn accept(path: impl AsRef<Path>, current: &Catalog) -> Result<Vec<Change>, LockError> {
    let path = path.as_ref();
    let lock = match read(path) {
        Err(LockError::Missing { .. }) => {
            write(path, &Lock::new(current.clone()))?;
            return Ok(Vec::new());
        }
        lock => lock?,
    };
    let changes = compare_with(&lock.removed, &lock.catalog, current);
    if !changes.is_empty() {
        let removed = lock.removed.after(&lock.catalog, &changes);
        write(path, &Lock { catalog: current.clone(), removed })?;
    }
    Ok(changes)
}

fn told(report: &Report) -> String {
    let (path, changes) = (report.path.display(), count(report.changes.len()));
    let mut text = format!("accepted `{path}`: {changes}\n");
    for change in report.breaking() {
        // Writing to a String cannot fail.
        let _ = write_change(&mut text, change);
    }
    text
}
