//! Closed segments are compressed, after a while, by a thread that harms nobody; whatever happens to
//! it, each line is there once.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use event_log::testing::{FailingDisk, Operation, SetClock};
use event_log::{Compression, LogError, Logger, LoggerBuilder, SegmentFile, Storage};
use serde_json::Value;
use tests::compressing::{Blow, ZipDisk, lines_in_any_form, names, wait_until};
use tests::random::Random;
use tests::wait::PATIENCE;
use tests::{Tick, segments};

fn place() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn at_ten() -> SetClock {
    SetClock::at("2026-11-22T10:00:00Z")
}

/// A logger that begins a segment each second of the clock and compresses at once.
fn builder(directory: &Path, clock: &SetClock, disk: &ZipDisk) -> LoggerBuilder {
    Logger::builder(directory)
        .clock(clock.clone())
        .storage(disk.clone())
        .rotate_every(Duration::from_secs(1))
        .compress(Compression::Gzip)
        .compress_after(Duration::ZERO)
}

/// Emits one event into each of so many segments.
fn emit_segments(logger: &Logger, clock: &SetClock, numbers: std::ops::Range<u64>) {
    for number in numbers {
        logger.emit(Tick::new(number));
        logger.flush(PATIENCE).expect("a healthy disk");
        clock.advance(Duration::from_secs(1));
    }
}

fn numbers_in_any_form(directory: &Path) -> Vec<u64> {
    let number = |line: &String| {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        line["params"]["number"].as_u64().expect("a number")
    };
    lines_in_any_form(directory).iter().map(number).collect()
}

fn wait_for_plain(directory: &Path, count: usize) {
    wait_until("the others are compressed", || names(directory, ".jsonl").len() == count);
    wait_until("nothing is half done", || names(directory, ".tmp").is_empty());
}

/// Waits until the directory was looked at twice more: a look that was under way does not count.
fn wait_for_a_look(disk: &ZipDisk, ring: impl Fn()) {
    for _ in 0..2 {
        let looks = disk.count("list");
        ring();
        wait_until("the directory is looked at", || disk.count("list") > looks);
    }
}

#[test]
fn closed_segments_are_compressed_and_the_active_one_is_not() {
    for (compression, ending) in
        [(Compression::Gzip, ".jsonl.gz"), (Compression::Zstd, ".jsonl.zst")]
    {
        let (directory, clock) = (place(), at_ten());
        let builder = builder(directory.path(), &clock, &ZipDisk::default());
        let logger = builder.compress(compression).build().unwrap();
        emit_segments(&logger, &clock, 0..5);
        wait_for_plain(directory.path(), 1);
        assert_eq!(names(directory.path(), ending).len(), 4);
        assert!(names(directory.path(), ending)[0].starts_with("events.20261122T100000.000Z."));
        assert_eq!(numbers_in_any_form(directory.path()), [0, 1, 2, 3, 4]);
        logger.close(PATIENCE).unwrap();
        assert_eq!(names(directory.path(), ".jsonl").len(), 1, "the newest is for the next start");
    }
}

#[test]
fn a_segment_of_many_parts_is_compressed_whole() {
    let (directory, clock) = (place(), at_ten());
    let disk = ZipDisk::default();
    let logger = builder(directory.path(), &clock, &disk).build().unwrap();
    for number in 0..15_000 {
        logger.emit(Tick::new(number));
    }
    emit_segments(&logger, &clock, 15_000..15_002);
    wait_for_plain(directory.path(), 1);
    assert!(disk.count("read_part") > 3);
    assert_eq!(numbers_in_any_form(directory.path()), (0..15_002).collect::<Vec<_>>());
}

