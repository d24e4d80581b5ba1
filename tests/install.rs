//! The logger of the process: installed once, quiet before, never dropped. Each case has a process of
//! its own.

use std::path::Path;
use std::process::Command;

use event_log::Logger;
use tests::{numbers, segments};

fn place() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn play(mode: &str, directory: &Path) {
    let output = Command::new(env!("CARGO_BIN_EXE_installed")).arg(directory).arg(mode).output();
    let output = output.expect("the child runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(output.stdout.is_empty() && said.is_empty(), "an emit prints nothing: {said}");
}

#[test]
fn an_emit_before_the_install_is_quiet_and_counted_and_one_after_it_is_in_the_log() {
    let directory = place();
    play("before", directory.path());
    drop(Logger::builder(directory.path()).build().unwrap());
    assert_eq!(numbers(directory.path()), [2, 3]);
}

#[test]
fn a_second_install_is_refused_and_gives_its_logger_back() {
    let directory = place();
    play("twice", directory.path());
    drop(Logger::builder(directory.path()).build().unwrap());
    assert_eq!(numbers(directory.path()), [0]);
    assert_eq!(numbers(&directory.path().join("other")), [1]);
}

#[test]
fn of_several_threads_that_install_one_succeeds() {
    play("race", place().path());
}

#[test]
fn what_an_installed_logger_has_in_its_spool_at_exit_is_written_by_the_next_start() {
    let directory = place();
    play("exit", directory.path());
    assert!(numbers(directory.path()).is_empty());
    let next = Logger::builder(directory.path()).build().unwrap();
    assert_eq!(next.stats().recovered_lines, 100);
    drop(next);
    assert_eq!(numbers(directory.path()), (0..100).collect::<Vec<_>>());
}

#[test]
fn an_installed_logger_that_is_closed_leaves_nothing_in_its_spool() {
    let directory = place();
    play("close", directory.path());
    assert_eq!(segments(directory.path()).len(), 1);
    assert_eq!(numbers(directory.path()), (0..100).collect::<Vec<_>>());
}
