//! What the partitions of a lake of Parquet were made of, and of which lake.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::iter::successors;

use serde::{Deserialize, Serialize};

use crate::compact::disk::Disk;
use crate::compact::plan::Candidate;
use crate::failure::Failure;
use crate::lake::ledger::Digest;
use crate::lake::settings::{Format, Settings};
use crate::lake::store::Store;

/// What a partition was made of.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The files of the other lake's partition.
    pub sources: Vec<Candidate>,
    /// Whether repeated ids were dropped.
    pub dedup: bool,
    /// The version of the catalogue.
    pub catalog: u32,
    /// How many rows contradicted it.
    pub quarantined: u64,
}

impl Made {
    /// What is noted of a partition, if it was made.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(lake: &Disk<'_>, partition: &str) -> Result<Option<Self>, Failure> {
        let path = path(partition);
        let made = lake.store.get(&path)?.map(|bytes| serde_json::from_slice(&bytes)).transpose();
        made.map_err(|source| Failure::Ledger { path, source })
    }

    /// Notes it.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn write(&self, lake: &Disk<'_>, partition: &str) -> Result<(), Failure> {
        lake.store.put(&path(partition), &self.text())?;
        Ok(lake.store.sync()?)
    }

    /// What stands for it, before it is known how many rows contradict the catalogue.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.text())
    }

    fn text(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("it is plain data")
    }

    /// Whether the same would be made of these files with this version of the catalogue. What did not fit the
    /// one before may fit this one.
    #[must_use]
    pub fn is_of(&self, files: &[Candidate], dedup: bool, catalog: u32) -> bool {
        self.sources == files
            && (self.dedup || !dedup)
            && (self.quarantined == 0 || self.catalog == catalog)
    }

    /// Whether all that it was made of is among these files, or in what they were joined to.
    #[must_use]
    pub fn is_all_there(&self, files: &[Candidate], taken_in: &HashMap<String, String>) -> bool {
        let names: HashSet<_> = files.iter().map(|file| &file.name).collect();
        // A joined file may have been joined again.
        self.sources.iter().all(|file| {
            let mut holders = successors(Some(&file.name), |name| taken_in.get(*name));
            holders.any(|name| names.contains(name))
        })
    }
}

fn path(partition: &str) -> String {
    format!("_ledger/made/{}.json", Digest::of(partition.as_bytes()).as_str())
}

/// Has the other lake become, or be, one that is made of this one.
///
/// # Errors
/// If this one is not of JSON, or the other is another lake.
pub fn agree(from: &Disk<'_>, settings: &Settings, into: &Disk<'_>) -> Result<(), Failure> {
    if settings.format == Format::Parquet {
        return Err(Failure::Argument(format!(
            "the files of `{}` are Parquet already; write `compact --lake {0}` to join them",
            from.root.display()
        )));
    }
    let root = fs::canonicalize(from.root).map_err(Failure::file("find", from.root))?;
    let wanted = settings.made_of(&root.to_string_lossy());
    if into.store.list("")?.iter().any(|name| name == "_lake.json") {
        let there = Settings::of(into.store)?;
        if there.from != wanted.from {
            return Err(other_lake(into, &there, &wanted));
        }
    }
    wanted.agree(into.store)
}

fn other_lake(into: &Disk<'_>, there: &Settings, wanted: &Settings) -> Failure {
    let into = into.root.display();
    Failure::Argument(match (&there.from, &wanted.from) {
        (Some(from), Some(wanted)) => format!(
            "the lake `{into}` is made of `{from}`, not of `{wanted}`, and its partitions would be replaced; \
             choose another directory for `--into`, or, if the lake of JSON has moved, write the new place \
             as `from` into `{into}/_lake.json`"
        ),
        _ => format!(
            "events were loaded into the lake `{into}`, and its partitions would be replaced; choose another \
             directory for `--into`"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, u64)]) -> Vec<Candidate> {
        let file =
            |(name, bytes): &(&str, u64)| Candidate { name: (*name).to_owned(), bytes: *bytes };
        files.iter().map(file).collect()
    }

    #[test]
    fn a_partition_is_made_again_when_something_may_differ() {
        let made = Made { sources: files(&[("a", 1)]), dedup: false, catalog: 3, quarantined: 0 };
        assert!(made.is_of(&files(&[("a", 1)]), false, 4));
        assert!(!made.is_of(&files(&[("a", 2)]), false, 3));
        assert!(!made.is_of(&files(&[("a", 1), ("b", 1)]), false, 3));
        assert!(!made.is_of(&files(&[("a", 1)]), true, 3));
        let made = Made { dedup: true, quarantined: 1, ..made };
        assert!(made.is_of(&files(&[("a", 1)]), false, 3));
        assert!(!made.is_of(&files(&[("a", 1)]), true, 4));
    }

    #[test]
    fn a_file_is_missed_if_neither_it_nor_what_it_was_joined_to_is_there() {
        let sources = files(&[("a", 1), ("b", 1)]);
        let made = Made { sources, dedup: false, catalog: 0, quarantined: 0 };
        let joined = [("a", "c"), ("c", "d")].map(|(from, to)| (from.to_owned(), to.to_owned()));
        let joined = HashMap::from(joined);
        assert!(made.is_all_there(&files(&[("b", 1), ("c", 2)]), &joined));
        assert!(made.is_all_there(&files(&[("b", 1), ("d", 2)]), &joined));
        assert!(!made.is_all_there(&files(&[("b", 1)]), &joined));
        assert!(!made.is_all_there(&files(&[("c", 2)]), &joined));
    }
}
