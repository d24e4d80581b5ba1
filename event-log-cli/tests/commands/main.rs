//! The commands as a user runs them: the binary, real files, exit codes and output.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::print_stdout, reason = "a test says what it skips, and what it counted")]

mod bad_input;
mod compact;
mod follow;
mod help;
mod ledger;
mod load;
mod parquet;
mod progress;
mod recover;
mod replicate;
mod s3;
mod schema;
mod scripts;
mod stale;
mod stats;
mod steps;
mod tail;
mod terminal;
mod verify;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// What a run of the command gave.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs `event-log` with these arguments.
fn event_log(arguments: &[&str]) -> Run {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_event-log")).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: status.code(), out: text(stdout), err: text(stderr) }
}

/// Runs it with `--json`, and reads what it wrote.
fn event_log_json(arguments: &[&str]) -> (Option<i32>, Value) {
    let run = event_log(&[arguments, &["--json"]].concat());
    (run.code, serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}{}", run.out, run.err)))
}

/// The line of one event.
fn line(id: u32, date: &str, event_type: &str, user_id: u32, params: &str) -> String {
    format!(
        r#"{{"id":"{id}","date":"{date}","type":"{event_type}","user_id":{user_id},"locale":"ja","country_code":"JP","params":{params}}}"#
    )
}

/// Writes lines into a file of the directory; each gets its newline.
fn write(directory: &Path, name: &str, lines: &[String]) {
    let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    fs::write(directory.join(name), text).unwrap();
}
