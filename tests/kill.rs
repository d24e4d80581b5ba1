//! Nothing that was emitted is lost or doubled, however the process dies.
//!
//! `EVENT_LOG_KILL_ROUNDS` sets the number of rounds, `EVENT_LOG_KILL_SEED` replays the choices.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use event_log::Logger;
use tests::kill::{Ending, Round, Seen, round};
use tests::random::Random;

const EMITTER: &str = env!("CARGO_BIN_EXE_emitter");

#[expect(clippy::print_stdout, reason = "the seed of a failure is needed to replay it")]
fn rounds(default: u64, what: &str, make: impl Fn(u64) -> Round) -> Seen {
    let how_many = std::env::var("EVENT_LOG_KILL_ROUNDS")
        .map_or(default, |text| text.parse::<u64>().expect("a number of rounds"));
    let seed = Random::seed_from("EVENT_LOG_KILL_SEED");
    println!("{what}: EVENT_LOG_KILL_SEED={seed}");
    let mut all = Seen::default();
    for index in 0..how_many {
        // The first round has the seed itself, so that one round replays one round.
        let found = round(Path::new(EMITTER), make(seed.wrapping_add(index)));
        all.returned += found.returned;
        all.lines += found.lines;
        all.segments += found.segments;
        all.recovered += found.recovered;
    }
    println!("{what}: {how_many} rounds: {all:?}");
    all
}

fn one(ending: Ending) -> impl Fn(u64) -> Round {
    move |seed| Round { seed, ending, processes: 1, killed_recoveries: 0 }
}

#[test]
fn after_sigkill_every_event_whose_emit_returned_is_there_exactly_once() {
    let seen = rounds(50, "kill", one(Ending::Kill));
    assert!(seen.lines >= seen.returned);
}

#[test]
fn after_abort_every_event_whose_emit_returned_is_there_exactly_once() {
    rounds(4, "abort", one(Ending::Abort));
}

#[test]
fn after_a_panic_in_main_every_event_whose_emit_returned_is_there_exactly_once() {
    rounds(4, "panic", one(Ending::Panic));
}

#[test]
fn after_process_exit_every_event_whose_emit_returned_is_there_exactly_once() {
    rounds(4, "exit", one(Ending::Exit));
}

#[test]
fn a_killed_process_takes_nothing_from_others_on_its_directory() {
    rounds(8, "several", |seed| Round {
        seed,
        ending: Ending::Kill,
        processes: 3,
        killed_recoveries: 0,
    });
}

#[test]
fn a_recovery_that_is_killed_is_recovered_in_turn() {
    rounds(10, "recovery", |seed| Round {
        seed,
        ending: Ending::Kill,
        processes: 1,
        killed_recoveries: 4,
    });
}

#[test]
fn what_a_killed_process_had_dropped_is_told_by_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let status =
        Command::new(env!("CARGO_BIN_EXE_forks")).arg(directory.path()).arg("gaps").status();
    assert_eq!(status.unwrap().signal(), Some(9));
    drop(Logger::builder(directory.path()).build().unwrap());
    let key = ("long".to_owned(), "too_long".to_owned());
    assert_eq!(tests::gaps(directory.path()), [(key, 8)].into());
}
