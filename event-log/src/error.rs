//! The errors that a caller can act on: one enum for each thing that a caller can do.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::stats::DropReason;

/// Why a logger could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// An option is outside its range.
    #[error("`{option}` is {got}, but must be {range}")]
    Option {
        /// The name of the builder's method.
        option: &'static str,
        /// What it was given.
        got: String,
        /// What it takes.
        range: String,
    },
    /// The log directory, or the directory of spools in it, cannot be created.
    #[error(
        "cannot create the log directory `{path}`; create it for this user, or pass a writable one"
    )]
    CreateDirectory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The path of the log directory is something else.
    #[error("`{path}` is not a directory; pass the path of a directory for the segments")]
    NotADirectory {
        /// The path.
        path: PathBuf,
    },
    /// The log directory, or the directory of spools in it, cannot be read.
    #[error("cannot read the directory `{path}`; let this user read, write and enter it")]
    ReadDirectory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The spool cannot be made: the disk is full, the directory is read-only, or it lies on a file
    /// system that cannot map or lock files.
    #[error(
        "cannot make a spool of {spool_bytes} bytes in `{path}`; let this user write there, free that \
         much on the disk, set a smaller `spool_bytes`, or choose a directory on a local disk"
    )]
    CreateSpool {
        /// The directory of spools.
        path: PathBuf,
        /// The size asked for.
        spool_bytes: usize,
        /// What the system said.
        source: io::Error,
    },
    /// An event in this binary has a hashed field, and the logger no key to hash it with.
    #[error(
        "the field `{field}` of `{event_type}` events is hashed, but the logger has no key; give it one \
         with `pii_key`"
    )]
    NoPiiKey {
        /// The type of the event; of several, the first by name.
        event_type: &'static str,
        /// The field's key in the line.
        field: &'static str,
    },
    /// The background thread cannot be started.
    #[error("cannot start the writer's thread; raise this user's limit on threads")]
    StartThread {
        /// What the system said.
        source: io::Error,
    },
}

/// Why an event was not accepted. It is counted ([`Stats::dropped`](crate::Stats::dropped)), and a
/// gap line in the log will tell of it, unless the logger is closed or has no spool.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmitError {
    /// The line would be longer than the limit.
    #[error(
        "the line of a `{event_type}` event is longer than {limit_bytes} bytes; \
         shorten its fields, or raise `max_line_bytes`"
    )]
    TooLong {
        /// The type of the event.
        event_type: &'static str,
        /// The builder's `max_line_bytes`.
        limit_bytes: usize,
    },
    /// A field cannot be written as JSON.
    #[error("the field `{field}` of a `{event_type}` event cannot be written as JSON")]
    NotSerializable {
        /// The type of the event.
        event_type: &'static str,
        /// The field's name in `params`.
        field: &'static str,
        /// What its `Serialize` said.
        source: Arc<serde_json::Error>,
    },
    /// The `Serialize` of a field panicked.
    #[error("a field of a `{event_type}` event panicked while it was written as JSON")]
    Panicked {
        /// The type of the event.
        event_type: &'static str,
    },
    /// The spool had no room, and the overflow policy did not wait, or not any longer.
    #[error(
        "there was no room in the spool for a `{event_type}` event; the disk is stuck or slower than \
         the events, see `spool_bytes` and `overflow`"
    )]
    SpoolFull {
        /// The type of the event.
        event_type: &'static str,
    },
    /// The logger was closed.
    #[error("the logger was closed before a `{event_type}` event was emitted")]
    Closed {
        /// The type of the event.
        event_type: &'static str,
    },
    /// This process is a fork of the one that built the logger, and no spool of its own could be
    /// made.
    #[error("this forked process could not make a spool of its own for a `{event_type}` event")]
    NoSpool {
        /// The type of the event.
        event_type: &'static str,
        /// Why not; `None` for an emit of the error handler while the spool is being made.
        source: Option<Arc<BuildError>>,
    },
    /// The [transaction](crate::Transaction) that it was emitted into cannot be committed any more.
    #[error("a `{event_type}` event cannot appear without the rest of its transaction")]
    Transaction {
        /// The type of the event.
        event_type: &'static str,
        /// Why not.
        source: Arc<CommitError>,
    },
    /// No logger is [installed](crate::Logger::install) in this process.
    #[error(
        "no logger is installed for a `{event_type}` event; call `Logger::install` before the first emit"
    )]
    NotInstalled {
        /// The type of the event.
        event_type: &'static str,
    },
}

