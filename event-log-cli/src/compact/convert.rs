//! The closed partitions of a lake of JSON as those of another lake, of Parquet.
//!
//! A table has one format for all its files, so they cannot stand in the same directory. The other lake is made of
//! this one and of nothing else, so each of its partitions may be made again, and is, when files came late.
//! It appears whole and at once:
//!
//! ```text
//! 1  _compact/<partition>/           its files are made
//! 2  _quarantine/<partition>.jsonl   the rows that contradict their columns
//! 3  rename, or RENAME_EXCHANGE      the partition is there, or changes places with what was made before
//! 4  _ledger/made/<partition>.json   what it was made of
//! ```
//!
//! A kill before step 4 has the next run make it again; what was there stays there until step 3.
//!
//! - [`made`]: what was made of what. [`output`]: the rows of a partition to its files.

pub mod made;
pub mod output;

use std::fs;
use std::path::Path;

use event_log_catalog::Catalog;
use serde::Serialize;

use crate::compact::convert::made::Made;
use crate::compact::convert::output::Output;
use crate::compact::disk::Disk;
use crate::compact::plan::Candidate;
use crate::compact::repeats::Repeats;
use crate::compact::{Compact, PLACE, place, rows, share, swap};
use crate::failure::Failure;
use crate::lake::catalog;
use crate::lake::ledger::Digest;
use crate::lake::settings::{Format, Settings};
use crate::lake::store::Store;
use crate::load::infer::Guesses;
use crate::load::parquet::Tables;

/// What to convert into what.
#[derive(Debug)]
pub struct Conversion<'a> {
    /// The lake of JSON.
    pub from: Compact<'a>,
    /// The lake of Parquet.
    pub into: Disk<'a>,
    /// The types of the columns; without, the other lake's and what the rows show beyond those.
    pub catalog: Option<&'a Catalog>,
}

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Converted {
    /// Partitions that were made, or made again.
    pub partitions: u64,
    /// Partitions that have not changed since they were made.
    pub unchanged: u64,
    /// Files that were read.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that they became.
    pub into: u64,
    /// Rows in those.
    pub rows: u64,
    /// Rows that were dropped, since their id stood in the partition before.
    pub duplicates: u64,
    /// Rows that have no id that can be read, where ids were looked at: they stay.
    pub without_id: u64,
    /// Rows that contradict their columns: kept in `_quarantine` of the other lake.
    pub quarantined: u64,
    /// Partitions that would lose rows if they were made again, so they were left: files that they were made
    /// of are gone.
    pub left: Vec<String>,
}

/// A partition that is to be made.
struct Changed {
    partition: String,
    files: Vec<Candidate>,
}

