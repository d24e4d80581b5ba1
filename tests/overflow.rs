//! What an emit does when the spool is full, and that every event is accounted for meanwhile.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use event_log::testing::{FailingDisk, Operation};
use event_log::{DropReason, EmitError, Event, LogError, Logger, LoggerBuilder, Overflow, Stats};
use tests::random::Random;
use tests::wait::{PATIENCE, wait_until};
use tests::{Tick, gaps, numbers};

fn place() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn small(directory: &Path, disk: &FailingDisk, overflow: Overflow) -> LoggerBuilder {
    Logger::builder(directory).spool_bytes(128 << 10).overflow(overflow).storage(disk.clone())
}

/// Emits until an event is refused; returns how many were taken.
fn fill(logger: &Logger) -> u64 {
    let mut taken = 0;
    while logger.try_emit(Tick::new(taken)).is_ok() {
        taken += 1;
    }
    taken
}

fn stuck() -> FailingDisk {
    let disk = FailingDisk::new();
    disk.hang(Operation::Append);
    disk
}

#[test]
fn an_emit_waits_for_room_and_once_one_waited_in_vain_the_next_drop_at_once_until_there_is_room() {
    let (directory, disk) = (place(), stuck());
    let patience = Duration::from_millis(300);
    let logger = small(directory.path(), &disk, Overflow::Wait(patience)).build().unwrap();

    let mut began = Instant::now();
    let mut taken = 0;
    while logger.try_emit(Tick::new(taken)).is_ok() {
        taken += 1;
        began = Instant::now();
    }
    assert!(began.elapsed() >= patience, "the first one waited {:?}", began.elapsed());

    let began = Instant::now();
    for _ in 0..1_000 {
        let error = logger.try_emit(Tick::new(0)).unwrap_err();
        assert!(matches!(error, EmitError::SpoolFull { event_type: "tick" }), "{error:?}");
    }
    assert!(began.elapsed() < patience * 3, "a thousand took {:?}", began.elapsed());

    disk.heal();
    logger.flush(PATIENCE).unwrap();
    logger.try_emit(Tick::new(taken)).unwrap();
    disk.hang(Operation::Append);
    let mut began = Instant::now();
    while logger.try_emit(Tick::new(taken)).is_ok() {
        began = Instant::now();
    }
    assert!(began.elapsed() >= patience, "patience is back once there was room");
    disk.heal();
}

#[test]
fn an_emit_that_waits_gets_the_room_that_appears_in_time() {
    let (directory, disk) = (place(), stuck());
    let logger = small(directory.path(), &disk, Overflow::Wait(PATIENCE)).build().unwrap();
    let emitter = logger.clone();
    let thread = std::thread::spawn(move || {
        (0..1_000).for_each(|number| {
            emitter.try_emit(Tick::new(number)).unwrap();
        });
    });
    wait_until("the spool is full", || logger.stats().total.in_spool > 400);
    disk.heal();
    thread.join().unwrap();
    logger.flush(PATIENCE).unwrap();
    assert_eq!(numbers(directory.path()), (0..1_000).collect::<Vec<_>>());
}

#[test]
fn drop_never_waits() {
    let (directory, disk) = (place(), stuck());
    let logger = small(directory.path(), &disk, Overflow::Drop).build().unwrap();
    let began = Instant::now();
    fill(&logger);
    for _ in 0..1_000 {
        logger.emit(Tick::new(0));
    }
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(logger.stats().dropped[&DropReason::SpoolFull], 1_001);
    disk.heal();
}

#[test]
fn block_drops_nothing_however_long_the_disk_is_stuck() {
    let (directory, disk) = (place(), stuck());
    let logger = small(directory.path(), &disk, Overflow::Block).build().unwrap();
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let logger = logger.clone();
            std::thread::spawn(move || {
                (0..500).for_each(|number| logger.emit(Tick::new(thread * 500 + number)));
            })
        })
        .collect();
    wait_until("the spool is full", || logger.stats().total.in_spool > 400);
    // Longer than the default patience.
    std::thread::sleep(Duration::from_millis(150));
    assert!(threads.iter().any(|thread| !thread.is_finished()));
    disk.heal();
    for thread in threads {
        thread.join().unwrap();
    }
    logger.flush(PATIENCE).unwrap();
    let mut found = numbers(directory.path());
    found.sort_unstable();
    assert_eq!(found, (0..2_000).collect::<Vec<_>>());
    assert_eq!(logger.stats().total.dropped, 0);
}

#[test]
fn of_events_dropped_for_want_of_room_only_the_first_is_reported_until_there_is_room() {
    let (directory, disk) = (place(), stuck());
    let (told, reports) = mpsc::channel();
    let told = Mutex::new(told);
    let logger = small(directory.path(), &disk, Overflow::Drop)
        .on_error(move |error| {
            if let LogError::Dropped(error) = error {
                told.lock().unwrap().send(error.reason()).unwrap();
            }
        })
        .build()
        .unwrap();
    for _ in 0..2 {
        fill(&logger);
        logger.emit(Tick::new(0));
        assert_eq!(reports.try_iter().collect::<Vec<_>>(), [DropReason::SpoolFull]);
        disk.heal();
        logger.flush(PATIENCE).unwrap();
        disk.hang(Operation::Append);
    }
    disk.heal();
}

