//! Which lines of an input have an id that stood in it before, for inputs of several chunks.
//!
//! Each chunk is loaded by itself, perhaps by another process after a kill. So that it is the same
//! lines that are dropped whoever loads which chunk, the whole input before a line is looked at: first
//! for hashes of ids that are there twice, then for the lines that have them. The hashes are looked at
//! in ranges, so that the memory is bounded however long the input is; what is found takes eight bytes
//! for each line that is dropped.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;

use foldhash::fast::RandomState;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::input::lines::MAX_LINE_BYTES;
use crate::lake::layout::{Hour, is_table_name};
use crate::line::Line;
use crate::load::scan::Scanned;
use crate::load::source::Source;

/// So many hashes are held at once: 48 MiB.
const MOST_HASHES: usize = 6 << 20;

/// Of so many ids the lines are held at once.
const MOST_IDS: usize = 256 << 10;

/// How much is read at once.
const READ_BYTES: usize = 1 << 20;

/// Where the lines of an input stand whose id stood in it before.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Repeats {
    /// The input was looked at up to here.
    to: u64,
    /// Where each such line begins, in order.
    places: Vec<u64>,
}

impl Repeats {
    /// Looks at an input, up to its end or to `to`.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn find(source: &mut Source, to: Option<u64>) -> io::Result<Self> {
        Self::find_with(source, to, MOST_HASHES, MOST_IDS)
    }

    fn find_with(
        source: &mut Source,
        to: Option<u64>,
        most_hashes: usize,
        most_ids: usize,
    ) -> io::Result<Self> {
        let mut end = to.unwrap_or(u64::MAX);
        let mut places = Vec::new();
        let mut from = Some(0);
        while let Some(least) = from {
            let Range { repeated, next, looked } = Range::look(source, end, least, most_hashes)?;
            // An input that grows meanwhile has one end for all ranges.
            end = looked;
            for hashes in repeated.chunks(most_ids) {
                find_lines(source, end, hashes, &mut places)?;
            }
            from = next;
        }
        places.sort_unstable();
        Ok(Self { to: end, places })
    }

    /// Whether it has looked so far.
    #[must_use]
    pub fn covers(&self, to: u64) -> bool {
        to <= self.to
    }

    /// The places from this one on.
    #[must_use]
    pub fn places_from(&self, from: u64) -> &[u64] {
        &self.places[self.places.partition_point(|place| *place < from)..]
    }
}

/// The hashes of a range that are there several times.
struct Range {
    /// In order, each once.
    repeated: Vec<u64>,
    /// Where the next range begins, if this was not the last.
    next: Option<u64>,
    /// Where the last line ends.
    looked: u64,
}

impl Range {
    /// Looks at the hashes from `least` on, as many of them as are bounded by `most`.
    fn look(source: &mut Source, to: u64, least: u64, most: usize) -> io::Result<Self> {
        let mut greatest = u64::MAX;
        let mut hashes = Vec::with_capacity(most);
        let looked = each_line(source, to, |_, line| {
            let Some(hash) = hash(line) else { return };
            if hash < least || hash > greatest {
                return;
            }
            // One that is everywhere does not become fewer with the range.
            if hashes.len() >= most && greatest > least {
                greatest = least + (greatest - least) / 2;
                hashes.retain(|hash| *hash <= greatest);
            }
            if hash <= greatest {
                hashes.push(hash);
            }
        })?;
        hashes.sort_unstable();
        let mut repeated: Vec<u64> =
            hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        repeated.dedup();
        Ok(Self { repeated, next: greatest.checked_add(1), looked })
    }
}

/// Adds the lines that have one of these hashes, and an id that an event before them had.
fn find_lines(
    source: &mut Source,
    to: u64,
    hashes: &[u64],
    places: &mut Vec<u64>,
) -> io::Result<()> {
    let mut ids = HashSet::<u128, RandomState>::default();
    each_line(source, to, |place, line| {
        let is_meant = hash(line).is_some_and(|hash| hashes.binary_search(&hash).is_ok());
        if is_meant
            && let Some(id) = id_of_event(line)
            && !ids.insert(xxh3_128(id.as_bytes()))
        {
            places.push(place);
        }
    })?;
    Ok(())
}

fn hash(line: &[u8]) -> Option<u64> {
    id(line).map(|id| xxh3_64(&id))
}

/// The id of a line; of a line that is none perhaps as well.
pub(super) fn id(line: &[u8]) -> Option<Cow<'_, [u8]>> {
    if let Some(rest) = line.strip_prefix(b"{\"id\":\"")
        && let Some(end) = memchr::memchr2(b'"', b'\\', rest)
        && rest[end] == b'"'
    {
        return Some(Cow::Borrowed(&rest[..end]));
    }
    Some(match Line::parse(line).ok()?.id {
        Cow::Borrowed(id) => Cow::Borrowed(id.as_bytes()),
        Cow::Owned(id) => Cow::Owned(id.into_bytes()),
    })
}

