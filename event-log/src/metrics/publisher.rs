//! Hands the numbers of a logger to a recorder: what came to the counters, what the gauges are.

use std::cell::Cell;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use ::metrics::{Key, Label, Level, Metadata, Recorder, SharedString, Unit, with_recorder};

use crate::metrics::list::{COUNTERS, CounterOf, DROPPED, DROPPED_WHAT, GAUGES, GaugeOf, Snapshot};
use crate::shared::Shared;
use crate::stats::DropReason;

/// How often the writer publishes.
const INTERVAL: Duration = Duration::from_secs(1);

const METADATA: Metadata<'static> =
    Metadata::new("event_log", Level::INFO, Some("event_log::metrics"));

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
        // Lazily: a value that nobody gets would leave with its drop.
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
