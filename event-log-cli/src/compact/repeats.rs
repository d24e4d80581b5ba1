//! Which rows of a partition have an id that stood in it before.
//!
//! Of an id its hash of 128 bits is held. A partition may have more rows than there is room for: then the
//! hashes are looked at in ranges, each of which takes a pass over the files.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use foldhash::fast::RandomState;
use roaring::RoaringBitmap;

use crate::compact::plan::{Candidate, Share};
use crate::compact::rows;
use crate::failure::Failure;
use crate::lake::settings::Format;

/// So many hashes are held at once: as many as a table of 2^22 places takes, which are 68 MiB.
const MOST_HASHES: usize = 7 << 19;

/// What repeats in the files of a partition.
#[derive(Debug, Default)]
pub struct Repeats {
    files: BTreeMap<String, Rows>,
}

/// The rows of one file.
#[derive(Debug, Default)]
pub struct Rows {
    /// How many.
    count: u64,
    /// Those without an id that can be read: they are taken for different ones.
    without_id: u64,
    /// The numbers of those whose id an earlier row or file has.
    pub repeated: RoaringBitmap,
}

impl Repeats {
    /// Looks at the files of a partition, in their order.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn find(directory: &Path, files: &[Candidate], format: Format) -> Result<Self, Failure> {
        Self::find_with(directory, files, format, MOST_HASHES)
    }

    fn find_with(
        directory: &Path,
        files: &[Candidate],
        format: Format,
        most: usize,
    ) -> Result<Self, Failure> {
        let mut found = Self::default();
        let mut least = Some(0);
        while let Some(from) = least {
            let mut range = Range::new(from, most);
            for Candidate { name, .. } in files {
                let rows = found.files.entry(name.clone()).or_default();
                (rows.count, rows.without_id) = (0, 0);
                let path = directory.join(name);
                rows::each_id(&path, format, |row, id| rows.add(row, id, &mut range))
                    .map_err(Failure::file("read", &path))?;
            }
            least = range.greatest.checked_add(1);
        }
        Ok(found)
    }

    /// The rows of a file, if it was looked at.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&Rows> {
        self.files.get(name)
    }

    /// What is left of a file.
    #[must_use]
    pub fn share(&self, file: Candidate) -> Share {
        match self.of(&file.name) {
            Some(rows) if rows.is_part() => {
                let bytes =
                    u128::from(file.bytes) * u128::from(rows.left()) / u128::from(rows.count);
                let bytes = u64::try_from(bytes).unwrap_or(u64::MAX).max(rows.left().min(1));
                Share { name: file.name, bytes, is_part: true }
            }
            _ => file.into(),
        }
    }

    /// How many rows repeat an id.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.files.values().map(|rows| rows.repeated.len()).sum()
    }

    /// How many rows have no id that can be read.
    #[must_use]
    pub fn without_id(&self) -> u64 {
        self.files.values().map(|rows| rows.without_id).sum()
    }
}

impl Rows {
    fn add(&mut self, row: u32, id: Option<u128>, range: &mut Range) {
        self.count += 1;
        match id {
            None => self.without_id += 1,
            Some(id) if range.is_there(id) => _ = self.repeated.insert(row),
            Some(_) => {}
        }
    }

    /// Whether some rows are dropped.
    #[must_use]
    pub fn is_part(&self) -> bool {
        !self.repeated.is_empty()
    }

    /// How many rows are not dropped.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.count - self.repeated.len()
    }
}

/// The hashes of one pass.
struct Range {
    least: u128,
    greatest: u128,
    most: usize,
    seen: HashSet<u128, RandomState>,
}

impl Range {
    fn new(least: u128, most: usize) -> Self {
        Self { least, greatest: u128::MAX, most, seen: HashSet::default() }
    }

    /// Whether a hash was there before; for one that belongs to another pass always no.
    ///
    /// What a pass finds before it leaves a half to the next one, that one finds again.
    fn is_there(&mut self, id: u128) -> bool {
        if id < self.least || id > self.greatest {
            return false;
        }
        if self.seen.contains(&id) {
            return true;
        }
        if self.seen.len() >= self.most && self.greatest > self.least {
            self.greatest = self.least + (self.greatest - self.least) / 2;
            self.seen.retain(|seen| *seen <= self.greatest);
        }
        if id <= self.greatest {
            self.seen.insert(id);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes files of rows with these ids.
    fn files(directory: &Path, files: &[Vec<u32>]) -> Vec<Candidate> {
        let write = |(index, ids): (usize, &Vec<u32>)| {
            let name = format!("{index}.json");
            let rows: Vec<_> = ids.iter().map(|id| format!("{{\"id\":\"{id}\"}}\n")).collect();
            let rows = rows.concat();
            std::fs::write(directory.join(&name), &rows).unwrap();
            Candidate { name, bytes: rows.len() as u64 }
        };
        files.iter().enumerate().map(write).collect()
    }

    #[test]
    fn the_same_rows_are_found_in_however_little_memory() {
        let directory = tempfile::tempdir().unwrap();
        let ids: Vec<u32> = (0..3_000).map(|n| n * 7 % 2_000).collect();
        let files = files(directory.path(), &[ids[..1_000].to_vec(), ids[1_000..].to_vec()]);
        for most in [MOST_HASHES, 1_000, 100] {
            let found = Repeats::find_with(directory.path(), &files, Format::Json, most).unwrap();
            let of = |name| &found.of(name).unwrap().repeated;
            assert_eq!((found.count(), found.without_id()), (1_000, 0), "{most}");
            assert!(of("0.json").is_empty());
            assert!(of("1.json").iter().eq(1_000..2_000), "the first of each stays, {most}");
        }
    }

    #[test]
    fn a_file_counts_with_what_is_left_of_it() {
        let directory = tempfile::tempdir().unwrap();
        let files = files(directory.path(), &[vec![10, 11, 12, 11], vec![12, 10], vec![13]]);
        let found = Repeats::find(directory.path(), &files, Format::Json).unwrap();
        let shares: Vec<_> = files.into_iter().map(|file| found.share(file)).collect();
        let shares: Vec<_> = shares.iter().map(|share| (share.bytes, share.is_part)).collect();
        assert_eq!(shares, [(36, true), (0, true), (12, false)]);
    }

    #[test]
    fn rows_without_an_id_stay_and_are_counted() {
        let directory = tempfile::tempdir().unwrap();
        let text = "{\"n\":1}\n\n{\"n\":1}\n{\"id\":null}\n";
        std::fs::write(directory.path().join("a.json"), text).unwrap();
        let files = [Candidate { name: "a.json".to_owned(), bytes: 1 }];
        let found = Repeats::find(directory.path(), &files, Format::Json).unwrap();
        assert_eq!((found.count(), found.without_id()), (0, 3));
    }
}
