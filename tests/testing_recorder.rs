//! A recording logger is a logger: the same lines, limits and accounts, without thread, file or
//! spool; and no two of them ever share anything.

use std::fs;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use event_log::testing::{self, Recorded, SetClock, assert_emitted, assert_not_emitted};
use event_log::{Context, DatePrecision, DropReason, EmitError, Event, Logger};
use serde::ser::Error;
use serde::{Deserialize, Serialize, Serializer};
use tests::{Tick, checked, lines};

#[derive(Debug, PartialEq, Event, Deserialize)]
struct Step {
    test: usize,
    step: usize,
}

/// Emits as the test of this number would, and checks that it sees its own events and no others.
fn test_of_domain_code(test: usize) {
    let (logger, recorded) = testing::recorder();
    let context = Context::new().user_id(test as u64).field("test", test).expect("a name");
    context.enter(|| {
        logger.emit(Step { test, step: 0 });
        thread::yield_now();
        logger.emit(Step { test, step: 1 });
    });
    logger.emit(Step { test, step: 2 });

    let steps = recorded.of::<Step>();
    assert_eq!(steps, [0, 1, 2].map(|step| Step { test, step }));
    assert_emitted!(recorded, "step", { "user_id": test, "test": test }, times = 2);
    assert_emitted!(recorded, "step", { "user_id": null, "step": 2 }, times = 1);
    for (index, step) in steps.iter().enumerate() {
        let id = format!("00dc6acf-ac00-7000-8000-{:012}", index + 1);
        assert_eq!(step.line().id().to_string(), id);
    }
    assert_eq!(logger.stats().total.written, 3);
}

#[test]
fn ten_thousand_parallel_tests_see_each_their_own_events_only() {
    const TESTS: usize = 10_000;
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                loop {
                    let test = next.fetch_add(1, Ordering::Relaxed);
                    if test >= TESTS {
                        break;
                    }
                    test_of_domain_code(test);
                }
            });
        }
    });
    assert!(next.into_inner() >= TESTS);
}

#[test]
fn the_lines_are_those_that_a_segment_would_have() {
    let directory = tempfile::tempdir().unwrap();
    let clock = SetClock::at("2021-09-16T05:57:27.123456Z");
    let builder = || {
        Logger::builder(directory.path())
            .date_precision(DatePrecision::Micros)
            .context(Context::new().field("app_version", 12).unwrap())
            .clock(clock.clone())
    };
    let (recording, recorded) = builder().record().unwrap();
    let writing = builder().build().unwrap();
    let context = Context::new().user_id("u-1").locale("ja").unwrap();
    for logger in [&recording, &writing] {
        logger.with(&context).emit(Tick::new(1));
        context.enter(|| logger.emit(Tick::new(2)));
        logger.emit(Tick::new(3));
    }
    drop(writing);

    let after_id = |line: &str| line.split_once(",\"date\"").unwrap().1.to_owned();
    let written: Vec<_> = lines(directory.path()).iter().map(|line| after_id(line)).collect();
    let recorded = recorded.all();
    let recorded: Vec<_> = recorded.iter().map(|line| after_id(line.text())).collect();
    assert_eq!(recorded, written);
    assert!(recorded[0].starts_with(":\"2021-09-16T05:57:27.123456Z\""), "{}", recorded[0]);
}

#[test]
fn a_transaction_is_recorded_with_its_commit_and_never_without() {
    let (logger, recorded) = testing::recorder();
    let mut kept = logger.transaction();
    let mut dropped = logger.transaction();
    for step in 0..3 {
        kept.emit(Step { test: 1, step });
        dropped.emit(Step { test: 2, step });
    }
    assert_eq!(recorded.len(), 0);
    drop(dropped);
    kept.commit();
    assert_eq!(recorded.of::<Step>(), [0, 1, 2].map(|step| Step { test: 1, step }));
    assert_eq!(logger.stats().total.written, 3);
}

