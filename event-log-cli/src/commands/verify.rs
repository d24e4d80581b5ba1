//! `event-log verify`: whether a lake, or segments, hold exactly what is expected.

use std::fs;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde::Serialize;

use crate::commands::{report, workers};
use crate::expected::{Difference, Expected};
use crate::failure::{Failure, Outcome};
use crate::input::paths::{self, Input};
use crate::progress::{Progress, Unit};
use crate::tally::Tally;
use crate::tally::read::{self, Read};
use crate::words::count;

/// So many differences are printed for people; `--json` has all.
const MOST_PRINTED: usize = 200;

/// The options of `verify`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What `replicate` wrote, or `verify --write`.
    pub expected: PathBuf,
    /// Raw events to look at instead of a lake: files, directories or patterns.
    #[arg(value_name = "INPUT", required_unless_present = "lake", conflicts_with = "lake")]
    pub inputs: Vec<String>,
    /// The lake to look at.
    #[arg(long, value_name = "DIRECTORY")]
    pub lake: Option<PathBuf>,
    /// Write what is found to EXPECTED instead of comparing: what a later copy is then held against.
    #[arg(long)]
    pub write: bool,
    /// How many threads read; one per core if not given.
    #[arg(long, value_name = "COUNT")]
    pub workers: Option<NonZeroUsize>,
}

/// What `verify` found.
#[derive(Debug, Serialize)]
pub struct Verified {
    /// Events that were found.
    pub events: u64,
    /// Everything that is not as expected.
    pub differences: Vec<Difference>,
    /// What was read for it.
    #[serde(flatten)]
    pub read: Read,
}

/// A file, and for one of a lake the path of its directory below the lake.
type Place = (Input, Option<String>);

/// Reads and compares, and prints each difference.
///
/// # Errors
/// If something cannot be read, or the output not be written.
pub fn run(
    args: &Args,
    json: bool,
    progress: &Progress,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let wanted = if args.write { None } else { Some(Expected::read(&args.expected)?) };
    let places = match &args.lake {
        Some(lake) => lake_files(lake)?,
        None => paths::local(&args.inputs)?.into_iter().map(|input| (input, None)).collect(),
    };
    let (tally, read) = tally(&places, workers(args.workers), progress)?;
    let found = Expected::of(&tally);
    let differences = if let Some(wanted) = wanted {
        wanted.differences(&found)
    } else {
        found.write(&args.expected)?;
        Vec::new()
    };
    let verified = Verified { events: found.events, differences, read };
    if json {
        report::json(&verified, out)?;
    } else {
        print(&verified, args.write, out).map_err(Failure::output)?;
    }
    let is_well = verified.differences.is_empty() && verified.read.bad_lines == 0;
    Ok(if is_well { Outcome::Done } else { Outcome::Found })
}

/// Reads the files, several at a time.
fn tally(places: &[Place], workers: usize, progress: &Progress) -> Result<(Tally, Read), Failure> {
    progress.begin("reading", places.iter().map(|(input, _)| input.length).sum(), Unit::Bytes);
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut tally, mut read) = (Tally::default(), Read::default());
        // Relaxed: nothing but the number itself is passed on.
        while let Some((input, partition)) = places.get(next.fetch_add(1, Ordering::Relaxed)) {
            match partition {
                Some(partition) => read::lake_file(&input.path, partition, &mut tally, &mut read)?,
                None => read::segment(&input.path, &mut tally, &mut read)?,
            }
            progress.add(input.length);
        }
        Ok((tally, read))
    };
    let parts: Vec<thread::Result<Result<_, Failure>>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let (mut tally, mut read) = (Tally::default(), Read::default());
    for part in parts {
        let (its_tally, its_read) =
            part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        tally.merge(its_tally);
        read.merge(its_read);
    }
    read.bad.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Ok((tally, read))
}

/// The files of all tables of a lake, by name.
fn lake_files(lake: &Path) -> Result<Vec<Place>, Failure> {
    let mut found = Vec::new();
    let mut directories = vec![(lake.to_owned(), String::new())];
    while let Some((directory, below)) = directories.pop() {
        let entries = fs::read_dir(&directory).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        for entry in entries.map_err(Failure::file("read the directory", &directory))? {
            let (path, name) = (entry.path(), entry.file_name());
            let Some(name) = name.to_str() else { continue };
            // As engines do: what begins so is no part of a table.
            if name.starts_with(['_', '.']) {
                continue;
            }
            if path.is_dir() {
                let below = if below.is_empty() { name.into() } else { format!("{below}/{name}") };
                directories.push((path, below));
            } else if read::LAKE_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
                found.push((Input::from(path), Some(below.clone())));
            } else {
                return Err(Failure::Argument(format!(
                    "`{}` is no file that `verify` can read; it reads {}",
                    path.display(),
                    read::LAKE_ENDINGS.join(", ")
                )));
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
    Ok(found)
}

fn print(verified: &Verified, is_written: bool, out: &mut dyn Write) -> io::Result<()> {
    let Verified { events, differences, read } = verified;
    let Read { files, bytes, own_lines, bad, bad_lines } = read;
    for bad in bad {
        writeln!(out, "{}:{}: {}", bad.file, bad.line, bad.reason)?;
    }
    for difference in differences.iter().take(MOST_PRINTED) {
        writeln!(out, "{difference}")?;
    }
    if differences.len() > MOST_PRINTED {
        writeln!(out, "… and {} more; `--json` has all", differences.len() - MOST_PRINTED)?;
    }
    if *own_lines > 0 {
        let lines = count(own_lines, "line");
        writeln!(out, "{lines} about dropped events; `event-log ledger` adds them up")?;
    }
    let verdict = match (differences.len(), bad_lines) {
        _ if is_written => "written".to_owned(),
        (0, 0) => "equal to what is expected".to_owned(),
        (differences, bad) => {
            format!("{}, {}", count(differences, "difference"), count(bad, "bad line"))
        }
    };
    let (events, files) = (count(events, "event"), count(files, "file"));
    writeln!(out, "{events} in {files} of {}: {verdict}", count(bytes, "byte"))
}
