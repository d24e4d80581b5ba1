//! `event-log catalog diff`: what differs between two lock files, and whom that breaks.

use std::io::{self, Write};
use std::path::PathBuf;

use event_log_catalog::change::{Change, Verdict, compare};
use event_log_catalog::lock;
use serde::Serialize;

use crate::commands::report;
use crate::failure::{Failure, Outcome};
use crate::words::count;

/// The options of `catalog`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do with catalogues.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Say what differs between two lock files; exits with 1 if it breaks a reader of the events.
    Diff {
        /// The lock file before.
        old: PathBuf,
        /// The lock file after.
        new: PathBuf,
    },
}

/// One difference.
#[derive(Debug, Serialize)]
struct Difference {
    place: String,
    what: String,
    breaking: bool,
    /// What it does to each reader that must know of it.
    readers: Vec<Reader>,
    /// What to do instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead: Option<&'static str>,
}

/// What a difference does to one reader.
#[derive(Debug, Serialize)]
struct Reader {
    name: String,
    breaking: bool,
    reason: String,
}

/// Compares, and prints each difference.
///
/// # Errors
/// If a lock file cannot be read.
pub fn run(args: &Args, json: bool, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let Command::Diff { old, new } = &args.command;
    let changes = compare(&lock::read(old)?.catalog, &lock::read(new)?.catalog);
    let differences: Vec<_> = changes.iter().map(Difference::of).collect();
    if json {
        report::json(&differences, out)?;
    } else {
        print(&differences, out).map_err(Failure::output)?;
    }
    let breaks = differences.iter().any(|difference| difference.breaking);
    Ok(if breaks { Outcome::Found } else { Outcome::Done })
}

impl Difference {
    fn of(change: &Change) -> Self {
        let reader = |(target, verdict): &(_, Verdict)| {
            let (breaking, reason) = match verdict {
                Verdict::Safe => return None,
                Verdict::Note(text) => (false, text.clone()),
                Verdict::Breaking(text) => (true, text.clone()),
            };
            let reader: &event_log_catalog::change::Target = target;
            Some(Reader { name: reader.to_string(), breaking, reason })
        };
        Self {
            place: change.place.clone(),
            what: change.kind.to_string(),
            breaking: change.is_breaking(),
            readers: change.verdicts.iter().filter_map(reader).collect(),
            instead: change.way_out.filter(|_| change.is_breaking()),
        }
    }
}

fn print(differences: &[Difference], out: &mut dyn Write) -> io::Result<()> {
    for Difference { place, what, breaking, readers, instead } in differences {
        writeln!(out, "{}{place}: {what}", if *breaking { "BREAKING  " } else { "" })?;
        for Reader { name, breaking, reason } in readers {
            writeln!(out, "  {} {name}: {reason}", if *breaking { "breaks" } else { "note for" })?;
        }
        if let Some(instead) = instead {
            writeln!(out, "  instead: {instead}")?;
        }
    }
    let breaking = differences.iter().filter(|difference| difference.breaking).count();
    writeln!(out, "{}, {breaking} breaking", count(differences.len(), "change"))
}