impl Conversion<'_> {
    /// Makes all closed partitions that are not there yet, or have changed.
    ///
    /// # Errors
    /// If the one lake is not of JSON, the other is not one that was made of it, a compaction of one of them is
    /// running, or the disk fails.
    pub fn run(&self) -> Result<Converted, Failure> {
        let settings = Settings::of(self.from.disk.store)?;
        made::agree(&self.from.disk, &settings, &self.into)?;
        let _locks = (self.from.disk.lock()?, self.into.lock()?);
        self.from.disk.repair()?;
        self.into.repair()?;
        swap::remove(&self.into.root.join(PLACE))?;
        if let Some(given) = self.catalog {
            catalog::agree(self.into.store, |there| catalog::joined(there, given))?;
        }
        let mut converted = Converted::default();
        let changed = self.changed(&settings, &mut converted)?;
        if self.catalog.is_none() && !changed.is_empty() {
            self.infer(&changed)?;
        }
        self.into.store.sync()?;
        let (catalog, version) = catalog::latest(self.into.store)?;
        let tables = Tables::of(&catalog);
        let make = |changed: &Changed| self.make(changed, settings.format, &tables, version);
        for part in share::share(self.from.workers, &changed, make)? {
            converted.add(part);
        }
        Ok(converted)
    }

    /// The closed partitions that are to be made. Others are counted, or told.
    fn changed(
        &self,
        settings: &Settings,
        converted: &mut Converted,
    ) -> Result<Vec<Changed>, Failure> {
        let disk = self.from.disk;
        let (batches, joins) = (disk.batches()?, disk.joined()?);
        let version = catalog::latest(self.into.store)?.1;
        let mut changed = Vec::new();
        for partition in disk.closed(&settings.layout, self.from.closed_before)? {
            disk.remove_stale(&partition, &joins)?;
            let files = disk.candidates(&partition, settings.format, &batches)?;
            // Old JSON may be removed once it is Parquet.
            if files.is_empty() {
                continue;
            }
            let Some(made) = Made::read(&self.into, &partition)? else {
                changed.push(Changed { partition, files });
                continue;
            };
            if made.is_of(&files, self.from.dedup, version) {
                converted.unchanged += 1;
            } else if made.is_all_there(&files, &disk.taken_in(&partition, &joins)?) {
                changed.push(Changed { partition, files });
            } else {
                converted.left.push(partition);
            }
        }
        Ok(changed)
    }

    /// Adds to the other lake's catalogue what the rows show beyond it.
    fn infer(&self, changed: &[Changed]) -> Result<(), Failure> {
        let mut guesses = Guesses::default();
        for Changed { partition, files } in changed {
            for file in files {
                let path = self.from.disk.root.join(partition).join(&file.name);
                let look = |_, row: &[u8]| {
                    guesses.look_at_row(row);
                    Ok(())
                };
                rows::each_line(&path, look).map_err(Failure::file("read", &path))?;
            }
        }
        catalog::agree(self.into.store, |there| guesses.beyond(there)).map(drop)
    }

    fn make(
        &self,
        changed: &Changed,
        format: Format,
        tables: &Tables,
        catalog: u32,
    ) -> Result<Converted, Failure> {
        let Changed { partition, files } = changed;
        let directory = self.from.disk.root.join(partition);
        let repeats = if self.from.dedup {
            Repeats::find(&directory, files, format)?
        } else {
            Repeats::default()
        };
        let name = Digest::of(partition.as_bytes());
        let new = place(self.into.root, name.as_str());
        swap::make_empty(&new)?;
        let table = partition.split('/').next().unwrap_or_default();
        let rejected = new.with_extension("jsonl");
        let mut output = Output::new(&new, &rejected, tables.get(table), self.from.target_bytes);
        for file in files {
            output.file(&directory, &file.name, repeats.of(&file.name))?;
        }
        let mut made =
            Made { sources: files.clone(), dedup: self.from.dedup, catalog, quarantined: 0 };
        let written = output.finish(&made.digest())?;
        made.quarantined = written.quarantined;
        self.keep_rejected(&rejected, name.as_str(), written.quarantined)?;
        swap::appear(self.into.root, &new, partition)?;
        made.write(&self.into, partition)?;
        Ok(Converted {
            partitions: 1,
            files: files.len() as u64,
            bytes: files.iter().map(|file| file.bytes).sum(),
            into: written.files,
            rows: written.rows,
            duplicates: repeats.count(),
            without_id: repeats.without_id(),
            quarantined: written.quarantined,
            ..Converted::default()
        })
    }

    /// Brings the rows that were rejected into the quarantine, in the place of those of the last time.
    fn keep_rejected(&self, rejected: &Path, name: &str, count: u64) -> Result<(), Failure> {
        let quarantine = self.into.root.join("_quarantine");
        let kept = quarantine.join(format!("{name}.jsonl"));
        if count == 0 {
            return swap::gone(fs::remove_file(&kept)).map_err(Failure::file("remove", &kept));
        }
        let created = fs::create_dir_all(&quarantine);
        created.map_err(Failure::file("create the directory", &quarantine))?;
        fs::rename(rejected, &kept).map_err(Failure::file("move", rejected))?;
        swap::sync(&quarantine)
    }
}

impl Converted {
    /// Adds what came of another partition.
    fn add(&mut self, other: Self) {
        self.partitions += other.partitions;
        self.unchanged += other.unchanged;
        self.files += other.files;
        self.bytes += other.bytes;
        self.into += other.into;
        self.rows += other.rows;
        self.duplicates += other.duplicates;
        self.without_id += other.without_id;
        self.quarantined += other.quarantined;
        self.left.extend(other.left);
    }
}
