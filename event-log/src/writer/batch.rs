//! Committed records gathered into one write, and how much of it is done.
//!
//! A write may stop anywhere: in the middle of a record (disk full) or for good (the segment is gone).
//! The batch knows which records are whole in the segment, so a retry goes on at the very byte, or,
//! in another segment, at the beginning of the first record that is not whole.

use crate::spool::record::{self, Lines};
use crate::spool::ring::Ring;

/// One write's worth: large enough that the system call is a small part of the cost, small enough to
/// stay in a core's cache. A record that is longer is a batch of its own.
pub(crate) const BATCH_BYTES: usize = 256 * 1024;

/// Records on their way into a segment.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    records: Vec<Record>,
    /// How many records are whole in a segment and checkpointed.
    done: usize,
    /// How many bytes were appended; never less than the end of the last record that is done.
    appended: usize,
}

/// One record of a batch.
#[derive(Clone, Copy, Debug)]
struct Record {
    /// Where it ends in the batch's bytes.
    end: usize,
    /// The position behind it in the spool.
    next: u64,
    lines: Lines,
}

impl Batch {
    /// Whether every record is done.
    pub(crate) fn is_done(&self) -> bool {
        self.done == self.records.len()
    }

    /// Empties the batch.
    pub(crate) fn clear(&mut self) {
        debug_assert!(self.is_done(), "a record that is not done would be lost");
        self.bytes.clear();
        // Only a long transaction has taken more.
        self.bytes.shrink_to(2 * BATCH_BYTES);
        self.records.clear();
        self.done = 0;
        self.appended = 0;
    }

    /// Adds the committed records from `position` on: at least one if there is one, and as many more
    /// as fit into `room` and [`BATCH_BYTES`].
    pub(crate) fn gather(&mut self, ring: Ring<'_>, mut position: u64, room: u64) {
        let room = usize::try_from(room).unwrap_or(usize::MAX).min(BATCH_BYTES);
        while let Some(stated) = ring.committed(position) {
            if !self.records.is_empty() && self.bytes.len() + stated.bytes > room {
                break;
            }
            ring.read(position, stated.bytes, &mut self.bytes);
            position += record::size(stated.bytes);
            let end = self.bytes.len();
            self.records.push(Record { end, next: position, lines: stated.lines });
        }
    }

    /// Adds what one record holds that ends at `next`.
    pub(crate) fn push(&mut self, text: &[u8], lines: Lines, next: u64) {
        self.bytes.extend_from_slice(text);
        self.records.push(Record { end: self.bytes.len(), next, lines });
    }

    /// The length of the next record that is not done, in bytes.
    pub(crate) fn next_record_bytes(&self) -> Option<u64> {
        self.records.get(self.done).map(|record| (record.end - self.done_bytes()) as u64)
    }

    /// What has yet to be appended.
    pub(crate) fn rest(&self) -> &[u8] {
        &self.bytes[self.appended..]
    }

    /// Notes that `bytes` more were appended.
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.appended += bytes;
    }

    /// Goes back to the beginning of the first record that is not done: the segment that held a part of
    /// it is not used any more. So the lines of a transaction always stand together in one segment,
    /// though the first of them may stand in the one before, too.
    pub(crate) fn rewind(&mut self) {
        self.appended = self.done_bytes();
    }

    /// Marks every record done whose bytes were all appended.
    ///
    /// Returns the records and the position behind the last of them, or `None` if there are none.
    pub(crate) fn settle(&mut self) -> Option<Settled<'_>> {
        let before = self.done;
        let start = self.done_bytes();
        let whole =
            self.records[before..].iter().take_while(|record| record.end <= self.appended).count();
        self.done += whole;
        let last = self.records[before..self.done].last()?;
        Some(Settled {
            next: last.next,
            bytes: (last.end - start) as u64,
            records: &self.records[before..self.done],
            text: &self.bytes,
            start,
        })
    }

    fn done_bytes(&self) -> usize {
        self.done.checked_sub(1).map_or(0, |last| self.records[last].end)
    }
}

/// Records that just became whole in a segment.
#[derive(Debug)]
pub(crate) struct Settled<'a> {
    /// The position behind the last of them.
    pub(crate) next: u64,
    /// Their length together.
    pub(crate) bytes: u64,
    records: &'a [Record],
    text: &'a [u8],
    start: usize,
}

impl<'a> Settled<'a> {
    /// What each record holds.
    #[inline]
    pub(crate) fn records(&self) -> impl Iterator<Item = (&'a [u8], Lines)> {
        let mut start = self.start;
        let text = self.text;
        self.records.iter().map(move |record| {
            (&text[std::mem::replace(&mut start, record.end)..record.end], record.lines)
        })
    }

    /// Shows `visit` their lines one by one, newline included.
    #[inline]
    pub(crate) fn for_each_line(&self, mut visit: impl FnMut(&'a [u8])) {
        for (text, lines) in self.records() {
            match lines {
                // Not split: looking for the end of every line would double the writer's work.
                Lines::One => visit(text),
                Lines::Several => text.split_inclusive(|byte| *byte == b'\n').for_each(&mut visit),
            }
        }
    }

    /// How many lines they hold.
    pub(crate) fn line_count(&self) -> u64 {
        let mut count = 0;
        self.for_each_line(|_| count += 1);
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> Batch {
        let mut batch = Batch::default();
        batch.push(b"one\n", Lines::One, 32);
        batch.push(b"three\n", Lines::One, 64);
        batch.push(b"five\nsix\n", Lines::Several, 96);
        batch
    }

    fn lines<'a>(settled: &Settled<'a>) -> Vec<&'a [u8]> {
        let mut lines = Vec::new();
        settled.for_each_line(|line| lines.push(line));
        lines
    }

    #[test]
    fn lines_are_done_once_their_last_byte_is_appended() {
        let mut batch = batch();
        batch.advance(3);
        assert!(batch.settle().is_none());
        batch.advance(2);
        let settled = batch.settle().unwrap();
        assert_eq!((settled.next, settled.bytes), (32, 4));
        assert_eq!(lines(&settled), [b"one\n"]);
        assert_eq!(batch.rest(), b"hree\nfive\nsix\n");
    }

    #[test]
    fn the_lines_of_a_transaction_are_done_together() {
        let mut batch = batch();
        batch.advance(18);
        let settled = batch.settle().unwrap();
        assert_eq!((settled.next, settled.line_count()), (64, 2));
        assert_eq!(batch.next_record_bytes(), Some(9));
        batch.advance(1);
        let settled = batch.settle().unwrap();
        assert_eq!(lines(&settled), [&b"five\n"[..], b"six\n"]);
        assert_eq!((settled.next, settled.bytes), (96, 9));
    }

    #[test]
    fn a_retry_in_another_segment_begins_with_a_whole_record() {
        let mut batch = batch();
        batch.advance(16);
        batch.settle();
        batch.rewind();
        assert_eq!(batch.rest(), b"five\nsix\n");
        batch.advance(9);
        let settled = batch.settle().unwrap();
        assert_eq!((settled.next, settled.line_count()), (96, 2));
        assert!(batch.is_done());
    }
}
