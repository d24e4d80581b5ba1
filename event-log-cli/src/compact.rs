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
//! - [`plan`]: which files to join; touches no disk. [`join`]: the bytes of a joined file.
//! - [`swap`]: the steps 2 to 4.

pub mod join;
pub mod plan;
pub mod swap;

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::compact::plan::{Candidate, Plan};
use crate::failure::Failure;
use crate::lake::layout::{By, Layout, is_table_name};
use crate::lake::local::LocalStore;
use crate::lake::settings::{Format, Settings};
use crate::lake::store::Store;

const JOINS: &str = "_ledger/joins";
const JOINED: &str = "_ledger/joined";
const LOCK: &str = "_ledger/compact.lock";

/// What to compact.
#[derive(Debug)]
pub struct Compact<'a> {
    /// Where the lake is.
    pub root: &'a Path,
    /// The same as a store.
    pub store: &'a LocalStore,
    /// A joined file has about so many bytes, and no more.
    pub target_bytes: u64,
    /// Partitions that ended before are closed.
    pub closed_before: DateTime<Utc>,
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
    /// Compactions that were interrupted, and finished or undone now.
    pub repaired: u64,
    /// Files that had come back though they were joined, and are gone again.
    pub stale: u64,
}

impl Compact<'_> {
    /// Repairs what was interrupted, then joins what is to be joined.
    ///
    /// # Errors
    /// If there is no lake, another compaction is running, or the disk fails.
    pub fn run(&self) -> Result<Compacted, Failure> {
        let settings = Settings::of(self.store)?;
        let _lock = self.lock()?;
        let mut compacted = Compacted { repaired: self.repair()?, ..Compacted::default() };
        let batches = self.names("_ledger/done")?;
        self.store.await_puts()?;
        let earlier: HashSet<_> = self.names(JOINED)?;
        for (partition, by) in self.partitions(&settings.layout)? {
            if plan::end_of(&partition, by).is_some_and(|end| end <= self.closed_before) {
                self.partition(&partition, settings.format, &batches, &earlier, &mut compacted)?;
            }
        }
        Ok(compacted)
    }

    /// Compactions take turns.
    fn lock(&self) -> Result<File, Failure> {
        let path = self.root.join(LOCK);
        let opened = File::options().create(true).truncate(false).write(true).open(&path);
        let file = opened.map_err(Failure::file("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(fs::TryLockError::WouldBlock) => Err(Failure::Argument(
                "another compaction of this lake is running; wait for its end".to_owned(),
            )),
            Err(fs::TryLockError::Error(error)) => Err(Failure::file("lock", &path)(error)),
        }
    }

    /// The names of a directory of the ledger, without their endings.
    fn names(&self, directory: &str) -> Result<HashSet<String>, Failure> {
        let names = self.store.list(directory)?;
        Ok(names.iter().filter_map(|name| name.strip_suffix(".json")).map(str::to_owned).collect())
    }

    /// Finishes or undoes each join that was planned and is not done; how many.
    fn repair(&self) -> Result<u64, Failure> {
        let done = self.names(JOINED)?;
        let mut repaired = 0;
        for join in self.names(JOINS)? {
            let Some(plan) = self.plan(JOINS, &join)? else { continue };
            // One that is done lacks no more than to be forgotten.
            if !done.contains(&join) && swap::finish(self.root, &join, &plan)? {
                self.done(&join, &plan)?;
            }
            self.forget(&join)?;
            repaired += 1;
        }
        Ok(repaired)
    }

    fn plan(&self, directory: &str, join: &str) -> Result<Option<Plan>, Failure> {
        let path = format!("{directory}/{join}.json");
        let bytes = self.store.get(&path)?;
        let plan = bytes.map(|bytes| serde_json::from_slice(&bytes)).transpose();
        plan.map_err(|source| Failure::Ledger { path, source })
    }

    fn done(&self, join: &str, plan: &Plan) -> Result<(), Failure> {
        self.store.put(&format!("{JOINED}/{join}.json"), &plan.text())?;
        Ok(self.store.sync()?)
    }

    /// Removes the plan, of which nothing is left to do.
    fn forget(&self, join: &str) -> Result<(), Failure> {
        let path = self.root.join(format!("{JOINS}/{join}.json"));
        fs::remove_file(&path).map_err(Failure::file("remove", &path))
    }

    /// The partitions of all tables, as paths below the lake.
    fn partitions(&self, layout: &Layout) -> Result<Vec<(String, By)>, Failure> {
        let mut partitions = Vec::new();
        for table in self.store.list("")?.into_iter().filter(|name| is_table_name(name)) {
            let by = layout.of(&table);
            let mut directories = vec![table];
            for key in plan::keys(by) {
                let mut below = Vec::new();
                for directory in &directories {
                    let mut names = self.store.list_directories(directory)?;
                    names.retain(|name| name.starts_with(key));
                    below.extend(names.iter().map(|name| format!("{directory}/{name}")));
                }
                directories = below;
            }
            partitions.extend(directories.into_iter().map(|directory| (directory, by)));
        }
        Ok(partitions)
    }

    fn partition(
        &self,
        partition: &str,
        format: Format,
        batches: &HashSet<String>,
        earlier: &HashSet<String>,
        sums: &mut Compacted,
    ) -> Result<(), Failure> {
        let directory = self.root.join(partition);
        sums.stale += self.remove_stale(partition, earlier)?;
        let candidates = candidates(&directory, format, batches)?;
        let kinds = join::kinds(&directory, &candidates, format)?;
        let Some(plan) = Plan::of(partition, kinds, self.target_bytes, format.ending()) else {
            return Ok(());
        };
        let join = plan.name();
        self.store.put(&format!("{JOINS}/{join}.json"), &plan.text())?;
        self.store.sync()?;
        swap::make(self.root, &join, &plan, format)?;
        swap::exchange(self.root, &join, &plan)?;
        swap::finish(self.root, &join, &plan)?;
        self.done(&join, &plan)?;
        self.forget(&join)?;
        sums.partitions += 1;
        sums.into += plan.joined.len() as u64;
        sums.joined += plan.joined.iter().map(|file| file.sources.len() as u64).sum::<u64>();
        let sources = candidates.iter().filter(|file| plan.is_source(&file.name));
        sums.bytes += sources.map(|file| file.bytes).sum::<u64>();
        Ok(())
    }

    /// Removes files that were joined and came back.
    fn remove_stale(&self, partition: &str, earlier: &HashSet<String>) -> Result<u64, Failure> {
        let prefix = plan::prefix(partition);
        let mut removed = 0;
        for join in earlier.iter().filter(|join| join.starts_with(&prefix)) {
            let Some(plan) = self.plan(JOINED, join)? else { continue };
            for source in plan.joined.iter().flat_map(|file| &file.sources) {
                let path = self.root.join(partition).join(source);
                match fs::remove_file(&path) {
                    Ok(()) => removed += 1,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(Failure::file("remove", &path)(error)),
                }
            }
        }
        Ok(removed)
    }
}

/// The files that may be joined: those that earlier joins made, and those of batches that are done.
fn candidates(
    directory: &Path,
    format: Format,
    batches: &HashSet<String>,
) -> Result<Vec<Candidate>, Failure> {
    let unreadable = |error| Failure::file("read the directory", directory)(error);
    let mut candidates = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let metadata = entry.metadata().map_err(unreadable)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let Some(stem) = name.strip_suffix(&format!(".{}", format.ending())) else { continue };
        let is_settled = batches.contains(stem) || plan::is_joined(&name);
        if metadata.is_file() && is_settled {
            candidates.push(Candidate { name, bytes: metadata.len() });
        }
    }
    candidates.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(candidates)
}

/// Where a join is made, and where what it replaced lies for a moment.
fn place(root: &Path, join: &str) -> PathBuf {
    root.join("_compact").join(join)
}
