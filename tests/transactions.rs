//! Transactions: their events appear together, in order, in one segment, or not at all.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use event_log::testing::{FailingDisk, Operation};
use event_log::{
    CommitError, Context, DropReason, EmitError, Event, LogError, Logger, LoggerBuilder, Overflow,
    Transaction,
};
use rustix::io::Errno;
use serde::{Serialize, Serializer};
use serde_json::Value;
use tests::wait::{PATIENCE, wait_until};
use tests::{Tick, gaps, lines, numbers, segments, values};
use uuid::Uuid;

#[derive(Event)]
#[event(type = "step")]
struct Step<'a> {
    transaction: u64,
    number: u64,
    filling: &'a str,
}

/// Serializes to nothing, in the way that it is told.
enum Broken {
    Fails,
    Panics,
}

impl Serialize for Broken {
    fn serialize<S: Serializer>(&self, _serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Fails => Err(serde::ser::Error::custom("no such thing")),
            Self::Panics => panic!("no such thing"),
        }
    }
}

#[derive(Event)]
#[event(type = "broken")]
struct BrokenEvent {
    #[event(json)]
    field: Broken,
}

fn place() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn small(directory: &Path, disk: &FailingDisk) -> LoggerBuilder {
    Logger::builder(directory)
        .max_line_bytes(1_024)
        .spool_bytes(64 << 10)
        .overflow(Overflow::Drop)
        .storage(disk.clone())
}

/// Begins a transaction of so many events.
fn steps(logger: &Logger, transaction: u64, events: u64) -> Transaction {
    let mut steps = logger.transaction();
    for number in 0..events {
        steps.emit(Step { transaction, number, filling: "......" });
    }
    steps
}

/// Emits an event that is not accepted.
type Spoil<'a> = &'a dyn Fn(&mut Transaction) -> Result<Uuid, EmitError>;

/// Emits until an event is refused.
fn fill(logger: &Logger) {
    while logger.try_emit(Tick::new(0)).is_ok() {}
}

fn ids(directory: &Path) -> Vec<String> {
    values(directory).iter().map(|value| value["id"].to_string()).collect()
}

#[test]
fn the_events_of_a_commit_stand_side_by_side_in_order_in_one_segment() {
    let directory = place();
    let logger = Logger::builder(directory.path()).segment_bytes(40_000).build().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            let logger = &logger;
            scope.spawn(move || {
                for round in 0..100 {
                    logger.emit(Tick::new(round));
                    steps(logger, thread * 100 + round, 1 + round % 30).commit();
                }
            });
        }
    });
    drop(logger);
    let mut found = Vec::new();
    for path in segments(directory.path()) {
        let text = fs::read_to_string(path).unwrap();
        let mut values = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        while let Some(value) = values.next() {
            let Some(transaction) = value["params"]["transaction"].as_u64() else { continue };
            for number in 0..=transaction % 100 % 30 {
                let value = if number == 0 { value.clone() } else { values.next().unwrap() };
                assert_eq!(value["params"]["transaction"], transaction);
                assert_eq!(value["params"]["number"], number);
            }
            found.push(transaction);
        }
    }
    found.sort_unstable();
    assert_eq!(found, (0..400).collect::<Vec<_>>());
}

#[test]
fn what_is_dropped_without_a_commit_was_never_emitted() {
    let directory = place();
    let logger = Logger::builder(directory.path()).build().unwrap();
    let mut events = steps(&logger, 0, 3);
    events.emit(BrokenEvent { field: Broken::Fails });
    assert_eq!((events.len(), events.is_empty()), (4, false));
    drop(events);
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let _events = steps(&logger, 1, 3);
        panic!("as the test wants it");
    }));
    assert!(unwound.is_err());
    logger.transaction().commit();

    let stats = logger.stats();
    drop(logger);
    assert_eq!((stats.total.emitted, stats.total.dropped, stats.dropped.len()), (0, 0, 0));
    assert!(segments(directory.path()).is_empty());
}

