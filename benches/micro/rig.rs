//! What the benches share: loggers without a disk, and what stands beside them.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use benches::floor::Memory;
use benches::stamp::Stamp;
use event_log::{Event, Logger, LoggerBuilder, Overflow};
use serde::Serialize;
use serde_json::Value;
use tempfile::TempDir;

/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// The default size of a spool.
pub(crate) const SPOOL_BYTES: usize = 8 << 20;

/// A directory on the disk that the build writes to.
pub(crate) fn directory() -> TempDir {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tempfile::tempdir_in(target).expect("the target directory is writable")
}

pub(crate) fn builder(directory: &TempDir) -> LoggerBuilder {
    Logger::builder(directory.path()).overflow(Overflow::Block)
}

/// Emits so many times and returns how long that took, without what the writer took: it empties the
/// spool, untimed, long before that is full.
pub(crate) fn time_emits(
    logger: &Logger,
    line_bytes: usize,
    emits: u64,
    mut emit: impl FnMut(),
) -> Duration {
    // A quarter, as from one half on an emit wakes the writer.
    let at_once = (SPOOL_BYTES / 4 / (line_bytes + 32)) as u64;
    let mut time = Duration::ZERO;
    for begun in (0..emits).step_by(usize::try_from(at_once).expect("a part of the spool")) {
        let start = Instant::now();
        for _ in begun..emits.min(begun + at_once) {
            emit();
        }
        time += start.elapsed();
        logger.flush(PATIENCE).expect("the writer keeps up");
    }
    assert_eq!(logger.stats().total.dropped, 0, "every emit must have been accepted");
    time
}

/// The time of so many as `criterion` wanted, where whole laps or shares were done.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53 events")]
pub(crate) fn scaled(time: Duration, wanted: u64, done: u64) -> Duration {
    time.mul_f64(wanted as f64 / done as f64)
}

/// The line of one event: whole, and with the params that `serde_json` writes.
pub(crate) fn line_of<E: Event + Serialize>(event: &E) -> Vec<u8> {
    let directory = directory();
    let logger = builder(&directory).build().expect("a logger in a fresh directory");
    logger.emit(event);
    logger.close(PATIENCE).expect("a healthy disk");
    let line = fs::read(segment_in(directory.path())).expect("the segment is there");
    let json: Value = serde_json::from_slice(&line).expect("the line is JSON");
    assert_eq!(json["params"], serde_json::to_value(event).expect("the event serializes"));
    line
}

fn segment_in(directory: &Path) -> std::path::PathBuf {
    let entries = fs::read_dir(directory).expect("the directory is there");
    let mut paths = entries.map(|entry| entry.expect("an entry").path());
    paths.find(|path| path.extension().is_some_and(|e| e == "jsonl")).expect("one segment")
}

/// What one writes without a library: the whole line by `serde_json` into a reused buffer, copied to
/// memory.
pub(crate) struct Plain {
    stamp: Stamp,
    line: Vec<u8>,
    memory: Memory,
}

#[derive(Serialize)]
struct Line<'a, E> {
    id: &'a str,
    date: &'a str,
    r#type: &'a str,
    user_id: Option<u64>,
    locale: Option<&'a str>,
    country_code: Option<&'a str>,
    params: &'a E,
}

impl Default for Plain {
    fn default() -> Self {
        Self { stamp: Stamp::new(1), line: Vec::new(), memory: Memory::default() }
    }
}

impl Plain {
    pub(crate) fn take<E: Event + Serialize>(&mut self, event: &E) {
        self.stamp.renew();
        self.line.clear();
        let line = Line {
            id: self.stamp.id(),
            date: self.stamp.date(),
            r#type: event.event_type().name(),
            user_id: None,
            locale: None,
            country_code: None,
            params: event,
        };
        serde_json::to_writer(&mut self.line, &line).expect("the event serializes");
        self.line.push(b'\n');
        self.memory.copy(&self.line);
    }

    /// The line that was written last.
    pub(crate) fn line(&self) -> &[u8] {
        &self.line
    }
}