impl EmitError {
    /// The reason under which the event is counted.
    #[must_use]
    pub fn reason(&self) -> DropReason {
        match self {
            Self::TooLong { .. } => DropReason::TooLong,
            Self::NotSerializable { .. } => DropReason::NotSerializable,
            Self::Panicked { .. } => DropReason::Panicked,
            Self::SpoolFull { .. } => DropReason::SpoolFull,
            Self::Closed { .. } => DropReason::Closed,
            Self::NoSpool { .. } => DropReason::NoSpool,
            Self::Transaction { .. } => DropReason::Transaction,
            Self::NotInstalled { .. } => DropReason::NotInstalled,
        }
    }

    /// The type of the event.
    #[must_use]
    pub fn event_type(&self) -> &'static str {
        match self {
            Self::TooLong { event_type, .. }
            | Self::NotSerializable { event_type, .. }
            | Self::Panicked { event_type }
            | Self::SpoolFull { event_type }
            | Self::Closed { event_type }
            | Self::NoSpool { event_type, .. }
            | Self::Transaction { event_type, .. }
            | Self::NotInstalled { event_type } => event_type,
        }
    }
}

/// Why a [transaction](crate::Transaction) was not committed: none of its events appears. They are
/// counted ([`Stats::dropped`](crate::Stats::dropped)), and gap lines in the log will tell of them,
/// unless the logger is closed or has no spool.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// One of its events has no line. That one is counted by the reason that `source` gives, the others
    /// as [`DropReason::Transaction`].
    #[error("event number {number} of the transaction was not accepted, and so none of its events")]
    Event {
        /// Which of its events, from 1.
        number: usize,
        /// Why not.
        source: EmitError,
    },
    /// Its lines together are longer than what can appear at once. All its events are counted as
    /// [`DropReason::Transaction`].
    #[error(
        "the first {events} events of the transaction are {bytes} bytes long, but at most {limit_bytes} \
         bytes can appear at once; commit fewer events at a time, or raise `spool_bytes`, of which a \
         quarter counts, up to 16 MiB, and `segment_bytes`"
    )]
    TooLong {
        /// How many events it took to pass the limit.
        events: usize,
        /// The length of their lines.
        bytes: usize,
        /// How long they may be.
        limit_bytes: usize,
    },
    /// The spool had no room, and the overflow policy did not wait, or not any longer.
    #[error(
        "there was no room in the spool for a transaction of {events} events, {bytes} bytes; the disk is \
         stuck or slower than the events, see `spool_bytes` and `overflow`"
    )]
    SpoolFull {
        /// How many events it has.
        events: usize,
        /// The length of their lines.
        bytes: usize,
    },
    /// The logger was closed.
    #[error("the logger was closed before a transaction of {events} events was committed")]
    Closed {
        /// How many events it has.
        events: usize,
    },
    /// This process is a fork of the one that built the logger, and no spool of its own could be
    /// made.
    #[error(
        "this forked process could not make a spool of its own for a transaction of {events} events"
    )]
    NoSpool {
        /// How many events it has.
        events: usize,
        /// Why not; `None` for a commit of the error handler while the spool is being made.
        source: Option<Arc<BuildError>>,
    },
}

impl CommitError {
    /// The reason under which the event at `index` is counted.
    pub(crate) fn reason_of(&self, index: usize) -> DropReason {
        match self {
            Self::Event { number, source } if *number == index + 1 => source.reason(),
            Self::Event { .. } | Self::TooLong { .. } => DropReason::Transaction,
            Self::SpoolFull { .. } => DropReason::SpoolFull,
            Self::Closed { .. } => DropReason::Closed,
            Self::NoSpool { .. } => DropReason::NoSpool,
        }
    }

    /// Why the event at `index`, of this type, was dropped.
    #[cfg(feature = "testing")]
    pub(crate) fn of_event(self: &Arc<Self>, index: usize, event_type: &'static str) -> EmitError {
        match &**self {
            Self::Event { number, source } if *number == index + 1 => source.clone(),
            Self::Closed { .. } => EmitError::Closed { event_type },
            _ => EmitError::Transaction { event_type, source: Arc::clone(self) },
        }
    }
}

