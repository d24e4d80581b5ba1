//! Numbers about a logger for the facade [`metrics`](https://docs.rs/metrics), and through it for
//! Prometheus and others. With the feature `metrics`.
//!
//! The writer's thread publishes them once a second, and a last time when the logger is closed;
//! [`Logger::publish_metrics`] does so at once. An emit takes no part in it and costs the same.
//!
//! ```
//! use event_log::{Event, Logger};
//! use metrics_util::debugging::DebuggingRecorder;
//!
//! #[derive(Event)]
//! struct LessonStarted {
//!     lesson: u32,
//! }
//!
//! // In a service: the recorder of an exporter, such as metrics-exporter-prometheus.
//! let recorder = DebuggingRecorder::new();
//! let snapshotter = recorder.snapshotter();
//!
//! # let directory = tempfile::tempdir()?;
//! let logger = Logger::builder(directory.path()).metrics_recorder(recorder).build()?;
//! logger.emit(LessonStarted { lesson: 7 });
//! logger.publish_metrics();
//!
//! let published = snapshotter.snapshot().into_vec();
//! assert!(published.iter().any(|(key, ..)| key.key().name() == "event_log_emitted_total"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The list
//!
//! | name | kind | unit | what |
//! | --- | --- | --- | --- |
//! | `event_log_emitted_total` | counter | count | events handed to emit |
//! | `event_log_written_total` | counter | count | events that are in a segment |
//! | `event_log_dropped_total` | counter | count | events that were not accepted, by `reason` |
//! | `event_log_written_bytes_total` | counter | bytes | length of the lines that are in segments |
//! | `event_log_gap_lines_total` | counter | count | lines that tell of dropped events |
//! | `event_log_recovered_lines_total` | counter | count | lines of dead processes that were written |
//! | `event_log_segments_created_total` | counter | count | segments created |
//! | `event_log_segments_removed_total` | counter | count | segments removed by retention |
//! | `event_log_rotations_total` | counter | count | segments ended because of their length or period |
//! | `event_log_syncs_total` | counter | count | syncs of the disk for callers of sync |
//! | `event_log_io_errors_total` | counter | count | file operations that failed |
//! | `event_log_handler_panics_total` | counter | count | panics of the error handler or of the recorder |
//! | `event_log_in_spool` | gauge | count | events that are in no segment yet |
//! | `event_log_spool_used_bytes` | gauge | bytes | how much of the spool holds events |
//! | `event_log_spool_size_bytes` | gauge | bytes | the size of the spool |
//! | `event_log_oldest_waiting_seconds` | gauge | seconds | age of the event that waits first, 0 if none waits |
//! | `event_log_drain_delay_seconds` | gauge | seconds | longest way of a line from emit to segment since the last time |
//!
//! Each bears the label `logger`: the [prefix](crate::LoggerBuilder::prefix), unless
//! [`metrics_label`](crate::LoggerBuilder::metrics_label) names another. Loggers with the same label
//! add up in the counters, but overwrite each other's gauges.
//! `event_log_dropped_total` has a series for each [`DropReason`], under its
//! [name](DropReason::name).
//!
//! All numbers of one publication are of one moment, so
//! emitted = written + dropped (all reasons) + in spool. Whoever reads while a publication is under
//! way may see a part of it; the handler of a scrape that calls [`Logger::publish_metrics`] first does
//! not. By type of event the numbers are in [`Logger::stats`] only.
//!
//! # What to watch
//!
//! - `rate(event_log_dropped_total[5m]) > 0`: events are lost, for this reason.
//! - `event_log_oldest_waiting_seconds > 10`: the disk takes nothing; look at `on_error`.
//! - `event_log_spool_used_bytes / event_log_spool_size_bytes > 0.5`: events come faster than the disk
//!   takes them, and will wait or be dropped when it is full.
//!
//! A disk that *fails* does not keep the writer from publishing, but one that *hangs* does: a write
//! returns nothing until it returns. The handler of a scrape that calls [`Logger::publish_metrics`]
//! tells the truth even then.
//!
//! # Which recorder
//!
//! The one given to [`metrics_recorder`](crate::LoggerBuilder::metrics_recorder), else the global one.
//! A counter is published as what came to it since the last time, so what was published before a
//! global recorder was installed is missing in it: install it before the logger is built.

mod list;
mod publisher;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use ::metrics::Recorder;

pub(crate) use self::publisher::Publisher;
use crate::builder::LoggerBuilder;
use crate::logger::Logger;
#[cfg(doc)]
use crate::stats::DropReason;

/// What the builder was told about metrics.
#[derive(Clone, Default)]
pub(crate) struct MetricsOptions {
    label: Option<String>,
    recorder: Option<Arc<dyn Recorder + Send + Sync>>,
}

impl MetricsOptions {
    pub(crate) fn publisher(&self, prefix: &str) -> Publisher {
        let label = self.label.clone().unwrap_or_else(|| prefix.to_owned());
        Publisher::new(label, self.recorder.clone())
    }
}

impl fmt::Debug for MetricsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsOptions").field("label", &self.label).finish_non_exhaustive()
    }
}

impl LoggerBuilder {
    /// The value of the label `logger` of all [metrics](crate::metrics) of this logger. The
    /// [prefix](Self::prefix) by default; name another where several loggers of a process have the
    /// same prefix.
    pub fn metrics_label(mut self, label: impl Into<String>) -> Self {
        self.metrics.label = Some(label.into());
        self
    }

    /// Publishes [metrics](crate::metrics) to this recorder, and not to the global one.
    ///
    /// It is called on the writer's thread, which writes nothing meanwhile; there a panic of it is
    /// caught and counted. It may emit. It must not close this logger, whose end waits for it.
    pub fn metrics_recorder(mut self, recorder: impl Recorder + Send + Sync + 'static) -> Self {
        self.metrics.recorder = Some(Arc::new(recorder));
        self
    }
}

impl Logger {
    /// Publishes the [metrics](crate::metrics) of this logger now, on this thread: for the handler
    /// of a scrape, so that it answers with the latest numbers.
    ///
    /// For a second from then on the writer publishes nothing, so whoever reads the recorder at once
    /// finds the numbers of one moment. Waits for a thread that is just publishing. Does nothing
    /// inside a recorder, and in a forked child that has not emitted. Without a recorder of the logger's own it publishes to the one that is
    /// current on this thread: that of `metrics::with_local_recorder`, else the global one.
    pub fn publish_metrics(&self) {
        if let Some(handle) = self.handle().started() {
            handle.shared.publish();
        }
    }
}