#[derive(Event)]
struct Long {
    text: String,
}

fn assert_balances(stats: &Stats) {
    let mut sum = 0;
    for (name, row) in &stats.by_type {
        assert_eq!(row.emitted, row.written + row.dropped + row.in_spool, "{name}: {row:?}");
        sum += row.emitted;
    }
    let total = stats.total;
    assert_eq!(total.emitted, total.written + total.dropped + total.in_spool, "{stats}");
    assert_eq!(total.emitted, sum);
    assert_eq!(total.dropped, stats.dropped.values().sum::<u64>());
}

/// What the threads of a test know themselves.
#[derive(Default)]
struct Known {
    accepted: BTreeMap<&'static str, u64>,
    dropped: BTreeMap<(String, String), u64>,
}

#[test]
fn the_ledger_balances_at_every_moment_and_gap_lines_tell_of_exactly_what_was_dropped() {
    let (directory, disk) = (place(), FailingDisk::new());
    let seed = Random::seed_from("EVENT_LOG_OVERFLOW_SEED");
    println!("EVENT_LOG_OVERFLOW_SEED={seed}");
    let overflow = Overflow::Wait(Duration::from_millis(5));
    let logger = small(directory.path(), &disk, overflow).build().unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let known = Arc::new(Mutex::new(Known::default()));
    let threads: Vec<_> = (0..3)
        .map(|thread| {
            let (logger, stop, known) = (logger.clone(), Arc::clone(&stop), Arc::clone(&known));
            std::thread::spawn(move || emit_all_sorts(&logger, &stop, &known, seed ^ thread))
        })
        .collect();
    let mut random = Random::new(seed);
    let mut before = Stats::default();
    for _ in 0..150 {
        match random.below(5) {
            0 => disk.hang(Operation::Append),
            1 => disk.leave_room(random.below(20_000)),
            2 => disk.fail(Operation::Append, 5),
            _ => disk.heal(),
        }
        let until = Instant::now() + Duration::from_millis(random.below(15));
        while Instant::now() < until {
            let stats = logger.stats();
            assert_balances(&stats);
            assert!(stats.total.emitted >= before.total.emitted);
            assert!(stats.total.written >= before.total.written);
            before = stats;
            std::thread::sleep(Duration::from_micros(200));
        }
    }
    stop.store(true, Ordering::Relaxed);
    disk.heal();
    for thread in threads {
        thread.join().unwrap();
    }
    logger.close(PATIENCE).unwrap();

    let stats = logger.stats();
    assert_balances(&stats);
    let known = known.lock().unwrap();
    assert_eq!(stats.total.in_spool, 0);
    for (event_type, accepted) in &known.accepted {
        assert_eq!(stats.by_type[*event_type].written, *accepted, "{event_type}");
    }
    assert!(stats.dropped[&DropReason::SpoolFull] > 0, "the test fills the spool");
    // What found no room at the end is told by the next start.
    drop(Logger::builder(directory.path()).build().unwrap());
    assert_eq!(told(directory.path()), known.dropped);
}

/// As `gaps`, but a segment that a failing disk made us leave may end within a line, whose whole is
/// in the next one.
fn told(directory: &Path) -> BTreeMap<(String, String), u64> {
    for segment in tests::segments(directory) {
        let text = std::fs::read_to_string(&segment).expect("text");
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        std::fs::write(&segment, &text[..whole]).expect("the segment can be cut");
    }
    gaps(directory)
}

fn emit_all_sorts(logger: &Logger, stop: &AtomicBool, known: &Mutex<Known>, seed: u64) {
    let mut random = Random::new(seed);
    let mut own = Known::default();
    while !stop.load(Ordering::Relaxed) {
        let (event_type, outcome) = match random.below(50) {
            0 => ("long", logger.try_emit(Long { text: "x".repeat(33_000) })),
            1 => ("long", logger.try_emit(Long { text: "x".repeat(3_000) })),
            _ => ("tick", logger.try_emit(Tick::new(1))),
        };
        match outcome {
            Ok(_) => *own.accepted.entry(event_type).or_default() += 1,
            Err(error) => {
                let key = (event_type.to_owned(), error.reason().to_string());
                *own.dropped.entry(key).or_default() += 1;
            }
        }
    }
    let mut known = known.lock().expect("no panic under the lock");
    for (key, count) in own.accepted {
        *known.accepted.entry(key).or_default() += count;
    }
    for (key, count) in own.dropped {
        *known.dropped.entry(key).or_default() += count;
    }
}
