//! A follower yields every line once, in order, whatever happens to the log.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use event_log::follow::{FollowError, Follower, Gap, Start};
use event_log::testing::{FailingDisk, Operation, SetClock};
use event_log::{Logger, LoggerBuilder, Overflow};
use tests::follow::{Seen, all, next_numbers, number};
use tests::wait::{PATIENCE, wait_until};
use tests::{Tick, segments};

const EIO: i32 = 5;
const ENOSPC: i32 = 28;
const HOUR: Duration = Duration::from_secs(3_600);

fn place() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn follow(directory: &Path) -> Follower {
    Follower::builder(directory).build().expect("a follower")
}

fn logger(directory: &Path) -> Logger {
    Logger::builder(directory).build().expect("a logger")
}

fn emit(logger: &Logger, numbers: std::ops::Range<u64>) {
    numbers.for_each(|number| logger.emit(Tick::new(number)));
}

fn flushed(logger: &Logger, numbers: std::ops::Range<u64>) {
    emit(logger, numbers);
    logger.flush(PATIENCE).expect("a healthy disk");
}

/// A logger whose segments end with every hour of a clock that is set by hand.
fn hourly(directory: &Path) -> (LoggerBuilder, SetClock) {
    let clock = SetClock::at("2026-11-22T10:00:00Z");
    (Logger::builder(directory).clock(clock.clone()), clock)
}

fn only_numbers(numbers: impl IntoIterator<Item = u64>) -> Seen {
    Seen { numbers: numbers.into_iter().collect(), troubles: vec![] }
}

#[test]
fn lines_come_as_they_are_written_across_rotations() {
    let directory = place();
    let mut follower = follow(directory.path());
    let (builder, clock) = hourly(directory.path());
    let logger = builder.build().unwrap();
    for round in 0..5 {
        emit(&logger, round * 10..round * 10 + 10);
        let expected: Vec<u64> = (round * 10..round * 10 + 10).collect();
        assert_eq!(next_numbers(&mut follower, 10), expected);
        clock.advance(HOUR);
    }
    assert_eq!(segments(directory.path()).len(), 5);
}

#[test]
fn lines_come_across_restarts_of_the_producer() {
    let directory = place();
    let mut follower = follow(directory.path());
    for life in 0..4 {
        let logger = logger(directory.path());
        emit(&logger, life * 10..life * 10 + 10);
        assert_eq!(next_numbers(&mut follower, 10), all(life * 10..life * 10 + 10));
    }
    assert_eq!(Seen::available(&mut follower), only_numbers([]));
}

#[test]
fn lines_of_several_loggers_come_in_the_order_of_each() {
    let directory = place();
    let mut follower = follow(directory.path());
    let emitters: Vec<_> = (0..3)
        .map(|index| {
            let logger = logger(directory.path());
            thread::spawn(move || emit(&logger, index * 10_000..index * 10_000 + 2_000))
        })
        .collect();
    let numbers = next_numbers(&mut follower, 6_000);
    for emitter in emitters {
        emitter.join().unwrap();
    }
    for index in 0..3 {
        let of_one = numbers.iter().filter(|number| **number / 10_000 == index);
        assert!(of_one.copied().eq(index * 10_000..index * 10_000 + 2_000), "logger {index}");
    }
    assert_eq!(Seen::available(&mut follower), only_numbers([]));
}

#[test]
fn what_is_there_already_comes_in_the_order_of_the_names() {
    let directory = place();
    let (first, clock) = hourly(directory.path());
    let second = first.clone().build().unwrap();
    let first = first.build().unwrap();
    for round in 0..3 {
        clock.advance(HOUR);
        flushed(&first, round * 4..round * 4 + 2);
        clock.advance(Duration::from_secs(1));
        flushed(&second, round * 4 + 2..round * 4 + 4);
    }
    assert_eq!(segments(directory.path()).len(), 6);
    assert_eq!(Seen::available(&mut follow(directory.path())), only_numbers(0..12));
}