/// Why [`flush`](crate::Logger::flush) or [`close`](crate::Logger::close) did not finish. What is
/// left stays in the spool: it is written as soon as that works again, or by the next start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FlushError {
    /// The time was up.
    #[error("{events_left} events were still in the spool after {timeout:?}")]
    TimedOut {
        /// How many events were not in a segment yet.
        events_left: u64,
        /// The time that was given.
        timeout: Duration,
        /// The last trouble of the writer, if it had any since its last success.
        #[source]
        source: Option<Arc<SegmentError>>,
    },
    /// The logger was closed with events left in the spool, or this is a forked process without a
    /// spool of its own.
    #[error("the logger was closed while {events_left} events were still in the spool")]
    Closed {
        /// How many events were not in a segment yet.
        events_left: u64,
    },
    /// A call from the writer's own thread, that is from the error handler: it would wait for
    /// itself.
    #[error("the error handler cannot wait for the writer, which is waiting for the error handler")]
    WouldDeadlock,
}

/// Why [`sync`](crate::Logger::sync) did not finish.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// The events did not get into a segment, or the disk did not answer, in time.
    #[error("the events could not be made to survive a power cut")]
    NotFlushed(#[source] FlushError),
    /// The disk refused. The events are in their segments, but may not survive a power cut, and no
    /// later call makes sure of them: it vouches for later events only. Emit them again if they
    /// must be safe.
    #[error("the disk refused to sync")]
    Refused(#[source] Arc<SegmentError>),
}

/// A file operation on a segment that failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {operation} `{path}`")]
#[non_exhaustive]
pub struct SegmentError {
    /// What was being done, as in "cannot … the file".
    pub operation: &'static str,
    /// To which file or directory.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// What the error handler ([`on_error`](crate::LoggerBuilder::on_error)) is told.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// An event was not accepted. Of events dropped for want of room only the first is reported,
    /// until there is room again.
    #[error(transparent)]
    Dropped(EmitError),
    /// A [transaction](crate::Transaction) was not committed. Of those dropped for want of room only
    /// the first is reported, until there is room again.
    #[error(transparent)]
    TransactionDropped(CommitError),
    /// An operation on a segment or its directory failed. Writes are tried again with growing
    /// pauses, up to a second, and events collect in the spool meanwhile; a sync is not tried
    /// again, and its caller gets the error; a removal by retention is tried again with the next
    /// look at the limits, a compression with growing pauses, up to a minute.
    #[error(transparent)]
    Segment(Arc<SegmentError>),
    /// Somebody removed the active segment. The lines of the last write are written again, to a new
    /// one, with the same ids.
    #[error("the active segment `{path}` was removed; a new one takes its place")]
    SegmentRemoved {
        /// The segment.
        path: PathBuf,
    },
    /// Somebody else wrote to the active segment or truncated it. The lines of the last write are
    /// written again, to a new one, with the same ids.
    #[error(
        "the active segment `{path}` was changed by somebody else and is now {found_bytes} bytes long; \
         a new one takes its place. Do not truncate or edit segments: collect `<prefix>.*.jsonl` as they are"
    )]
    SegmentChanged {
        /// The segment.
        path: PathBuf,
        /// Its length now.
        found_bytes: u64,
    },
    /// The spool's file was removed, as was noticed when the active segment was. Events still reach
    /// their segments, but until the process is started again those of the last moments would not
    /// survive its death.
    #[error(
        "the spool `{path}` was removed; restart the process so that events survive its death again"
    )]
    SpoolRemoved {
        /// The spool's file.
        path: PathBuf,
    },
    /// A spool that a dead process left cannot be read, and was set aside.
    #[error("cannot recover a spool: {reason}; it was kept as `{path}`")]
    SpoolSetAside {
        /// Where it lies now.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A spool that a dead process left cannot be recovered now; it is tried again every 30
    /// seconds, and by the next start.
    #[error("cannot recover the spool `{path}` at the moment; it is tried again")]
    NotRecovered {
        /// The file or directory that stood in the way: the spool's, or the segment's.
        path: PathBuf,
        /// Why not.
        source: Arc<io::Error>,
    },
    /// Records of a recovered spool were damaged, as after a power cut, and left out.
    #[error("{records} damaged records of the spool `{path}` were left out")]
    RecordsDamaged {
        /// The spool's file.
        path: PathBuf,
        /// How many.
        records: u64,
    },
    /// The segment into which a dead process was draining its spool is gone, or shorter than it
    /// was, so lines that were in it may have been written again, with the same ids.
    #[error(
        "the segment `{segment}` is gone or damaged; up to {lines} lines of it were written again"
    )]
    LinesRepeated {
        /// The segment.
        segment: String,
        /// How many lines at most.
        lines: u64,
    },
}

impl From<SegmentError> for LogError {
    fn from(error: SegmentError) -> Self {
        Self::Segment(Arc::new(error))
    }
}
