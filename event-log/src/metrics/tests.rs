use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Barrier, OnceLock};
use std::time::{Duration, Instant};

use ::metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Metadata, NoopRecorder, SharedString, Unit,
};
use metrics_util::MetricKind;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

use super::*;
use crate::{Overflow, Stats};

const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone, Copy)]
struct Numbered(u64);

// By hand: the derive names the crate `event_log`, which it is not in here.
impl crate::Event for Numbered {
    fn event_type(&self) -> &'static crate::EventType {
        static TYPE: crate::EventType = crate::EventType::new("numbered");
        &TYPE
    }

    fn write_params(
        &self,
        params: &mut crate::params::Params<'_>,
    ) -> Result<(), crate::params::ParamsError> {
        params.field(",\"number\":", &self.0)
    }
}

fn logger(configure: impl FnOnce(LoggerBuilder) -> LoggerBuilder) -> (tempfile::TempDir, Logger) {
    let directory = tempfile::tempdir().unwrap();
    let logger = configure(Logger::builder(directory.path())).build().unwrap();
    (directory, logger)
}

/// What a recorder was told in all, by name and labels; of seconds only the whole ones. A snapshot
/// takes the counters away.
#[derive(Default)]
struct Sums(BTreeMap<String, u64>);

impl Sums {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the numbers of a test are small, and none is negative"
    )]
    fn take(&mut self, snapshotter: &Snapshotter) -> &Self {
        for (key, _, _, value) in snapshotter.snapshot().into_vec() {
            let (name, labels) = key.key().clone().into_parts();
            let labels: Vec<String> =
                labels.iter().map(|label| format!("{}={}", label.key(), label.value())).collect();
            let name = format!("{}{{{}}}", name.as_str(), labels.join(","));
            match value {
                DebugValue::Counter(more) => *self.0.entry(name).or_default() += more,
                DebugValue::Gauge(now) => drop(self.0.insert(name, now.into_inner() as u64)),
                DebugValue::Histogram(_) => panic!("{name} is a histogram"),
            }
        }
        self
    }

    fn get(&self, name: &str) -> u64 {
        *self.0.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.0.keys()))
    }
}

#[test]
fn the_table_in_the_docs_lists_what_is_registered() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let (_directory, logger) = logger(|builder| builder.metrics_recorder(recorder));
    logger.publish_metrics();

    let mut registered: Vec<String> = Vec::new();
    for (key, unit, what, _) in snapshotter.snapshot().into_vec() {
        let kind = if key.kind() == MetricKind::Counter { "counter" } else { "gauge" };
        let (unit, what) = (unit.unwrap().as_str(), what.unwrap());
        registered.push(format!("//! | `{}` | {kind} | {unit} | {what} |", key.key().name()));
    }
    registered.sort();
    registered.dedup();
    let mut documented: Vec<&str> = include_str!("../metrics.rs")
        .lines()
        .filter(|line| line.contains("| `event_log_"))
        .collect();
    documented.sort_unstable();
    assert_eq!(documented, registered);
}