#[test]
fn what_is_there_of_loggers_that_ran_one_after_the_other_comes_in_their_order() {
    let directory = place();
    for life in 0..5 {
        flushed(&logger(directory.path()), life * 10..life * 10 + 10);
    }
    assert_eq!(Seen::available(&mut follow(directory.path())), only_numbers(0..50));
}

#[test]
fn a_logger_whose_spools_were_removed_is_followed_on() {
    let directory = place();
    let logger = logger(directory.path());
    flushed(&logger, 0..10);
    let mut follower = follow(directory.path());
    fs::remove_dir_all(directory.path().join(".spool")).unwrap();
    assert_eq!(Seen::available(&mut follower), only_numbers(0..10));
    emit(&logger, 10..20);
    assert_eq!(next_numbers(&mut follower, 10), all(10..20));
}

#[test]
fn a_logger_whose_spools_were_removed_is_looked_at_also_by_one_who_never_waits_long() {
    let (directory, deadline) = (place(), Instant::now() + PATIENCE);
    let logger = logger(directory.path());
    flushed(&logger, 0..10);
    let mut follower = follow(directory.path());
    fs::remove_dir_all(directory.path().join(".spool")).unwrap();
    let mut seen = Seen::available(&mut follower);
    // The logger counts as ended now, so no notice of its segment has the follower read on in it.
    flushed(&logger, 10..20);
    while seen.numbers.len() < 20 && Instant::now() < deadline {
        follower
            .next_timeout(Duration::from_millis(20))
            .into_iter()
            .for_each(|next| seen.add(next));
    }
    assert_eq!(seen, only_numbers(0..20));
}

#[test]
fn a_spool_that_cannot_be_read_is_told_once_and_stops_nothing() {
    let directory = place();
    let logger = logger(directory.path());
    let spool = directory.path().join(".spool/events.deadbeef.spool");
    fs::create_dir(&spool).unwrap();
    let mut follower = follow(directory.path());
    let trouble = follower.read_available();
    assert!(matches!(&trouble, Some(Err(FollowError::Read { path, .. })) if *path == spool));
    flushed(&logger, 0..10);
    assert_eq!(Seen::available(&mut follower), only_numbers(0..10));
}

#[test]
fn a_spool_that_is_cut_short_keeps_no_segment_from_its_end() {
    let directory = place();
    let (builder, clock) = hourly(directory.path());
    let logger = builder.build().unwrap();
    fs::write(directory.path().join(".spool/events.deadbeef.spool"), "short").unwrap();
    let mut follower = follow(directory.path());
    for round in 0..5 {
        flushed(&logger, round * 10..round * 10 + 10);
        assert_eq!(Seen::available(&mut follower), only_numbers(round * 10..round * 10 + 10));
        clock.advance(HOUR);
    }
    let position = follower.position().to_string();
    assert!(position.matches('@').count() <= 3, "{position}");
}

#[test]
fn a_journal_of_which_a_slot_stays_damaged_keeps_no_segment_from_its_end() {
    let directory = place();
    let (builder, clock) = hourly(directory.path());
    let logger = builder.build().unwrap();
    flushed(&logger, 0..10);
    // What a logger leaves that is killed within a checkpoint.
    let spools = directory.path().join(".spool");
    let spool = fs::read_dir(&spools).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(spool).unwrap();
    // The head in slot 0 of the journal, as docs/format.md has it.
    bytes[256 + 8] ^= 1;
    fs::write(spools.join("events.deadbeef.spool"), bytes).unwrap();
    let mut follower = follow(directory.path());
    assert_eq!(Seen::available(&mut follower), only_numbers(0..10));
    for round in 1..6 {
        clock.advance(HOUR);
        flushed(&logger, round * 10..round * 10 + 10);
        assert_eq!(Seen::available(&mut follower), only_numbers(round * 10..round * 10 + 10));
    }
    // The first segment, which the other slot names; the last one; the logger that died.
    let position = follower.position().to_string();
    assert!(position.matches('@').count() <= 3, "{position}");
}

