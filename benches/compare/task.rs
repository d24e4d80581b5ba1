//! What a child process is asked to do.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scenario {
    /// A few lines, for the parent to check.
    Check,
    /// Latencies; each emit follows the one before.
    Saturated,
    /// Until all is on disk; no single emit is timed.
    Throughput,
    /// Latencies; [`PACED_RATE`] emits a second together.
    Paced,
    /// What the background thread costs while nothing is emitted.
    Idle,
    /// Emits at [`PACED_RATE`] until the parent kills it.
    Killed,
}

/// Emits per second, of all threads together.
pub(crate) const PACED_RATE: u32 = 50_000;

/// One measurement, done by one child process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) contender: String,
    pub(crate) scenario: Scenario,
    pub(crate) threads: usize,
    pub(crate) size: Size,
    /// Empty, for this task alone.
    pub(crate) directory: PathBuf,
}

/// How much is measured: whichever ends first.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Size {
    /// Of all threads together.
    pub(crate) events: u32,
    pub(crate) millis: u64,
}

impl Task {
    /// Where the lines go.
    pub(crate) fn log_directory(&self) -> PathBuf {
        self.directory.join("log")
    }

    /// Where a child that will be killed keeps how many emits have returned.
    pub(crate) fn progress_file(&self) -> PathBuf {
        self.directory.join("progress")
    }
}
