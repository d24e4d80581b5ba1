//! `event-log compact`: small files of partitions that are over to larger ones, or those of JSON to Parquet.

use std::fs;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use chrono::{TimeDelta, Utc};
use event_log_catalog::lock;

use crate::commands::{report, workers};
use crate::compact::convert::{Conversion, Converted};
use crate::compact::disk::Disk;
use crate::compact::{Compact, Compacted};
use crate::failure::{Failure, Outcome};
use crate::lake::local::LocalStore;
use crate::progress::Progress;
use crate::words::count;

/// What engines like to read at once.
const TARGET_BYTES: u64 = 128 << 20;

/// The options of `compact`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory of the lake. One in a bucket cannot be compacted in place: no object store lets
    /// several objects take the place of others in one step.
    #[arg(long, value_name = "DIRECTORY")]
    pub lake: PathBuf,
    /// A joined file has no more bytes than this; one of Parquet that is made of JSON has about so many.
    #[arg(long, value_name = "BYTES", default_value_t = TARGET_BYTES)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub target_bytes: u64,
    /// A partition is closed so many hours after its end; others are left as they are.
    #[arg(long, value_name = "HOURS", default_value_t = 1)]
    pub closed_after: u32,
    /// Drop rows whose id stands in the same partition before, in the order of the files' names, and count them.
    /// It reads the ids of every closed partition; only files with such rows are written again for it.
    #[arg(long)]
    pub dedup: bool,
    /// Make a lake of another format out of this one, in the directory that `--into` names.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub to: Option<To>,
    /// The directory of the lake of Parquet, which is made if it is not there. Nothing else may be loaded into it: a partition that
    /// changes in this lake is made again there. The files of this lake stay.
    #[arg(long, value_name = "DIRECTORY", requires = "to")]
    pub into: Option<PathBuf>,
    /// The catalogue that says the types of the columns of Parquet: a lock file, as `events.lock.json`.
    /// Without one they are those of the lake of Parquet, and what a first pass over the rows finds beyond.
    #[arg(long, value_name = "FILE", requires = "into")]
    pub catalog: Option<PathBuf>,
    /// How many threads work; one per core if not given.
    #[arg(long, value_name = "COUNT")]
    pub workers: Option<NonZeroUsize>,
}

/// What JSON can become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum To {
    /// Parquet.
    Parquet,
}

/// Compacts, and prints what came of it.
///
/// # Errors
/// If there is no lake, another compaction is running, or the disk fails.
pub fn run(
    args: &Args,
    json: bool,
    progress: &Progress,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    if !args.lake.join("_lake.json").is_file() {
        return Err(Failure::Argument(format!(
            "`{}` is no lake on a local disk: it has no `_lake.json`; a lake in a bucket cannot be \
             compacted in place",
            args.lake.display()
        )));
    }
    let store = LocalStore::open(&args.lake)?;
    let compact = Compact {
        disk: Disk { root: &args.lake, store: &store },
        target_bytes: args.target_bytes,
        closed_before: Utc::now() - TimeDelta::hours(args.closed_after.into()),
        dedup: args.dedup,
        workers: workers(args.workers),
        progress,
    };
    match (args.to, &args.into) {
        (Some(To::Parquet), Some(into)) => convert(compact, into, args, json, out),
        (Some(To::Parquet), None) => Err(Failure::Argument(
            "`--to parquet` needs `--into DIRECTORY`: a table of Athena, Hive, Trino or Spark has one \
             format for all its files, so Parquet beside JSON would break the tables that read this lake; \
             the directory becomes a lake of Parquet of its own"
                .to_owned(),
        )),
        (None, _) => {
            let compacted = compact.run()?;
            if json {
                report::json(&compacted, out)?;
            } else {
                print(&compacted, out).map_err(Failure::output)?;
            }
            Ok(Outcome::Done)
        }
    }
}

fn convert(
    from: Compact<'_>,
    into: &Path,
    args: &Args,
    json: bool,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    if into.to_str().is_some_and(crate::remote::Location::is_meant) {
        return Err(Failure::Argument(format!(
            "`{}` is in a bucket, where no partition can be replaced in one step; name a directory on a \
             local disk",
            into.display()
        )));
    }
    are_apart(&args.lake, into)?;
    let catalog = args.catalog.as_deref().map(lock::read).transpose()?.map(|lock| lock.catalog);
    let store = LocalStore::open(into)?;
    let into = Disk { root: into, store: &store };
    let converted = Conversion { from, into, catalog: catalog.as_ref() }.run()?;
    if json {
        report::json(&converted, out)?;
    } else {
        print_converted(&converted, out).map_err(Failure::output)?;
    }
    let is_well = converted.quarantined == 0 && converted.left.is_empty();
    Ok(if is_well { Outcome::Done } else { Outcome::Found })
}

/// A lake below another one would be a table of that.
fn are_apart(lake: &Path, into: &Path) -> Result<(), Failure> {
    let root = fs::canonicalize(lake).map_err(Failure::file("find", lake))?;
    let is_new = !into.exists();
    fs::create_dir_all(into).map_err(Failure::file("create the directory", into))?;
    let other = fs::canonicalize(into).map_err(Failure::file("find", into))?;
    if !root.starts_with(&other) && !other.starts_with(&root) {
        return Ok(());
    }
    if is_new {
        fs::remove_dir(into).map_err(Failure::file("remove", into))?;
    }
    Err(Failure::Argument(format!(
        "`{}` and `{}` are not apart; name a directory for `--into` that is neither in the lake nor above it",
        lake.display(),
        into.display()
    )))
}

const DROPPED: &str = "rows dropped: their id stood in the same partition before";
const WITHOUT_ID: &str = "rows have no id that can be read; they stay";

fn print(compacted: &Compacted, out: &mut dyn Write) -> io::Result<()> {
    let Compacted { partitions, joined, into, bytes, duplicates, without_id, repaired, stale } =
        compacted;
    let (files, of) = (count(joined, "file"), count(partitions, "partition"));
    writeln!(out, "{files} of {of} joined into {into}, {}", count(bytes, "byte"))?;
    print_counts(
        &[
            (*duplicates, DROPPED),
            (*without_id, WITHOUT_ID),
            (*repaired, "interrupted compactions finished or undone"),
            (*stale, "files removed that had come back though they were joined"),
        ],
        out,
    )
}

fn print_converted(converted: &Converted, out: &mut dyn Write) -> io::Result<()> {
    let Converted { partitions, unchanged, files, bytes, into, rows, .. } = converted;
    let (files, of) = (count(files, "file"), count(partitions, "partition"));
    let (bytes, rows) = (count(bytes, "byte"), count(rows, "row"));
    writeln!(out, "{files} of {of}, {bytes}, made into {into} of {rows}")?;
    print_counts(
        &[
            (*unchanged, "partitions have not changed since they were made"),
            (converted.duplicates, DROPPED),
            (converted.without_id, WITHOUT_ID),
            (
                converted.quarantined,
                "rows in `_quarantine` of the lake of Parquet, with the reason",
            ),
        ],
        out,
    )?;
    for partition in &converted.left {
        writeln!(
            out,
            "left as it is, since files that it was made of are gone and their rows would be lost: {partition}"
        )?;
    }
    Ok(())
}

fn print_counts(counts: &[(u64, &str)], out: &mut dyn Write) -> io::Result<()> {
    let mut told = counts.iter().filter(|(count, _)| *count > 0);
    told.try_for_each(|(count, what)| writeln!(out, "{count} {what}"))
}
