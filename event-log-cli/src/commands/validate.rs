//! `event-log validate`: each line against the catalogue.

use std::io::{self, Write};
use std::path::PathBuf;

use event_log_catalog::lock;
use serde::Serialize;

use crate::commands::report;
use crate::failure::{Failure, Outcome};
use crate::input::walk::{BadLine, Trouble, Walked, walk};
use crate::progress::Progress;
use crate::words::count;

/// The type of gap lines, which the logger writes and no catalogue has.
const GAP_TYPE: &[u8] = b"\"type\":\"event_log_gap\"";

/// The options of `validate`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files, directories or patterns.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// The catalogue: a lock file.
    #[arg(long, value_name = "FILE", default_value = "events.lock.json")]
    pub catalog: PathBuf,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Validated {
    /// Lines that are what the catalogue says.
    valid: u64,
    /// The others: where, which field, and why not.
    bad: Vec<BadLine>,
    /// What was read for it.
    #[serde(flatten)]
    walked: Walked,
}

/// Checks, and prints each bad line with its file, number, field and reason.
///
/// # Errors
/// If an input or the lock file cannot be read, or the output not be written.
pub fn run(
    args: &Args,
    json: bool,
    progress: &Progress,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let catalog = lock::read(&args.catalog)?.catalog;
    let (mut valid, mut found) = (0, Vec::new());
    let mut printed = Ok(());
    let check = |bytes: &[u8]| {
        let text = str::from_utf8(bytes);
        let text =
            text.map_err(|error| Trouble::Malformed(format!("the line: not UTF-8: {error}")))?;
        if memchr::memmem::find(bytes, GAP_TYPE).is_none() {
            catalog.validate(text).map_err(|invalid| Trouble::Malformed(invalid.to_string()))?;
        }
        valid += 1;
        Ok(())
    };
    let mut tell = |bad: BadLine| {
        if json {
            found.push(bad);
        } else if printed.is_ok() {
            printed = print(&bad, out);
        }
    };
    let walked = walk(&args.inputs, progress, check, &mut tell)?;
    printed.map_err(Failure::output)?;
    if json {
        report::json(&Validated { valid, bad: found, walked }, out)?;
    } else {
        let (valid, bad) = (count(valid, "valid line"), count(walked.malformed, "bad line"));
        writeln!(out, "{valid}, {bad}").map_err(Failure::output)?;
    }
    Ok(report::outcome(&walked))
}

fn print(bad: &BadLine, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}:{}: {}", bad.file.display(), bad.line, bad.reason)
}
