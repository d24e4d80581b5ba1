//! The parent process: runs the contenders in turn, each task in a child, and gathers the reports.
#![expect(clippy::print_stderr, reason = "progress, beside the tables on the standard output")]

use std::io;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use serde::Serialize;

use crate::child::Report;
use crate::options::Options;
use crate::task::{Scenario, Task};
use crate::{Error, contenders, cores, lines};

pub(crate) const THREADS: [usize; 3] = [1, 2, 4];

/// Every task of a round, in order.
const TASKS: [(Scenario, &[usize]); 5] = [
    (Scenario::Saturated, &THREADS),
    (Scenario::Throughput, &THREADS),
    (Scenario::Paced, &THREADS),
    (Scenario::Idle, &[1]),
    (Scenario::Killed, &[1]),
];

/// What one child found, and what its parent found in the files.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Measurement {
    pub(crate) contender: String,
    pub(crate) scenario: Scenario,
    pub(crate) threads: usize,
    pub(crate) round: usize,
    /// Between the cores, just before and just after.
    pub(crate) transfer_nanos: [f64; 2],
    pub(crate) found: Found,
}

/// Depends on whether the child ended by itself.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Found {
    /// It did.
    Ended { report: Report, lines: u64 },
    /// It was killed after so many emits had returned.
    Killed { emitted: u64, lost: u64, duplicated: u64 },
}

pub(crate) fn measure(options: &Options) -> Result<Vec<Measurement>, Error> {
    for contender in &options.contenders {
        check(options, contender).map_err(|error| format!("{contender}: {error}"))?;
    }
    let (start, mut measurements) = (Instant::now(), Vec::new());
    for round in 0..options.rounds {
        for (scenario, threads) in TASKS {
            for &threads in threads {
                for contender in &options.contenders {
                    let before = cores::transfer_nanos()?;
                    let found = one(options, contender, scenario, threads)
                        .map_err(|error| format!("{contender}, {scenario:?}: {error}"))?;
                    let transfer_nanos = [before, cores::transfer_nanos()?];
                    let contender = contender.clone();
                    measurements.push(Measurement {
                        contender,
                        scenario,
                        threads,
                        round,
                        transfer_nanos,
                        found,
                    });
                }
                let seconds = start.elapsed().as_secs();
                eprintln!("{seconds:>5} s: round {round}, {scenario:?}, {threads} threads done");
            }
        }
    }
    Ok(measurements)
}

/// Nothing is timed before its lines are known to be right.
fn check(options: &Options, contender: &str) -> Result<(), Error> {
    let (_directory, task) = task(options, contender, Scenario::Check, 1)?;
    let report = wait(start(&task)?)?;
    let line = lines::check(&task.log_directory(), report.emitted)?;
    eprintln!("{contender}, {} bytes: {}", line.len(), line.trim_end());
    Ok(())
}

fn one(
    options: &Options,
    contender: &str,
    scenario: Scenario,
    threads: usize,
) -> Result<Found, Error> {
    let (_directory, task) = task(options, contender, scenario, threads)?;
    let child = start(&task)?;
    if scenario == Scenario::Killed {
        return killed(child, &task);
    }
    let report = wait(child)?;
    Ok(Found::Ended { report, lines: lines::count(&task.log_directory())? })
}

/// The directory goes with its guard.
fn task(
    options: &Options,
    contender: &str,
    scenario: Scenario,
    threads: usize,
) -> Result<(tempfile::TempDir, Task), Error> {
    let guard = tempfile::tempdir_in(&options.out)?;
    let task = Task {
        contender: contender.to_owned(),
        scenario,
        threads,
        size: options.size(scenario),
        directory: guard.path().canonicalize()?,
    };
    Ok((guard, task))
}

fn start(task: &Task) -> Result<Child, Error> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--task").arg(serde_json::to_string(task)?);
    Ok(command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?)
}

fn wait(child: Child) -> Result<Report, Error> {
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err(format!("the child ended with {}", output.status).into());
    }
    let text = String::from_utf8(output.stdout)?;
    Ok(serde_json::from_str(text.lines().last().ok_or("the child reported nothing")?)?)
}

const FIRST_EMIT_WITHIN: Duration = Duration::from_secs(10);

/// Kills the child at a random moment between emits or in the middle of one.
fn killed(mut child: Child, task: &Task) -> Result<Found, Error> {
    let start = Instant::now();
    while progress(task).unwrap_or(0) == 0 {
        if start.elapsed() > FIRST_EMIT_WITHIN {
            child.kill()?;
            return Err("the child emits nothing".into());
        }
        thread::sleep(Duration::from_millis(10));
    }
    let random = SystemTime::UNIX_EPOCH.elapsed()?.subsec_nanos();
    thread::sleep(Duration::from_micros(100_000 + u64::from(random % 200_000)));
    child.kill()?;
    child.wait()?;
    let emitted = progress(task)?;
    contenders::recover(&task.contender, &task.log_directory())?;
    let (numbers, duplicated) = lines::numbers(&task.log_directory())?;
    let lost = (0..emitted).filter(|number| !numbers.contains(number)).count() as u64;
    Ok(Found::Killed { emitted: emitted.into(), lost, duplicated })
}

fn progress(task: &Task) -> io::Result<u32> {
    let bytes = std::fs::read(task.progress_file())?;
    Ok(bytes.try_into().map_or(0, u32::from_le_bytes))
}
