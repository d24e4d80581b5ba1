//! Helpers for the tests of the workspace.

pub mod clock;
pub mod faults;

use std::fs;
use std::path::{Path, PathBuf};

use event_log::{Event, Logger};
use serde_json::Value;

/// The segments of a log directory, in the order of their names.
///
/// # Panics
/// If the directory cannot be read.
#[must_use]
pub fn segments(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("the log directory can be read");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    paths
}

/// Every line of a log directory, in order, without newlines.
///
/// # Panics
/// If a segment cannot be read, or its last line has no newline.
#[must_use]
pub fn lines(directory: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for path in segments(directory) {
        let text = fs::read_to_string(&path).expect("a segment is UTF-8 text");
        assert!(text.is_empty() || text.ends_with('\n'), "{} ends within a line", path.display());
        lines.extend(text.lines().map(str::to_owned));
    }
    lines
}

/// The params that `event` renders: the JSON object in its line, as text.
///
/// # Panics
/// If a field does not serialize.
#[must_use]
pub fn params_text_of(event: &(impl Event + ?Sized)) -> String {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let logger = Logger::builder(directory.path())
        .spool_bytes(128 * 1024)
        .build()
        .expect("a logger in a fresh directory");
    logger.try_emit(event).expect("the fields of the test serialize");
    drop(logger);
    let line = lines(directory.path()).remove(0);
    let (_, params) = line.split_once(",\"params\":").expect("every line has params");
    params.strip_suffix('}').expect("params are the last key").to_owned()
}

/// The params that `event` renders, without their order.
///
/// # Panics
/// If a field does not serialize.
#[must_use]
pub fn params_of(event: &(impl Event + ?Sized)) -> Value {
    serde_json::from_str(&params_text_of(event)).expect("params are a JSON object")
}
