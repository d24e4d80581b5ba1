//! Small files of a lake to larger ones, by whole partitions, for a lake on a local disk.
//!
//! Readers list directories. So that they see each row once at any moment, the new content of a partition
//! is made beside it and takes its place in one step:
//!
//! ```text
//! 1  _ledger/joins/<join>.json       the plan: which files of which partition become which
//! 2  _compact/<join>/                the joined files, and links to all others of the partition
//! 3  RENAME_EXCHANGE                 _compact/<join>/ and the partition change places
//! 4  what a load added in between is moved over; the old directory is removed
//! 5  _ledger/joined/<join>.json      done
//! ```
//!
//! A kill before step 3 is undone by the next run, one behind it is finished. A reader that listed before
//! step 3 and opens a file behind step 4 is told that it is not there, and asks again; it never reads a
//! row twice, nor misses one that was there before.
//!
//! Only files of batches that are done are joined: no load writes those again, not even one that slept
//! over the end of its batch ([`LocalStore::await_puts`]). One that came back all the same, as from a copy of the
//! lake, is removed by the next run.
//!
//! - [`plan`]: which files to join; touches no disk. [`repeats`]: which rows to drop; [`rows`]: them one by one.
//! - [`join`]: the bytes of a joined file; [`parquet`] and [`columns`]: those of Parquet.
//! - [`disk`]: the lake, its partitions that are over. [`joins`]: the steps 1 and 5. [`swap`]: the steps 2 to 4.
//! - [`convert`]: the partitions of a lake of JSON to those of another one of Parquet.
//! - [`share`]: several partitions at a time.

pub mod columns;
pub mod convert;
pub mod disk;
pub mod join;
pub mod joins;
pub mod parquet;
pub mod plan;
pub mod repeats;
pub mod rows;
pub mod share;
pub mod swap;

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use arrow_schema::SchemaRef;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::compact::disk::Disk;
use crate::compact::join::Source;
use crate::compact::plan::{Candidate, Plan};
use crate::compact::repeats::Repeats;
use crate::failure::Failure;
use crate::lake::catalog;
#[cfg(doc)]
use crate::lake::local::LocalStore;
use crate::lake::settings::{Format, Settings};
use crate::load::parquet::Tables;
use crate::progress::{Progress, Unit};

/// What to compact.
#[derive(Clone, Copy, Debug)]
pub struct Compact<'a> {
    /// The lake.
    pub disk: Disk<'a>,
    /// A joined file has about so many bytes, and no more.
    pub target_bytes: u64,
    /// Partitions that ended before are closed.
    pub closed_before: DateTime<Utc>,
    /// Whether rows are dropped whose id stands in the partition before.
    pub dedup: bool,
    /// How many threads work.
    pub workers: usize,
    /// Who watches.
    pub progress: &'a Progress,
}

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Compacted {
    /// Partitions that were changed.
    pub partitions: u64,
    /// Files that were joined, and are gone.
    pub joined: u64,
    /// Files that they became.
    pub into: u64,
    /// Bytes of the files that were joined.
    pub bytes: u64,
    /// Rows that were dropped, since their id stood in the partition before.
    pub duplicates: u64,
    /// Rows that have no id that can be read, where ids were looked at: they stay.
    pub without_id: u64,
    /// Compactions that were interrupted, and finished or undone now.
    pub repaired: u64,
    /// Files that had come back though they were joined, and are gone again.
    pub stale: u64,
}

/// What a lake is, as far as its partitions have to know.
struct Lake {
    format: Format,
    /// The batches that are done.
    batches: HashSet<String>,
    /// The joins that were done before.
    joins: BTreeSet<String>,
    /// The columns of the tables, for files that have such.
    tables: Tables,
}

