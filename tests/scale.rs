//! Many threads and many rotations cost time, and nothing else.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use event_log::testing::SetClock;
use event_log::{Event, Logger, Overflow};
use tests::{checked, lines, segments};

const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Event)]
#[event(type = "numbered")]
struct Numbered {
    thread: usize,
    number: usize,
}

/// The numbers in all lines, in the order of the lines.
fn numbered(lines: &[String]) -> Vec<(u64, u64)> {
    let read = |line: &String| {
        let line = checked(line);
        let number = |name: &str| line["params"][name].as_u64().expect("a number");
        (number("thread"), number("number"))
    };
    lines.iter().map(read).collect()
}

/// Lets so many threads that all run at once emit so many events each, and looks at every line.
fn emit_from_threads(threads: usize, events: usize) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let builder = Logger::builder(directory.path()).overflow(Overflow::Block);
    let logger = builder.build().expect("a logger in a fresh directory");
    let all_are_there = Barrier::new(threads);
    thread::scope(|scope| {
        for thread in 0..threads {
            let (logger, all_are_there) = (&logger, &all_are_there);
            let emit = move || {
                all_are_there.wait();
                for number in 0..events {
                    logger.emit(Numbered { thread, number });
                }
            };
            let builder = thread::Builder::new().stack_size(128 * 1024);
            builder.spawn_scoped(scope, emit).expect("a thread starts");
        }
    });
    logger.close(PATIENCE).expect("everything is drained");
    let total = logger.stats().total;
    let expected = (threads * events) as u64;
    assert_eq!((total.emitted, total.written, total.in_spool), (expected, expected, 0));

    let mut next = vec![0; threads];
    for (thread, number) in numbered(&lines(directory.path())) {
        let next = &mut next[usize::try_from(thread).expect("a thread of ours")];
        assert_eq!(number, *next, "thread {thread} has its events once each, in its own order");
        *next += 1;
    }
    assert!(next.into_iter().all(|count| count == events as u64));
}

#[test]
fn ten_thousand_threads_that_emit_once_lose_nothing() {
    emit_from_threads(10_000, 1);
}

#[test]
fn a_thousand_threads_that_emit_all_the_time_lose_nothing() {
    emit_from_threads(1_000, 200);
}

/// `EVENT_LOG_ROTATIONS=1000000 cargo test --release -p tests --test scale rotations`
#[test]
fn rotations_without_end_keep_what_is_to_be_kept_and_nothing_else() {
    const KEPT: usize = 10;
    let rotations: u64 = std::env::var("EVENT_LOG_ROTATIONS")
        .map_or(5_000, |text| text.parse().expect("a number of rotations"));
    let directory = tempfile::tempdir().unwrap();
    let clock = SetClock::at("2026-11-21T22:30:00Z");
    let logger = Logger::builder(directory.path())
        .rotate_every(Duration::from_secs(1))
        .retain_count(KEPT)
        .retain_at_least(Duration::ZERO)
        .clock(clock.clone())
        .build()
        .unwrap();
    for number in 0..usize::try_from(rotations).unwrap() {
        logger.emit(Numbered { thread: 0, number });
        logger.flush(PATIENCE).unwrap();
        assert!(number % 1_000 > 0 || segments(directory.path()).len() <= KEPT);
        clock.advance(Duration::from_secs(1));
    }
    logger.close(PATIENCE).unwrap();
    let stats = logger.stats();
    assert_eq!(stats.total.written, rotations);
    assert_eq!(stats.segments_created, rotations);
    assert_eq!(stats.segments_removed, rotations - KEPT as u64);
    let kept = numbered(&lines(directory.path()));
    let expected: Vec<(u64, u64)> =
        (rotations - KEPT as u64..rotations).map(|number| (0, number)).collect();
    assert_eq!(kept, expected);
    println!("{rotations} rotations");
}