#[test]
fn numbers_at_the_end_of_their_range_are_read_on() {
    let directory = place();
    for millis in ["000", "001"] {
        let name = format!("events.20261121T223000.{millis}Z.7f3a91c2.4294967295.jsonl");
        fs::write(directory.path().join(name), "").unwrap();
    }
    assert_eq!(Seen::available(&mut follow(directory.path())).numbers, [0_u64; 0]);
}

#[test]
fn a_line_that_a_full_disk_cut_comes_whole_when_there_is_room_again() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.leave_room(333);
    let logger = Logger::builder(directory.path()).storage(disk.clone()).build().unwrap();
    emit(&logger, 0..10);
    wait_until("the disk is full", || logger.stats().io_errors > 0);
    let mut follower = follow(directory.path());
    let first = Seen::available(&mut follower);
    assert!(first.numbers.len() < 3 && first.troubles.is_empty(), "{first:?}");
    let written: u64 = first.numbers.len() as u64;
    disk.heal();
    assert_eq!(next_numbers(&mut follower, 10 - written), all(written..10));
}

#[test]
fn a_line_that_a_death_cut_waits_for_the_recovery_and_then_comes_in_its_order() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.leave_room(333);
    let builder = Logger::builder(directory.path()).storage(disk.clone());
    let logger = builder.close_timeout(Duration::ZERO).build().unwrap();
    emit(&logger, 0..10);
    wait_until("the disk is full", || logger.stats().io_errors > 0);
    drop(logger);
    let mut follower = follow(directory.path());
    let before = Seen::available(&mut follower);
    assert_eq!(before.troubles, [] as [String; 0]);
    // Waits as long as nobody recovers, in this process and in the next.
    let position = follower.position();
    drop(follower);
    let mut follower =
        Follower::builder(directory.path()).start(Start::At(position)).build().unwrap();
    assert_eq!(Seen::available(&mut follower), only_numbers([]));
    let next = Logger::builder(directory.path()).build().unwrap();
    flushed(&next, 10..20);
    let after = Seen::available(&mut follower);
    assert_eq!(only_numbers(before.numbers.into_iter().chain(after.numbers)), only_numbers(0..20));
}

#[test]
fn a_transaction_that_a_death_cut_between_two_lines_is_read_on_when_it_is_completed() {
    let (directory, disk) = (place(), FailingDisk::new());
    let builder = Logger::builder(directory.path()).storage(disk.clone());
    let logger = builder.close_timeout(Duration::ZERO).build().unwrap();
    flushed(&logger, 0..1);
    let line_bytes = fs::metadata(&segments(directory.path())[0]).unwrap().len();
    disk.leave_room(line_bytes);
    let mut transaction = logger.transaction();
    (1..4).for_each(|number| transaction.emit(Tick::new(number)));
    transaction.commit();
    wait_until("the disk is full", || logger.stats().io_errors > 0);
    drop(logger);
    let mut follower = follow(directory.path());
    // The segment ends with a whole line, and is not complete all the same.
    assert_eq!(Seen::available(&mut follower), only_numbers(0..2));
    drop(self::logger(directory.path()));
    assert_eq!(segments(directory.path()).len(), 1);
    assert_eq!(Seen::available(&mut follower), only_numbers(2..4));
}

