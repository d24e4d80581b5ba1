//! A position says exactly what was read, is small, and a commit replaces it as a whole or not at all.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use event_log::Logger;
use event_log::follow::{CommitError, Follower, OpenError, Position, PositionError, Start};
use event_log::testing::SetClock;
use tests::Tick;
use tests::follow::{Seen, next_numbers};
use tests::random::Random;
use tests::wait::{PATIENCE, wait_until};

const HOUR: Duration = Duration::from_secs(3_600);

fn place() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

/// A log of three loggers, each with two segments, that number their lines from 0, 100 and 200.
fn log(directory: &Path) -> Vec<Logger> {
    let clock = SetClock::at("2026-11-22T10:00:00Z");
    let build = |_| Logger::builder(directory).clock(clock.clone()).build().expect("a logger");
    let loggers: Vec<Logger> = (0..3).map(build).collect();
    for round in 0..2 {
        for (index, logger) in (0..).zip(&loggers) {
            let first = index * 100 + round * 10;
            (first..first + 10).for_each(|number| logger.emit(Tick::new(number)));
            logger.flush(PATIENCE).expect("a healthy disk");
        }
        clock.advance(HOUR);
    }
    loggers
}

#[test]
fn a_follower_goes_on_behind_any_line_where_another_stopped() {
    let directory = place();
    let mut loggers = log(directory.path());
    let all = Seen::available(&mut Follower::builder(directory.path()).build().unwrap());
    assert_eq!(all.numbers.len(), 60);
    // One of them ends on the way.
    for (split, ends) in (0..=60).zip((0..).map(|split| split == 30)) {
        let mut first = Follower::builder(directory.path()).build().unwrap();
        let mut numbers = next_numbers(&mut first, split);
        let text = first.position().to_string();
        if ends {
            loggers.pop();
        }
        let position: Position = text.parse().unwrap();
        assert_eq!(position.to_string(), text);
        let builder = Follower::builder(directory.path()).start(Start::At(position));
        let rest = Seen::available(&mut builder.build().unwrap());
        assert_eq!(rest.troubles, [] as [String; 0]);
        numbers.extend(rest.numbers);
        assert_eq!(numbers, all.numbers, "split at {split}: {text}");
    }
}

#[test]
fn a_position_stays_small_however_many_loggers_came_and_went() {
    let directory = place();
    let mut follower = Follower::builder(directory.path()).build().unwrap();
    let mut longest = 0;
    for life in 0..100 {
        let logger = Logger::builder(directory.path()).spool_bytes(1 << 17).build().unwrap();
        logger.emit(Tick::new(life));
        drop(logger);
        // Some are read one by one, and some many at a time.
        if life < 30 || life % 30 == 0 {
            let _ = Seen::available(&mut follower);
            longest = longest.max(follower.position().to_string().len());
        }
    }
    let _ = Seen::available(&mut follower);
    longest = longest.max(follower.position().to_string().len());
    assert!(longest <= 1_100, "{longest} bytes: {}", follower.position());
    // What it forgot it does not read again.
    let builder = Follower::builder(directory.path()).start(Start::At(follower.position()));
    assert_eq!(Seen::available(&mut builder.build().unwrap()), Seen::default());
}

#[test]
fn a_position_that_was_cut_or_changed_is_refused() {
    let directory = place();
    let _loggers = log(directory.path());
    let mut follower = Follower::builder(directory.path()).build().unwrap();
    let _ = next_numbers(&mut follower, 25);
    let text = follower.position().to_string();
    assert!(text.is_ascii() && !text.contains([' ', '"', '\'', '\\', '\n']), "{text}");
    for end in 3..text.len() {
        let error = text[..end].parse::<Position>().unwrap_err();
        assert!(matches!(error, PositionError::Damaged { .. }), "{error}");
    }
    for index in 3..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[index] = if bytes[index] == b'1' { b'2' } else { b'1' };
        assert!(String::from_utf8(bytes).unwrap().parse::<Position>().is_err(), "at {index}");
    }
    let later = text.replacen("v1", "v2", 1).parse::<Position>().unwrap_err();
    assert_eq!(later, PositionError::Version { found: "v2".to_owned() });
}

