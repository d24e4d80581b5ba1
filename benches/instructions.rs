//! Counts the instructions of one emit and of one drained event, and compares them with the baseline
//! in `benches/instructions.json`.
//!
//! `cargo run --release -p benches --no-default-features --bin instructions [-- --accept]`
//!
//! (`--no-default-features` spares the build of the peers, of which nothing is needed here.)
//!
//! Instructions do not depend on the machine's mood, so this can guard a change: more than 5 % away
//! from the baseline, in either direction, fails with both figures, and `--accept` writes a new
//! baseline. Needs `valgrind`. Each figure is the difference of two runs of this program under
//! callgrind that differ in the number of events only, so that start-up cancels out.
#![expect(clippy::print_stdout, reason = "a command-line tool")]

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::process::{Command, Stdio, exit};
use std::time::Duration;

use benches::sink::Gate;
use benches::workload::{context, event};
use event_log::{Logger, Overflow};

type Error = Box<dyn std::error::Error>;
type Figures = BTreeMap<String, f64>;

const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.json");
const TOLERANCE: f64 = 0.05;

const FEW: u32 = 2_000;
/// The difference fits into the default spool.
const MANY: u32 = 22_000;

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["work", directory, events, work] => do_work(directory, events.parse()?, work),
        ["--accept"] => {
            let figures = measure()?;
            fs::write(BASELINE, serde_json::to_string_pretty(&figures)? + "\n")?;
            print(&figures);
            Ok(())
        }
        [] => compare(&measure()?, &serde_json::from_str(&fs::read_to_string(BASELINE)?)?),
        _ => Err("usage: instructions [--accept]".into()),
    }
}

fn measure() -> Result<Figures, Error> {
    let emit = per_event("emit")?;
    let drain = per_event("drain")? - emit;
    Ok([("emit".to_owned(), emit), ("drain".to_owned(), drain)].into())
}

fn per_event(work: &str) -> Result<f64, Error> {
    let (few, many) = (instructions(FEW, work)?, instructions(MANY, work)?);
    Ok((many - few) / f64::from(MANY - FEW))
}

/// Runs this program under callgrind and reads the total that it prints.
fn instructions(events: u32, work: &str) -> Result<f64, Error> {
    let directory = tempfile::tempdir()?;
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .arg("work")
        .arg(directory.path())
        .args([&events.to_string(), work])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run valgrind, which `.ci/install` installs: {error}"))?;
    let report = String::from_utf8_lossy(&run.stderr);
    let total = report.lines().find_map(|line| line.split_once("Collected : "));
    match total {
        Some((_, total)) if run.status.success() => Ok(total.trim().parse()?),
        _ => Err(format!("no total in what valgrind printed:\n{report}").into()),
    }
}

/// The program whose instructions are counted: emits, and drains them or leaves at once.
fn do_work(directory: &str, events: u32, work: &str) -> Result<(), Error> {
    let gate: Gate = Gate::default();
    let logger =
        Logger::builder(directory).overflow(Overflow::Drop).storage(gate.clone()).build()?;
    context().enter(|| (0..events).for_each(|number| logger.emit(event(number))));
    if work == "drain" {
        gate.open();
        logger.flush(Duration::from_secs(60))?;
    }
    let stats = logger.stats();
    assert_eq!(stats.total.dropped, 0, "the spool is large enough");
    // Without the drop, which drains.
    exit(0);
}

fn compare(figures: &Figures, baseline: &Figures) -> Result<(), Error> {
    print(figures);
    let changed: Vec<String> = figures
        .iter()
        .filter_map(|(name, now)| {
            let before = baseline.get(name).copied().unwrap_or(0.0);
            ((now - before).abs() > before * TOLERANCE)
                .then(|| format!("{name}: {before:.0} instructions before, {now:.0} now"))
        })
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "more than {:.0} % away from the baseline; if that is meant, run with --accept\n{}",
        TOLERANCE * 100.0,
        changed.join("\n")
    )
    .into())
}

fn print(figures: &Figures) {
    for (name, instructions) in figures {
        println!("{name}: {instructions:.0} instructions per event");
    }
}