#[test]
fn a_recovery_that_failed_within_a_line_is_waited_for_while_its_logger_goes_on() {
    // A logger dies with 20 lines in its spool.
    let (directory, stuck) = (place(), FailingDisk::new());
    stuck.fail(Operation::Append, ENOSPC);
    let first = Logger::builder(directory.path()).storage(stuck).close_timeout(Duration::ZERO);
    emit(&first.build().unwrap(), 0..20);
    // The next one can recover one of them and a part of the second, then writes its own lines.
    let full = FailingDisk::new();
    full.leave_room(333);
    let second = Logger::builder(directory.path()).storage(full.clone()).build().unwrap();
    full.heal();
    flushed(&second, 100..110);
    let mut follower = follow(directory.path());
    let mut seen = Seen::available(&mut follower);
    assert_eq!(seen, only_numbers([0].into_iter().chain(100..110)));
    drop(second);
    assert_eq!(Seen::available(&mut follower), only_numbers([]));
    let third = logger(directory.path());
    flushed(&third, 200..210);
    seen.numbers.extend(Seen::available(&mut follower).numbers);
    let expected = [0].into_iter().chain(100..110).chain(1..20).chain(200..210);
    assert_eq!(seen, only_numbers(expected));
}

#[test]
fn half_a_line_that_was_given_up_is_counted_and_comes_whole_from_a_later_segment() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.leave_room(333);
    let logger = Logger::builder(directory.path()).storage(disk.clone()).build().unwrap();
    emit(&logger, 0..10);
    wait_until("the disk is full", || logger.stats().io_errors > 0);
    let mut follower = follow(directory.path());
    let mut seen = Seen::available(&mut follower);
    disk.fail(Operation::Append, EIO);
    let failures = logger.stats().io_errors;
    wait_until("the disk failed three times", || logger.stats().io_errors > failures + 3);
    disk.heal();
    logger.flush(PATIENCE).unwrap();
    let torn = fs::read(&segments(directory.path())[0]).unwrap();
    let half_bytes =
        torn.len() - torn.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    assert!(half_bytes > 0, "the disk cut a line");
    // The journal may name the old segment until the next line.
    flushed(&logger, 10..12);
    let rest = Seen::available(&mut follower);
    seen.numbers.extend(rest.numbers);
    assert_eq!(seen.numbers, all(0..12));
    // While the disk failed, numbers of segments were used up that were never filled.
    let half = rest.troubles.iter().filter(|trouble| !trouble.contains("never filled"));
    let half: Vec<&String> = half.collect();
    let expected = format!("ends for good within a line: {half_bytes} bytes from byte ");
    assert!(half.len() == 1 && half[0].contains(&expected), "{half:?}");
    assert_eq!(Seen::available(&mut follower), only_numbers([]));
}

#[test]
fn a_segment_removed_while_it_is_open_is_read_to_its_end() {
    let directory = place();
    let logger = logger(directory.path());
    flushed(&logger, 0..100);
    let mut follower = follow(directory.path());
    assert_eq!(next_numbers(&mut follower, 10), all(0..10));
    fs::remove_file(&segments(directory.path())[0]).unwrap();
    assert_eq!(Seen::available(&mut follower), only_numbers(10..100));
    // The writer notices with the next line, which it writes to a new segment.
    flushed(&logger, 100..110);
    assert_eq!(Seen::available(&mut follower).numbers.last(), Some(&109));
}

#[test]
fn segments_removed_before_they_were_read_are_told_and_passed_over() {
    let directory = place();
    let (builder, clock) = hourly(directory.path());
    let logger = builder.build().unwrap();
    let mut follower = follow(directory.path());
    for round in 0..5 {
        flushed(&logger, round * 10..round * 10 + 10);
        clock.advance(HOUR);
        if round == 0 {
            assert_eq!(Seen::available(&mut follower), only_numbers(0..10));
        }
    }
    for late in &segments(directory.path())[1..4] {
        fs::remove_file(late).unwrap();
    }
    let Some(Err(FollowError::Missing { segments: 3, path })) = follower.read_available() else {
        panic!("three segments are missing");
    };
    assert_eq!(path, segments(directory.path())[1]);
    assert_eq!(Seen::available(&mut follower), only_numbers(40..50));
}

