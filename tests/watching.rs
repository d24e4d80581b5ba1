//! What `stats` says of the spool, of delays and of rotations.

use std::time::Duration;

use event_log::testing::{FailingDisk, Operation, SetClock};
use event_log::{Logger, Overflow};
use tests::Tick;
use tests::wait::{PATIENCE, wait_until};

const EIO: i32 = 5;

#[test]
fn an_idle_logger_has_an_empty_spool_and_nothing_waits() {
    let directory = tempfile::tempdir().unwrap();
    let logger = Logger::builder(directory.path()).spool_bytes(1 << 18).build().unwrap();
    let before = logger.stats();
    assert_eq!((before.spool_bytes, before.spool_used_bytes), (1 << 18, 0));
    assert_eq!((before.oldest_waiting, before.drain_delay), (None, Duration::ZERO));
    logger.emit(Tick::new(0));
    logger.flush(PATIENCE).unwrap();
    let after = logger.stats();
    assert_eq!((after.spool_used_bytes, after.oldest_waiting), (0, None));
}

#[test]
fn while_the_disk_fails_the_first_event_ages_and_then_its_delay_is_known() {
    let (directory, disk) = (tempfile::tempdir().unwrap(), FailingDisk::new());
    let clock = SetClock::at("2026-11-22T10:00:00Z");
    let builder = Logger::builder(directory.path()).storage(disk.clone()).clock(clock.clone());
    let logger = builder.build().unwrap();
    disk.fail(Operation::Append, EIO);
    logger.emit(Tick::new(0));
    clock.advance(Duration::from_millis(1_500));
    logger.emit(Tick::new(1));

    let stats = logger.stats();
    assert_eq!(stats.oldest_waiting, Some(Duration::from_millis(1_500)));
    let used = stats.spool_used_bytes;

    clock.advance(Duration::from_millis(8_500));
    disk.heal();
    logger.flush(PATIENCE).unwrap();
    let stats = logger.stats();
    assert_eq!((stats.oldest_waiting, stats.drain_delay), (None, Duration::from_secs(10)));
    let more = used - stats.written_bytes;
    assert!((2 * 16..=2 * 31).contains(&more), "{more} bytes more than the two lines");

    logger.emit(Tick::new(2));
    logger.flush(PATIENCE).unwrap();
    assert_eq!(logger.stats().drain_delay, Duration::ZERO, "that of the last batch");
}

#[test]
fn a_full_spool_is_told_of_as_full() {
    let (directory, disk) = (tempfile::tempdir().unwrap(), FailingDisk::new());
    let builder = Logger::builder(directory.path()).storage(disk.clone()).spool_bytes(1 << 18);
    let logger = builder.overflow(Overflow::Drop).build().unwrap();
    disk.fail(Operation::Append, EIO);
    while logger.stats().total.dropped == 0 {
        logger.emit(Tick::new(0));
    }
    let stats = logger.stats();
    let free = stats.spool_bytes - stats.spool_used_bytes;
    assert!(free < 512, "{free} bytes are free");
    disk.heal();
}

#[test]
fn segments_that_end_by_their_length_or_period_are_counted_as_rotations() {
    let directory = tempfile::tempdir().unwrap();
    let clock = SetClock::at("2026-11-22T10:00:00Z");
    let builder = Logger::builder(directory.path()).clock(clock.clone()).max_line_bytes(1_024);
    let logger = builder.segment_bytes(1_024).build().unwrap();
    let emit = || {
        logger.emit(Tick::new(0));
        logger.flush(PATIENCE).unwrap();
    };
    emit();
    clock.advance(Duration::from_secs(3_600));
    wait_until("the idle segment is closed", || logger.stats().rotations == 1);
    (0..20).for_each(|_| emit());
    clock.advance(Duration::from_secs(2));
    emit();
    logger.close(PATIENCE).unwrap();
    let stats = logger.stats();
    assert_eq!((stats.rotations, stats.segments_created), (2, 3), "the end of the logger is none");
}