#[test]
fn an_event_that_is_not_accepted_drops_the_whole_and_each_is_counted_by_its_reason() {
    let long = "x".repeat(2_000);
    let spoilers: [(DropReason, Spoil<'_>); 3] = [
        (DropReason::TooLong, &|events| {
            events.try_emit(Step { transaction: 0, number: 0, filling: &long })
        }),
        (DropReason::NotSerializable, &|events| {
            events.try_emit(BrokenEvent { field: Broken::Fails })
        }),
        (DropReason::Panicked, &|events| events.try_emit(BrokenEvent { field: Broken::Panics })),
    ];
    for (reason, spoil) in spoilers {
        let (directory, told) = (place(), Arc::new(Mutex::new(Vec::new())));
        let tell = Arc::clone(&told);
        let logger = small(directory.path(), &FailingDisk::new())
            .on_error(move |error| tell.lock().unwrap().push(error.clone()))
            .build()
            .unwrap();
        let mut events = steps(&logger, 0, 2);
        assert_eq!(spoil(&mut events).unwrap_err().reason(), reason);
        let behind = events.try_emit(Tick::new(0)).unwrap_err();
        assert_eq!((behind.reason(), behind.event_type()), (DropReason::Transaction, "tick"));
        assert_eq!(logger.stats().total.emitted, 0, "nothing is counted before the commit");

        let error = events.try_commit().unwrap_err();

        let CommitError::Event { number: 3, source } = &error else { panic!("{error:?}") };
        assert_eq!(source.reason(), reason);
        assert!(error.to_string().contains("event number 3"), "{error}");
        let [LogError::TransactionDropped(CommitError::Event { number: 3, .. })] =
            &told.lock().unwrap()[..]
        else {
            panic!("{told:?}")
        };
        let stats = logger.stats();
        assert_eq!(stats.dropped, [(DropReason::Transaction, 3), (reason, 1)].into());
        assert_eq!((stats.total.emitted, stats.total.dropped), (4, 4));
        drop(logger);
        let named =
            |event_type: &str, reason: DropReason| (event_type.to_owned(), reason.to_string());
        let spoiler = if reason == DropReason::TooLong { "step" } else { "broken" };
        let expected = [
            (named("step", DropReason::Transaction), 2),
            (named("tick", DropReason::Transaction), 1),
            (named(spoiler, reason), 1),
        ];
        assert_eq!(gaps(directory.path()), expected.into());
    }
}

#[test]
fn a_transaction_may_be_as_long_as_a_quarter_of_the_spool_and_no_longer() {
    let directory = place();
    let logger = small(directory.path(), &FailingDisk::new()).build().unwrap();
    let limit = (64 << 10) / 4 - 16;
    logger.emit(Step { transaction: 0, number: 0, filling: "" });
    logger.flush(PATIENCE).unwrap();
    let empty_line = lines(directory.path())[0].len() + 1;
    // Twenty lines of 800 bytes, and one that makes it the limit.
    let exactly = |more: usize| {
        let mut events = logger.transaction();
        let mut emit = |line_bytes: usize| {
            let filling = "x".repeat(line_bytes - empty_line);
            events.try_emit(Step { transaction: 0, number: 0, filling: &filling })
        };
        for _ in 0..20 {
            emit(800).unwrap();
        }
        let last = emit(limit + more - 16_000);
        (events, last)
    };

    let (events, last) = exactly(0);
    last.unwrap();
    events.try_commit().unwrap();

    let (mut events, last) = exactly(1);
    let error = last.unwrap_err();
    assert_eq!(error.reason(), DropReason::Transaction);
    events.emit(Tick::new(0));
    let error = events.try_commit().unwrap_err();
    let CommitError::TooLong { events: 21, bytes, limit_bytes } = error else { panic!("{error}") };
    assert_eq!((bytes, limit_bytes), (limit + 1, limit));
    for word in ["21 events", "16369 bytes", "16368 bytes", "`spool_bytes`", "`segment_bytes`"] {
        assert!(error.to_string().contains(word), "no {word} in: {error}");
    }
    assert_eq!(logger.stats().dropped, [(DropReason::Transaction, 22)].into());
    drop(logger);
    assert_eq!(gaps(directory.path())[&("step".to_owned(), "transaction".to_owned())], 21);
    assert_eq!(numbers(directory.path()).len(), 22);
}

#[test]
fn segment_bytes_bounds_a_transaction_too() {
    let directory = place();
    let logger = Logger::builder(directory.path())
        .max_line_bytes(1_024)
        .segment_bytes(4_000)
        .build()
        .unwrap();
    let error = steps(&logger, 0, 1_000).try_commit().unwrap_err();
    assert!(matches!(error, CommitError::TooLong { limit_bytes: 4_000, .. }), "{error}");
}

#[test]
fn without_room_all_its_events_are_dropped_and_with_room_all_are_there() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.hang(Operation::Append);
    let logger = small(directory.path(), &disk).build().unwrap();
    fill(&logger);
    let before = logger.stats();

    let error = steps(&logger, 0, 40).try_commit().unwrap_err();

    assert!(matches!(error, CommitError::SpoolFull { events: 40, .. }), "{error}");
    let after = logger.stats();
    assert_eq!(after.total.dropped - before.total.dropped, 40);
    assert_eq!(after.by_type["step"].dropped, 40);
    assert_eq!(after.total.emitted, after.total.dropped + after.total.in_spool);
    disk.heal();
    logger.flush(PATIENCE).unwrap();
    steps(&logger, 1, 40).try_commit().unwrap();
    drop(logger);
    let expected: Vec<u64> = (0..40).collect();
    let found = values(directory.path());
    let steps = found.iter().filter(|value| value["type"] == "step");
    assert_eq!(
        steps.map(|step| step["params"]["number"].as_u64().unwrap()).collect::<Vec<_>>(),
        expected
    );
    assert_eq!(gaps(directory.path())[&("step".to_owned(), "spool_full".to_owned())], 40);
}

