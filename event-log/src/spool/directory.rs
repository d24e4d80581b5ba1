//! The files of a log's spools: `<log directory>/.spool/<prefix>.<token>.spool`.
//!
//! - A spool in use is locked (`flock`); the kernel takes the lock away when its process dies, and
//!   only then may somebody else recover it.
//! - It gets its name only once it is whole and locked, so nobody ever sees a half-made spool under a
//!   spool's name. What a kill leaves under a temporary name holds no event.
//! - A spool that cannot be read is set aside under another name, never deleted.

mod file;
mod journals;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use self::file::{Dead, SpoolFile};
pub(crate) use self::journals::{InJournals, segments_in_journals};

/// The directory of the spools inside a log directory; hidden, so no collector's pattern matches it.
pub(crate) const NAME: &str = ".spool";

const EXTENSION: &str = "spool";
const SET_ASIDE_EXTENSION: &str = "unreadable";
/// A segment's prefix does not begin with it, so no spool's name does.
const TEMPORARY_PREFIX: &str = ".";

/// Every spool of this prefix, but for one's own, whose process is gone, oldest first; each is locked
/// by this call.
///
/// An entry that cannot be examined is returned with its error, and the others are still found.
///
/// # Errors
/// If the directory cannot be read.
pub(crate) fn dead(
    directory: &Path,
    prefix: &str,
    own: &Path,
) -> io::Result<Vec<(PathBuf, io::Result<Dead>)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if is_temporary(&path) {
            remove_if_abandoned(&path);
        } else if is_spool_of(prefix, &path) && path != own {
            match SpoolFile::take(&path) {
                Ok(None) => {}
                Ok(Some(dead)) => found.push((path, Ok(dead))),
                Err(error) => found.push((path, Err(error))),
            }
        }
    }
    found.sort_by_key(|(path, dead)| (created_millis(dead), path.clone()));
    Ok(found)
}

/// Whether the logger with this token has a spool: it is alive, or died and was not recovered yet.
pub(crate) fn has_spool(directory: &Path, prefix: &str, token: u32) -> bool {
    // A spool that cannot be examined may be somebody's: say that it is there.
    !matches!(directory.join(file_name(prefix, token)).try_exists(), Ok(false))
}

/// The tokens of the loggers that have a spool: they are alive, or died and were not recovered yet.
/// None where there is no directory.
///
/// # Errors
/// If the directory cannot be read.
#[cfg(feature = "follow")]
pub(crate) fn tokens(directory: &Path, prefix: &str) -> io::Result<Vec<u32>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut tokens = Vec::new();
    for entry in entries {
        tokens.extend(token_of(prefix, &entry?.path()));
    }
    Ok(tokens)
}

fn created_millis(dead: &io::Result<Dead>) -> u64 {
    match dead {
        Ok(Dead::Readable(file)) => file.spool.identity().created_millis,
        _ => u64::MAX,
    }
}

fn file_name(prefix: &str, token: u32) -> String {
    format!("{prefix}.{token:08x}.{EXTENSION}")
}

fn is_spool_of(prefix: &str, path: &Path) -> bool {
    token_of(prefix, path).is_some()
}

/// The token in the name of a spool of this prefix.
fn token_of(prefix: &str, path: &Path) -> Option<u32> {
    let name = path.file_name().and_then(OsStr::to_str)?;
    let (digits, rest) = name.strip_prefix(prefix)?.strip_prefix('.')?.split_once('.')?;
    let token = u32::from_str_radix(digits, 16).ok()?;
    (rest == EXTENSION && format!("{token:08x}") == digits).then_some(token)
}

fn is_temporary(path: &Path) -> bool {
    path.file_name().and_then(OsStr::to_str).is_some_and(|name| name.starts_with(TEMPORARY_PREFIX))
}

/// Removes what a kill left of a spool in the making; best effort, it holds no event.
fn remove_if_abandoned(path: &Path) {
    if let Ok(file) = File::open(path)
        && file.try_lock().is_ok()
    {
        let _ = fs::remove_file(path);
    }
}