#[test]
fn a_segment_that_was_seen_and_removed_before_its_turn_is_told_in_its_turn() {
    let directory = place();
    let (builder, clock) = hourly(directory.path());
    let logger = builder.build().unwrap();
    for round in 0..3 {
        flushed(&logger, round * 10..round * 10 + 10);
        clock.advance(HOUR);
    }
    logger.close(PATIENCE).unwrap();
    let mut follower = follow(directory.path());
    assert_eq!(next_numbers(&mut follower, 1), [0]);
    // The last one goes, of which no later segment tells.
    fs::remove_file(&segments(directory.path())[2]).unwrap();
    let seen = Seen::available(&mut follower);
    assert_eq!(seen.numbers, all(1..20));
    assert!(
        seen.troubles.len() == 1 && seen.troubles[0].contains("was removed before"),
        "{seen:?}"
    );
}

#[test]
fn a_segment_removed_while_nobody_reads_is_told_by_the_next_follower() {
    let directory = place();
    let (builder, clock) = hourly(directory.path());
    let logger = builder.build().unwrap();
    flushed(&logger, 0..10);
    let mut follower = follow(directory.path());
    assert_eq!(next_numbers(&mut follower, 4), [0, 1, 2, 3]);
    let position = follower.position();
    drop(follower);
    clock.advance(HOUR);
    flushed(&logger, 10..20);
    fs::remove_file(&segments(directory.path())[0]).unwrap();
    let builder = Follower::builder(directory.path()).start(Start::At(position));
    let seen = Seen::available(&mut builder.build().unwrap());
    assert_eq!(seen.numbers, all(10..20));
    assert!(
        seen.troubles.len() == 1 && seen.troubles[0].contains("was removed before"),
        "{seen:?}"
    );
}

#[test]
fn a_directory_that_is_removed_and_made_again_is_followed_on() {
    let directory = place();
    let log = directory.path().join("log");
    let mut follower = follow(&log);
    assert_eq!(Seen::available(&mut follower), only_numbers([]));
    for life in 0..3 {
        let logger = logger(&log);
        emit(&logger, life * 10..life * 10 + 10);
        assert_eq!(next_numbers(&mut follower, 10), all(life * 10..life * 10 + 10));
        drop(logger);
        fs::remove_dir_all(&log).unwrap();
    }
}

#[test]
fn a_segment_that_somebody_cut_is_told_and_read_on_from_there() {
    let directory = place();
    let logger = logger(directory.path());
    flushed(&logger, 0..10);
    let mut follower = follow(directory.path());
    assert_eq!(Seen::available(&mut follower), only_numbers(0..10));
    let path = segments(directory.path()).remove(0);
    fs::OpenOptions::new().write(true).open(path).unwrap().set_len(0).unwrap();
    let seen = Seen::available(&mut follower);
    assert!(seen.troubles.len() == 1 && seen.troubles[0].ends_with("now 0 bytes long"), "{seen:?}");
    flushed(&logger, 10..20);
    assert_eq!(Seen::available(&mut follower).numbers.last(), Some(&19));
}

#[test]
fn foreign_lines_are_told_with_their_place_and_stop_nothing() {
    let directory = place();
    let logger = logger(directory.path());
    flushed(&logger, 0..1);
    let path = segments(directory.path()).remove(0);
    let mut text = fs::read(&path).unwrap();
    let first_bytes = text.len();
    text.extend(b"not JSON\n{\"id\":1}\n\xFF\n\n");
    let whole = fs::read_to_string(&path).unwrap();
    text.extend(whole.replace("\"number\":0", "\"number\":7").as_bytes());
    drop(logger);
    fs::write(&path, text).unwrap();
    let mut follower = follow(directory.path());
    assert_eq!(number(&follower.read_available().unwrap().unwrap()), 0);
    for (offset, part) in [(0, "no JSON object"), (9, "`date`"), (18, "UTF-8"), (20, "JSON")] {
        let Some(Err(FollowError::Malformed { path: at, offset: found, reason })) =
            follower.read_available()
        else {
            panic!("a malformed line")
        };
        assert_eq!((at, found), (path.clone(), (first_bytes + offset) as u64));
        // The third line has an id that is a number, which is found first.
        let part = if offset == 9 { "`id`" } else { part };
        assert!(reason.to_string().contains(part), "{reason}");
    }
    assert_eq!(Seen::available(&mut follower), only_numbers([7]));
}

