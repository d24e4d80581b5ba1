//! `event-log recover`: write what dead processes left in their spools into segments.
//!
//! The next logger on the directory does the same; this is for a directory whose service does not
//! come back. Spools of living processes are left to them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use event_log::Logger;
use serde::Serialize;

use crate::commands::report;
use crate::failure::{Failure, Outcome};
use crate::progress::{Progress, Unit};
use crate::words::count;

/// How long the recovering logger has for its end; it has nothing of its own to write but gap lines.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(30);

/// The options of `recover`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The log directory, which holds `.spool`.
    pub directory: PathBuf,
}

/// What `recover` did.
#[derive(Debug, Default, Serialize)]
pub struct Recovery {
    /// Spools that were emptied into segments and removed.
    pub recovered_spools: Vec<PathBuf>,
    /// The lines that were written for it.
    pub recovered_lines: u64,
    /// Spools of processes that are running, which were refused: they drain theirs themselves.
    pub refused: Vec<PathBuf>,
    /// Spools that are still there and hold events.
    pub left: Vec<PathBuf>,
    /// What went wrong or needs attention, in words.
    pub troubles: Vec<String>,
}

/// Recovers, and prints what came of it.
///
/// # Errors
/// If the directory is none of a log, or cannot be read or written.
pub fn run(
    args: &Args,
    json: bool,
    progress: &Progress,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let recovery = recover(&args.directory, progress)?;
    if json {
        report::json(&recovery, out)?;
    } else {
        print(&recovery, out).map_err(Failure::output)?;
    }
    let Recovery { refused, left, troubles, .. } = &recovery;
    let is_clean = refused.is_empty() && left.is_empty() && troubles.is_empty();
    Ok(if is_clean { Outcome::Done } else { Outcome::Found })
}

fn recover(directory: &Path, progress: &Progress) -> Result<Recovery, Failure> {
    let mut recovery = Recovery::default();
    let mut dead = Vec::new();
    for spool in spools(directory)? {
        if is_in_use(&spool)? {
            recovery.refused.push(spool);
        } else {
            dead.push(spool);
        }
    }
    progress.begin("recovering", dead.len() as u64, Unit::Things("spools"));
    let mut prefixes = BTreeMap::new();
    for prefix in dead.iter().filter_map(|spool| prefix(spool)) {
        *prefixes.entry(prefix).or_default() += 1;
    }
    for (prefix, spools) in prefixes {
        recovery.recover_prefix(directory, prefix)?;
        progress.add(spools);
    }
    for spool in dead {
        if spool.exists() {
            recovery.left.push(spool);
        } else {
            recovery.recovered_spools.push(spool);
        }
    }
    Ok(recovery)
}

impl Recovery {
    /// Has a logger with this prefix start, which recovers, and close.
    fn recover_prefix(&mut self, directory: &Path, prefix: &str) -> Result<(), Failure> {
        let troubles = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&troubles);
        let logger = Logger::builder(directory)
            .prefix(prefix)
            // Its own spool stays empty, so the smallest will do: the disk may be nearly full.
            .max_line_bytes(1 << 10)
            .spool_bytes(64 << 10)
            .on_error(move |error| {
                told.lock().unwrap_or_else(PoisonError::into_inner).push(with_cause(error));
            })
            .build()
            .map_err(|source| Failure::Recovery { directory: directory.to_owned(), source })?;
        if let Err(error) = logger.close(CLOSE_TIMEOUT) {
            troubles.lock().unwrap_or_else(PoisonError::into_inner).push(with_cause(&error));
        }
        self.recovered_lines += logger.stats().recovered_lines;
        self.troubles.append(&mut troubles.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }
}

fn with_cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// The spools of a log directory, sorted.
fn spools(directory: &Path) -> Result<Vec<PathBuf>, Failure> {
    let spool_directory = directory.join(".spool");
    let entries = fs::read_dir(&spool_directory).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(Failure::file("read the directory", &spool_directory))?;
    let mut spools: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    spools.retain(|path| path.extension() == Some(OsStr::new("spool")) && prefix(path).is_some());
    spools.sort();
    Ok(spools)
}

/// The prefix in `<prefix>.<token>.spool`; a name with a leading dot is of a spool in the making.
fn prefix(spool: &Path) -> Option<&str> {
    let (prefix, _token) = spool.file_stem()?.to_str()?.rsplit_once('.')?;
    (!prefix.is_empty() && !prefix.starts_with('.')).then_some(prefix)
}

/// Whether a living process holds the spool; see docs/format.md, "Asking whether a logger is alive".
fn is_in_use(spool: &Path) -> Result<bool, Failure> {
    let file = match File::open(spool) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        file => file.map_err(Failure::file("open", spool))?,
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(Failure::file("lock", spool)(error)),
    }
}

fn print(recovery: &Recovery, out: &mut dyn Write) -> io::Result<()> {
    let Recovery { recovered_spools, recovered_lines, refused, left, troubles } = recovery;
    let spools = count(recovered_spools.len(), "spool");
    writeln!(out, "{} written from {spools}", count(recovered_lines, "line"))?;
    for spool in refused {
        let spool = spool.display();
        writeln!(out, "refused: `{spool}` belongs to a running process, which drains it itself")?;
    }
    for spool in left {
        writeln!(
            out,
            "still there: `{}`; its events are safe in it, run this again",
            spool.display()
        )?;
    }
    for trouble in troubles {
        writeln!(out, "trouble: {trouble}")?;
    }
    Ok(())
}