#[test]
fn a_commit_waits_for_room_if_the_overflow_policy_says_so() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.hang(Operation::Append);
    let logger = small(directory.path(), &disk).overflow(Overflow::Block).build().unwrap();
    // So that the next one has no room.
    for _ in 0..4 {
        steps(&logger, 0, 70).commit();
    }
    let (tell, told) = mpsc::channel();
    std::thread::scope(|scope| {
        let events = steps(&logger, 1, 70);
        let waiting = scope.spawn(move || {
            tell.send(()).unwrap();
            events.try_commit()
        });
        told.recv().unwrap();
        assert_eq!(logger.stats().by_type["step"].emitted, 280);
        disk.heal();
        waiting.join().unwrap().unwrap();
    });
    drop(logger);
    assert_eq!(numbers(directory.path()), (0..70).cycle().take(350).collect::<Vec<u64>>());
}

#[test]
fn a_commit_after_the_close_drops_all_events_as_closed() {
    let directory = place();
    let logger = Logger::builder(directory.path()).build().unwrap();
    let mut events = steps(&logger, 0, 2);
    logger.close(PATIENCE).unwrap();
    events.emit(Tick::new(0));
    let error = events.try_commit().unwrap_err();
    assert!(matches!(error, CommitError::Closed { events: 3 }), "{error}");
    let stats = logger.stats();
    assert_eq!(stats.dropped, [(DropReason::Closed, 3)].into());
    assert_eq!((stats.total.emitted, stats.total.dropped), (3, 3));
    drop(logger);
    assert!(segments(directory.path()).is_empty());
}

#[test]
fn a_transaction_keeps_its_logger_open_until_the_commit() {
    let directory = place();
    let logger = Logger::builder(directory.path()).build().unwrap();
    let events = steps(&logger, 0, 3);
    drop(logger);
    events.try_commit().unwrap();
    assert_eq!(numbers(directory.path()), [0, 1, 2]);
}

/// Emits by itself, and commits a transaction, while it is serialized.
struct Nested<'a>(&'a Logger);

impl Serialize for Nested<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.emit(Tick::new(10));
        steps(self.0, 0, 2).commit();
        serializer.serialize_none()
    }
}

