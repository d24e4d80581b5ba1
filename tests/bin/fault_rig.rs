//! Lets every file operation of the writer fail in turn, in every way and at every byte.
//!
//! `cargo run --release -p tests --bin fault_rig [-- --quick]`
//!
//! Prints how many lives were played and what was wrong in which; exits non-zero if anything was.
#![expect(clippy::print_stdout, reason = "a command-line tool")]

use std::process::ExitCode;

use tests::faults::{every_fault, play};

fn main() -> ExitCode {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    let faults = every_fault(if is_quick { 97 } else { 1 });
    let wrong = play(&faults);
    for line in wrong.iter().take(20) {
        println!("{line}");
    }
    println!("{} lives, each with a fault of its own: {} wrong", faults.len(), wrong.len());
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
