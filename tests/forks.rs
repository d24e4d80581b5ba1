//! A forked process emits through the logger that it inherited, and every line is there once.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

use event_log::Logger;
use tests::wait::wait_until;
use tests::{checked, lines, segments};

fn run(directory: &Path, mode: &str) {
    let status = Command::new(env!("CARGO_BIN_EXE_forks"))
        .arg(directory)
        .arg(mode)
        .stderr(Stdio::inherit())
        .status()
        .expect("the program starts");
    let dies = mode == "orphan";
    assert_eq!(status.signal(), dies.then_some(9), "{status}");
    assert!(dies || status.success(), "{status}");
}

/// Opens the log again and checks that each process's hundred events are there, `times` a hundred.
#[track_caller]
fn assert_all_there(directory: &Path, expected: &[u64]) -> u64 {
    let logger = Logger::builder(directory).build().expect("the log opens again");
    let recovered = logger.stats().recovered_lines;
    drop(logger);
    let mut ids = HashSet::new();
    let mut found: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for line in lines(directory) {
        let value = checked(&line);
        assert!(ids.insert(value["id"].to_string()), "one id twice: {line}");
        let number = |key: &str| value["params"][key].as_u64().expect("a number");
        found.entry(number("process")).or_default().push(number("number"));
    }
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), expected);
    for (process, numbers) in found {
        assert_eq!(numbers, (0..100).collect::<Vec<_>>(), "of process {process}");
    }
    recovered
}

#[test]
fn parent_and_children_have_every_line_once_and_no_id_in_common() {
    let directory = tempfile::tempdir().unwrap();
    run(directory.path(), "both");
    assert_all_there(directory.path(), &[0, 1, 2, 3]);
}

#[test]
fn a_grandchild_has_its_lines_too() {
    let directory = tempfile::tempdir().unwrap();
    run(directory.path(), "grandchild");
    assert_all_there(directory.path(), &[0, 1, 2, 3, 4]);
}

#[test]
fn a_child_that_never_emits_disturbs_neither_its_parent_nor_its_own_child() {
    let directory = tempfile::tempdir().unwrap();
    run(directory.path(), "silent");
    assert_all_there(directory.path(), &[0, 1, 2]);
}

#[test]
fn a_recording_logger_goes_on_recording_in_a_child_for_the_child_alone() {
    let directory = tempfile::tempdir().unwrap();
    run(directory.path(), "recording");
    assert_all_there(directory.path(), &[0]);
}

#[test]
fn a_child_that_drops_its_handle_closes_nothing_of_its_parent() {
    let directory = tempfile::tempdir().unwrap();
    run(directory.path(), "drops");
    assert_all_there(directory.path(), &[0, 1]);
}

#[test]
fn a_child_that_emitted_drains_and_ends_in_good_order_when_it_drops_its_handle() {
    let directory = tempfile::tempdir().unwrap();
    run(directory.path(), "emits and drops");
    assert!(segments(directory.path()).len() >= 2);
    assert_eq!(assert_all_there(directory.path(), &[0, 1, 2]), 0, "nothing was left in a spool");
}

#[test]
fn a_child_does_not_keep_the_position_file_of_a_follower_that_its_parent_dropped() {
    let directory = tempfile::tempdir().unwrap();
    run(directory.path(), "position");
    assert_all_there(directory.path(), &[0]);
}

#[test]
fn the_spool_of_a_dead_parent_is_recovered_while_its_child_lives_and_emits() {
    let directory = tempfile::tempdir().unwrap();
    run(directory.path(), "orphan");
    let spools = || fs::read_dir(directory.path().join(".spool")).unwrap().count();
    assert_eq!(spools(), 2);
    let logger = Logger::builder(directory.path()).build().unwrap();
    assert!(logger.stats().recovered_lines >= 100, "{:?}", logger.stats());
    drop(logger);
    assert_eq!(spools(), 1, "the child's own");
    fs::write(directory.path().join("end"), "").unwrap();
    wait_until("the child has let go", || {
        drop(Logger::builder(directory.path()).build().unwrap());
        spools() == 0
    });
    assert_all_there(directory.path(), &[0, 1, 2, 3]);
}
