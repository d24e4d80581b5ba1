//! Segments as a collector sees them: their names, when they end, which ones go.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chrono::TimeDelta;
use event_log::testing::{FailingDisk, Operation, SetClock};
use event_log::{Clock, Logger, LoggerBuilder};
use tests::random::Random;
use tests::wait::{PATIENCE, wait_until};
use tests::{Tick, lines, numbers, segments};

fn place() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn at_ten() -> SetClock {
    SetClock::at("2026-11-22T10:00:00Z")
}

fn builder(directory: &Path, clock: &SetClock) -> LoggerBuilder {
    Logger::builder(directory).clock(clock.clone())
}

fn emit(logger: &Logger, number: u64) {
    logger.emit(Tick::new(number));
    logger.flush(PATIENCE).expect("a healthy disk");
}

fn names(directory: &Path) -> Vec<String> {
    let name =
        |path: &std::path::PathBuf| path.file_name().map(|name| name.to_string_lossy().into());
    segments(directory).iter().filter_map(name).collect()
}

fn bytes(directory: &Path) -> Vec<u64> {
    segments(directory).iter().map(|path| fs::metadata(path).expect("a segment").len()).collect()
}

#[test]
fn a_name_has_prefix_time_token_and_sequence() {
    let (directory, clock) = (place(), SetClock::at("2026-11-21T22:30:00.123Z"));
    let logger = builder(directory.path(), &clock).prefix("shop").build().unwrap();
    emit(&logger, 1);
    clock.advance(Duration::from_secs(7_200));
    emit(&logger, 2);
    let names = names(directory.path());
    let parts: Vec<Vec<&str>> = names.iter().map(|name| name.split('.').collect()).collect();
    let [first, second] = &*parts else { panic!("{names:?}") };
    assert_eq!(first[..3], ["shop", "20261121T223000", "123Z"]);
    assert_eq!(second[..3], ["shop", "20261122T003000", "123Z"]);
    assert_eq!(
        (first[4..].join("."), second[4..].join(".")),
        ("000001.jsonl".into(), "000002.jsonl".into())
    );
    assert_eq!(first[3], second[3]);
    assert!(
        first[3].len() == 8 && first[3].bytes().all(|byte| b"0123456789abcdef".contains(&byte))
    );
}

#[test]
fn a_segment_ends_before_the_line_that_would_make_it_too_long() {
    let (directory, clock) = (place(), at_ten());
    let logger = builder(directory.path(), &clock).segment_bytes(32_000).build().unwrap();
    for number in 0..1_000 {
        emit(&logger, number);
        clock.advance(Duration::from_millis(1_001));
    }
    let bytes = bytes(directory.path());
    assert!(bytes.len() > 5, "{bytes:?}");
    for full in &bytes[..bytes.len() - 1] {
        assert!((31_700..=32_000).contains(full), "{bytes:?}");
    }
    assert_eq!(numbers(directory.path()), (0..1_000).collect::<Vec<_>>());
}

#[test]
fn a_segment_ends_with_its_period_on_the_wall_clock_whatever_its_length() {
    let (directory, clock) = (place(), SetClock::at("2026-11-22T10:59:50Z"));
    let logger = builder(directory.path(), &clock).build().unwrap();
    emit(&logger, 1);
    clock.advance(Duration::from_secs(9));
    emit(&logger, 2);
    assert_eq!(segments(directory.path()).len(), 1);
    clock.advance(Duration::from_secs(1));
    emit(&logger, 3);
    assert_eq!(segments(directory.path()).len(), 2);
    clock.advance(Duration::from_secs(3_599));
    emit(&logger, 4);
    assert_eq!(segments(directory.path()).len(), 2);
}

#[test]
fn there_is_at_most_one_rotation_a_second() {
    let (directory, clock) = (place(), at_ten());
    let logger = builder(directory.path(), &clock)
        .segment_bytes(32_000)
        .rotate_every(Duration::from_secs(1))
        .build()
        .unwrap();
    for number in 0..300 {
        emit(&logger, number);
        clock.advance(Duration::from_millis(3));
    }
    assert_eq!(segments(directory.path()).len(), 1, "within 900 ms");
    assert!(bytes(directory.path())[0] > 32_000);
    clock.advance(Duration::from_millis(100));
    emit(&logger, 300);
    assert_eq!(segments(directory.path()).len(), 2);
}

