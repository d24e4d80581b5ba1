//! What is in the log: counted, and each line compared with the request that emitted it.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use tests::segments;

use crate::ways::WAYS;

/// How many lines there are, each with the user of its own request.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// By way.
    pub(crate) seen: [u64; WAYS.len()],
    /// From tasks that were handed no context, and have no user.
    pub(crate) lost: u64,
}

impl Found {
    /// Reads a log line by line: the lines of a million requests need not fit into memory.
    ///
    /// # Panics
    /// If a line bears another user than that of its request.
    pub(crate) fn read(directory: &Path) -> Self {
        let mut found = Self::default();
        for segment in segments(directory) {
            for line in BufReader::new(File::open(segment).expect("a segment")).lines() {
                found.take(&line.expect("a line of UTF-8"));
            }
        }
        found
    }

    fn take(&mut self, line: &str) {
        let user = between(line, "\"user_id\":", ",");
        let request = between(line, "\"request\":", "}");
        if between(line, "\"type\":\"", "\"") == "lost" {
            assert_eq!(user, "null", "{line}");
            self.lost += 1;
            return;
        }
        assert_eq!(user, request, "{line}");
        let way = between(line, "\"way\":\"", "\"");
        let way = WAYS.into_iter().find(|known| way == format!("{known:?}"));
        self.seen[way.expect("a way of ours") as usize] += 1;
    }
}

/// Far cheaper than to parse the line, which other tests do.
fn between<'a>(line: &'a str, before: &str, behind: &str) -> &'a str {
    let (_, rest) = line.split_once(before).unwrap_or_else(|| panic!("no {before} in {line}"));
    rest.split_once(behind).unwrap_or_else(|| panic!("no {behind} in {line}")).0
}