#[derive(Event)]
#[event(type = "outer")]
struct Outer<'a> {
    number: u64,
    #[event(json)]
    inner: Nested<'a>,
}

#[test]
fn what_a_field_emits_while_it_is_serialized_is_no_part_of_the_transaction() {
    let directory = place();
    let logger = Logger::builder(directory.path()).build().unwrap();
    let mut dropped = logger.transaction();
    dropped.emit(Outer { number: 20, inner: Nested(&logger) });
    drop(dropped);
    let mut committed = steps(&logger, 1, 1);
    committed.emit(Outer { number: 21, inner: Nested(&logger) });
    committed.commit();
    assert_eq!(logger.stats().total.emitted, 8);
    drop(logger);
    assert_eq!(numbers(directory.path()), [10, 0, 1, 10, 0, 1, 0, 21]);
}

#[test]
fn each_event_has_the_id_date_and_context_of_its_emit() {
    let directory = place();
    let logger = Logger::builder(directory.path()).build().unwrap();
    let user = |id: u64| Context::new().user_id(id);
    let mut events = logger.with(&user(1)).transaction();
    let first = events.try_emit(Tick::new(0)).unwrap();
    let second = user(2).enter(|| events.with(&user(3)).try_emit(Tick::new(1))).unwrap();
    let between = logger.try_emit(Tick::new(2)).unwrap();
    events.commit();
    let mut events = logger.transaction();
    user(4).enter(|| events.emit(Tick::new(3)));
    events.with(&user(5)).emit(Tick::new(4));
    events.emit(Tick::new(5));
    events.commit();
    drop(logger);
    let found = values(directory.path());
    let of = |key: &str| found.iter().map(|value| value[key].clone()).collect::<Vec<_>>();
    assert_eq!(of("user_id"), [Value::Null, 1.into(), 3.into(), 4.into(), 5.into(), Value::Null]);
    assert_eq!(of("id")[..3], [between, first, second].map(|id| Value::from(id.to_string())));
    assert!(first < second && second < between);
}

#[test]
fn a_transaction_goes_from_thread_to_thread() {
    let directory = place();
    let logger = Logger::builder(directory.path()).build().unwrap();
    let mut events = steps(&logger, 0, 2);
    let emitted = std::thread::spawn(move || {
        events.emit(Tick::new(2));
        events
    });
    std::thread::spawn(move || emitted.join().unwrap().commit()).join().unwrap();
    assert_eq!(logger.stats().total.emitted, 3);
    drop(logger);
    assert_eq!(numbers(directory.path()), [0, 1, 2]);
}

#[test]
fn a_full_disk_delays_the_rest_of_a_transaction_which_then_follows_in_its_segment() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.leave_room(1_000);
    let logger = small(directory.path(), &disk).build().unwrap();
    steps(&logger, 0, 50).commit();
    let length =
        || segments(directory.path()).first().map(|path| fs::metadata(path).unwrap().len());
    wait_until("the disk is full", || length() == Some(1_000));
    assert_eq!(logger.stats().total.in_spool, 50);
    logger.emit(Tick::new(50));
    disk.heal();
    logger.flush(PATIENCE).unwrap();
    assert_eq!(logger.stats().total.written, 51);
    assert_eq!(segments(directory.path()).len(), 1);
    assert_eq!(numbers(directory.path()), (0..51).collect::<Vec<_>>());
}

#[test]
fn a_segment_that_is_given_up_may_end_with_a_part_of_a_transaction_that_is_whole_in_the_next() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.leave_room(1_000);
    let logger = small(directory.path(), &disk).build().unwrap();
    steps(&logger, 0, 50).commit();
    let length =
        || segments(directory.path()).first().map(|path| fs::metadata(path).unwrap().len());
    wait_until("the disk is full", || length() == Some(1_000));
    disk.fail(Operation::Append, Errno::IO.raw_os_error());
    wait_until("the segment is given up", || disk.count(Operation::Create) > 1);
    disk.heal();
    logger.flush(PATIENCE).unwrap();
    assert_eq!(logger.stats().total.written, 50, "each event counts once");
    drop(logger);
    let [given_up, next] = &segments(directory.path())[..] else { panic!("not two segments") };
    let given_up = fs::read_to_string(given_up).unwrap();
    let next = fs::read_to_string(next).unwrap();
    assert_eq!(next.lines().count(), 50);
    assert!(given_up.len() == 1_000 && next.starts_with(&given_up), "the same lines");
}