#[test]
fn a_segment_is_left_alone_for_as_long_as_the_option_says() {
    let (directory, clock, disk) = (place(), at_ten(), ZipDisk::default());
    let builder = builder(directory.path(), &clock, &disk);
    let logger = builder.compress_after(Duration::from_secs(10)).build().unwrap();
    for second in 0..=15_usize {
        let looks = disk.count("list");
        logger.emit(Tick::new(second as u64));
        logger.flush(PATIENCE).unwrap();
        wait_until("the directory is looked at", || disk.count("list") > looks);
        // The first one was closed at second 1, when the next one was begun.
        let due = second.saturating_sub(10);
        assert!(names(directory.path(), ".gz").len() <= due, "second {second}");
        if second < 15 {
            clock.advance(Duration::from_secs(1));
        }
    }
    wait_for_plain(directory.path(), 16 - 5);
    assert!(names(directory.path(), ".gz")[4].contains("T100004.000Z"));
}

#[test]
fn segments_of_the_living_are_left_alone_and_those_of_the_dead_are_not() {
    let (directory, clock, disk) = (place(), at_ten(), ZipDisk::default());
    let other = Logger::builder(directory.path())
        .clock(clock.clone())
        .rotate_every(Duration::from_secs(1))
        .build()
        .unwrap();
    emit_segments(&other, &clock, 0..3);
    let logger = builder(directory.path(), &clock, &disk).build().unwrap();
    let of_the_living = names(directory.path(), ".jsonl");
    emit_segments(&logger, &clock, 3..5);
    wait_for_a_look(&disk, || emit_segments(&logger, &clock, 5..6));
    wait_until("its own are compressed", || names(directory.path(), ".gz").len() == 3);
    assert_eq!(names(directory.path(), ".jsonl")[..3], of_the_living);
    drop(other);
    emit_segments(&logger, &clock, 7..9);
    wait_for_plain(directory.path(), 1);
    assert_eq!(lines_in_any_form(directory.path()).len(), 3 + 4 + 2);
}

/// The system's disk, on which no recovery can read a segment.
#[derive(Clone, Default)]
struct Unrecoverable(ZipDisk);

impl Storage for Unrecoverable {
    fn list(&self, directory: &Path) -> io::Result<Vec<event_log::StoredFile>> {
        self.0.list(directory)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        if std::thread::current().name() == Some("event-log-zip") {
            return self.0.open(path);
        }
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

#[test]
fn a_segment_that_a_recovery_needs_is_left_alone_until_that_is_done() {
    let (directory, clock, disk) = (place(), at_ten(), ZipDisk::default());
    // Killed while it compresses its first segment: its spool is there, and so are its segments.
    let killed = zipped(directory.path(), 0, Some(4));
    assert_eq!(killed.status.code(), None);
    let of_the_dead = names(directory.path(), ".jsonl");
    assert!(!of_the_dead.is_empty());

    let errors = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&errors);
    clock.advance(Duration::from_secs(10_000_000));
    let logger = builder(directory.path(), &clock, &disk)
        .storage(Unrecoverable(disk.clone()))
        .on_error(move |error| {
            seen.fetch_or(matches!(error, LogError::NotRecovered { .. }), Ordering::SeqCst);
        })
        .build()
        .unwrap();
    assert!(errors.load(Ordering::SeqCst), "the recovery failed");
    emit_segments(&logger, &clock, 1_000..1_003);
    wait_until("its own are compressed", || names(directory.path(), ".gz").len() == 2);
    let plain = names(directory.path(), ".jsonl");
    assert_eq!(plain[..of_the_dead.len()], of_the_dead);
    drop(logger);

    let logger = builder(directory.path(), &clock, &ZipDisk::default()).build().unwrap();
    emit_segments(&logger, &clock, 2_000..2_001);
    wait_for_plain(directory.path(), 1);
    let numbers = numbers_in_any_form(directory.path());
    assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len(), "no line is doubled");
}

