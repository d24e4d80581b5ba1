//! A failing disk loses nothing, doubles nothing and is told of; writing resumes by itself.

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use event_log::testing::{FailingDisk, Operation, SetClock};
use event_log::{FlushError, LogError, Logger, LoggerBuilder, Overflow};
use tests::wait::{PATIENCE, wait_until};
use tests::{Tick, numbers, segments};

const EIO: i32 = 5;
const ENOSPC: i32 = 28;

fn place() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

/// What the error handler was told, as text.
type Told = Arc<Mutex<Vec<String>>>;

fn logger(directory: &std::path::Path, disk: &FailingDisk) -> (LoggerBuilder, Told) {
    let told = Told::default();
    let told_to = Arc::clone(&told);
    let builder = Logger::builder(directory).storage(disk.clone()).on_error(move |error| {
        told_to.lock().expect("no panic under the lock").push(match error {
            LogError::Segment(error) => error.to_string(),
            other => other.to_string(),
        });
    });
    (builder, told)
}

fn was_told(told: &Told, part: &str) -> bool {
    told.lock().expect("no panic under the lock").iter().any(|text| text.contains(part))
}

fn emit(logger: &Logger, numbers: std::ops::Range<u64>) {
    numbers.for_each(|number| logger.emit(Tick::new(number)));
}

#[test]
fn a_line_torn_by_a_full_disk_is_completed_in_its_segment() {
    for room in [0, 1, 100, 333, 1_000, 1_501] {
        let (directory, disk) = (place(), FailingDisk::new());
        disk.leave_room(room);
        let (builder, told) = logger(directory.path(), &disk);
        // Whatever is due meanwhile, a torn line is completed first.
        let clock = SetClock::at("2026-11-22T10:00:00Z");
        let logger = builder.clock(clock.clone()).build().unwrap();
        emit(&logger, 0..100);
        wait_until("the disk is full", || was_told(&told, "append to"));
        let torn = segments(directory.path());
        assert_eq!(fs::metadata(&torn[0]).unwrap().len(), room, "as much as there was room for");
        if room % 7 != 0 {
            clock.advance(Duration::from_secs(7_200));
        }
        disk.heal();
        logger.flush(PATIENCE).unwrap();
        assert_eq!(numbers(directory.path()), (0..100).collect::<Vec<_>>(), "{room}");
        assert_eq!(segments(directory.path())[0], torn[0]);
        assert_eq!(logger.stats().total.written, 100);
    }
}

#[test]
fn a_line_torn_by_a_full_disk_is_completed_by_the_next_start() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.leave_room(333);
    let (builder, told) = logger(directory.path(), &disk);
    let logger = builder.close_timeout(Duration::from_millis(50)).build().unwrap();
    emit(&logger, 0..100);
    wait_until("the disk is full", || was_told(&told, "append to"));
    drop(logger);
    assert_eq!(fs::metadata(&segments(directory.path())[0]).unwrap().len(), 333);
    let next = Logger::builder(directory.path()).build().unwrap();
    assert_eq!(numbers(directory.path()), (0..100).collect::<Vec<_>>());
    // One line was whole and known to be, one was torn.
    assert!(next.stats().recovered_lines >= 98);
}

#[test]
fn a_recovery_on_a_full_disk_goes_on_where_it_stopped() {
    let directory = place();
    let disk = FailingDisk::new();
    disk.hang(Operation::Append);
    let (builder, _) = logger(directory.path(), &disk);
    let first = builder.close_timeout(Duration::ZERO).build().unwrap();
    emit(&first, 0..100);
    let full = FailingDisk::new();
    full.leave_room(0);
    disk.fail(Operation::Append, ENOSPC);
    disk.resume(Operation::Append);
    drop(first);
    wait_until("the first one let go", || spool_is_free(directory.path()));
    for room in [0, 10, 333, 2_000] {
        full.leave_room(room);
        let (builder, told) = logger(directory.path(), &full);
        drop(builder.build().unwrap());
        assert!(was_told(&told, "cannot recover the spool"), "{:?}", told.lock().unwrap());
    }
    drop(Logger::builder(directory.path()).build().unwrap());
    assert_eq!(numbers(directory.path()), (0..100).collect::<Vec<_>>());
}

