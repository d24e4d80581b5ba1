//! What came of a load, in numbers that balance: lines = events + duplicates + quarantined.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The numbers of a batch, or of a whole load.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Bytes of input, uncompressed.
    pub bytes: u64,
    /// Lines of input, empty ones not counted.
    pub lines: u64,
    /// Lines that are in the lake now.
    pub events: u64,
    /// Lines with an id that stood in the same input before: dropped.
    pub duplicates: u64,
    /// Lines that could not be loaded: kept in `_quarantine`.
    pub quarantined: u64,
    /// The events, by type.
    pub by_type: BTreeMap<String, u64>,
    /// Keys that got another name, since the one they had is taken: `type.key -> new`, with the
    /// number of lines.
    pub renamed: BTreeMap<String, u64>,
}

impl Counts {
    /// Adds those of another part.
    pub fn add(&mut self, other: Self) {
        let Self { bytes, lines, events, duplicates, quarantined, by_type, renamed } = other;
        self.bytes += bytes;
        self.lines += lines;
        self.events += events;
        self.duplicates += duplicates;
        self.quarantined += quarantined;
        add_each(&mut self.by_type, by_type);
        add_each(&mut self.renamed, renamed);
    }
}

fn add_each(sums: &mut BTreeMap<String, u64>, other: BTreeMap<String, u64>) {
    for (key, count) in other {
        *sums.entry(key).or_default() += count;
    }
}
