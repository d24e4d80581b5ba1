//! Soaks a log whose disk goes wrong at random, and checks that nothing is lost or doubled.
//!
//! `cargo run --release -p tests --bin soak -- --seconds 180 --threads 4 [--seed S] [--dir PATH]`
//!
//! Prints a line every ten seconds and at the end; exits non-zero if anything is not as it must be.
#![expect(clippy::print_stdout, reason = "a command-line tool")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use tests::random::Random;
use tests::soak::{Account, Soak, default_place};

struct Options {
    seconds: u64,
    threads: u32,
    seed: u64,
    place: PathBuf,
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let seed = Random::seed_from("EVENT_LOG_SOAK_SEED");
    let mut options = Options { seconds: 60, threads: 4, seed, place: default_place() };
    while let Some(name) = arguments.next() {
        let value = arguments.next()?;
        match &*name {
            "--seconds" => options.seconds = value.parse().ok()?,
            "--threads" => options.threads = value.parse().ok()?,
            "--seed" => options.seed = value.parse().ok()?,
            "--dir" => options.place = value.into(),
            _ => return None,
        }
    }
    Some(options)
}

fn main() -> ExitCode {
    let Some(options) = parse(std::env::args().skip(1)) else {
        println!("soak [--seconds N] [--threads T] [--seed S] [--dir PATH]");
        return ExitCode::from(2);
    };
    let place = tempfile::tempdir_in(&options.place).expect("a temporary directory");
    println!("seed {}, in {}", options.seed, place.path().display());
    let began = Instant::now();
    let show = |account: &Account| {
        let Account { attempts, accepted, found, owed, told, .. } = account;
        let Account { lives, segments, fragments, troubles, wrong, .. } = account;
        println!(
            "{:>4.0} s: attempts {attempts}, accepted {accepted}, found {found}; dropped {owed}, told {told}; {lives} lives, {segments} segments, \
             {fragments} ending within a line, {troubles} troubles told, {} wrong",
            began.elapsed().as_secs_f64(),
            wrong.len(),
        );
    };
    let soak = Soak {
        duration: Duration::from_secs(options.seconds),
        threads: options.threads,
        seed: options.seed,
        directory: place.path().to_owned(),
    };
    let account = soak.run(show);
    show(&account);
    for line in account.wrong.iter().take(20) {
        println!("{line}");
    }
    if account.wrong.is_empty() {
        println!("nothing lost, nothing duplicated, the ledgers balance");
        return ExitCode::SUCCESS;
    }
    println!("wrong with --seed {}; see {}", options.seed, place.keep().display());
    ExitCode::FAILURE
}
