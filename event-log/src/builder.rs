//! [`LoggerBuilder`]: every knob with its unit, default and range.
//!
//! - [`check`]: the ranges, and the error that names what is outside of one.
//! - [`parts`]: what a logger is made of, as the options say.

pub(crate) mod check;
mod overflow;
mod parts;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use self::overflow::Overflow;
use crate::clock::Clock;
#[cfg(feature = "_compression")]
use crate::compress::Compression;
use crate::context::Context;
use crate::date::DatePrecision;
use crate::error::{BuildError, LogError};
use crate::handle::Handle;
use crate::logger::Logger;
use crate::pii::PiiKey;
#[cfg(feature = "testing")]
use crate::testing::{Recorded, Recording};
use crate::writer;
use crate::writer::retention::Retention;
use crate::writer::storage::{Storage, SystemStorage};

/// Builds a [`Logger`].
///
/// | option | default | range |
/// | --- | --- | --- |
/// | [`prefix`](Self::prefix) | `events` | 1 to 100 of `A-Z a-z 0-9 _ - .`, not beginning with `.` |
/// | [`date_precision`](Self::date_precision) | whole seconds | |
/// | [`context`](Self::context) | empty | at most half of `max_line_bytes` |
/// | [`max_line_bytes`](Self::max_line_bytes) | 32,000 | 1,024 to 1,048,576 |
/// | [`spool_bytes`](Self::spool_bytes) | 8 MiB | a power of two from 64 KiB to 4 GiB, at least 4 lines |
/// | [`overflow`](Self::overflow) | wait 100 ms | |
/// | [`drain_interval`](Self::drain_interval) | 10 ms | 1 ms to 1 s |
/// | [`segment_bytes`](Self::segment_bytes) | 64 MiB | one line to 1 TiB |
/// | [`rotate_every`](Self::rotate_every) | 1 hour | 1 s to 366 days |
/// | [`retain_bytes`](Self::retain_bytes) | all | any |
/// | [`retain_age`](Self::retain_age) | for ever | any |
/// | [`retain_count`](Self::retain_count) | all | any |
/// | [`retain_at_least`](Self::retain_at_least) | 5 minutes | any |
/// | [`close_timeout`](Self::close_timeout) | 5 s | any |
/// | [`on_error`](Self::on_error) | nobody is told | |
/// | [`clock`](Self::clock) | the system's | |
/// | [`storage`](Self::storage) | the system's | |
/// | `compress` (features `gzip`, `zstd`) | never | |
/// | `compress_after` (features `gzip`, `zstd`) | 1 hour | any |
/// | `pii_key` (feature `pii`) | none | 32 bytes or more |
/// | `metrics_label` (feature `metrics`) | the prefix | any |
/// | `metrics_recorder` (feature `metrics`) | the global one | |
///
/// ```
/// use std::time::Duration;
/// use event_log::{DatePrecision, Logger, Overflow};
///
/// # let directory = tempfile::tempdir()?;
/// let logger = Logger::builder(directory.path())
///     .date_precision(DatePrecision::Millis)
///     .rotate_every(Duration::from_secs(600))
///     .retain_age(Duration::from_secs(7 * 24 * 3_600))
///     .overflow(Overflow::Wait(Duration::from_millis(20)))
///     .on_error(|error| eprintln!("event log: {error}"))
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct LoggerBuilder {
    pub(crate) directory: PathBuf,
    pub(crate) prefix: String,
    pub(crate) date_precision: DatePrecision,
    pub(crate) context: Context,
    pub(crate) max_line_bytes: usize,
    pub(crate) spool_bytes: usize,
    pub(crate) overflow: Overflow,
    pub(crate) drain_interval: Duration,
    segment_bytes: u64,
    rotate_every: Duration,
    retention: Retention,
    pub(crate) close_timeout: Duration,
    pub(crate) upkeep_interval: Duration,
    on_error: Arc<dyn Fn(&LogError) + Send + Sync>,
    clock: Option<Arc<dyn Clock>>,
    storage: Arc<dyn Storage>,
    pub(crate) pii_key: Option<PiiKey>,
    #[cfg(feature = "_compression")]
    compression: Option<Compression>,
    #[cfg(feature = "_compression")]
    compress_after: Duration,
    #[cfg(feature = "metrics")]
    pub(crate) metrics: crate::metrics::MetricsOptions,
}