impl Compact<'_> {
    /// Repairs what was interrupted, then joins what is to be joined.
    ///
    /// # Errors
    /// If there is no lake, another compaction is running, or the disk fails.
    pub fn run(&self) -> Result<Compacted, Failure> {
        let settings = Settings::of(self.disk.store)?;
        let _lock = self.disk.lock()?;
        let mut compacted = Compacted { repaired: self.disk.repair()?, ..Compacted::default() };
        let lake = Lake {
            format: settings.format,
            batches: self.disk.batches()?,
            // Into a lake that is made of another one nobody loads, so nothing comes back.
            joins: if settings.from.is_some() { BTreeSet::new() } else { self.disk.joined()? },
            tables: Tables::of(&catalog::latest(self.disk.store)?.0),
        };
        let closed = self.disk.closed(&settings.layout, self.closed_before)?;
        self.progress.begin("compacting", closed.len() as u64, Unit::Things("partitions"));
        let join = |partition: &String| {
            let part = self.partition(partition, &lake);
            self.progress.add(1);
            part
        };
        for part in share::share(self.workers, &closed, join)? {
            compacted.add(&part);
        }
        Ok(compacted)
    }

    fn partition(&self, partition: &str, lake: &Lake) -> Result<Compacted, Failure> {
        let directory = self.disk.root.join(partition);
        let stale = self.disk.remove_stale(partition, &lake.joins)?;
        let mut sums = Compacted { stale, ..Compacted::default() };
        let table = partition.split('/').next().and_then(|table| lake.tables.get(table).ok());
        let table = table.map(|table| table.arrow());
        let mut is_dedup = self.dedup;
        let mut made = HashSet::new();
        // Joined files may be shorter than what they were made of, so that more of them fit together.
        loop {
            let files = self.disk.candidates(partition, lake.format, &lake.batches)?;
            let repeats = if std::mem::take(&mut is_dedup) {
                Repeats::find(&directory, &files, lake.format)?
            } else {
                Repeats::default()
            };
            sums.duplicates += repeats.count();
            sums.without_id += repeats.without_id();
            let kinds = kinds(&directory, &files, lake.format, table.as_ref())?;
            let shares = kinds
                .into_iter()
                .map(|files| files.into_iter().map(|file| repeats.share(file)).collect());
            let ending = lake.format.ending();
            let Some(plan) = Plan::of(partition, shares.collect(), self.target_bytes, ending)
            else {
                return Ok(sums);
            };
            self.disk.replace(&plan, |joined, target| {
                let source = |name: &String| Source {
                    path: directory.join(name),
                    part: repeats.of(name).filter(|rows| rows.is_part()),
                };
                let sources: Vec<_> = joined.sources.iter().map(source).collect();
                join::write(&sources, target, lake.format, table.as_ref())
            })?;
            sums.count(&plan, &files, &mut made);
        }
    }
}

/// The files by what can be joined.
fn kinds(
    directory: &Path,
    files: &[Candidate],
    format: Format,
    table: Option<&SchemaRef>,
) -> Result<Vec<Vec<Candidate>>, Failure> {
    if format == Format::Parquet {
        return parquet::kinds(directory, files, table);
    }
    Ok(vec![files.to_vec()])
}

impl Compacted {
    /// Counts what a plan did to these files, of which it `made` some a moment ago.
    fn count(&mut self, plan: &Plan, files: &[Candidate], made: &mut HashSet<String>) {
        self.partitions = 1;
        for file in files.iter().filter(|file| plan.is_source(&file.name)) {
            if made.remove(&file.name) {
                self.into -= 1;
            } else {
                self.joined += 1;
                self.bytes += file.bytes;
            }
        }
        self.into += plan.joined.len() as u64;
        made.extend(plan.joined.iter().map(|file| file.name.clone()));
    }

    /// Adds what came of another partition.
    fn add(&mut self, other: &Self) {
        let Self { partitions, joined, into, bytes, duplicates, without_id, repaired, stale } =
            other;
        self.partitions += partitions;
        self.joined += joined;
        self.into += into;
        self.bytes += bytes;
        self.duplicates += duplicates;
        self.without_id += without_id;
        self.repaired += repaired;
        self.stale += stale;
    }
}

/// Where a join is made, and where what it replaced lies for a moment.
fn place(root: &Path, join: &str) -> PathBuf {
    root.join(PLACE).join(join)
}

/// The directory of all joins that are being made.
const PLACE: &str = "_compact";
