//! Takes segments as a collector does: only those that are complete, which it then removes.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use crate::missing_key;
use crate::soak::ranges::Ranges;

/// What was found in segments so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Events, by thread.
    numbers: HashMap<u32, Ranges>,
    /// How many.
    pub(super) events: u64,
    /// How many events gap lines tell of.
    pub(super) told: u64,
    pub(super) segments: u64,
    /// Segments that end within a line.
    pub(super) fragments: u64,
    pub(super) wrong: Vec<String>,
}

#[derive(Deserialize)]
struct Line<'a> {
    r#type: &'a str,
    params: Params,
}

#[derive(Deserialize)]
struct Params {
    thread: Option<u32>,
    number: Option<u64>,
    events: Option<u64>,
}

impl Found {
    fn read(&mut self, path: &Path, text: &str) {
        self.segments += 1;
        for line in text.split_inclusive('\n') {
            if line.ends_with('\n') {
                self.read_line(path, line);
            } else {
                self.fragments += 1;
            }
        }
    }

    fn read_line(&mut self, path: &Path, line: &str) {
        let parsed = serde_json::from_str::<Line<'_>>(line);
        match parsed {
            Ok(line) if line.r#type == "event_log_gap" => {
                self.told += line.params.events.unwrap_or(0);
            }
            Ok(Line { r#type: "soaked", params })
                if params.thread.is_some()
                    && params.number.is_some()
                    && missing_key(line).is_none() =>
            {
                self.events += 1;
                let (thread, number) =
                    (params.thread.unwrap_or_default(), params.number.unwrap_or_default());
                if !self.numbers.entry(thread).or_default().insert(number) {
                    self.wrong.push(format!("duplicated in {}: {line}", path.display()));
                }
            }
            _ => self.wrong.push(format!("torn in {}: {line:?}", path.display())),
        }
    }

    /// Notes which thread's events are not those that were accepted.
    pub(super) fn must_be_whole(&mut self, accepted: &[u64]) {
        for (thread, accepted) in (0..).zip(accepted) {
            let ranges = self.numbers.entry(thread).or_default();
            if !ranges.is_all_below(*accepted) {
                self.wrong.push(format!(
                    "thread {thread}: accepted are 0..{accepted}, found are {ranges:?}"
                ));
            }
        }
    }
}

/// A collector of one log directory.
#[derive(Debug)]
pub(super) struct Collector {
    directory: PathBuf,
}

impl Collector {
    pub(super) fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    /// Reads and removes every segment that is complete.
    ///
    /// # Panics
    /// If a segment cannot be read or removed.
    pub(super) fn collect(&mut self, found: &Mutex<Found>) {
        for path in self.complete() {
            let text = fs::read_to_string(&path).expect("a segment is UTF-8 text");
            if text.is_empty() {
                // Its first write failed; whoever recovers the spool removes it.
                continue;
            }
            found.lock().unwrap_or_else(PoisonError::into_inner).read(&path, &text);
            fs::remove_file(&path).expect("a segment can be removed");
        }
    }

    /// Notes what is left in the directory, once everything is closed and collected.
    pub(super) fn must_be_empty(&self, found: &Mutex<Found>) {
        for path in crate::segments(&self.directory) {
            let text = format!("{} is left, empty", path.display());
            found.lock().unwrap_or_else(PoisonError::into_inner).wrong.push(text);
        }
    }

    /// A segment is complete once its logger has begun a later one, or has no spool any more.
    fn complete(&self) -> Vec<PathBuf> {
        let mut by_token: HashMap<String, Vec<(u32, PathBuf)>> = HashMap::new();
        for path in crate::segments(&self.directory) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut parts = name.rsplit('.').skip(1);
            let sequence = parts.next().and_then(|text| text.parse().ok()).expect("a number");
            let token = parts.next().expect("a token").to_owned();
            by_token.entry(token).or_default().push((sequence, path));
        }
        let mut complete = Vec::new();
        for (token, mut segments) in by_token {
            segments.sort();
            let spool = self.directory.join(format!(".spool/events.{token}.spool"));
            if spool.exists() {
                segments.pop();
            }
            complete.extend(segments.into_iter().map(|(_, path)| path));
        }
        complete
    }
}