impl LoggerBuilder {
    pub(crate) fn new(directory: PathBuf) -> Self {
        Self {
            directory,
            prefix: "events".to_owned(),
            date_precision: DatePrecision::default(),
            context: Context::new(),
            // Fluent Bit, as installed, abandons the rest of a file at a line of 32 KiB.
            max_line_bytes: 32_000,
            spool_bytes: 8 << 20,
            overflow: Overflow::Wait(Duration::from_millis(100)),
            drain_interval: Duration::from_millis(10),
            segment_bytes: 64 << 20,
            rotate_every: Duration::from_secs(3_600),
            retention: Retention {
                total_bytes: None,
                age: None,
                count: None,
                grace: Duration::from_secs(300),
            },
            close_timeout: Duration::from_secs(5),
            upkeep_interval: writer::UPKEEP_INTERVAL,
            on_error: Arc::new(|_| {}),
            clock: None,
            storage: Arc::new(SystemStorage),
            pii_key: None,
            #[cfg(feature = "_compression")]
            compression: None,
            #[cfg(feature = "_compression")]
            compress_after: Duration::from_secs(3_600),
            #[cfg(feature = "metrics")]
            metrics: crate::metrics::MetricsOptions::default(),
        }
    }

    /// The beginning of every segment's name: collectors take `<prefix>.*.jsonl`. `events` by
    /// default; 1 to 100 of `A-Z a-z 0-9 _ - .`, not beginning with `.`.
    ///
    /// Loggers with different prefixes can share a directory: recovery and retention keep to their own.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How finely the `date` of a line is written. The default, whole seconds, is also the
    /// cheapest.
    pub fn date_precision(mut self, precision: DatePrecision) -> Self {
        self.date_precision = precision;
        self
    }

