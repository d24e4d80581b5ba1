//! Hands the numbers of a logger to a recorder: what came to the counters, what the gauges are.

use std::cell::Cell;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use ::metrics::{Key, Label, Level, Metadata, Recorder, SharedString, Unit, with_recorder};

use crate::shared::Shared;
use crate::stats::{DropReason, Stats};

/// How often the writer publishes.
const INTERVAL: Duration = Duration::from_secs(1);

const METADATA: Metadata<'static> =
    Metadata::new("event_log", Level::INFO, Some("event_log::metrics"));

/// A number that only grows.
struct CounterOf {
    name: &'static str,
    unit: Unit,
    what: &'static str,
    read: fn(&Stats) -> u64,
}

/// A number that goes up and down.
struct GaugeOf {
    name: &'static str,
    unit: Unit,
    what: &'static str,
    read: fn(&Snapshot) -> f64,
}

/// What is published at one time.
struct Snapshot {
    stats: Stats,
    drain_delay: Duration,
}

/// By reason, so not in the table.
const DROPPED: &str = "event_log_dropped_total";
const DROPPED_WHAT: &str = "events that were not accepted, by `reason`";

const COUNTERS: [CounterOf; 11] = [
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

const GAUGES: [GaugeOf; 5] = [
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

/// Where a logger's numbers go, and what has gone there.
pub(crate) struct Publisher {
    label: SharedString,
    /// `None` for the global one.
    recorder: Option<Arc<dyn Recorder + Send + Sync>>,
    /// Held while the recorder is called.
    published: Mutex<Published>,
}

/// The counters as they were published last.
struct Published {
    at: Instant,
    counters: [u64; COUNTERS.len()],
    dropped: [u64; DropReason::ALL.len()],
}

impl Publisher {
    pub(super) fn new(label: String, recorder: Option<Arc<dyn Recorder + Send + Sync>>) -> Self {
        let published = Published {
            // The first time is due after the interval: a recorder may be installed until then.
            at: Instant::now(),
            counters: [0; COUNTERS.len()],
            dropped: [0; DropReason::ALL.len()],
        };
        Self { label: label.into(), recorder, published: Mutex::new(published) }
    }

    /// Publishes what `snapshot` returns, after another thread that is just publishing.
    fn publish(&self, snapshot: impl FnOnce() -> Snapshot) {
        let Some(_inside) = Inside::enter() else { return };
        // Where a recorder panicked, some numbers of that time are missing.
        let mut published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
        self.publish_to_recorder(&mut published, &snapshot());
    }

    /// Publishes if it is time to and nobody is publishing.
    fn publish_if_due(&self, snapshot: impl FnOnce() -> Snapshot) {
        let Some(_inside) = Inside::enter() else { return };
        let mut published = match self.published.try_lock() {
            Ok(published) => published,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        if published.at.elapsed() >= INTERVAL {
            self.publish_to_recorder(&mut published, &snapshot());
        }
    }

    fn publish_to_recorder(&self, published: &mut Published, snapshot: &Snapshot) {
        published.at = Instant::now();
        match &self.recorder {
            Some(recorder) => published.publish(&**recorder, &self.label, snapshot),
            None => with_recorder(|recorder| published.publish(recorder, &self.label, snapshot)),
        }
    }
}

thread_local! {
    /// Whether this thread is inside a recorder that a publisher called.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Tells a recorder that publishes: on its own thread it would wait for itself.
struct Inside;

impl Inside {
    fn enter() -> Option<Self> {
        (!INSIDE.replace(true)).then(|| Self)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(false);
    }
}

impl Published {
    fn publish(&mut self, recorder: &dyn Recorder, label: &SharedString, now: &Snapshot) {
        let logger = Label::new("logger", label.clone());
        for (CounterOf { name, unit, what, read }, before) in
            COUNTERS.iter().zip(&mut self.counters)
        {
            // Each time: a recorder that is installed later has not heard it.
            recorder.describe_counter((*name).into(), Some(*unit), (*what).into());
            let key = Key::from_parts(*name, vec![logger.clone()]);
            add(recorder, &key, before, read(&now.stats));
        }
        recorder.describe_counter(DROPPED.into(), Some(Unit::Count), DROPPED_WHAT.into());
        for (reason, before) in DropReason::ALL.into_iter().zip(&mut self.dropped) {
            let labels = vec![logger.clone(), Label::new("reason", reason.name())];
            let dropped = now.stats.dropped.get(&reason).copied().unwrap_or_default();
            add(recorder, &Key::from_parts(DROPPED, labels), before, dropped);
        }
        for GaugeOf { name, unit, what, read } in &GAUGES {
            recorder.describe_gauge((*name).into(), Some(*unit), (*what).into());
            let key = Key::from_parts(*name, vec![logger.clone()]);
            recorder.register_gauge(&key, &METADATA).set(read(now));
        }
    }
}

/// Adds what came to a counter since `before`, also where that is nothing: the series is there then.
fn add(recorder: &dyn Recorder, key: &Key, before: &mut u64, now: u64) {
    recorder.register_counter(key, &METADATA).increment(now.saturating_sub(*before));
    *before = now.max(*before);
}

impl fmt::Debug for Publisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publisher").field("label", &self.label).finish_non_exhaustive()
    }
}

impl Shared {
    /// Publishes the numbers as of now.
    pub(crate) fn publish(&self) {
        self.publisher.publish(|| self.snapshot());
    }

    /// Publishes the numbers if it is time to. For the writer.
    pub(crate) fn publish_if_due(&self) {
        self.guarded(|| self.publisher.publish_if_due(|| self.snapshot()));
    }

    /// Publishes the numbers as they stay. For the writer.
    pub(crate) fn publish_last(&self) {
        self.guarded(|| self.publish());
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot { stats: self.stats(), drain_delay: self.delays.take_longest() }
    }

    /// A panic of the recorder must not end the writer.
    fn guarded(&self, publish: impl FnOnce()) {
        // The payload's drop is the recorder's code too, and could panic again.
        if catch_unwind(AssertUnwindSafe(publish)).map_err(mem::forget).is_err() {
            self.ledger.count_handler_panic();
        }
    }
}