#[test]
fn a_transaction_that_was_cut_short_is_completed_in_its_segment_by_the_next_start() {
    // In the middle of a line, and between two lines.
    for cut_in_line in [true, false] {
        let (directory, disk) = (place(), FailingDisk::new());
        let builder = || small(directory.path(), &disk);
        let logger = builder().close_timeout(Duration::ZERO).build().unwrap();
        logger.emit(Step { transaction: 0, number: 0, filling: "......" });
        logger.flush(PATIENCE).unwrap();
        let line = lines(directory.path())[0].len() as u64 + 1;
        let room = if cut_in_line { 5 * line + 100 } else { 5 * line };
        disk.leave_room(room);
        steps(&logger, 1, 9).commit();
        steps(&logger, 2, 9).commit();
        let length = || fs::metadata(&segments(directory.path())[0]).unwrap().len();
        wait_until("the disk is full", || length() == line + room);
        drop(logger);

        disk.heal();
        let next = builder().build().unwrap();
        assert_eq!(next.stats().recovered_lines, 4 + 9, "cut in a line: {cut_in_line}");
        drop(next);
        let [first, second] = &segments(directory.path())[..] else { panic!("not two segments") };
        let count = |path| fs::read_to_string(path).unwrap().lines().count();
        assert_eq!((count(first), count(second)), (10, 9));
        let expected: Vec<u64> = [0].into_iter().chain((0..9).cycle().take(18)).collect();
        assert_eq!(numbers(directory.path()), expected);
    }
}

#[test]
fn a_long_transaction_is_written_at_once_and_not_across_segments() {
    let directory = place();
    let logger = Logger::builder(directory.path())
        .segment_bytes(1_500_000)
        .clock(tests::clock::FastClock::start())
        .build()
        .unwrap();
    // About a megabyte each, four times what the writer gathers at once.
    for transaction in 0..3 {
        steps(&logger, transaction, 5_000).try_commit().unwrap();
        logger.flush(PATIENCE).unwrap();
    }
    drop(logger);
    let all = segments(directory.path());
    assert_eq!(all.len(), 3);
    for path in all {
        assert_eq!(fs::read_to_string(path).unwrap().lines().count(), 5_000);
    }
}

#[test]
fn a_forked_child_commits_a_transaction_of_its_parent_into_its_own_log() {
    let directory = place();
    let forks = env!("CARGO_BIN_EXE_forks");
    let status = Command::new(forks).arg(directory.path()).arg("transaction").status();
    assert!(status.unwrap().success());
    drop(Logger::builder(directory.path()).build().unwrap());
    let mut found = ids(directory.path());
    let (all, child) = (found.len(), 3);
    found.sort_unstable();
    found.dedup();
    // Those that both committed are there twice, with the same ids.
    assert_eq!((all, found.len()), (100 + 3 + 3 + child, 100 + 3 + child));
    let by_parent = |value: &Value| value["params"]["process"] == 0;
    let committed = values(directory.path());
    assert_eq!(committed.iter().filter(|value| by_parent(value)).count(), 100);
}

#[test]
fn an_error_of_a_commit_and_one_of_an_emit_name_each_other() {
    let directory = place();
    let logger = small(directory.path(), &FailingDisk::new()).build().unwrap();
    let mut events = logger.transaction();
    events.emit(BrokenEvent { field: Broken::Fails });
    let error = events.try_emit(Tick::new(0)).unwrap_err();
    let EmitError::Transaction { event_type: "tick", source } = error else { panic!("{error}") };
    let CommitError::Event { number: 1, source } = &*source else { panic!("{source}") };
    assert!(matches!(source, EmitError::NotSerializable { field: "field", .. }), "{source}");
}
