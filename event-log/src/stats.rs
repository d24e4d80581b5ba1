//! The ledger: emitted = written + dropped + still in the spool, at every moment, by type.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// Why an event was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum DropReason {
    /// There was no room in the spool.
    SpoolFull = 1,
    /// The line was longer than [`max_line_bytes`](crate::LoggerBuilder::max_line_bytes).
    TooLong = 2,
    /// A field could not be written as JSON.
    NotSerializable = 3,
    /// The `Serialize` of a field panicked.
    Panicked = 4,
    /// The logger was closed. No gap line tells of it.
    Closed = 5,
    /// A forked process could not make a spool of its own. No gap line tells of it.
    NoSpool = 6,
    /// Another event of its [transaction](crate::Transaction) was not accepted, or all of them together
    /// were too long.
    Transaction = 7,
    /// No logger was [installed](crate::Logger::install). In no logger's ledger, and no gap line tells of
    /// it; see [`dropped_before_install`](crate::dropped_before_install).
    NotInstalled = 8,
}

impl DropReason {
    pub(crate) const ALL: [Self; 8] = [
        Self::SpoolFull,
        Self::TooLong,
        Self::NotSerializable,
        Self::Panicked,
        Self::Closed,
        Self::NoSpool,
        Self::Transaction,
        Self::NotInstalled,
    ];

    /// The name, as in gap lines: `spool_full`, for example.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SpoolFull => "spool_full",
            Self::TooLong => "too_long",
            Self::NotSerializable => "not_serializable",
            Self::Panicked => "panicked",
            Self::Closed => "closed",
            Self::NoSpool => "no_spool",
            Self::Transaction => "transaction",
            Self::NotInstalled => "not_installed",
        }
    }

    /// The code in the spool's table of drops.
    pub(crate) const fn code(self) -> u8 {
        self as u8
    }

    /// The reason with this code.
    pub(crate) fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What became of the events of one logger since it was built.
///
/// The four numbers of [`total`](Self::total), and of each type, balance at every moment:
/// `emitted == written + dropped + in_spool`.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Stats {
    /// All types together.
    pub total: TypeStats,
    /// Each type that was emitted or dropped, by name.
    pub by_type: BTreeMap<String, TypeStats>,
    /// How many events were dropped, by reason.
    pub dropped: BTreeMap<DropReason, u64>,
    /// The size of the spool, in bytes.
    pub spool_bytes: u64,
    /// How much of the spool holds events, in bytes: their lines, and 16 to 31 bytes more for
    /// each event and each transaction. Nearing `spool_bytes`, events are about to wait or be dropped.
    pub spool_used_bytes: u64,
    /// How long ago the event was emitted that waits in the spool as the first, to the millisecond;
    /// `None` where none waits. Grows past the drain interval while the disk does not take lines.
    pub oldest_waiting: Option<Duration>,
    /// How long the oldest line of the last batch took from its emit to its segment, to the
    /// millisecond; zero before the first.
    pub drain_delay: Duration,
    /// Lines of type `event_log_gap` that the logger wrote by itself.
    pub gap_lines: u64,
    /// Lines of earlier processes that this logger found in their spools and wrote. They are not
    /// among the emitted.
    pub recovered_lines: u64,
    /// The length of the lines that are whole in segments, in bytes; gap lines and recovered lines
    /// included, but for a recovered line of which the dead process had written a part.
    pub written_bytes: u64,
    /// Segments created, also for recovered lines.
    pub segments_created: u64,
    /// Segments ended because of their length or their period.
    pub rotations: u64,
    /// Segments removed by retention.
    pub segments_removed: u64,
    /// How often the disk was asked to sync for callers of `sync`, with success or not; callers
    /// that waited together share one.
    pub syncs: u64,
    /// Operations on segments and directories that failed, each attempt by itself; failed
    /// recoveries ([`NotRecovered`](crate::LogError::NotRecovered)) are not among them.
    pub io_errors: u64,
    /// How often the error handler itself panicked, or the recorder of metrics on the writer's thread.
    pub error_handler_panics: u64,
}

/// What became of the events of one type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypeStats {
    /// Events handed to `emit` or `try_emit`.
    pub emitted: u64,
    /// Events that are in a segment.
    pub written: u64,
    /// Events that were not accepted.
    pub dropped: u64,
    /// Events that were accepted and are not in a segment yet; those whose `emit` is about to
    /// return are among them.
    pub in_spool: u64,
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TypeStats { emitted, written, dropped, in_spool } = self.total;
        write!(f, "emitted {emitted} = written {written} + dropped {dropped} + in spool {in_spool}")
    }
}