    /// Envelope values and common fields for lines that get none from the event, from
    /// [`with`](Logger::with) or from the ambient context: the application's version, for example.
    /// Empty by default; at most half of [`max_line_bytes`](Self::max_line_bytes), as it is part of
    /// every line.
    pub fn context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }

    /// The longest line in bytes, its newline included; an event with a longer one is dropped and
    /// counted. 32,000 by default; 1,024 to 1,048,576.
    ///
    /// The longest line that a collector takes as installed, and the setting that changes it:
    ///
    /// | collector | bytes | setting | beyond it |
    /// | --- | --- | --- | --- |
    /// | rsyslog | 8 KiB | `maxMessageSize` | the line is cut |
    /// | Fluent Bit | 32 KiB | `Buffer_Max_Size` | **the rest of the file is dropped** |
    /// | syslog-ng | 64 KiB | `log-msg-size` | the line is cut |
    /// | Vector | 100 KiB | `max_line_bytes` | the line is dropped |
    /// | Fluentd | none found | | |
    pub fn max_line_bytes(mut self, bytes: usize) -> Self {
        self.max_line_bytes = bytes;
        self
    }

    /// The size of the spool in bytes: what can wait for the disk. 8 MiB by default, which hold
    /// about 28,000 events of 285 bytes; a power of two from 64 KiB to 4 GiB that holds at least
    /// four lines of [`max_line_bytes`](Self::max_line_bytes). The file takes that much of the
    /// disk, and the process as much memory, from the start. A [transaction](crate::Transaction) may
    /// take a quarter of it.
    pub fn spool_bytes(mut self, bytes: usize) -> Self {
        self.spool_bytes = bytes;
        self
    }

    /// What an emit does when the spool is full. By default it waits up to 100 ms, then the event
    /// is dropped and counted.
    pub fn overflow(mut self, overflow: Overflow) -> Self {
        self.overflow = overflow;
        self
    }

    /// How long an event waits in the spool at most before it is in a segment, while there are
    /// events; after idleness up to five times as long. A shorter interval costs more wake-ups. 10
    /// ms by default; 1 ms to 1 s.
    pub fn drain_interval(mut self, interval: Duration) -> Self {
        self.drain_interval = interval;
        self
    }

    /// The length in bytes that a segment does not grow past. As there is at most one rotation a
    /// second, a segment that fills faster than that grows longer. 64 MiB by default; from
    /// [`max_line_bytes`](Self::max_line_bytes) to 1 TiB.
    pub fn segment_bytes(mut self, bytes: u64) -> Self {
        self.segment_bytes = bytes;
        self
    }

    /// The period of a segment by the wall clock, counted from 1970 in UTC: with an hour, segments
    /// end on the hour. Whichever comes first, this or the length, ends a segment. One hour by
    /// default; 1 s to 366 days.
    ///
    /// A jump of the clock, to either side, counts as time that passed.
    pub fn rotate_every(mut self, period: Duration) -> Self {
        self.rotate_every = period;
        self
    }

    /// Removes the oldest segments while all together are longer than this, in bytes. By default
    /// segments are never removed.
    ///
    /// This and the other limits apply together, each to all segments of this prefix in the
    /// directory, whoever wrote or compressed them: files of your own that have the name of a segment with
    /// `.gz` or `.zst` behind it are among them. They are looked at when the logger is built, when a segment
    /// is begun, and every 30 seconds. The newest segment of each logger that is alive, or dead and
    /// not recovered yet, stays, whatever the limits say.
    pub fn retain_bytes(mut self, bytes: u64) -> Self {
        self.retention.total_bytes = Some(bytes);
        self
    }

    /// Removes segments that were created longer ago than this, by the time in their names. By
    /// default segments are never removed; see [`retain_bytes`](Self::retain_bytes).
    pub fn retain_age(mut self, age: Duration) -> Self {
        self.retention.age = Some(age);
        self
    }

    /// Removes the oldest segments while there are more than this. By default segments are never
    /// removed; see [`retain_bytes`](Self::retain_bytes).
    pub fn retain_count(mut self, count: usize) -> Self {
        self.retention.count = Some(count);
        self
    }

    /// Keeps every segment at least so long from the time in its name, whatever the limits say:
    /// collectors look for new files once a minute, as installed. 5 minutes by default.
    ///
    /// A clock that was set back by more than this leaves names in the future, which are not
    /// spared.
    pub fn retain_at_least(mut self, grace: Duration) -> Self {
        self.retention.grace = grace;
        self
    }

    /// How long the drop of the last handle waits for the writer. What is left then stays in the
    /// spool for the next start. 5 s by default.
    pub fn close_timeout(mut self, timeout: Duration) -> Self {
        self.close_timeout = timeout;
        self
    }

    /// Is told of trouble: on the writer's thread, on the one that compresses, on that of an emit, or
    /// on that of [`build`](Self::build). Without it, drops and failed file operations are still counted
    /// ([`stats`](Logger::stats)); the rest, such as a damaged spool, nobody hears of.
    ///
    /// Of events dropped for want of room only the first is told, until there is room again. The
    /// writer writes nothing while the handler runs on its thread, so it should be quick.
    ///
    /// The handler may emit, and then never waits for room, under [`Overflow::Block`] neither. Trouble inside
    /// the handler is not reported in turn, and a panic of the handler is caught and counted.
    pub fn on_error(mut self, handler: impl Fn(&LogError) + Send + Sync + 'static) -> Self {
        self.on_error = Arc::new(handler);
        self
    }

    /// Takes the time of ids, dates and the names of segments from this clock: for tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Keeps segments in this storage: for tests. The spool stays a file of the log directory.
    pub fn storage(mut self, storage: impl Storage) -> Self {
        self.storage = Arc::new(storage);
        self
    }

    /// How often the writer looks at what ages without events, and tries again to recover what it could
    /// not. For tests of this library.
    #[cfg(feature = "testing")]
    #[doc(hidden)]
    pub fn upkeep_interval(mut self, interval: Duration) -> Self {
        self.upkeep_interval = interval;
        self
    }

    /// Compresses segments once they are closed: `….jsonl` becomes `….jsonl.gz` or `….jsonl.zst`. Off
    /// by default.
    ///
    /// **Collectors must have read a segment before** ([`compress_after`](Self::compress_after)): they
    /// take `events.*.jsonl`, and few read compressed files. The repository's `docs/collectors` says
    /// what it means for each.
    ///
    /// A thread of its own does it, at the lowest priority. It never touches a segment that somebody
    /// may still append to, another living logger's, or one that a recovery still needs; and removes
    /// a segment only when its compressed file is complete and survives a power cut. A kill at any
    /// moment leaves one or the other, or both, and the next logger with this option finishes.
    /// Failures are reported to [`on_error`](Self::on_error) and tried again, and stop nothing else. It
    /// needs room on the disk for a compressed file beside its segment.
    ///
    /// The newest segment of a logger stays as it is until there is a later one, or until the next
    /// logger with this option.
    #[cfg(feature = "_compression")]
    pub fn compress(mut self, compression: Compression) -> Self {
        self.compression = Some(compression);
        self
    }

    /// How long a segment stays as it is after it was closed, so that collectors can read it: longer
    /// than the longest time that a collector is ever behind or away. One hour by default; any.
    ///
    /// The time is taken from the name of the logger's next segment. Of a dead logger's last one
    /// nobody knows when it was closed: there it counts from when this logger first saw it.
    #[cfg(feature = "_compression")]
    pub fn compress_after(mut self, delay: Duration) -> Self {
        self.compress_after = delay;
        self
    }

    /// The key of fields with `#[event(pii = "hash")]`; none by default, and needed if any event in
    /// the binary has such a field. See [`pii`](crate::pii).
    #[cfg(feature = "pii")]
    pub fn pii_key(mut self, key: PiiKey) -> Self {
        self.pii_key = Some(key);
        self
    }

    /// Makes the directory and the spool, recovers what dead processes left there, and starts the
    /// writer.
    ///
    /// Recovery takes about as long as writing the spools that were left, and as much memory as one
    /// of them. It recovers every unlocked spool of the directory that has this prefix.
    ///
    /// # Errors
    /// If an option is out of its range, if a key for hashed fields is missing, if the directory cannot be made or read, or the spool
    /// cannot be made, or if the thread cannot be started. Spools of dead processes that cannot be
    /// recovered now are no error here: they are reported to [`on_error`](Self::on_error) and tried
    /// again every 30 seconds.
    pub fn build(self) -> Result<Logger, BuildError> {
        self.check()?;
        // A daemon may change its directory later.
        let directory = std::path::absolute(&self.directory).map_err(|source| {
            BuildError::CreateDirectory { path: self.directory.clone(), source }
        })?;
        Handle::start(Self { directory, ..self }).map(Logger::of)
    }

    /// Makes a logger with these options that records in memory, for tests, and what it records. It
    /// has no thread, file or spool: the directory is neither made nor read, and what is said of
    /// segments, of the spool and of the storage does not count. Needs the feature `testing`, whose
    /// module has [the rest](crate::testing).
    ///
    /// Unlike a service's, the ids count: 1, 2, 3.
    ///
    /// # Errors
    /// If an option is out of its range.
    ///
    /// ```
    /// use event_log::{Event, Logger};
    ///
    /// #[derive(Event)]
    /// struct Ping;
    ///
    /// let (logger, recorded) = Logger::builder("/var/log/shop").prefix("shop").record()?;
    /// logger.emit(Ping);
    /// assert_eq!(recorded.all()[0].event_type(), "ping");
    /// # Ok::<(), event_log::BuildError>(())
    /// ```
    #[cfg(feature = "testing")]
    pub fn record(mut self) -> Result<(Logger, Recorded), BuildError> {
        self.check()?;
        let recording = Arc::new(Recording::default());
        let (told, on_error) = (Arc::clone(&recording), Arc::clone(&self.on_error));
        self.on_error = Arc::new(move |error| {
            if let LogError::Dropped(error) = error {
                told.push_dropped(error.clone());
            }
            on_error(error);
        });
        let handle = Handle::record(self, Arc::clone(&recording));
        Ok((Logger::of(handle), Recorded::new(recording)))
    }
}

impl fmt::Debug for LoggerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoggerBuilder")
            .field("directory", &self.directory)
            .field("prefix", &self.prefix)
            .field("max_line_bytes", &self.max_line_bytes)
            .field("spool_bytes", &self.spool_bytes)
            .field("overflow", &self.overflow)
            .field("segment_bytes", &self.segment_bytes)
            .field("rotate_every", &self.rotate_every)
            .field("retention", &self.retention)
            .finish_non_exhaustive()
    }
}