/// The id of a line that is loaded: one that is not does not make the next one a repeat.
fn id_of_event(line: &[u8]) -> Option<Cow<'_, str>> {
    let is_loaded = |date, name| Hour::of(date).is_some() && is_table_name(name);
    if let Some(line) = str::from_utf8(line).ok().and_then(Scanned::of) {
        return is_loaded(line.date, line.event_type).then_some(Cow::Borrowed(line.id));
    }
    let line = Line::parse(line).ok()?;
    is_loaded(&line.date, &line.event_type).then_some(line.id)
}

/// Hands over each line before `to` with its place, but for those that are too long; where they end.
fn each_line(source: &mut Source, to: u64, mut take: impl FnMut(u64, &[u8])) -> io::Result<u64> {
    let mut buffer = Vec::with_capacity(2 * READ_BYTES);
    // Where the buffer begins, and whether that is within a line that is too long.
    let mut begin = 0_u64;
    let mut is_within = false;
    loop {
        let at = begin + buffer.len() as u64;
        let most = usize::try_from(to - at).unwrap_or(READ_BYTES).min(READ_BYTES);
        let read = source.read(at, most, &mut buffer)?;
        let is_last = read < most || read == 0;
        let mut done = 0;
        while let Some(length) = memchr::memchr(b'\n', &buffer[done..]) {
            if !std::mem::take(&mut is_within) {
                take(begin + done as u64, &buffer[done..done + length]);
            }
            done += length + 1;
        }
        if is_last {
            if !is_within && done < buffer.len() {
                take(begin + done as u64, &buffer[done..]);
            }
            return Ok(begin + buffer.len() as u64);
        }
        if buffer.len() - done > MAX_LINE_BYTES {
            is_within = true;
            done = buffer.len();
        }
        begin += done as u64;
        buffer.drain(..done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str, event_type: &str) -> String {
        format!(
            r#"{{"id":"{id}","date":"2021-09-16T05:57:27Z","type":"{event_type}","user_id":1,"locale":null,"country_code":null,"params":{{}}}}"#
        )
    }

    fn places(text: &str, most_hashes: usize, most_ids: usize) -> Vec<u64> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("input");
        std::fs::write(&path, text).unwrap();
        Repeats::find_with(&mut Source::open(&path).unwrap(), None, most_hashes, most_ids)
            .unwrap()
            .places
    }

    #[test]
    fn the_same_lines_are_found_in_however_little_memory() {
        let ids = (0..3_000).map(|n| n * 7 % 2_000);
        let lines: Vec<String> = ids.map(|n| line(&n.to_string(), "ping") + "\n").collect();
        let mut seen = HashSet::new();
        let mut at = 0;
        let mut wanted = Vec::new();
        for line in &lines {
            if !seen.insert(line) {
                wanted.push(at);
            }
            at += line.len() as u64;
        }
        let text = lines.concat();
        assert_eq!(wanted.len(), 1_000);
        for (most_hashes, most_ids) in [(1 << 20, 1 << 20), (1 << 20, 100), (100, 7), (1, 1)] {
            if most_hashes > 1 || cfg!(not(debug_assertions)) {
                assert!(places(&text, most_hashes, most_ids) == wanted, "{most_hashes}");
            }
        }
        assert_eq!(
            places(&text[..text.len() - 1], 1_000, 1_000),
            wanted,
            "without the last newline"
        );
    }

    #[test]
    fn a_line_that_is_not_loaded_makes_no_repeat_and_escapes_hide_none() {
        let (bad, good) = (line("a", "../ping"), line("a", "ping"));
        assert_eq!(places(&format!("{bad}\n{good}\n"), 10, 10), [0; 0]);
        let escaped = line(r"\u0061", "ping");
        let begin = good.len() as u64 + 1;
        assert_eq!(places(&format!("{good}\n{escaped}\n"), 10, 10), [begin]);
        let spaced = good.replace("\"id\":", "\"id\" : ");
        assert_eq!(places(&format!("{good}\n{spaced}\n"), 10, 10), [begin]);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let long = "x".repeat(MAX_LINE_BYTES + 3 * READ_BYTES);
        let good = line("a", "ping");
        let begin = (good.len() + 1 + long.len() + 1) as u64;
        assert_eq!(places(&format!("{good}\n{long}\n{good}\n"), 10, 10), [begin]);
    }
}
