//! Which files of a partition become which.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::lake::layout::By;
use crate::lake::ledger::Digest;

/// The names of joined files begin so.
const JOINED: &str = "compact-";

/// A file that may be joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Its name in the partition.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
}

/// What a joined file gets of a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The name of the candidate.
    pub name: String,
    /// About how many bytes that is; none only if it is no row.
    pub bytes: u64,
    /// Whether the candidate has rows beyond it, which are dropped.
    pub is_part: bool,
}

impl From<Candidate> for Share {
    fn from(Candidate { name, bytes }: Candidate) -> Self {
        Self { name, bytes, is_part: false }
    }
}

/// What becomes of the files of one partition.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The partition, below the lake.
    pub partition: String,
    /// The joined files; at least one.
    pub joined: Vec<Joined>,
}

/// A joined file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Its name.
    pub name: String,
    /// The names of those that it holds, in their order; one alone if rows of it were dropped.
    pub sources: Vec<String>,
}

impl Plan {
    /// The plan for files of one or several kinds, of which only those of one kind can be joined; `None` if
    /// there is nothing to join and nothing to drop.
    #[must_use]
    pub fn of(
        partition: &str,
        kinds: Vec<Vec<Share>>,
        target_bytes: u64,
        ending: &str,
    ) -> Option<Self> {
        let groups = kinds.into_iter().flat_map(|files| groups(files, target_bytes));
        let joined: Vec<_> = groups
            .map(|sources| Joined { name: joined_name(&sources.join("/"), ending), sources })
            .collect();
        (!joined.is_empty()).then(|| Self { partition: partition.to_owned(), joined })
    }

    /// The name of the join, which follows from the plan and begins with the [`prefix`] of its partition.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}{}", prefix(&self.partition), Digest::of(&self.text()).as_str())
    }

    /// Whether a file is joined by it.
    #[must_use]
    pub fn is_source(&self, name: &str) -> bool {
        self.joined.iter().any(|file| file.sources.iter().any(|source| source == name))
    }

    /// As the ledger holds it.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "a plan is plain data, which JSON always holds")]
    pub fn text(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a plan is plain data")
    }
}

/// What the names of all joins of a partition begin with.
#[must_use]
pub fn prefix(partition: &str) -> String {
    format!("{}.", Digest::of(partition.as_bytes()).as_str())
}

/// The name of a file that is joined from what this text stands for.
#[must_use]
pub fn joined_name(of: &str, ending: &str) -> String {
    format!("{JOINED}{}.{ending}", Digest::of(of.as_bytes()).as_str())
}

/// Whether a file was made by a join.
#[must_use]
pub fn is_joined(name: &str) -> bool {
    name.starts_with(JOINED)
}

/// Files in their order, as many together as the target has room for; one alone only if rows of it are dropped.
fn groups(files: Vec<Share>, target_bytes: u64) -> Vec<Vec<String>> {
    let mut groups = Vec::new();
    let mut group: Vec<Share> = Vec::new();
    let mut bytes = 0;
    for file in files {
        // One of which no row is left would be no file by itself, so it goes with any.
        if bytes > 0 && file.bytes > 0 && bytes + file.bytes > target_bytes {
            groups.push(std::mem::take(&mut group));
            bytes = 0;
        }
        bytes += file.bytes;
        group.push(file);
    }
    groups.push(group);
    groups.retain(|group| group.len() > 1 || group.iter().any(|file| file.is_part));
    let names = |group: Vec<Share>| group.into_iter().map(|file| file.name).collect();
    groups.into_iter().map(names).collect()
}

/// The keys of the directories that lead to a partition.
#[must_use]
pub fn keys(by: By) -> &'static [&'static str] {
    match by {
        By::Hour => &["year=", "month=", "day=", "hour="],
        By::Day => &["year=", "month=", "day="],
    }
}

/// When a partition ends; `None` if its path is none of ours.
#[must_use]
pub fn end_of(partition: &str, by: By) -> Option<DateTime<Utc>> {
    let mut parts = partition.split('/').skip(1).zip(keys(by));
    let mut next = || -> Option<u32> {
        let (part, key) = parts.next()?;
        part.strip_prefix(key)?.parse().ok()
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(next()?).ok()?, next()?, next()?)?;
    let (hour, length) = match by {
        By::Hour => (next()?, TimeDelta::hours(1)),
        By::Day => (0, TimeDelta::days(1)),
    };
    date.and_hms_opt(hour, 0, 0)?.and_utc().checked_add_signed(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(sizes: &[u64]) -> Vec<Share> {
        let file = |(index, bytes): (usize, &u64)| {
            Candidate { name: index.to_string(), bytes: *bytes }.into()
        };
        sizes.iter().enumerate().map(file).collect()
    }

    #[test]
    fn files_are_joined_up_to_the_target_and_never_alone() {
        assert_eq!(groups(files(&[4, 4, 4, 4, 4]), 10), [["0", "1"], ["2", "3"]]);
        assert_eq!(groups(files(&[4, 20, 4]), 10), [[""; 0]; 0]);
        assert_eq!(groups(files(&[20, 5, 5]), 10), [["1", "2"]]);
        assert_eq!(groups(files(&[]), 10), [[""; 0]; 0]);
    }

    #[test]
    fn a_file_of_which_rows_are_dropped_is_written_again_and_one_without_rows_is_no_file() {
        let with = |sizes: &[u64], parts: &[usize]| {
            let mut files = files(sizes);
            for index in parts {
                files[*index].is_part = true;
            }
            groups(files, 10)
        };
        assert_eq!(with(&[20, 8, 20], &[1]), [["1"]]);
        assert_eq!(with(&[0, 20, 20], &[0]), [["0", "1"]]);
        assert_eq!(with(&[20, 20, 0, 0], &[2, 3]), [["1", "2", "3"]]);
    }

    #[test]
    fn what_was_joined_is_not_joined_again_without_something_new() {
        let kinds = |sizes: &[u64]| vec![files(sizes)];
        assert_eq!(Plan::of("p", kinds(&[6, 6, 6]), 10, "json"), None);
        let plan = Plan::of("p", kinds(&[6, 4, 6]), 10, "json").unwrap();
        assert_eq!(plan.joined.len(), 1);
        assert!(plan.is_source("0") && plan.is_source("1") && !plan.is_source("2"));
        assert!(is_joined(&plan.joined[0].name) && plan.name().starts_with(&prefix("p")));
    }

    #[test]
    fn a_partition_ends_with_its_hour_or_day() {
        let end = |path, by| end_of(path, by).map(|end| end.to_rfc3339());
        let hour = end("t/year=2021/month=12/day=31/hour=23", By::Hour);
        assert_eq!(hour.as_deref(), Some("2022-01-01T00:00:00+00:00"));
        let day = end("t/year=2021/month=09/day=16", By::Day);
        assert_eq!(day.as_deref(), Some("2021-09-17T00:00:00+00:00"));
        assert_eq!(end("t/year=2021/month=13/day=01/hour=00", By::Hour), None);
        assert_eq!(end("t/year=2021", By::Hour), None);
    }
}