/// Whether no spool in the directory is locked.
fn spool_is_free(directory: &std::path::Path) -> bool {
    fs::read_dir(directory.join(".spool")).expect("the spools").all(|entry| {
        let file = fs::File::open(entry.expect("an entry").path());
        file.is_ok_and(|file| file.try_lock().is_ok())
    })
}

#[test]
fn an_input_output_error_is_told_and_writing_resumes_by_itself() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.fail(Operation::Append, EIO);
    let (builder, told) = logger(directory.path(), &disk);
    let logger = builder.build().unwrap();
    emit(&logger, 0..100);
    wait_until("it was tried some times", || disk.count(Operation::Append) >= 5);
    assert!(was_told(&told, "cannot append to"));
    assert!(logger.stats().io_errors >= 4);
    disk.heal();
    wait_until("everything is written, without a flush", || logger.stats().total.in_spool == 0);
    assert_eq!(numbers(directory.path()), (0..100).collect::<Vec<_>>());
}

#[test]
fn a_failing_disk_leaves_no_empty_segments_behind() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.fail(Operation::Append, EIO);
    let (builder, _) = logger(directory.path(), &disk);
    let logger = builder.build().unwrap();
    emit(&logger, 0..10);
    wait_until("it was tried some times", || disk.count(Operation::Append) >= 7);
    assert!(segments(directory.path()).len() <= 1, "{:?}", segments(directory.path()));
    disk.heal();
    logger.flush(PATIENCE).unwrap();
    for segment in segments(directory.path()) {
        assert_ne!(fs::metadata(&segment).unwrap().len(), 0, "{}", segment.display());
    }
    assert_eq!(numbers(directory.path()), (0..10).collect::<Vec<_>>());
}

#[test]
fn a_segment_that_is_still_empty_when_its_period_ends_takes_the_next_line() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.leave_room(0);
    let (builder, told) = logger(directory.path(), &disk);
    let clock = SetClock::at("2026-11-22T10:00:00Z");
    let logger = builder.clock(clock.clone()).build().unwrap();
    emit(&logger, 0..10);
    wait_until("the disk is full", || was_told(&told, "append to"));
    clock.advance(Duration::from_secs(7_200));
    disk.heal();
    logger.flush(PATIENCE).unwrap();
    for segment in segments(directory.path()) {
        assert_ne!(fs::metadata(&segment).unwrap().len(), 0, "{}", segment.display());
    }
    assert_eq!(numbers(directory.path()), (0..10).collect::<Vec<_>>());
}

#[test]
fn a_failing_disk_is_tried_with_growing_pauses_however_many_events_are_refused_meanwhile() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.fail(Operation::Append, ENOSPC);
    let (builder, _) = logger(directory.path(), &disk);
    let logger = builder.spool_bytes(128 << 10).overflow(Overflow::Drop).build().unwrap();
    let until = Instant::now() + Duration::from_millis(700);
    while Instant::now() < until {
        logger.emit(Tick::new(1));
    }
    // After 0, 10, 30, 70, 150, 310 and 630 ms.
    assert!(
        disk.count(Operation::Append) <= 10,
        "tried {} times in 700 ms",
        disk.count(Operation::Append)
    );
    disk.heal();
}

#[test]
fn a_segment_that_cannot_be_created_is_told_of_and_created_later() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.fail(Operation::Create, ENOSPC);
    let (builder, told) = logger(directory.path(), &disk);
    let logger = builder.build().unwrap();
    emit(&logger, 0..10);
    wait_until("it was told", || was_told(&told, "cannot create"));
    let error = logger.flush(Duration::from_millis(1)).unwrap_err();
    let FlushError::TimedOut { events_left, source, .. } = &error else { panic!("{error:?}") };
    assert_eq!(*events_left, 10);
    assert!(source.as_ref().is_some_and(|source| source.operation == "create"), "{source:?}");
    disk.heal();
    logger.flush(PATIENCE).unwrap();
    assert_eq!(numbers(directory.path()), (0..10).collect::<Vec<_>>());
}

#[test]
fn a_flush_that_is_late_says_what_is_left() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.hang(Operation::Append);
    let (builder, _) = logger(directory.path(), &disk);
    let logger = builder.build().unwrap();
    emit(&logger, 0..25);
    let error = logger.flush(Duration::from_millis(20)).unwrap_err();
    assert_eq!(error.to_string(), "25 events were still in the spool after 20ms");
    disk.heal();
    logger.flush(PATIENCE).unwrap();
}