#[test]
fn nothing_is_made_on_disk() {
    let directory = tempfile::tempdir().unwrap();
    let inside = directory.path().join("log");
    let (logger, recorded) = Logger::builder(&inside).record().unwrap();
    logger.emit(Tick::new(1));
    logger.sync(Duration::ZERO).unwrap();
    drop(logger);
    assert_eq!(recorded.len(), 1);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn flush_sync_and_close_have_nothing_to_wait_for() {
    let (logger, recorded) = testing::recorder();
    logger.emit(Tick::new(1));
    assert_eq!(recorded.len(), 1, "it is there before any of them");
    logger.flush(Duration::ZERO).unwrap();
    logger.sync(Duration::ZERO).unwrap();
    let mut sync = Box::pin(logger.sync_async());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(sync.as_mut().poll(&mut context).is_ready());
    logger.close(Duration::ZERO).unwrap();
    logger.close(Duration::ZERO).unwrap();
    logger.flush(Duration::ZERO).unwrap();
    logger.sync(Duration::ZERO).unwrap();
}

#[test]
fn a_transaction_that_is_not_accepted_tells_for_each_event_why_it_was_dropped() {
    let (logger, recorded) = testing::recorder();
    let mut events = logger.transaction();
    events.emit(Step { test: 1, step: 1 });
    events.emit(Upload { text: "", bad: Some(Bad(false)) });
    events.emit(Step { test: 1, step: 2 });
    assert_eq!(recorded.dropped().len(), 0, "nobody has tried to commit it");
    events.commit();

    let told: Vec<_> = recorded.dropped().iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3);
    assert!(told[0].starts_with("a `step` event cannot appear without the rest"), "{}", told[0]);
    assert!(told[1].contains("`upload`"), "{}", told[1]);
    let reasons: Vec<_> = recorded.dropped().iter().map(EmitError::reason).collect();
    let beside = DropReason::Transaction;
    assert_eq!(reasons, [beside, DropReason::NotSerializable, beside]);

    let mut late = logger.transaction();
    late.emit(Step { test: 1, step: 3 });
    logger.close(Duration::from_secs(5)).unwrap();
    late.commit();
    assert_eq!(recorded.dropped().last().map(EmitError::reason), Some(DropReason::Closed));
    assert_not_emitted!(recorded);
}

#[test]
fn after_the_close_events_are_dropped_and_what_was_recorded_stays() {
    let (logger, recorded) = testing::recorder();
    let clone = logger.clone();
    clone.emit(Tick::new(1));
    logger.close(Duration::ZERO).unwrap();
    clone.emit(Tick::new(2));
    assert!(matches!(clone.try_emit(Tick::new(3)), Err(EmitError::Closed { .. })));
    assert_eq!(clone.stats().dropped[&DropReason::Closed], 2);
    drop((logger, clone));
    assert_eq!(recorded.len(), 1);
    assert_eq!(recorded.dropped().len(), 2);
}

/// Does not serialize, or panics.
struct Bad(bool);

impl Serialize for Bad {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        assert!(!self.0, "it panics");
        Err(S::Error::custom("it fails"))
    }
}

#[derive(Event)]
struct Upload<'a> {
    text: &'a str,
    #[event(skip_none)]
    #[event(json)]
    bad: Option<Bad>,
}

#[test]
fn drops_are_counted_and_kept_with_their_reasons_and_told_to_the_handler() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let by_handler = Arc::clone(&told);
    let (logger, recorded) = testing::builder()
        .max_line_bytes(1_024)
        .on_error(move |error| by_handler.lock().unwrap().push(error.to_string()))
        .record()
        .unwrap();
    panic::set_hook(Box::new(|_| {}));
    logger.emit(Upload { text: &"x".repeat(1_000), bad: None });
    logger.emit(Upload { text: "", bad: Some(Bad(false)) });
    logger.emit(Upload { text: "", bad: Some(Bad(true)) });
    drop(panic::take_hook());
    let id = logger.try_emit(Upload { text: "fits", bad: None }).unwrap();

    let reasons: Vec<_> = recorded.dropped().iter().map(EmitError::reason).collect();
    assert_eq!(reasons, [DropReason::TooLong, DropReason::NotSerializable, DropReason::Panicked]);
    assert_eq!(told.lock().unwrap().len(), 3);
    let stats = logger.stats();
    assert_eq!(stats.to_string(), "emitted 4 = written 1 + dropped 3 + in spool 0");
    assert_eq!(stats.by_type["upload"].dropped, 3);
    assert_eq!(stats.written_bytes, recorded.all()[0].text().len() as u64 + 1);
    // Only what is recorded has a number, and there are no gap lines.
    assert_eq!(id.to_string(), "00dc6acf-ac00-7000-8000-000000000001");
    assert_eq!(recorded.all()[0].id(), id);
    assert_eq!((recorded.len(), stats.gap_lines), (1, 0));
}

#[test]
fn options_are_checked_as_in_build() {
    let error = testing::builder().max_line_bytes(10).record().unwrap_err();
    assert_eq!(error.to_string(), "`max_line_bytes` is 10, but must be from 1024 to 1048576");
    let error = testing::builder().build().unwrap_err();
    assert!(error.to_string().contains("log directory"), "{error}");
}

