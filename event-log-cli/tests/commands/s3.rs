//! `load` with a lake or inputs in an S3-compatible store.

mod faults;
#[cfg(feature = "lambda")]
mod function;
mod inputs;
mod lake;
mod proxy;
mod server;

use std::process::{Command, Output};

use serde_json::Value;

/// Runs `event-log load` with these variables; the exit code, the report if there is one, and what
/// was told on standard error.
fn load(
    variables: &[(String, String)],
    inputs: &[&str],
    lake: &str,
    options: &[&str],
) -> (Option<i32>, Value, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_event-log"))
        .args([&["load", "--json"], inputs, &["--lake", lake], options].concat())
        .envs(variables.iter().cloned())
        .output()
        .unwrap();
    let report = serde_json::from_slice(&stdout).unwrap_or(Value::Null);
    (status.code(), report, String::from_utf8(stderr).unwrap())
}