#[test]
fn a_segment_in_which_a_recovery_was_interrupted_waits_for_it() {
    let (directory, clock) = (place(), at_ten());
    let full = FailingDisk::new();
    full.fail(Operation::Append, io::ErrorKind::StorageFull);
    let builder = builder(directory.path(), &clock, &ZipDisk::default());
    let logger = builder.clone().storage(full).build().unwrap();
    (0..10).for_each(|number| logger.emit(Tick::new(number)));
    logger.close(Duration::from_millis(50)).unwrap_err();
    // Waits until the writer has let go of the spool.
    drop(logger);

    // The third append fails: the segment of the recovery ends within a line.
    let disk = FailingDisk::new();
    disk.append_at_most(100);
    disk.fail_nth(Operation::Append, 3, io::ErrorKind::Other);
    let logger = builder.clone().storage(disk.clone()).build().unwrap();
    let torn = names(directory.path(), ".jsonl").pop().expect("the segment of the recovery");
    assert_eq!(fs::metadata(directory.path().join(&torn)).unwrap().len(), 200);
    emit_segments(&logger, &clock, 10..13);
    wait_until("later ones are compressed", || names(directory.path(), ".gz").len() == 2);
    assert!(directory.path().join(&torn).exists());
    drop(logger);

    let logger = builder.build().unwrap();
    emit_segments(&logger, &clock, 13..14);
    wait_for_plain(directory.path(), 1);
    let mut numbers = numbers_in_any_form(directory.path());
    numbers.sort_unstable();
    assert_eq!(numbers, (0..14).collect::<Vec<_>>());
}

#[test]
fn what_a_kill_left_is_finished_by_the_next_start() {
    let (directory, clock, disk) = (place(), at_ten(), ZipDisk::default());
    let logger = Logger::builder(directory.path()).clock(clock.clone()).build().unwrap();
    emit_segments(&logger, &clock, 0..1);
    drop(logger);
    let [segment] = &*names(directory.path(), ".jsonl") else { panic!("one segment") };
    let at = |name: String| directory.path().join(name);
    // Killed before the removal; and somebody's own attempt, which must not be trusted.
    fs::write(at(format!("{segment}.gz")), "not gzip").unwrap();
    // Killed in the middle of a file.
    fs::write(at(format!(".{segment}.gz.0c55d1e8.tmp")), "half").unwrap();
    fs::write(at(".notes.tmp".to_owned()), "somebody's").unwrap();

    let logger = builder(directory.path(), &clock, &disk).build().unwrap();
    wait_until("the segment is compressed", || names(directory.path(), ".jsonl").is_empty());
    logger.close(PATIENCE).unwrap();
    assert_eq!(names(directory.path(), ".tmp"), [".notes.tmp"]);
    assert_eq!(numbers_in_any_form(directory.path()), [0]);
}

#[test]
fn each_operation_may_fail_and_each_line_is_there_once() {
    for number in 1..=24 {
        let (directory, clock) = (place(), at_ten());
        let disk = ZipDisk::hitting(number, Blow::Fail(io::ErrorKind::Other));
        let logger = builder(directory.path(), &clock, &disk).build().unwrap();
        emit_segments(&logger, &clock, 0..3);
        wait_for_plain(directory.path(), 1);
        logger.close(PATIENCE).unwrap();
        assert_eq!(numbers_in_any_form(directory.path()), [0, 1, 2], "operation {number}");
        assert_eq!(names(directory.path(), ".gz").len(), 2, "operation {number}");
    }
}

#[test]
fn a_full_disk_is_reported_and_waited_out_and_stops_nothing_else() {
    let (directory, clock, disk) = (place(), at_ten(), ZipDisk::default());
    disk.fail("append", io::ErrorKind::StorageFull);
    let (reports, errors) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(String::new())));
    let (count, text) = (Arc::clone(&reports), Arc::clone(&errors));
    let logger = builder(directory.path(), &clock, &disk)
        .on_error(move |error| {
            count.fetch_add(1, Ordering::SeqCst);
            *text.lock().expect("no panic under the lock") = error.to_string();
        })
        .build()
        .unwrap();
    emit_segments(&logger, &clock, 0..5);
    wait_until("it is reported again and again", || reports.load(Ordering::SeqCst) > 2);
    let error = errors.lock().unwrap().clone();
    assert!(error.starts_with("cannot write `") && error.ends_with(".tmp`"), "{error}");
    assert_eq!(segments(directory.path()).len(), 5);
    assert_eq!(names(directory.path(), ".gz"), [""; 0]);
    assert!(logger.stats().io_errors > 2);
    disk.heal();
    wait_for_plain(directory.path(), 1);
    assert_eq!(numbers_in_any_form(directory.path()), [0, 1, 2, 3, 4]);
}