#[test]
fn what_is_published_balances_and_is_what_stats_says() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let (_directory, logger) = logger(|builder| {
        builder.metrics_recorder(recorder).metrics_label("orders").max_line_bytes(1_024)
    });
    let mut sums = Sums::default();
    for round in 0..50 {
        (0..round).for_each(|number| logger.emit(Numbered(number)));
        let long = crate::Context::new().field("long", "x".repeat(2_000)).unwrap();
        logger.with(&long).emit(Numbered(0));
        logger.publish_metrics();
        let sums = sums.take(&snapshotter);
        let sum = |name: &str| sums.get(&format!("event_log_{name}{{logger=orders}}"));
        let dropped: u64 = crate::stats::DropReason::ALL
            .iter()
            .map(|reason| {
                let labels = format!("{{logger=orders,reason={}}}", reason.name());
                sums.get(&format!("event_log_dropped_total{labels}"))
            })
            .sum();
        assert_eq!(
            sum("emitted_total"),
            sum("written_total") + dropped + sum("in_spool"),
            "round {round}"
        );
        assert_eq!(dropped, round + 1);
        assert_eq!(sum("spool_size_bytes"), 8 << 20);
    }
    logger.close(PATIENCE).unwrap();
    let Stats { total, written_bytes, segments_created, gap_lines, .. } = logger.stats();
    let sums = sums.take(&snapshotter);
    for (name, expected) in [
        ("emitted_total", total.emitted),
        ("written_total", total.written),
        ("written_bytes_total", written_bytes),
        ("segments_created_total", segments_created),
        ("gap_lines_total", gap_lines),
        ("in_spool", 0),
        ("spool_used_bytes", 0),
        ("oldest_waiting_seconds", 0),
    ] {
        let published = sums.get(&format!("event_log_{name}{{logger=orders}}"));
        assert_eq!(published, expected, "{name}");
    }
}

#[test]
fn the_writer_publishes_by_itself_and_a_last_time_when_it_ends() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let (_directory, logger) = logger(|builder| builder.metrics_recorder(recorder));
    logger.emit(Numbered(0));
    let mut sums = Sums::default();
    let deadline = Instant::now() + PATIENCE;
    while sums.take(&snapshotter).0.is_empty() {
        assert!(Instant::now() < deadline, "the writer publishes nothing");
        std::thread::sleep(Duration::from_millis(5));
    }
    logger.emit(Numbered(1));
    drop(logger);
    assert_eq!(sums.take(&snapshotter).get("event_log_written_total{logger=events}"), 2);
}

#[cfg(feature = "testing")]
#[test]
fn a_publication_on_demand_tells_of_a_write_that_hangs() {
    use crate::testing::{FailingDisk, Operation, SetClock};

    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let (disk, clock) = (FailingDisk::new(), SetClock::at("2026-11-22T10:00:00Z"));
    let (_directory, logger) = logger(|builder| {
        builder.metrics_recorder(recorder).storage(disk.clone()).clock(clock.clone())
    });
    disk.hang(Operation::Append);
    logger.emit(Numbered(0));
    let deadline = Instant::now() + PATIENCE;
    while disk.count(Operation::Append) == 0 {
        assert!(Instant::now() < deadline, "the writer writes nothing");
        std::thread::sleep(Duration::from_millis(1));
    }
    clock.advance(Duration::from_secs(20));
    logger.publish_metrics();
    let mut sums = Sums::default();
    let oldest = sums.take(&snapshotter).get("event_log_oldest_waiting_seconds{logger=events}");
    assert_eq!((oldest, sums.get("event_log_in_spool{logger=events}")), (20, 1));

    disk.resume(Operation::Append);
    logger.close(PATIENCE).unwrap();
    let oldest = sums.take(&snapshotter).get("event_log_oldest_waiting_seconds{logger=events}");
    assert_eq!((oldest, logger.stats().drain_delay), (0, Duration::from_secs(20)));
}

#[test]
fn several_loggers_are_told_apart_by_their_labels() {
    let recorder = Arc::new(DebuggingRecorder::new());
    let snapshotter = recorder.snapshotter();
    let to = |label: Option<&str>, prefix: &str| {
        logger(|builder| {
            let builder = builder.metrics_recorder(Arc::clone(&recorder)).prefix(prefix);
            label.map_or(builder.clone(), |label| builder.metrics_label(label))
        })
    };
    let loggers = [to(None, "audit"), to(Some("first"), "events"), to(Some("second"), "events")];
    for (count, (_, logger)) in loggers.iter().enumerate() {
        (0..count).for_each(|_| logger.emit(Numbered(0)));
        logger.publish_metrics();
    }
    let mut sums = Sums::default();
    sums.take(&snapshotter);
    for (count, label) in [(0, "audit"), (1, "first"), (2, "second")] {
        let emitted = sums.get(&format!("event_log_emitted_total{{logger={label}}}"));
        assert_eq!(emitted, count, "{label}");
    }
}

