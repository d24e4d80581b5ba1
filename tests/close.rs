//! Closing: nothing has to be called, and what cannot be drained in time is for the next start.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use event_log::testing::{FailingDisk, Operation};
use event_log::{DropReason, FlushError, Logger};
use tests::wait::{PATIENCE, wait_until};
use tests::{Tick, numbers, segments};

fn place() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn spools(directory: &Path) -> usize {
    fs::read_dir(directory.join(".spool")).expect("the spools").count()
}

#[test]
fn the_drop_of_the_only_handle_drains_and_leaves_no_spool() {
    let directory = place();
    let logger = Logger::builder(directory.path()).build().unwrap();
    (0..5_000).for_each(|number| logger.emit(Tick::new(number)));
    drop(logger);
    assert_eq!(numbers(directory.path()), (0..5_000).collect::<Vec<_>>());
    assert_eq!(spools(directory.path()), 0);
}

#[test]
fn only_the_drop_of_the_last_of_many_clones_closes_on_whatever_thread() {
    let directory = place();
    let logger = Logger::builder(directory.path()).build().unwrap();
    let threads: Vec<_> = (0..16)
        .map(|number| {
            let logger = logger.clone();
            std::thread::spawn(move || logger.clone().emit(Tick::new(number)))
        })
        .collect();
    let last = logger.clone();
    drop(logger);
    for thread in threads {
        thread.join().unwrap();
    }
    std::thread::spawn(move || last.emit(Tick::new(16))).join().unwrap();
    let mut found = numbers(directory.path());
    found.sort_unstable();
    assert_eq!(found, (0..17).collect::<Vec<_>>());
    assert_eq!(spools(directory.path()), 0);
}

#[test]
fn a_second_close_says_the_same_and_a_flush_after_it_has_nothing_to_do() {
    let directory = place();
    let logger = Logger::builder(directory.path()).build().unwrap();
    logger.emit(Tick::new(1));
    logger.close(PATIENCE).unwrap();
    logger.close(PATIENCE).unwrap();
    logger.flush(PATIENCE).unwrap();
    assert_eq!(logger.stats().total.written, 1);
}

#[test]
fn a_close_on_a_failing_disk_says_what_is_left_and_the_next_start_recovers_it() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.fail(Operation::Append, 5);
    let logger = Logger::builder(directory.path()).storage(disk.clone()).build().unwrap();
    (0..100).for_each(|number| logger.emit(Tick::new(number)));
    let error = logger.close(Duration::from_millis(100)).unwrap_err();
    let (FlushError::TimedOut { events_left, .. } | FlushError::Closed { events_left }) = error
    else {
        panic!("{error:?}");
    };
    assert_eq!(events_left, 100);
    // Its end may come a moment after the deadline.
    wait_until("the writer has ended", || logger.close(PATIENCE).is_err());
    assert_eq!(spools(directory.path()), 1);
    let next = Logger::builder(directory.path()).build().unwrap();
    assert_eq!(numbers(directory.path()), (0..100).collect::<Vec<_>>());
    assert_eq!(next.stats().recovered_lines, 100);
    assert_eq!(next.stats().total.emitted, 0);
    drop((logger, next));
    assert_eq!(spools(directory.path()), 0);
}

#[test]
fn a_drop_on_a_hanging_disk_returns_in_time_and_the_next_start_takes_nothing_from_it() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.hang(Operation::Append);
    let logger = Logger::builder(directory.path())
        .storage(disk.clone())
        .close_timeout(Duration::from_millis(50))
        .build()
        .unwrap();
    (0..10).for_each(|number| logger.emit(Tick::new(number)));
    let began = Instant::now();
    drop(logger);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let next = Logger::builder(directory.path()).build().unwrap();
    assert_eq!(next.stats().recovered_lines, 0, "its writer still has hold of the spool");
    next.emit(Tick::new(10));
    disk.heal();
    drop(next);
    wait_until("the first one has ended", || {
        drop(Logger::builder(directory.path()).build().unwrap());
        spools(directory.path()) == 0
    });
    let mut found = numbers(directory.path());
    found.sort_unstable();
    assert_eq!(found, (0..=10).collect::<Vec<_>>());
}

#[test]
fn a_close_that_is_late_takes_no_more_events_either() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.hang(Operation::Append);
    let logger = Logger::builder(directory.path()).storage(disk.clone()).build().unwrap();
    logger.emit(Tick::new(1));
    wait_until("the writer hangs", || disk.count(Operation::Append) == 1);
    logger.close(Duration::from_millis(20)).unwrap_err();
    let error = logger.try_emit(Tick::new(2)).expect_err("the logger was closed");
    assert_eq!(error.reason(), DropReason::Closed);
    disk.heal();
    logger.close(PATIENCE).unwrap();
    assert_eq!(numbers(directory.path()), [1]);
}

#[test]
fn a_second_logger_on_the_same_directory_has_segments_of_its_own() {
    let directory = place();
    let first = Logger::builder(directory.path()).build().unwrap();
    let second = Logger::builder(directory.path()).build().unwrap();
    for number in 0..100 {
        first.emit(Tick::new(number * 2));
        second.emit(Tick::new(number * 2 + 1));
    }
    drop(first);
    second.emit(Tick::new(200));
    drop(second);
    assert_eq!(segments(directory.path()).len(), 2);
    for path in segments(directory.path()) {
        let text = fs::read_to_string(path).unwrap();
        let parity = |line: &str| tests::checked(line)["params"]["number"].as_u64().unwrap() % 2;
        let parities: Vec<u64> = text.lines().take(100).map(parity).collect();
        assert!(parities.iter().all(|parity| *parity == parities[0]));
    }
    let mut found = numbers(directory.path());
    found.sort_unstable();
    assert_eq!(found, (0..=200).collect::<Vec<_>>());
}

#[test]
fn a_hundred_loggers_one_after_the_other_leave_nothing_but_their_lines() {
    let directory = place();
    for number in 0..100 {
        let logger = Logger::builder(directory.path()).spool_bytes(128 << 10).build().unwrap();
        logger.emit(Tick::new(number));
    }
    assert_eq!(numbers(directory.path()), (0..100).collect::<Vec<_>>());
    assert_eq!(spools(directory.path()), 0);
}

/// No gap line can tell of it any more, so it must not be counted among what gap lines tell of.
#[test]
fn what_a_closed_logger_refuses_is_counted_as_closed_whatever_else_is_wrong_with_it() {
    #[derive(event_log::Event)]
    struct Long {
        text: String,
    }
    let directory = tempfile::tempdir().unwrap();
    let logger = Logger::builder(directory.path()).build().unwrap();
    logger.close(PATIENCE).unwrap();
    let refused = logger.try_emit(Long { text: "x".repeat(40_000) }).unwrap_err();
    assert_eq!(refused.reason(), DropReason::Closed);
    assert_eq!(logger.stats().dropped, [(DropReason::Closed, 1)].into());
}