#[test]
fn no_segment_is_made_without_a_line_for_it() {
    let (directory, clock) = (place(), at_ten());
    let logger = builder(directory.path(), &clock).build().unwrap();
    clock.advance(Duration::from_secs(7_200));
    logger.flush(PATIENCE).unwrap();
    logger.sync(PATIENCE).unwrap();
    drop(logger);
    assert!(segments(directory.path()).is_empty());
}

#[test]
fn names_sort_in_the_order_of_the_lines_whatever_the_clock_does() {
    let (directory, clock) = (place(), at_ten());
    let mut number = 0;
    for jump in [3_600, -86_400, 30 * 86_400, -86_400, 5, -40 * 86_400, 0, 0, 0, 0, 0, 0] {
        // Each time another process, that is another token.
        let logger = builder(directory.path(), &clock).segment_bytes(32_000).build().unwrap();
        for _ in 0..3 {
            for _ in 0..100 {
                logger.emit(Tick::new(number));
                number += 1;
            }
            logger.flush(PATIENCE).unwrap();
            clock.set(clock.now() + TimeDelta::seconds(jump));
        }
    }
    assert_eq!(numbers(directory.path()), (0..number).collect::<Vec<_>>());
}

#[test]
fn a_clock_that_was_ahead_once_does_not_end_rotation() {
    let (directory, clock) = (place(), at_ten());
    let logger = builder(directory.path(), &clock).segment_bytes(32_000).build().unwrap();
    clock.advance(Duration::from_secs(30 * 86_400));
    emit(&logger, 0);
    clock.turn_back(Duration::from_secs(30 * 86_400));
    for number in 1..400 {
        emit(&logger, number);
        clock.advance(Duration::from_millis(1_001));
    }
    drop(logger);
    let logger = builder(directory.path(), &clock).segment_bytes(32_000).build().unwrap();
    for number in 400..800 {
        emit(&logger, number);
        clock.advance(Duration::from_millis(1_001));
    }
    assert!(bytes(directory.path()).into_iter().all(|bytes| bytes <= 32_000));
    assert_eq!(numbers(directory.path()), (0..800).collect::<Vec<_>>());
}

/// Ten segments, one an hour; the last is active.
fn ten_segments(logger: &Logger, clock: &SetClock) {
    for number in 0..10 {
        emit(logger, number);
        clock.advance(Duration::from_secs(3_600));
    }
    clock.turn_back(Duration::from_secs(3_600));
}

#[test]
fn retention_by_count_keeps_the_newest() {
    let (directory, clock) = (place(), at_ten());
    let logger = builder(directory.path(), &clock).retain_count(3).build().unwrap();
    ten_segments(&logger, &clock);
    wait_until("the count is kept", || numbers(directory.path()) == [7, 8, 9]);
    wait_until("it is counted", || logger.stats().segments_removed == 7);
}

#[test]
fn retention_by_bytes_keeps_the_newest() {
    let (directory, clock) = (place(), at_ten());
    let logger = builder(directory.path(), &clock).retain_bytes(1_000).build().unwrap();
    ten_segments(&logger, &clock);
    // The active one was empty when it was decided.
    wait_until("the limit is kept", || numbers(directory.path()).len() <= 5);
    let found = numbers(directory.path());
    assert_eq!(found.last(), Some(&9));
    assert!(found.len() >= 3, "{found:?}");
}

#[test]
fn retention_by_age_goes_by_the_time_in_the_name() {
    let (directory, clock) = (place(), at_ten());
    let age = Duration::from_secs(2 * 3_600);
    let logger = builder(directory.path(), &clock).retain_age(age).build().unwrap();
    ten_segments(&logger, &clock);
    wait_until("the age is kept", || numbers(directory.path()) == [7, 8, 9]);
}

#[test]
fn retention_never_removes_the_active_segment_nor_one_in_its_grace() {
    let (directory, clock) = (place(), at_ten());
    let logger = builder(directory.path(), &clock)
        .retain_count(0)
        .retain_bytes(0)
        .retain_age(Duration::ZERO)
        .retain_at_least(Duration::from_secs(2 * 3_600))
        .build()
        .unwrap();
    ten_segments(&logger, &clock);
    wait_until("the limits are kept", || numbers(directory.path()) == [8, 9]);
    drop(logger);
    clock.advance(Duration::from_secs(30 * 86_400));
    let logger = builder(directory.path(), &clock)
        .retain_count(0)
        .retain_at_least(Duration::ZERO)
        .build()
        .unwrap();
    assert!(lines(directory.path()).is_empty(), "at the start none is active");
    emit(&logger, 10);
    assert_eq!(numbers(directory.path()), [10]);
}