#[test]
fn gap_lines_come_as_what_they_are_also_through_a_filter() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.hang(Operation::Append);
    let builder = Logger::builder(directory.path()).storage(disk.clone()).spool_bytes(1 << 17);
    let logger = builder.overflow(Overflow::Drop).build().unwrap();
    emit(&logger, 0..2_000);
    disk.heal();
    logger.flush(PATIENCE).unwrap();
    logger.close(PATIENCE).unwrap();
    let mut follower = Follower::builder(directory.path()).types(["lesson"]).build().unwrap();
    let line = follower.read_available().unwrap().unwrap();
    assert!(line.is_gap());
    let gap: Gap = line.params().unwrap();
    assert_eq!(gap.event_type.as_deref(), Some("tick"));
    assert_eq!(gap.reason.as_deref(), Some("spool_full"));
    assert_eq!(gap.events, logger.stats().total.dropped);
    assert!(gap.first_dropped <= gap.last_dropped && gap.last_dropped.ends_with('Z'));
    assert!(follower.read_available().is_none());
}

#[test]
fn a_filter_yields_the_types_that_were_asked_for() {
    #[derive(event_log::Event)]
    #[event(type = "other")]
    struct Other {}
    let directory = place();
    let logger = logger(directory.path());
    for number in 0..10 {
        logger.emit(Other {});
        logger.emit(Tick::new(number));
    }
    logger.flush(PATIENCE).unwrap();
    let of = |types: &[&str]| {
        let builder = Follower::builder(directory.path()).types(types.to_vec());
        let mut follower = builder.build().unwrap();
        let lines = std::iter::from_fn(|| follower.read_available()).count();
        assert!(follower.position().to_string().contains('@'), "what is passed over is consumed");
        lines
    };
    assert_eq!(of(&["tick"]), 10);
    assert_eq!(of(&["tick", "other"]), 20);
    assert_eq!(of(&["nothing"]), 0);
}

#[test]
fn a_follower_from_the_end_yields_what_comes_later() {
    let (directory, disk) = (place(), FailingDisk::new());
    let quiet = logger(directory.path());
    let closed = logger(directory.path());
    flushed(&closed, 0..10);
    drop(closed);
    let logger = Logger::builder(directory.path()).storage(disk.clone()).build().unwrap();
    flushed(&logger, 10..20);
    disk.leave_room(100);
    emit(&logger, 20..21);
    wait_until("the disk is full", || logger.stats().io_errors > 0);
    let mut follower = Follower::builder(directory.path()).start(Start::End).build().unwrap();
    assert_eq!(Seen::available(&mut follower), only_numbers([]));
    disk.heal();
    // A line that was half there when the follower began came later; so did all of the quiet one.
    assert_eq!(next_numbers(&mut follower, 1), [20]);
    emit(&quiet, 30..31);
    assert_eq!(next_numbers(&mut follower, 1), [30]);
}

#[test]
fn a_logger_whose_clock_is_behind_is_not_passed_over() {
    let directory = place();
    let (builder, clock) = hourly(directory.path());
    let (behind, ahead) = (builder.clone().build().unwrap(), builder.build().unwrap());
    let mut follower = follow(directory.path());
    clock.advance(2 * HOUR);
    flushed(&ahead, 0..10);
    assert_eq!(Seen::available(&mut follower), only_numbers(0..10));
    clock.turn_back(HOUR);
    flushed(&behind, 10..20);
    let paths = segments(directory.path());
    assert!(
        fs::read_to_string(&paths[0]).unwrap().contains("\"number\":10"),
        "the later sorts first"
    );
    // For this follower, and for one that begins where it was.
    let position = follower.position();
    assert_eq!(Seen::available(&mut follower), only_numbers(10..20));
    let builder = Follower::builder(directory.path()).start(Start::At(position));
    assert_eq!(Seen::available(&mut builder.build().unwrap()), only_numbers(10..20));
}