#[test]
fn a_segment_that_cannot_be_compressed_does_not_keep_the_others_from_it() {
    let (directory, clock, disk) = (place(), at_ten(), ZipDisk::default());
    let first = builder(directory.path(), &clock, &disk).build().unwrap();
    emit_segments(&first, &clock, 0..1);
    drop(first);
    let [segment] = &*names(directory.path(), ".jsonl") else { panic!("one segment") };
    // The name of its compressed file is taken by a directory, which no rename replaces.
    fs::create_dir(directory.path().join(format!("{segment}.gz"))).unwrap();
    let logger = builder(directory.path(), &clock, &disk).build().unwrap();
    emit_segments(&logger, &clock, 1..4);
    wait_until("the others are compressed", || names(directory.path(), ".jsonl").len() == 2);
    assert_eq!(&names(directory.path(), ".jsonl")[0], segment);
}

#[test]
fn a_stuck_disk_delays_neither_emits_nor_the_close() {
    let (directory, clock, disk) = (place(), at_ten(), ZipDisk::default());
    disk.stick("sync");
    let logger = builder(directory.path(), &clock, &disk).build().unwrap();
    emit_segments(&logger, &clock, 0..2);
    wait_until("it hangs", || disk.count("sync") == 1);
    emit_segments(&logger, &clock, 2..20);
    logger.sync(PATIENCE).unwrap();
    logger.close(Duration::from_millis(200)).unwrap();
    assert_eq!(tests::numbers(directory.path()), (0..20).collect::<Vec<_>>());
    disk.heal();
}

#[test]
fn an_error_handler_may_close_the_logger() {
    let (directory, clock, disk) = (place(), at_ten(), ZipDisk::default());
    disk.fail("rename", io::ErrorKind::Other);
    let slot: Arc<Mutex<Option<Logger>>> = Arc::default();
    let closed = Arc::new(AtomicBool::new(false));
    let (inside, told) = (Arc::clone(&slot), Arc::clone(&closed));
    let logger = builder(directory.path(), &clock, &disk)
        .on_error(move |_| {
            if let Some(logger) = inside.lock().expect("no panic under the lock").take() {
                logger.close(PATIENCE).expect("a healthy disk for the writer");
                told.store(true, Ordering::SeqCst);
            }
        })
        .build()
        .unwrap();
    emit_segments(&logger, &clock, 0..1);
    *slot.lock().unwrap() = Some(logger.clone());
    emit_segments(&logger, &clock, 1..2);
    wait_until("the handler has closed it", || closed.load(Ordering::SeqCst));
}

#[test]
fn retention_counts_compressed_segments_by_the_time_in_their_names() {
    let (directory, clock, disk) = (place(), at_ten(), ZipDisk::default());
    let logger = builder(directory.path(), &clock, &disk).build().unwrap();
    emit_segments(&logger, &clock, 0..5);
    wait_for_plain(directory.path(), 1);
    drop(logger);
    // A logger that compresses nothing: 10:00:05, and its own segment comes on top.
    let later = |builder: LoggerBuilder| {
        let logger = builder.clock(clock.clone()).retain_at_least(Duration::ZERO).build().unwrap();
        emit_segments(&logger, &clock, 5..6);
        logger.close(PATIENCE).unwrap();
        numbers_in_any_form(directory.path())
    };
    let by_age = Logger::builder(directory.path()).retain_age(Duration::from_secs(4));
    assert_eq!(later(by_age), [1, 2, 3, 4, 5]);
    let by_count = Logger::builder(directory.path()).retain_count(2);
    assert_eq!(later(by_count), [5, 5]);
}

