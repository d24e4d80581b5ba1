//! Nothing that was emitted is lost or doubled, however the process dies.
//!
//! `EVENT_LOG_KILL_ROUNDS` sets the number of rounds, `EVENT_LOG_KILL_SEED` replays the choices.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use event_log::Logger;
use tests::kill::{Mode, Seen, THREADS, round};
use tests::random::Random;

const EMITTER: &str = env!("CARGO_BIN_EXE_emitter");

#[expect(clippy::print_stdout, reason = "the seed of a failure is needed to replay it")]
fn rounds(default: u64, mode: Mode) -> Seen {
    let how_many = std::env::var("EVENT_LOG_KILL_ROUNDS")
        .map_or(default, |text| text.parse::<u64>().expect("a number of rounds"));
    let seed = Random::seed_from("EVENT_LOG_KILL_SEED");
    println!("{}: EVENT_LOG_KILL_SEED={seed}", mode.name());
    let mut all = Seen::default();
    for index in 0..how_many {
        // The first round has the seed itself, so that one round replays one round.
        let next = mode.round(seed.wrapping_add(index), THREADS);
        all.add(round(Path::new(EMITTER), &std::env::temp_dir(), next));
    }
    println!("{}: {how_many} rounds: {all:?}", mode.name());
    assert_eq!((all.lost, all.duplicated, all.torn), (0, 0, 0), "{:#?}", all.wrong);
    assert_eq!(all.partial, 0, "{:#?}", all.wrong);
    assert!(all.wrong.is_empty(), "{:#?}", all.wrong);
    all
}

#[test]
fn after_sigkill_every_event_whose_emit_returned_is_there_exactly_once() {
    let seen = rounds(50, Mode::Sigkill);
    assert!(seen.lines >= seen.returned);
}

#[test]
fn after_abort_every_event_whose_emit_returned_is_there_exactly_once() {
    rounds(4, Mode::Abort);
}

#[test]
fn after_a_panic_in_main_every_event_whose_emit_returned_is_there_exactly_once() {
    rounds(4, Mode::Panic);
}

#[test]
fn after_process_exit_every_event_whose_emit_returned_is_there_exactly_once() {
    rounds(4, Mode::Exit);
}

#[test]
fn without_memory_every_event_whose_emit_returned_is_there_exactly_once() {
    rounds(10, Mode::Oom);
}

#[test]
fn a_process_that_was_stopped_before_it_was_killed_loses_doubles_and_tears_nothing() {
    rounds(10, Mode::Stop);
}

#[test]
fn a_kill_during_a_rotation_loses_doubles_and_tears_nothing() {
    rounds(10, Mode::Rotation);
}

#[test]
fn a_kill_during_retention_loses_doubles_and_tears_nothing() {
    rounds(10, Mode::Retention);
}

#[test]
fn a_recovery_that_is_killed_is_recovered_in_turn() {
    rounds(10, Mode::Recovery);
}

#[test]
fn a_killed_process_takes_nothing_from_others_on_its_directory() {
    rounds(8, Mode::Second);
}

#[test]
fn a_kill_leaves_a_transaction_whole_or_not_at_all() {
    let seen = rounds(15, Mode::Transaction);
    assert!(seen.transactions > 0);
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
