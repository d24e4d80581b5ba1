//! Those that are compared: each writes the same event as JSON into files of one directory.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use benches::stamp::Stamp;
use benches::workload::{LessonCleared, event};
use serde::Serialize;

use crate::Error;
use crate::child::{self, Report};
use crate::task::{Scenario, Task};

mod buffered;
mod emit_file;
mod event_log;
mod fast_log;
mod flexi_logger;
mod floor;
mod floor_ring;
mod ftlog;
mod log4rs;
mod logforth;
mod slog;
mod spdlog;
mod tracing;
mod write_each;

/// Every peer that rotates by length does so at event-log's default length.
const SEGMENT_BYTES: u32 = 64 << 20;

/// One logger with its settings.
pub(crate) trait Contender: Sized {
    /// What each emitting thread has of its own.
    type Taker: Take;

    /// Begins to log into this empty directory.
    fn open(directory: &Path) -> Result<Self, Error>;
    /// For one more thread.
    fn taker(&self) -> Self::Taker;
    /// Returns once everything is in the files, or the logger has given up; no taker is left.
    fn close(self) -> Result<(), Error>;
}

/// Takes the events of one thread.
pub(crate) trait Take: Send + 'static {
    /// The operation that is measured.
    fn take(&mut self, number: u32);

    /// Runs the thread's work in the surroundings that the logger wants.
    fn surround<R>(work: impl FnOnce() -> R) -> R {
        work()
    }
}

macro_rules! contenders {
    ($($name:literal => $type:ty,)*) => {
        /// In the order of the tables.
        pub(crate) const NAMES: &[&str] = &["floor", $($name),*];

        /// Runs one task in this process.
        pub(crate) fn run(task: &Task) -> Result<Report, Error> {
            match (task.contender.as_str(), task.scenario) {
                ("floor", Scenario::Saturated | Scenario::Paced | Scenario::Idle) => {
                    child::run::<floor::Copied>(task)
                }
                ("floor", _) => child::run::<floor::Written>(task),
                $(($name, _) => child::run::<$type>(task),)*
                (other, _) => Err(format!("there is no contender `{other}`").into()),
            }
        }
    };
}

contenders! {
    "floor ring" => floor_ring::FloorRing,
    "event-log" => event_log::EventLog,
    "tracing" => tracing::Lossless,
    "tracing lossy" => tracing::Lossy,
    "emit_file" => emit_file::EmitFile,
    "slog" => slog::Slog,
    "log4rs" => log4rs::Log4rs,
    "flexi_logger" => flexi_logger::FlexiLogger,
    "logforth" => logforth::Logforth,
    "spdlog-rs" => spdlog::Spdlog,
    "ftlog" => ftlog::Ftlog,
    "fast_log" => fast_log::FastLog,
    "Mutex BufWriter" => buffered::Buffered,
    "write(2)" => write_each::WriteEach,
}

/// Lets a contender complete what a killed process left: only event-log has something to complete.
pub(crate) fn recover(contender: &str, directory: &Path) -> Result<(), Error> {
    if contender == "event-log" { event_log::recover(directory) } else { Ok(()) }
}

/// Another one for each thread.
fn stamp() -> Stamp {
    static SEED: AtomicU64 = AtomicU64::new(1);
    Stamp::new(SEED.fetch_add(1 << 32, Ordering::Relaxed))
}

/// The event as serde sees it, for peers that take text.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    date: &'a str,
    #[serde(rename = "type")]
    event_type: &'a str,
    user_id: u64,
    locale: &'a str,
    country_code: &'a str,
    params: LessonCleared<'a>,
}

/// The line of the event number `number`, from this stamp.
#[inline]
fn line(stamp: &mut Stamp, number: u32) -> Line<'_> {
    stamp.renew();
    Line {
        id: stamp.id(),
        date: stamp.date(),
        event_type: "lesson_cleared",
        user_id: 123_456_789,
        locale: "ja-JP",
        country_code: "JP",
        params: event(number),
    }
}

#[inline]
fn text(stamp: &mut Stamp, number: u32) -> String {
    serde_json::to_string(&line(stamp, number)).expect("the line can be serialized")
}

/// Logs the line's text through the `log` crate, behind which several peers stand.
pub(crate) struct LogCrate(Stamp);

impl LogCrate {
    fn new() -> Self {
        Self(stamp())
    }
}

impl Take for LogCrate {
    #[inline]
    fn take(&mut self, number: u32) {
        log::info!("{}", text(&mut self.0, number));
    }
}