#[test]
fn a_position_of_another_prefix_is_refused() {
    let directory = place();
    let position = Follower::builder(directory.path()).build().unwrap().position();
    let builder = Follower::builder(directory.path()).prefix("orders");
    let error = builder.start(Start::At(position)).build().unwrap_err();
    assert!(matches!(error, OpenError::OtherPrefix { .. }), "{error}");
}

#[test]
fn a_committed_position_is_where_the_next_follower_begins() {
    let (directory, state) = (place(), place());
    let _loggers = log(directory.path());
    let file = state.path().join("clicks.position");
    let open = || Follower::builder(directory.path()).position_file(&file).build();
    let mut first = open().unwrap();
    let mut numbers = next_numbers(&mut first, 25);
    first.commit().unwrap();
    let _ = next_numbers(&mut first, 5);
    // While one uses the file, nobody else may.
    let in_use = open().unwrap_err();
    assert!(matches!(in_use, OpenError::PositionInUse { .. }), "{in_use}");
    drop(first);
    numbers.extend(Seen::available(&mut open().unwrap()).numbers);
    let all = Seen::available(&mut Follower::builder(directory.path()).build().unwrap()).numbers;
    assert_eq!(numbers, all, "the five that were not committed come again");
    fs::write(&file, "v1;events;-;").unwrap();
    let damaged = open().unwrap_err();
    assert!(matches!(damaged, OpenError::Position { .. }), "{damaged}");
}

#[test]
fn a_commit_without_a_file_and_one_that_fails_say_so() {
    let (directory, state) = (place(), place());
    let plain = Follower::builder(directory.path()).build().unwrap();
    assert!(matches!(plain.commit(), Err(CommitError::NoPositionFile)));
    let file = state.path().join("gone").join("position");
    fs::create_dir(state.path().join("gone")).unwrap();
    let follower = Follower::builder(directory.path()).position_file(&file).build().unwrap();
    fs::remove_dir_all(state.path().join("gone")).unwrap();
    let error = follower.commit().unwrap_err();
    assert!(error.to_string().starts_with("cannot create `"), "{error}");
}

#[test]
fn options_out_of_their_range_are_named() {
    let directory = place();
    let builder = || Follower::builder(directory.path());
    for (builder, expected) in [
        (builder().prefix(".events"), "`prefix` is .events, but must be 1 to 100 of"),
        (builder().poll_interval(Duration::ZERO), "`poll_interval` is 0ns, but must be 1ms to"),
    ] {
        let error = builder.build().unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Follower::builder(file).build().unwrap_err();
    assert!(matches!(error, OpenError::Read { .. }), "{error}");
}

/// `EVENT_LOG_KILL_ROUNDS` sets the number of kills.
#[test]
fn a_kill_during_a_commit_leaves_a_whole_position_that_repeats_one_line_at_most() {
    let (directory, state) = (place(), place());
    let rounds = std::env::var("EVENT_LOG_KILL_ROUNDS")
        .map_or(10, |text| text.parse::<u64>().expect("a number of rounds"));
    let logger = Logger::builder(directory.path()).build().unwrap();
    (0..20_000).for_each(|number| logger.emit(Tick::new(number)));
    logger.flush(PATIENCE).unwrap();
    let file = state.path().join("position");
    let record = state.path().join("record");
    let mut random = Random::new(Random::seed_from("EVENT_LOG_KILL_SEED"));
    for _ in 0..rounds {
        let before = fs::metadata(&record).map_or(0, |found| found.len());
        let mut child = Command::new(env!("CARGO_BIN_EXE_follow_commits"))
            .args([directory.path(), &file, &record])
            .spawn()
            .unwrap();
        let wanted = before + 1 + random.below(60);
        wait_until("some lines were consumed", || {
            fs::metadata(&record).is_ok_and(|found| found.len() >= wanted)
        });
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(9));
        // The child notes a byte for each line, then commits behind it; what it repeats it notes.
        let mut follower =
            Follower::builder(directory.path()).position_file(&file).build().unwrap();
        let next = next_numbers(&mut follower, 1)[0];
        let consumed = fs::metadata(&record).unwrap().len();
        assert!(next == consumed || next + 1 == consumed, "{next} after {consumed} lines");
        fs::OpenOptions::new().write(true).open(&record).unwrap().set_len(next).unwrap();
    }
}