#[test]
fn a_directory_that_vanished_is_made_again() {
    let directory = place();
    let path = directory.path().join("log");
    let (builder, told) = logger(&path, &FailingDisk::new());
    let logger = builder.build().unwrap();
    emit(&logger, 0..5);
    logger.flush(PATIENCE).unwrap();
    fs::remove_dir_all(&path).unwrap();
    emit(&logger, 5..10);
    logger.flush(PATIENCE).unwrap();
    assert_eq!(numbers(&path), [5, 6, 7, 8, 9]);
    // A handler is told after those who wait for a flush.
    wait_until("it is told", || was_told(&told, "was removed; a new one takes its place"));
    wait_until("it is told that the spool is gone", || was_told(&told, "the spool `"));
}

#[test]
fn a_directory_that_vanished_between_two_segments_is_told_of_too() {
    let directory = place();
    let path = directory.path().join("log");
    let (builder, told) = logger(&path, &FailingDisk::new());
    let clock = SetClock::at("2026-11-22T10:00:00Z");
    let logger = builder.clock(clock.clone()).build().unwrap();
    emit(&logger, 0..5);
    logger.flush(PATIENCE).unwrap();
    clock.advance(Duration::from_secs(7_200));
    fs::remove_dir_all(&path).unwrap();
    emit(&logger, 5..10);
    logger.flush(PATIENCE).unwrap();
    assert_eq!(numbers(&path), [5, 6, 7, 8, 9]);
    wait_until("it is told that the spool is gone", || was_told(&told, "the spool `"));
}

#[test]
fn the_lines_after_an_active_segment_was_deleted_are_in_the_next_one() {
    let directory = place();
    let (builder, told) = logger(directory.path(), &FailingDisk::new());
    let logger = builder.build().unwrap();
    for round in 0..5 {
        emit(&logger, round * 10..round * 10 + 10);
        logger.flush(PATIENCE).unwrap();
        assert_eq!(numbers(directory.path()), (round * 10..round * 10 + 10).collect::<Vec<_>>());
        fs::remove_file(&segments(directory.path())[0]).unwrap();
    }
    wait_until("it is told", || was_told(&told, "was removed; a new one takes its place"));
    assert_eq!(logger.stats().total.written, 50);
}

#[test]
fn the_lines_after_an_active_segment_was_truncated_are_in_the_next_one() {
    let directory = place();
    let (builder, told) = logger(directory.path(), &FailingDisk::new());
    let logger = builder.build().unwrap();
    emit(&logger, 0..10);
    logger.flush(PATIENCE).unwrap();
    let first = segments(directory.path()).remove(0);
    fs::File::options().write(true).open(&first).unwrap().set_len(0).unwrap();
    emit(&logger, 10..20);
    logger.flush(PATIENCE).unwrap();
    wait_until("it is told", || was_told(&told, "was changed by somebody else"));
    fs::remove_file(first).unwrap();
    assert_eq!(numbers(directory.path()), (10..20).collect::<Vec<_>>());
}

#[test]
fn a_recovery_that_is_tried_again_does_not_tear_the_line_that_is_being_written() {
    let directory = place();
    let disk = FailingDisk::new();
    // What a dead process left:
    disk.fail(Operation::Append, ENOSPC);
    let (builder, _) = logger(directory.path(), &disk);
    let dead = builder.close_timeout(Duration::from_millis(1)).build().unwrap();
    emit(&dead, 0..10);
    drop(dead);
    wait_until("the dead one let go", || spool_is_free(directory.path()));
    // The next one can neither recover it nor complete its own line.
    let (builder, told) = logger(directory.path(), &disk);
    let logger = builder.upkeep_interval(Duration::from_millis(100)).build().unwrap();
    assert!(was_told(&told, "cannot recover the spool"));
    disk.leave_room(100);
    disk.free(Operation::Append);
    emit(&logger, 10..20);
    // With pauses that double, the first of 10 ms: upkeep is due several times.
    let attempts = || {
        let told = told.lock().expect("no panic under the lock");
        told.iter().filter(|text| text.contains("cannot append to")).count()
    };
    wait_until("it tried again and again", || attempts() > 6);
    disk.heal();
    logger.flush(PATIENCE).unwrap();
    drop(logger);
    drop(Logger::builder(directory.path()).build().unwrap());
    let mut found = numbers(directory.path());
    found.sort_unstable();
    assert_eq!(found, (0..20).collect::<Vec<_>>());
}