#[test]
fn clones_on_many_threads_record_into_one_list() {
    let (logger, recorded) = testing::recorder();
    thread::scope(|scope| {
        for test in 0..8 {
            let (logger, recorded) = (logger.clone(), recorded.clone());
            scope.spawn(move || {
                for step in 0..500 {
                    logger.emit(Step { test, step });
                    assert!(recorded.len() > step, "what is emitted is seen at once");
                }
            });
        }
    });

    let steps = recorded.of::<Step>();
    for test in 0..8 {
        let of_thread = steps.iter().filter(|step| step.test == test);
        assert!(of_thread.map(|step| step.step).eq(0..500), "one thread's events are in order");
    }
    let mut ids: Vec<_> = steps.iter().map(|step| step.line().id().as_u128() & 0xFFFF).collect();
    ids.sort_unstable();
    assert!(ids.into_iter().eq(1..=4_000), "each id is there once");
    assert_eq!(logger.stats().by_type["step"].written, 4_000);
}

/// Emits while it is serialized.
struct Nested<'a>(&'a Logger, &'a Recorded);

impl Serialize for Nested<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.emit(Tick::new(1));
        serializer.serialize_u64(self.1.len() as u64)
    }
}

#[test]
fn an_emit_inside_another_is_recorded_first() {
    #[derive(Event)]
    struct Outer<'a> {
        #[event(json)]
        recorded: Nested<'a>,
    }

    let (logger, recorded) = testing::recorder();
    logger.emit(Outer { recorded: Nested(&logger, &recorded) });

    let types: Vec<_> = recorded.all().iter().map(|line| line.event_type().to_owned()).collect();
    assert_eq!(types, ["tick", "outer"]);
    assert_emitted!(recorded, "outer", { "recorded": 1 });
}

#[test]
fn ids_and_dates_follow_the_clock_but_ids_never_go_back() {
    let clock = SetClock::at("2021-09-16T05:57:27Z");
    let (logger, recorded) = testing::builder().clock(clock.clone()).record().unwrap();
    logger.emit(Tick::new(1));
    clock.advance(Duration::from_millis(1_500));
    logger.emit(Tick::new(2));
    clock.turn_back(Duration::from_secs(3_600));
    logger.emit(Tick::new(3));

    let lines = recorded.all();
    let dates = lines.iter().map(|line| line.date().to_rfc3339());
    assert!(dates.eq([
        "2021-09-16T05:57:27+00:00",
        "2021-09-16T05:57:28+00:00",
        "2021-09-16T04:57:28+00:00"
    ]));
    let millis: Vec<_> = lines.iter().map(|line| line.id().as_u128() >> 80).collect();
    assert_eq!(millis, [1_631_771_847_000, 1_631_771_848_500, 1_631_771_848_500]);
    assert!(lines.iter().map(event_log::testing::Line::id).is_sorted());
}

#[test]
fn forget_hides_what_was_recorded_so_far_and_what_was_borrowed_stays() {
    let (logger, recorded) = testing::builder().max_line_bytes(1_024).record().unwrap();
    logger.emit(Step { test: 1, step: 1 });
    logger.emit(Upload { text: &"x".repeat(2_000), bad: None });
    let before = recorded.all();
    let clone = recorded.clone();

    recorded.forget();
    logger.emit(Step { test: 1, step: 2 });

    assert_eq!((before.len(), before[0].number()), (1, 1));
    assert_eq!(clone.of::<Step>(), [Step { test: 1, step: 2 }]);
    assert_eq!((clone.len(), clone.all()[0].number()), (1, 1));
    assert!(clone.dropped().is_empty());
    clone.forget();
    assert_not_emitted!(recorded);
    assert_eq!(logger.stats().total.emitted, 3);
}

#[test]
fn every_recorded_line_is_a_whole_line() {
    let (logger, recorded) = testing::recorder();
    let context = Context::new().field("nested", [("params", 1)]).unwrap();
    logger.with(&context).emit(Upload { text: "\n\r\u{2028}\"}},\"params\":{", bad: None });
    let line = &recorded.all()[0];
    let value = checked(line.text());
    assert_eq!(value["params"], line.params());
    assert_eq!(line.get("text").unwrap(), "\n\r\u{2028}\"}},\"params\":{");
    assert_eq!(line.fields().map(|(name, _)| name).collect::<Vec<_>>(), ["nested"]);
    assert_eq!(line.get("params"), None);
}
