//! Kills a process that emits, over and over, and counts what its log holds afterwards.
//!
//! `cargo run --release -p tests --bin kill_rig -- --rounds 2000 --threads 4`
//!
//! Prints per mode the events whose emit or commit returned, the lines found, and how many were lost,
//! duplicated and torn, and how many transactions were not whole; exits non-zero if any was, or if anything else was not as it must be.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use std::io::{IsTerminal, Write, stderr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use tests::kill::{CHILD_VARIABLE, Mode, Seen, child, round};
use tests::random::Random;

const HELP: &str = "\
kill_rig [--rounds N] [--threads T] [--mode NAME] [--seed S] [--dir PATH] [--jobs J]

--rounds   rounds of each mode; 100, or 1 with --seed
--threads  threads that emit in each process; 4
--mode     only this one of: sigkill abort exit panic oom stop rotation retention recovery second
           transaction
--seed     the seed of the first round, as printed for a round that went wrong: replays its choices
--dir      where the logs are; /dev/shm if there is one, or else the directory for temporary files
--jobs     rounds at a time; 3

sigkill    SIGKILL at a random moment
abort exit panic    the process ends itself so while its threads emit
oom        RLIMIT_AS (not a cgroup) lets the allocator abort; the kernel's OOM killer is a SIGKILL
stop       SIGSTOP at a random moment, then SIGKILL
rotation   SIGKILL, or SIGSTOP and SIGKILL, before, within or after a file operation of a rotation
retention  the same with the removals of retention, sometimes beside a living process; what was
           removed is kept aside and counted as found
recovery   the recoverer is killed in this way or at a random moment, and again, up to five times
second     SIGKILL, or SIGSTOP and SIGKILL, beside one or two processes on the same directory
transaction  the same at a random moment or in a rotation, with transactions beside single emits, each
           of which must be whole, in order, in one segment, or not there; sometimes the recoverer
           is killed too";

struct Options {
    rounds: u64,
    threads: u32,
    modes: Vec<Mode>,
    seed: u64,
    place: PathBuf,
    jobs: u32,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let memory = PathBuf::from("/dev/shm");
        let mut options = Self {
            rounds: 0,
            threads: 4,
            modes: Mode::ALL.to_vec(),
            seed: Random::seed_from("EVENT_LOG_KILL_SEED"),
            place: if memory.is_dir() { memory } else { std::env::temp_dir() },
            jobs: 3,
        };
        let mut default_rounds = 100;
        while let Some(name) = arguments.next() {
            let value = arguments.next()?;
            match &*name {
                "--rounds" => options.rounds = value.parse().ok()?,
                "--threads" => options.threads = value.parse().ok()?,
                "--mode" => {
                    options.modes.retain(|mode| mode.name() == value);
                    options.modes.first()?;
                }
                "--seed" => {
                    options.seed = value.parse().ok()?;
                    default_rounds = 1;
                }
                "--dir" => options.place = value.into(),
                "--jobs" => options.jobs = value.parse().ok()?,
                _ => return None,
            }
        }
        if options.rounds == 0 {
            options.rounds = default_rounds;
        }
        Some(options)
    }
}

fn main() -> ExitCode {
    if std::env::var_os(CHILD_VARIABLE).is_some() {
        child::run();
        return ExitCode::SUCCESS;
    }
    let Some(options) = Options::parse(std::env::args().skip(1)) else {
        println!("{HELP}");
        return ExitCode::from(2);
    };
    let mut is_right = true;
    for mode in &options.modes {
        is_right &= play(*mode, &options);
    }
    if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Plays the rounds of a mode and prints what they saw; returns whether all was right.
fn play(mode: Mode, options: &Options) -> bool {
    let program = std::env::current_exe().expect("the path of this program");
    let began = Instant::now();
    let (next, all) = (AtomicU64::new(0), Mutex::new(Seen::default()));
    thread::scope(|scope| {
        for _ in 0..options.jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= options.rounds {
                        return;
                    }
                    let found = one(&program, mode, options.seed.wrapping_add(index), options);
                    let mut all = all.lock().expect("no panic under the lock");
                    all.add(found);
                    show_progress(mode, index + 1, options.rounds, &all);
                }
            });
        }
    });
    let all = all.into_inner().expect("no panic under the lock");
    if stderr().is_terminal() {
        eprintln!();
    }
    for line in all.wrong.iter().take(20) {
        println!("{line}");
    }
    let Seen {
        returned,
        lines,
        lost,
        duplicated,
        torn,
        segments,
        recovered,
        hits,
        wrong,
        transactions,
        partial,
    } = all;
    println!(
        "{:<11} {} rounds, {} threads: returned {returned}, found {lines}, lost {lost}, duplicated \
         {duplicated}, torn {torn}, partial {partial} of {transactions} transactions; {segments} segments, {recovered} lines recovered at last, {hits} \
         aimed kills hit, {} things wrong, {:.0} s, from seed {}",
        mode.name(),
        options.rounds,
        options.threads,
        wrong.len(),
        began.elapsed().as_secs_f64(),
        options.seed,
    );
    wrong.is_empty() && (lost, duplicated, torn, partial) == (0, 0, 0, 0)
}

fn one(program: &Path, mode: Mode, seed: u64, options: &Options) -> Seen {
    let play = || round(program, &options.place, mode.round(seed, options.threads));
    let mut found = catch_unwind(AssertUnwindSafe(play)).unwrap_or_else(|_| Seen {
        wrong: vec!["the round panicked, as told above".to_owned()],
        ..Seen::default()
    });
    if !found.wrong.is_empty() {
        found.wrong.insert(0, format!("wrong with --mode {} --seed {seed}:", mode.name()));
    }
    found
}

fn show_progress(mode: Mode, done: u64, rounds: u64, all: &Seen) {
    if stderr().is_terminal() {
        eprint!("\r{} {done}/{rounds}: {} wrong ", mode.name(), all.wrong.len());
        let _ = stderr().flush();
    }
}