#[test]
fn retention_never_touches_a_file_that_is_not_a_segment_of_this_prefix() {
    let (directory, clock) = (place(), at_ten());
    let foreign = [
        "events.jsonl",
        "events.20200101T000000.000Z.00000001.000001.jsonl.xz",
        ".events.20200101T000000.000Z.00000001.000001.jsonl.gz.00000001.tmp",
        "events.20200101T000000.000Z.00000001.000001.json",
        "other.20200101T000000.000Z.00000001.000001.jsonl",
        "events.more.20200101T000000.000Z.00000001.000001.jsonl",
        "events.20200101T000000.000Z.0000000G.000001.jsonl",
        "notes.txt",
    ];
    for name in foreign {
        fs::write(directory.path().join(name), "{}\n").unwrap();
    }
    let ours = directory.path().join("events.20200101T000000.000Z.00000001.000001.jsonl");
    fs::write(&ours, "{}\n").unwrap();
    let directory_of_that_name =
        directory.path().join("events.20200101T000000.000Z.00000002.000001.jsonl");
    fs::create_dir(&directory_of_that_name).unwrap();
    drop(builder(directory.path(), &clock).retain_count(0).build().unwrap());
    for name in foreign {
        assert!(directory.path().join(name).exists(), "{name}");
    }
    assert!(directory_of_that_name.exists());
    assert!(!ours.exists());
}

/// A child that emits on the directory until its input ends.
fn other_process(directory: &Path, records: &Path, process: u32) -> Child {
    fs::create_dir_all(records).expect("a directory for the records");
    let seed = Random::seed_from("EVENT_LOG_SEGMENTS_SEED").to_string();
    Command::new(env!("CARGO_BIN_EXE_emitter"))
        .args([directory, records])
        .args([process.to_string(), seed, "stop".to_owned(), "0".to_owned()])
        .stdin(Stdio::piped())
        .spawn()
        .expect("the child starts")
}

#[test]
fn retention_never_touches_the_active_segment_of_another_living_process() {
    let place = place();
    let (directory, records) = (place.path().join("log"), place.path().join("records"));
    let mut child = other_process(&directory, &records, 0);
    let emitted = || {
        (0..4)
            .map(|thread| fs::metadata(tests::kill::record_path(&records, 0, thread)))
            .map(|metadata| metadata.map_or(0, |metadata| metadata.len()))
            .sum::<u64>()
    };
    wait_until("the child has a segment", || {
        directory.exists() && !segments(&directory).is_empty()
    });
    let clock = SetClock::at("2030-01-01T00:00:00Z");
    for _ in 0..30 {
        let before = emitted();
        let stored: Vec<_> = segments(&directory);
        let strict = builder(&directory, &clock).retain_count(0).retain_at_least(Duration::ZERO);
        drop(strict.build().unwrap());
        let left = segments(&directory);
        let newest = stored.last().expect("the child has a segment");
        assert!(left.iter().any(|path| path >= newest), "{stored:?} {left:?}");
        wait_until("the child goes on", || emitted() > before + 20);
    }
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    // Once it has ended nothing protects its segments any more.
    let strict = builder(&directory, &clock).retain_count(0).retain_at_least(Duration::ZERO);
    drop(strict.build().unwrap());
    assert!(segments(&directory).is_empty());
}

#[test]
fn retention_spares_the_segment_that_the_recovery_of_a_dead_logger_will_go_on_in() {
    let (directory, disk) = (place(), FailingDisk::new());
    let clock = SetClock::at("2030-01-01T00:00:00Z");
    let strict = builder(directory.path(), &clock).retain_count(0).retain_at_least(Duration::ZERO);
    let living = strict.build().unwrap();
    disk.leave_room(333);
    let dying = builder(directory.path(), &clock).storage(disk).close_timeout(Duration::ZERO);
    let dying = dying.build().unwrap();
    (0..10).for_each(|number| dying.emit(Tick::new(number)));
    wait_until("its disk is full", || dying.stats().io_errors > 0);
    drop(dying);
    let torn = segments(directory.path()).remove(0);
    wait_until("it let go", || {
        fs::read_dir(directory.path().join(".spool")).unwrap().any(|entry| {
            let spool = fs::File::open(entry.unwrap().path()).unwrap();
            spool.try_lock().is_ok()
        })
    });
    // Begins a segment, and retention goes over the others.
    living.emit(Tick::new(10));
    living.flush(PATIENCE).unwrap();
    assert!(torn.exists(), "the segment that ends within a line was removed");
    drop(builder(directory.path(), &clock).build().unwrap());
    let mut found = numbers(directory.path());
    found.sort_unstable();
    assert_eq!(found, (0..=10).collect::<Vec<_>>());
}