#[test]
fn names_stay_in_order_behind_compressed_ones() {
    let (directory, clock, disk) = (place(), at_ten(), ZipDisk::default());
    let logger = builder(directory.path(), &clock, &disk).build().unwrap();
    emit_segments(&logger, &clock, 0..1);
    drop(logger);
    let logger = builder(directory.path(), &clock, &disk).build().unwrap();
    wait_for_plain(directory.path(), 0);
    clock.turn_back(Duration::from_secs(1_000));
    emit_segments(&logger, &clock, 1..2);
    assert_eq!(numbers_in_any_form(directory.path()), [0, 1]);
}

#[test]
fn the_thread_has_the_lowest_priority_and_the_writer_its_own() {
    let directory = place();
    let logger = builder(directory.path(), &at_ten(), &ZipDisk::default()).build().unwrap();
    let nice = |name: &str| {
        let tasks = fs::read_dir("/proc/self/task").unwrap();
        let stats =
            tasks.filter_map(|task| fs::read_to_string(task.unwrap().path().join("stat")).ok());
        let of = |stat: String| {
            let (head, tail) = stat.split_once(") ")?;
            // Behind the name: state, ppid, … priority, nice, as `proc(5)` has it.
            head.ends_with(&format!("({name}")).then(|| tail.split(' ').nth(16).unwrap().to_owned())
        };
        stats.filter_map(of).collect::<BTreeSet<_>>()
    };
    wait_until("the thread has lowered itself", || nice("event-log-zip").contains("19"));
    wait_until("the writer has its name", || !nice("event-log").is_empty());
    assert!(nice("event-log").contains("0"), "{:?}", nice("event-log"));
    drop(logger);
}

/// Runs the child; `kill_at` is the operation at which it is killed.
fn zipped(directory: &Path, first: u64, kill_at: Option<usize>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zipped"));
    command.arg(directory).arg(first.to_string()).args(kill_at.map(|at| at.to_string()));
    command.output().expect("the child starts")
}

/// Each life's events are there from its first on, in order and once, up to what it said was written
/// or beyond.
fn check_lives(directory: &Path, written: &[u64]) {
    let numbers = numbers_in_any_form(directory);
    for (life, written) in written.iter().enumerate() {
        let first = life as u64 * 1_000;
        let of_life: Vec<u64> =
            numbers.iter().copied().filter(|number| number / 1_000 == life as u64).collect();
        let expected: Vec<u64> = (first..first + of_life.len() as u64).collect();
        assert_eq!(of_life, expected, "life {life}");
        assert!(of_life.len() as u64 >= *written, "life {life}: {written} were written");
    }
}

/// How many events of the life that began with `first` it said were written.
fn said_written(output: &Output, first: u64) -> u64 {
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().rev().find_map(|line| line.strip_prefix("written ")?.parse().ok());
    last.map_or(0, |last: u64| last + 1 - first)
}

#[test]
fn a_kill_at_each_step_loses_and_doubles_nothing() {
    let directory = place();
    let mut written = Vec::new();
    let mut kills = 0;
    for life in 0..40 {
        let output =
            zipped(directory.path(), life * 1_000, Some(usize::try_from(life).unwrap() + 1));
        written.push(said_written(&output, life * 1_000));
        kills += u64::from(output.status.code().is_none());
        check_lives(directory.path(), &[]);
    }
    assert!(kills > 20, "{kills} kills");
    let output = zipped(directory.path(), 40_000, None);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    written.push(20);
    check_lives(directory.path(), &written);
    assert_eq!(names(directory.path(), ".jsonl").len(), 1);
    assert_eq!(names(directory.path(), ".tmp"), [""; 0]);
}

#[test]
fn kills_at_random_moments_lose_and_double_nothing() {
    let seed = Random::seed_from("EVENT_LOG_SEED");
    let (directory, mut random) = (place(), Random::new(seed));
    let mut written = Vec::new();
    for life in 0..20 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zipped"));
        command.arg(directory.path()).arg((life * 1_000).to_string());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(random.below(100_000)));
        child.kill().unwrap();
        written.push(said_written(&child.wait_with_output().unwrap(), life * 1_000));
    }
    assert!(zipped(directory.path(), 20_000, None).status.success(), "seed {seed}");
    written.push(20);
    check_lives(directory.path(), &written);
}
