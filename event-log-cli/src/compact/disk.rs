//! A lake on a local disk as compactions see it: its partitions that are over, and what may be joined there.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::compact::plan::{self, Candidate};
use crate::failure::Failure;
use crate::lake::layout::{By, Layout, is_table_name};
use crate::lake::local::LocalStore;
use crate::lake::settings::Format;
use crate::lake::store::Store;

const LEDGER: &str = "_ledger";
const LOCK: &str = "_ledger/compact.lock";

/// A lake on a local disk.
#[derive(Clone, Copy, Debug)]
pub struct Disk<'a> {
    /// Where the lake is.
    pub root: &'a Path,
    /// The same as a store.
    pub store: &'a LocalStore,
}

impl Disk<'_> {
    /// Compactions of a lake take turns.
    ///
    /// # Errors
    /// If another one is running, or the disk fails.
    pub fn lock(&self) -> Result<File, Failure> {
        let ledger = self.root.join(LEDGER);
        fs::create_dir_all(&ledger).map_err(Failure::file("create the directory", &ledger))?;
        let path = self.root.join(LOCK);
        let opened = File::options().create(true).truncate(false).write(true).open(&path);
        let file = opened.map_err(Failure::file("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(fs::TryLockError::WouldBlock) => Err(Failure::Argument(format!(
                "another compaction of the lake `{}` is running; wait for its end",
                self.root.display()
            ))),
            Err(fs::TryLockError::Error(error)) => Err(Failure::file("lock", &path)(error)),
        }
    }

    /// The names of a directory of the ledger, without their endings.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn names(&self, directory: &str) -> Result<HashSet<String>, Failure> {
        let names = self.store.list(directory)?;
        Ok(names.iter().filter_map(|name| name.strip_suffix(".json")).map(str::to_owned).collect())
    }

    /// The batches that are done: no load writes their files again.
    ///
    /// # Errors
    /// If the ledger cannot be read, or somebody takes too long to put a file.
    pub fn batches(&self) -> Result<HashSet<String>, Failure> {
        let batches = self.names("_ledger/done")?;
        self.store.await_puts()?;
        Ok(batches)
    }

    /// The partitions of all tables that ended before a moment, as paths below the lake.
    ///
    /// # Errors
    /// If a directory cannot be read.
    pub fn closed(&self, layout: &Layout, before: DateTime<Utc>) -> Result<Vec<String>, Failure> {
        let mut closed = Vec::new();
        for table in self.store.list("")?.into_iter().filter(|name| is_table_name(name)) {
            let by = layout.of(&table);
            let mut partitions = self.partitions(table, by)?;
            partitions
                .retain(|partition| plan::end_of(partition, by).is_some_and(|end| end <= before));
            closed.extend(partitions);
        }
        Ok(closed)
    }

    fn partitions(&self, table: String, by: By) -> Result<Vec<String>, Failure> {
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
        Ok(directories)
    }

    /// The files of a partition that may be joined: those that earlier joins made, and those of batches that
    /// are done.
    ///
    /// # Errors
    /// If the directory cannot be read.
    pub fn candidates(
        &self,
        partition: &str,
        format: Format,
        batches: &HashSet<String>,
    ) -> Result<Vec<Candidate>, Failure> {
        let directory = &self.root.join(partition);
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
}