#[test]
fn without_a_recorder_of_its_own_a_logger_publishes_to_the_local_one() {
    let recorder = DebuggingRecorder::new();
    let (_directory, logger) = logger(|builder| builder);
    ::metrics::with_local_recorder(&recorder, || logger.publish_metrics());
    let published = recorder.snapshotter().snapshot().into_vec();
    assert!(published.iter().any(|(key, ..)| key.key().name() == "event_log_in_spool"));
}

/// Does as it is told whenever a counter is registered, then as another recorder does.
struct Tricky<F, R = NoopRecorder>(F, R);

impl<F: Fn(), R: Recorder> Recorder for Tricky<F, R> {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        (self.0)();
        self.1.register_counter(key, metadata)
    }
    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        self.1.register_gauge(key, metadata)
    }
    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        self.1.register_histogram(key, metadata)
    }
}

#[test]
fn the_last_publication_waits_for_one_that_is_in_its_way() {
    let inner = DebuggingRecorder::new();
    let snapshotter = inner.snapshotter();
    let gate = Arc::new(Barrier::new(2));
    let is_first = AtomicBool::new(true);
    let at_gate = Arc::clone(&gate);
    let recorder = Tricky(
        move || {
            if is_first.swap(false, Ordering::Relaxed) {
                at_gate.wait();
                at_gate.wait();
            }
        },
        inner,
    );
    let (_directory, logger) = logger(|builder| builder.metrics_recorder(recorder));
    std::thread::scope(|threads| {
        threads.spawn(|| logger.publish_metrics());
        gate.wait();
        logger.emit(Numbered(0));
        threads.spawn(|| logger.close(PATIENCE).unwrap());
        let deadline = Instant::now() + PATIENCE;
        while logger.stats().total.written == 0 {
            assert!(Instant::now() < deadline, "the writer writes nothing");
            std::thread::sleep(Duration::from_millis(1));
        }
        gate.wait();
    });
    let mut sums = Sums::default();
    let written = sums.take(&snapshotter).get("event_log_written_total{logger=events}");
    assert_eq!(written, 1);
}

#[test]
fn a_recorder_that_panics_is_counted_and_ends_no_writer() {
    let recorder = Tricky(|| panic!("in the recorder"), NoopRecorder);
    let (_directory, logger) = logger(|builder| builder.metrics_recorder(recorder));
    let deadline = Instant::now() + PATIENCE;
    while logger.stats().error_handler_panics == 0 {
        assert!(Instant::now() < deadline, "the writer publishes nothing");
        std::thread::sleep(Duration::from_millis(5));
    }
    logger.emit(Numbered(0));
    logger.close(PATIENCE).unwrap();
    assert_eq!(logger.stats().total.written, 1);
    assert!(logger.stats().error_handler_panics >= 2);
}

#[test]
fn a_recorder_may_emit_and_publish() {
    static LOGGER: OnceLock<Logger> = OnceLock::new();
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let trick = || {
        CALLS.fetch_add(1, Ordering::Relaxed);
        if let Some(logger) = LOGGER.get() {
            logger.emit(Numbered(0));
            logger.publish_metrics();
        }
    };
    let recorder = Tricky(trick, NoopRecorder);
    let (_directory, logger) =
        logger(|builder| builder.metrics_recorder(recorder).overflow(Overflow::Block));
    LOGGER.set(logger.clone()).unwrap();
    logger.publish_metrics();
    logger.close(PATIENCE).unwrap();
    let Stats { total, .. } = logger.stats();
    assert!(total.emitted > 0 && CALLS.load(Ordering::Relaxed) >= total.emitted);
    assert_eq!(total.written + total.dropped, total.emitted);
}
