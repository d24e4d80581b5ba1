//! Leaves a log directory as a process that was killed does: for `tests/fixtures`, once for each
//! version of the format.
//!
//! `cargo run -p tests --bin make_fixture -- DIRECTORY` makes in it
//!
//! - a segment that ends in the second line of a transaction,
//! - a spool with the journal of that segment, this transaction and more lines, around the end of the
//!   ring, and a drop that no gap line tells of,
//! - `expected.jsonl`: every line that a recovery must yield, in order.
#![expect(clippy::print_stdout, reason = "a command-line tool")]

use std::path::Path;
use std::process::{Command, exit};

use event_log::testing::{FailingDisk, Operation};
use event_log::{Event, Logger, Overflow};
use tests::lines;
use tests::wait::{PATIENCE, wait_until};

#[derive(Event)]
#[event(type = "fixture")]
struct Fixture<'a> {
    number: u32,
    text: &'a str,
}

/// As many as fill the smallest ring and go around its end.
const DRAINED: u32 = 61;
const LEFT_IN_TRANSACTION: u32 = 3;
const LEFT: u32 = LEFT_IN_TRANSACTION + 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [directory] => make(directory),
        [directory, "die"] => die(Path::new(directory)),
        _ => {
            println!("usage: make_fixture DIRECTORY");
            exit(2);
        }
    }
}

/// Lets a child die on the directory, and notes what a recovery finds.
fn make(directory: &str) {
    let myself = std::env::current_exe().expect("a program knows its path");
    let status = Command::new(myself).args([directory, "die"]).status().expect("the child runs");
    assert!(!status.success(), "the child dies");
    let recovered = tempfile::tempdir().expect("a temporary directory");
    let copied = Command::new("cp").args(["-rT", directory]).arg(recovered.path()).status();
    assert!(copied.expect("cp runs").success());
    drop(Logger::builder(recovered.path()).build().expect("the copy can be recovered"));
    let mut text = lines(recovered.path());
    text.retain(|line| !line.contains("event_log_gap"));
    assert_eq!(text.len(), (DRAINED + LEFT) as usize);
    let expected = Path::new(directory).join("expected.jsonl");
    std::fs::write(expected, text.join("\n") + "\n").expect("the directory is writable");
    println!("{} lines", text.len());
}

fn die(directory: &Path) {
    let disk = FailingDisk::new();
    let logger = Logger::builder(directory)
        .spool_bytes(64 * 1024)
        .max_line_bytes(1_024)
        .overflow(Overflow::Block)
        .storage(disk.clone())
        .build()
        .expect("a logger in a fresh directory");
    let long = "é".repeat(400);
    let emit = |number| logger.emit(Fixture { number, text: &long });
    (0..DRAINED).for_each(emit);
    logger.flush(PATIENCE).expect("a healthy disk");
    // Room for one line of about 1,000 bytes and a part of the next.
    disk.leave_room(1_300);
    let mut transaction = logger.transaction();
    for number in DRAINED..DRAINED + LEFT_IN_TRANSACTION {
        transaction.emit(Fixture { number, text: &long });
    }
    transaction.try_commit().expect("there is room");
    (DRAINED + LEFT_IN_TRANSACTION..DRAINED + LEFT).for_each(emit);
    logger.emit(Fixture { number: 0, text: &"too long ".repeat(1_000) });
    let before = disk.count(Operation::Append);
    wait_until("the disk has refused", || disk.count(Operation::Append) > before + 2);
    std::process::abort();
}