#[test]
fn polling_yields_the_same_lines() {
    let directory = place();
    let builder = Follower::builder(directory.path()).inotify(false);
    let mut follower = builder.poll_interval(Duration::from_millis(1)).build().unwrap();
    let (builder, clock) = hourly(directory.path());
    let logger = builder.build().unwrap();
    for round in 0..5 {
        emit(&logger, round * 10..round * 10 + 10);
        assert_eq!(next_numbers(&mut follower, 10), all(round * 10..round * 10 + 10));
        clock.advance(HOUR);
    }
}

#[test]
fn a_follower_that_waits_ends_when_it_is_stopped() {
    for inotify in [true, false] {
        let directory = place();
        let logger = logger(directory.path());
        let mut follower = Follower::builder(directory.path()).inotify(inotify).build().unwrap();
        let stop = follower.stop_handle();
        let (told, seen) = std::sync::mpsc::channel();
        let consumer = thread::spawn(move || {
            for line in &mut follower {
                told.send(number(&line.unwrap())).unwrap();
            }
            follower.position()
        });
        emit(&logger, 0..1);
        assert_eq!(seen.recv_timeout(PATIENCE), Ok(0));
        stop.stop();
        let position = consumer.join().unwrap();
        emit(&logger, 1..2);
        let builder = Follower::builder(directory.path()).start(Start::At(position));
        assert_eq!(next_numbers(&mut builder.build().unwrap(), 1), [1]);
    }
}

#[test]
fn without_waiting_a_line_that_is_there_comes_at_once() {
    let directory = place();
    let logger = logger(directory.path());
    let mut follower = follow(directory.path());
    for number in 0..10 {
        assert!(follower.next_timeout(Duration::ZERO).is_none());
        flushed(&logger, number..number + 1);
        let line = follower.next_timeout(Duration::ZERO).expect("it is there").unwrap();
        assert_eq!(tests::follow::number(&line), number);
    }
}

#[test]
fn an_endless_line_that_somebody_cut_away_stops_nothing() {
    let directory = place();
    let logger = logger(directory.path());
    flushed(&logger, 0..1);
    let mut follower = follow(directory.path());
    assert_eq!(Seen::available(&mut follower), only_numbers([0]));
    let path = segments(directory.path()).remove(0);
    let whole_bytes = fs::metadata(&path).unwrap().len();
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(&vec![b'x'; 3 << 20]).unwrap();
    assert_eq!(Seen::available(&mut follower), only_numbers([]));
    file.set_len(whole_bytes + 2_000_000).unwrap();
    assert_eq!(Seen::available(&mut follower), only_numbers([]));
    file.set_len(whole_bytes).unwrap();
    flushed(&logger, 1..3);
    assert_eq!(Seen::available(&mut follower).numbers.last(), Some(&2));
}

#[test]
fn a_segment_that_cannot_be_read_is_told_once_and_read_when_it_can() {
    let (directory, elsewhere) = (place(), place());
    let logger = logger(directory.path());
    flushed(&logger, 0..10);
    let path = segments(directory.path()).remove(0);
    // A link to itself cannot be opened, not even by root, whom no permission stops.
    let aside = elsewhere.path().join("segment");
    fs::rename(&path, &aside).unwrap();
    symlink(&path, &path).unwrap();
    let mut follower = follow(directory.path());
    assert!(matches!(follower.read_available(), Some(Err(FollowError::Read { .. }))));
    assert!(follower.read_available().is_none(), "it is told once");
    fs::rename(&aside, &path).unwrap();
    assert_eq!(Seen::available(&mut follower), only_numbers(0..10));
}
