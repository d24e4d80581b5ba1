//! The thread that compresses closed segments, and who may be compressed when.
//!
//! ```text
//! events….000042.jsonl                              closed, and `compress_after` ago
//! .events….000042.jsonl.gz.7f3a91c2.tmp             written, synced        ── then renamed to
//! events….000042.jsonl.gz                           the directory synced   ── then removed:
//! events….000042.jsonl
//! ```
//!
//! Invariants:
//! - A segment is removed only when its compressed file has its name, is whole, and survives a power
//!   cut. A kill before that leaves the segment; the next round, or the next start, begins again.
//! - No segment is touched that somebody may append to, or whose end a recovery may ask for: none that
//!   a journal names, none of another logger whose spool is there, not the newest of one's own.
//! - Nobody waits for this thread but `close`, and it looks up between two parts of a file.

pub(crate) mod bell;
mod closed;
mod encoder;
mod file;

use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::compress::closed::closed;
use crate::compress::file::{Halt, failed};
use crate::error::BuildError;
use crate::shared::Shared;
use crate::spool::directory::{self, InJournals};
use crate::writer::name::{Form, SegmentName};
use crate::writer::retention::Stored;
use crate::writer::storage::Storage;

/// How closed segments are compressed; see
/// [`LoggerBuilder::compress`](crate::LoggerBuilder::compress).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// gzip at its usual level, 6: `….jsonl.gz`. What every tool reads.
    #[cfg(feature = "gzip")]
    Gzip,
    /// Zstandard at its usual level, 3: `….jsonl.zst`. About as small, in a fifth of the time.
    #[cfg(feature = "zstd")]
    Zstd,
}

impl Compression {
    fn form(self) -> Form {
        match self {
            #[cfg(feature = "gzip")]
            Self::Gzip => Form::Gzip,
            #[cfg(feature = "zstd")]
            Self::Zstd => Form::Zstd,
        }
    }
}

/// How often the directory is looked at without being told of a closed segment, and how seldom what
/// failed is tried again at most.
const LOOK_INTERVAL: Duration = Duration::from_secs(30);
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_LONGEST: Duration = Duration::from_secs(60);

/// What compresses, and how.
#[derive(Clone, Debug)]
pub(crate) struct CompressConfig {
    pub(crate) compression: Compression,
    /// How long a segment has been closed before it is compressed.
    pub(crate) after: Duration,
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) directory: PathBuf,
    pub(crate) spool_directory: PathBuf,
    pub(crate) prefix: String,
}

/// The thread's own state.
#[derive(Debug)]
struct Compressor {
    shared: Arc<Shared>,
    config: CompressConfig,
    /// The logger's token.
    token: u32,
    /// When segments were first seen closed, in milliseconds since 1970.
    seen: HashMap<SegmentName, u64>,
    /// Rounds in a row in which something failed.
    failures: u32,
}

/// Starts the thread; the bell of `shared` stops it.
///
/// # Errors
/// If the system gives no thread.
pub(crate) fn start(shared: &Arc<Shared>, config: CompressConfig) -> Result<(), BuildError> {
    let token = shared.spool.spool.identity().token;
    let shared = Arc::clone(shared);
    let bell = Arc::clone(&shared.bell);
    bell.started();
    let thread = thread::Builder::new().name("event-log-zip".to_owned()).spawn(move || {
        bell.answered_here();
        // Best effort; on Linux it is the priority of this thread alone.
        let _ = rustix::process::setpriority_process(None, 19);
        let compressor = Compressor { shared, config, token, seen: HashMap::new(), failures: 0 };
        // Only an injected storage or clock could panic, and the logger works without this thread.
        let _ = catch_unwind(AssertUnwindSafe(|| compressor.run()));
        bell.ended();
    });
    thread.map(drop).map_err(|source| BuildError::StartThread { source })
}

