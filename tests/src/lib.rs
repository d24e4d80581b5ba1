//! Helpers for the tests of the workspace.

pub mod catalog;
pub mod clock;
pub mod compressing;
pub mod faults;
pub mod follow;
pub mod kill;
pub mod random;
pub mod soak;
pub mod sys;
pub mod trap;
pub mod wait;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use event_log::pii::PiiKey;
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
        .pii_key(PiiKey::new(&[7; 32]).expect("a key of 32 bytes"))
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

/// A line as a value, after checking that it is what every line is: JSON with the seven keys in
/// their order.
///
/// # Panics
/// If it is not.
#[must_use]
pub fn checked(line: &str) -> Value {
    let value: Value = serde_json::from_str(line).unwrap_or_else(|error| {
        panic!("not JSON ({error}): {line}");
    });
    if let Some(key) = missing_key(line) {
        panic!("no {key} in its place: {line}");
    }
    value
}

/// The first of the seven keys that is not in its place.
#[must_use]
pub fn missing_key(line: &str) -> Option<&'static str> {
    const KEYS: [&str; 7] = [
        "\"id\":\"",
        "\"date\":\"",
        "\"type\":\"",
        "\"user_id\":",
        "\"locale\":",
        "\"country_code\":",
        "\"params\":{",
    ];
    let mut behind = line;
    for key in KEYS {
        let Some((_, rest)) = behind.split_once(key) else { return Some(key) };
        behind = rest;
    }
    None
}

/// Every line of a log directory as a checked value.
///
/// # Panics
/// As [`lines`] and [`checked`].
#[must_use]
pub fn values(directory: &Path) -> Vec<Value> {
    lines(directory).iter().map(|line| checked(line)).collect()
}

/// The `number`s in the params of the lines that have one, in order.
///
/// # Panics
/// As [`values`].
#[must_use]
pub fn numbers(directory: &Path) -> Vec<u64> {
    values(directory).iter().filter_map(|value| value["params"]["number"].as_u64()).collect()
}

/// How many events the gap lines tell of, by type and reason.
///
/// # Panics
/// As [`values`].
#[must_use]
pub fn gaps(directory: &Path) -> BTreeMap<(String, String), u64> {
    let mut sums = BTreeMap::new();
    for value in values(directory) {
        if value["type"] == "event_log_gap" {
            let text = |key: &str| value["params"][key].as_str().unwrap_or_default().to_owned();
            let events = value["params"]["events"].as_u64().expect("a number of events");
            *sums.entry((text("event_type"), text("reason"))).or_default() += events;
        }
    }
    sums
}

/// A counted event of about 250 bytes.
#[derive(Debug, Event)]
#[event(type = "tick", unlisted)]
pub struct Tick {
    /// Tells it from others.
    pub number: u64,
    /// Makes it longer.
    pub filling: &'static str,
}

impl Tick {
    /// The event with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self { number, filling: "................................................................" }
    }
}