#[test]
fn retention_spares_the_segment_in_which_a_recovery_got_stuck() {
    const ENOSPC: i32 = 28;
    let (directory, disk) = (place(), FailingDisk::new());
    let clock = SetClock::at("2030-01-01T00:00:00Z");
    disk.fail(Operation::Create, ENOSPC);
    let dead = builder(directory.path(), &clock).storage(disk.clone());
    let dead = dead.close_timeout(Duration::from_millis(1)).build().unwrap();
    (0..10).for_each(|number| dead.emit(Tick::new(number)));
    drop(dead);
    // The recovery ends within a line, and its logger goes on in other segments.
    disk.leave_room(333);
    disk.free(Operation::Create);
    let strict = builder(directory.path(), &clock).retain_count(0).retain_at_least(Duration::ZERO);
    let next = strict.storage(disk.clone()).build().unwrap();
    let torn = segments(directory.path()).remove(0);
    disk.heal();
    for number in 10..13 {
        emit(&next, number);
        clock.advance(Duration::from_secs(7_200));
    }
    assert!(torn.exists(), "the segment that ends within a line was removed");
    drop(next);
    drop(builder(directory.path(), &clock).build().unwrap());
    let found = numbers(directory.path());
    assert!((0..10).all(|number| found.contains(&number)), "{found:?}");
}

#[test]
fn two_processes_on_one_directory_have_segments_and_spools_of_their_own() {
    let place = place();
    let (directory, records) = (place.path().join("log"), place.path().join("records"));
    let mut children =
        [other_process(&directory, &records, 0), other_process(&directory, &records, 1)];
    wait_until("both have a spool", || {
        fs::read_dir(directory.join(".spool")).is_ok_and(|spools| {
            spools
                .filter(|entry| entry.as_ref().unwrap().path().extension().unwrap() == "spool")
                .count()
                == 2
        })
    });
    wait_until("both have emitted", || {
        (0..2).all(|process| {
            fs::metadata(tests::kill::record_path(&records, process, 0))
                .is_ok_and(|metadata| metadata.len() > 20)
        })
    });
    for child in &mut children {
        drop(child.stdin.take());
        assert!(child.wait().unwrap().success());
    }
    let mut tokens = [None, None];
    for path in segments(&directory) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let token = name.split('.').nth(3).unwrap().to_owned();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let process = tests::checked(line)["params"]["process"].as_u64().unwrap();
            let known = &mut tokens[usize::try_from(process).unwrap()];
            assert_eq!(*known.get_or_insert_with(|| token.clone()), token, "{name}");
        }
    }
    assert!(tokens[0].is_some() && tokens[1].is_some() && tokens[0] != tokens[1]);
}

#[test]
fn a_dead_logger_is_recovered_under_its_own_prefix_only() {
    const ENOSPC: i32 = 28;
    let (directory, disk) = (place(), FailingDisk::new());
    disk.fail(Operation::Create, ENOSPC);
    let payments = Logger::builder(directory.path())
        .prefix("payments")
        .storage(disk)
        .close_timeout(Duration::ZERO)
        .build()
        .unwrap();
    payments.emit(Tick::new(1));
    drop(payments);
    let clicks = Logger::builder(directory.path()).prefix("clicks").build().unwrap();
    clicks.emit(Tick::new(2));
    drop(clicks);
    assert_eq!(numbers(directory.path()), [2]);
    drop(Logger::builder(directory.path()).prefix("payments").build().unwrap());
    let names = names(directory.path());
    assert_eq!(names.len(), 2);
    assert!(names[0].starts_with("clicks.") && names[1].starts_with("payments."), "{names:?}");
    assert_eq!(numbers(directory.path()), [2, 1]);
}