impl Compressor {
    fn run(mut self) {
        loop {
            let pause = match self.round() {
                Ok(pause) => {
                    self.failures = 0;
                    pause
                }
                Err(Halt::Stopped) => return,
                Err(Halt::Failed(error)) => {
                    self.shared.report(&error.into());
                    self.failures += 1;
                    (RETRY_FIRST * 2_u32.pow(self.failures.min(16) - 1)).min(RETRY_LONGEST)
                }
            };
            if self.shared.bell.wait(pause).is_break() {
                return;
            }
        }
    }

    /// Compresses what is due; returns when to look again at the latest.
    ///
    /// A segment that cannot be compressed does not keep the others from it, unless the disk is full.
    fn round(&mut self) -> Result<Duration, Halt> {
        let now = self.shared.clock.now().unix_millis();
        let files = self.list()?;
        self.remove_leftovers(&files)?;
        let closed = self.closed(&files)?;
        self.seen.retain(|name, _| closed.iter().any(|(known, _)| known == name));
        let mut outcome = Ok(LOOK_INTERVAL);
        for (name, successor_millis) in closed {
            let left = self.left(&name, successor_millis, now);
            if !left.is_zero() {
                outcome = outcome.map(|next| next.min(left));
                continue;
            }
            match file::compress(&self.config, &name, self.token, &self.shared.bell) {
                Ok(()) => {}
                Err(Halt::Failed(error)) if !is_full(&error.source) => {
                    if let Err(Halt::Failed(earlier)) = outcome {
                        self.shared.report(&earlier.into());
                    }
                    outcome = Err(Halt::Failed(error));
                }
                halted => return halted.map(|()| LOOK_INTERVAL),
            }
        }
        outcome
    }

    /// How long a closed segment is still left to the collectors.
    fn left(&mut self, name: &SegmentName, successor_millis: Option<u64>, now: u64) -> Duration {
        let seen = *self.seen.entry(name.clone()).or_insert(now);
        let closed = successor_millis.map_or(seen, |successor| successor.min(seen));
        self.config.after.saturating_sub(Duration::from_millis(now.saturating_sub(closed)))
    }

    fn list(&self) -> Result<Vec<String>, Halt> {
        let CompressConfig { storage, directory, .. } = &self.config;
        let files = storage.list(directory);
        let files = files.map_err(failed("list", directory))?;
        Ok(files.into_iter().map(|file| file.name).collect())
    }

    /// The segments that nobody appends to any more and no recovery asks for, oldest first.
    fn closed(&self, files: &[String]) -> Result<Vec<(SegmentName, Option<u64>)>, Halt> {
        let CompressConfig { spool_directory, prefix, .. } = &self.config;
        let of = |name: &String| {
            let (name, form) = SegmentName::parse_in_any_form(prefix, name)?;
            Some(Stored { name, form, bytes: 0 })
        };
        let stored: Vec<Stored> = files.iter().filter_map(of).collect();
        // After the listing: what a spool has turned away from since is complete.
        let InJournals { segments, unread } =
            directory::segments_in_journals(spool_directory, prefix);
        if let Some((path, source)) = unread {
            return Err(failed("read", &path)(source));
        }
        Ok(closed(&stored, self.token, |name| {
            segments.contains(&name.file_name(prefix)) || self.belongs_to_another(name.token)
        }))
    }

    /// Whether another logger is alive under this token, or died and was not recovered yet.
    fn belongs_to_another(&self, token: u32) -> bool {
        let CompressConfig { spool_directory, prefix, .. } = &self.config;
        token != self.token && directory::has_spool(spool_directory, prefix, token)
    }

    /// Removes what the compression of a dead process left half written.
    fn remove_leftovers(&self, files: &[String]) -> Result<(), Halt> {
        for file_name in files {
            let Some(token) = file::token_of_temporary(&self.config.prefix, file_name) else {
                continue;
            };
            if token != self.token && !self.belongs_to_another(token) {
                file::remove(&self.config, file_name)?;
            }
        }
        Ok(())
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
