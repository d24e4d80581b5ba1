//! Reading the segments back, as a collector's reader would, with nothing but the promise of the line.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use uuid::Uuid;

/// The keys of every line in their order; common fields stand before the last.
const KEYS: [&str; 7] = ["id", "date", "type", "user_id", "locale", "country_code", "params"];

/// The segments of a directory with their sizes in bytes, in the order of their names, which is that of
/// time.
pub(crate) fn segments(directory: &Path) -> anyhow::Result<Vec<(PathBuf, u64)>> {
    let mut segments = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let path = entry.path();
        if path.extension() == Some(OsStr::new("jsonl")) {
            segments.push((path, entry.metadata()?.len()));
        }
    }
    segments.sort();
    Ok(segments)
}

/// What was found in the segments.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// How many lines there are of each type.
    pub(crate) lines: BTreeMap<String, u64>,
    /// The first line of each type.
    pub(crate) first: BTreeMap<String, String>,
    ids: HashSet<Uuid>,
}

impl Found {
    /// Reads these segments.
    ///
    /// # Errors
    /// If a line breaks a promise: whole, valid JSON, the seven keys in their order, an id of its own.
    pub(crate) fn read(segments: &[(PathBuf, u64)]) -> anyhow::Result<Self> {
        let mut found = Self::default();
        for (path, _) in segments {
            found.read_segment(path).with_context(|| format!("in `{}`", path.display()))?;
        }
        Ok(found)
    }

    fn read_segment(&mut self, path: &Path) -> anyhow::Result<()> {
        let mut reader = BufReader::new(File::open(path)?);
        let mut line = String::new();
        for number in 1_u64.. {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                break;
            }
            self.take(&line).with_context(|| format!("line {number} is wrong: {line}"))?;
        }
        Ok(())
    }

    fn take(&mut self, line: &str) -> anyhow::Result<()> {
        let text = line.strip_suffix('\n').context("it does not end")?;
        let Entries(entries) = serde_json::from_str(text)?;
        check_keys(&entries)?;
        let text_of = |key: usize| entries[key].1.as_str().context("no text");
        let id = text_of(0)?.parse().context("its id is no UUID")?;
        ensure!(self.ids.insert(id), "its id was there before");
        let event_type = text_of(2)?;
        if let Some(count) = self.lines.get_mut(event_type) {
            *count += 1;
        } else {
            self.lines.insert(event_type.to_owned(), 1);
            self.first.insert(event_type.to_owned(), text.to_owned());
        }
        Ok(())
    }
}

fn check_keys(entries: &[(String, Value)]) -> anyhow::Result<()> {
    let keys: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
    let (last, first) = KEYS.split_last().expect("there are seven");
    if !keys.starts_with(first) || keys[first.len()..].last() != Some(last) {
        bail!("its keys are {keys:?}, not {KEYS:?}");
    }
    let distinct: HashSet<&str> = keys.iter().copied().collect();
    ensure!(distinct.len() == keys.len(), "a key repeats");
    Ok(())
}

/// The entries of a JSON object in their order, also those that repeat.
struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
