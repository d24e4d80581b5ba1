//! `events.lock.json`: the catalogue as it was accepted, beside `Cargo.toml`, reviewed like code.

mod check;
mod report;
mod tombstones;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub(crate) use self::check::is_accepting;
pub use self::check::{Mismatch, accept, check};
pub use self::report::Report;
pub use self::tombstones::{Removed, RemovedField};
use crate::model::{Catalog, Envelope, EventSchema};

/// The version of the file's form that this crate writes, and the only one that it reads.
const VERSION: u32 = 1;

/// What the lock file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lock {
    /// The catalogue as it was accepted.
    pub catalog: Catalog,
    /// What was in it before, so that no name comes back with another meaning.
    pub removed: Removed,
}

/// The file's form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    envelope: Envelope,
    events: Vec<EventSchema>,
    #[serde(default, skip_serializing_if = "Removed::is_empty")]
    removed: Removed,
}

/// The version alone, which says whether the rest can be understood.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// Why a lock file could not be read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LockError {
    /// There is no such file.
    #[error("there is no lock file `{path}`; {}", how_to_create(path))]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// It is there and cannot be read.
    #[error("cannot read the lock file `{path}`; check its permissions")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not what this crate writes.
    #[error(
        "the lock file `{path}` is not a catalogue: {reason}; take it from version control, and resolve a merge conflict \
         by taking either side and accepting the events with EVENT_LOG_ACCEPT=1"
    )]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// What is wrong, with line and column.
        reason: serde_json::Error,
    },
    /// Another version of this crate wrote it.
    #[error(
        "the lock file `{path}` has version {found}, and this crate reads {VERSION}; update event-log-catalog"
    )]
    Version {
        /// Which file.
        path: PathBuf,
        /// What the file says.
        found: u32,
    },
    /// It cannot be written.
    #[error("cannot write the lock file `{path}`; make its directory writable")]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

fn how_to_create(path: &Path) -> String {
    format!("create it with EVENT_LOG_ACCEPT=1 cargo test, and commit `{}`", path.display())
}

impl Lock {
    /// A lock of a catalogue that has no past.
    #[must_use]
    pub fn new(catalog: Catalog) -> Self {
        Self { catalog, removed: Removed::default() }
    }

    /// The file's content: indented JSON, types in the order of their names, a newline at the end.
    fn to_text(&self) -> String {
        let mut events = self.catalog.events.clone();
        events.sort_by(|a, b| a.event_type.cmp(&b.event_type));
        let file = File {
            version: VERSION,
            envelope: self.catalog.envelope.clone(),
            events,
            removed: self.removed.clone(),
        };
        let text = serde_json::to_string_pretty(&file);
        text.expect("a catalogue is made of texts, numbers and lists") + "\n"
    }
}

/// Reads a lock file.
///
/// # Errors
/// If there is none, or it cannot be read or understood.
pub fn read(path: impl AsRef<Path>) -> Result<Lock, LockError> {
    let path = path.as_ref();
    let text = fs::read_to_string(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => LockError::Missing { path: path.to_owned() },
        _ => LockError::Read { path: path.to_owned(), source },
    })?;
    let malformed = |reason| LockError::Malformed { path: path.to_owned(), reason };
    let Versioned { version: found } = serde_json::from_str(&text).map_err(malformed)?;
    if found != VERSION {
        return Err(LockError::Version { path: path.to_owned(), found });
    }
    let File { envelope, events, removed, .. } = serde_json::from_str(&text).map_err(malformed)?;
    Ok(Lock { catalog: Catalog { envelope, events }, removed })
}

/// Writes a lock file, by rename: it is never there half.
///
/// # Errors
/// If the directory cannot be written to.
pub fn write(path: impl AsRef<Path>, lock: &Lock) -> Result<(), LockError> {
    let path = path.as_ref();
    // Tests of several binaries may accept at the same time.
    let making = path.with_extension(format!("{}.new", std::process::id()));
    let written =
        write_synced(&making, lock.to_text().as_bytes()).and_then(|()| fs::rename(&making, path));
    written.map_err(|source| {
        let _ = fs::remove_file(&making);
        LockError::Write { path: path.to_owned(), source }
    })
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
