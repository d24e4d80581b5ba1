//! What is published: names, units, descriptions, and where each number comes from.
//!
//! The table in the documentation of [`metrics`](super) lists the same; a test compares them.

use std::time::Duration;

use ::metrics::Unit;

use crate::stats::Stats;

/// A number that only grows.
pub(super) struct CounterOf {
    pub(super) name: &'static str,
    pub(super) unit: Unit,
    pub(super) what: &'static str,
    pub(super) read: fn(&Stats) -> u64,
}

/// A number that goes up and down.
pub(super) struct GaugeOf {
    pub(super) name: &'static str,
    pub(super) unit: Unit,
    pub(super) what: &'static str,
    pub(super) read: fn(&Snapshot) -> f64,
}

/// What is published at one time.
pub(super) struct Snapshot {
    pub(super) stats: Stats,
    pub(super) drain_delay: Duration,
}

/// By reason, so not in the table.
pub(super) const DROPPED: &str = "event_log_dropped_total";
pub(super) const DROPPED_WHAT: &str = "events that were not accepted, by `reason`";

pub(super) const COUNTERS: [CounterOf; 11] = [
    CounterOf {
        name: "event_log_emitted_total",
        unit: Unit::Count,
        what: "events handed to emit",
        read: |stats| stats.total.emitted,
    },
    CounterOf {
        name: "event_log_written_total",
        unit: Unit::Count,
        what: "events that are in a segment",
        read: |stats| stats.total.written,
    },
    CounterOf {
        name: "event_log_written_bytes_total",
        unit: Unit::Bytes,
        what: "length of the lines that are in segments",
        read: |stats| stats.written_bytes,
    },
    CounterOf {
        name: "event_log_gap_lines_total",
        unit: Unit::Count,
        what: "lines that tell of dropped events",
        read: |stats| stats.gap_lines,
    },
    CounterOf {
        name: "event_log_recovered_lines_total",
        unit: Unit::Count,
        what: "lines of dead processes that were written",
        read: |stats| stats.recovered_lines,
    },
    CounterOf {
        name: "event_log_segments_created_total",
        unit: Unit::Count,
        what: "segments created",
        read: |stats| stats.segments_created,
    },
    CounterOf {
        name: "event_log_segments_removed_total",
        unit: Unit::Count,
        what: "segments removed by retention",
        read: |stats| stats.segments_removed,
    },
    CounterOf {
        name: "event_log_rotations_total",
        unit: Unit::Count,
        what: "segments ended because of their length or period",
        read: |stats| stats.rotations,
    },
    CounterOf {
        name: "event_log_syncs_total",
        unit: Unit::Count,
        what: "syncs of the disk for callers of sync",
        read: |stats| stats.syncs,
    },
    CounterOf {
        name: "event_log_io_errors_total",
        unit: Unit::Count,
        what: "file operations that failed",
        read: |stats| stats.io_errors,
    },
    CounterOf {
        name: "event_log_handler_panics_total",
        unit: Unit::Count,
        what: "panics of the error handler or of the recorder",
        read: |stats| stats.error_handler_panics,
    },
];

pub(super) const GAUGES: [GaugeOf; 5] = [
    GaugeOf {
        name: "event_log_in_spool",
        unit: Unit::Count,
        what: "events that are in no segment yet",
        read: |now| float(now.stats.total.in_spool),
    },
    GaugeOf {
        name: "event_log_spool_used_bytes",
        unit: Unit::Bytes,
        what: "how much of the spool holds events",
        read: |now| float(now.stats.spool_used_bytes),
    },
    GaugeOf {
        name: "event_log_spool_size_bytes",
        unit: Unit::Bytes,
        what: "the size of the spool",
        read: |now| float(now.stats.spool_bytes),
    },
    GaugeOf {
        name: "event_log_oldest_waiting_seconds",
        unit: Unit::Seconds,
        what: "age of the event that waits first, 0 if none waits",
        read: |now| now.stats.oldest_waiting.unwrap_or_default().as_secs_f64(),
    },
    GaugeOf {
        name: "event_log_drain_delay_seconds",
        unit: Unit::Seconds,
        what: "longest way of a line from emit to segment since the last time",
        read: |now| now.drain_delay.as_secs_f64(),
    },
];

#[expect(clippy::cast_precision_loss, reason = "a gauge needs no more than 52 bits")]
fn float(count: u64) -> f64 {
    count as f64
}
