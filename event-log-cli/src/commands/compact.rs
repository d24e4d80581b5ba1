//! `event-log compact`: small files of partitions that are over to larger ones.

use std::io::{self, Write};
use std::path::PathBuf;

use chrono::{TimeDelta, Utc};

use crate::commands::report;
use crate::compact::{Compact, Compacted};
use crate::failure::{Failure, Outcome};
use crate::lake::local::LocalStore;

/// What engines like to read at once.
const TARGET_BYTES: u64 = 128 << 20;

/// The options of `compact`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory of the lake. One in a bucket cannot be compacted in place: no object store lets
    /// several objects take the place of others in one step.
    #[arg(long, value_name = "DIRECTORY")]
    pub lake: PathBuf,
    /// A joined file has no more bytes than this.
    #[arg(long, value_name = "BYTES", default_value_t = TARGET_BYTES)]
    pub target_bytes: u64,
    /// A partition is closed so many hours after its end; others are left as they are.
    #[arg(long, value_name = "HOURS", default_value_t = 1)]
    pub closed_after: u32,
}

/// Compacts, and prints what came of it.
///
/// # Errors
/// If there is no lake, another compaction is running, or the disk fails.
pub fn run(args: &Args, json: bool, out: &mut dyn Write) -> Result<Outcome, Failure> {
    if !args.lake.join("_lake.json").is_file() {
        return Err(Failure::Argument(format!(
            "`{}` is no lake on a local disk: it has no `_lake.json`; a lake in a bucket cannot be \
             compacted in place",
            args.lake.display()
        )));
    }
    let store = LocalStore::open(&args.lake)?;
    let closed_before = Utc::now() - TimeDelta::hours(args.closed_after.into());
    let target_bytes = args.target_bytes;
    let compacted =
        Compact { root: &args.lake, store: &store, target_bytes, closed_before }.run()?;
    if json {
        report::json(&compacted, out)?;
    } else {
        print(&compacted, out).map_err(Failure::output)?;
    }
    Ok(Outcome::Done)
}

fn print(compacted: &Compacted, out: &mut dyn Write) -> io::Result<()> {
    let Compacted { partitions, joined, into, bytes, repaired, stale } = compacted;
    writeln!(out, "{joined} files of {partitions} partitions joined into {into}, {bytes} bytes")?;
    for (count, what) in [
        (*repaired, "interrupted compactions finished or undone"),
        (*stale, "files removed that had come back though they were joined"),
    ] {
        if count > 0 {
            writeln!(out, "{count} {what}")?;
        }
    }
    Ok(())
}
