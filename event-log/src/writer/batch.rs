//! Committed records gathered into one write, and how much of it is done.
//!
//! A write may stop anywhere: in the middle of a line (disk full) or for good (the segment is gone).
//! The batch knows which records are whole in the segment, so a retry goes on at the very byte, or,
//! in another segment, at the beginning of the first record that is not whole: the lines of a
//! transaction are done together.

use crate::spool::record::{self, Lines};
use crate::spool::ring::Ring;

/// One write's worth: large enough that the system call is a small part of the cost, small enough to
/// stay in a core's cache. A record that is longer is a batch of its own.
pub(crate) const BATCH_BYTES: usize = 256 * 1024;

/// Lines on their way into a segment.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    lines: Vec<Line>,
    /// How many lines are whole in a segment and checkpointed: those of whole records.
    done: usize,
    /// How many bytes were appended; never less than the end of the last line that is done.
    appended: usize,
}

/// One line of a batch.
#[derive(Clone, Copy, Debug)]
struct Line {
    /// Where it ends in the batch's bytes.
    end: usize,
    /// The position behind its record in the spool; the same for all lines of a record.
    next: u64,
}

impl Batch {
    /// Whether every line is done.
    pub(crate) fn is_done(&self) -> bool {
        self.done == self.lines.len()
    }

    /// Empties the batch.
    pub(crate) fn clear(&mut self) {
        debug_assert!(self.is_done(), "a line that is not done would be lost");
        self.bytes.clear();
        // Only a long transaction takes more.
        self.bytes.shrink_to(2 * BATCH_BYTES);
        self.lines.clear();
        self.done = 0;
        self.appended = 0;
    }

    /// Adds the committed records from `position` on: at least one if there is one, and as many more
    /// as fit into `room` and [`BATCH_BYTES`].
    pub(crate) fn gather(&mut self, ring: Ring<'_>, mut position: u64, room: u64) {
        let room = usize::try_from(room).unwrap_or(usize::MAX).min(BATCH_BYTES);
        while let Some(stated) = ring.committed(position) {
            let start = self.bytes.len();
            if !self.lines.is_empty() && start + stated.bytes > room {
                break;
            }
            ring.read(position, stated.bytes, &mut self.bytes);
            position += record::size(stated.bytes);
            match stated.lines {
                // Not searched for its end: that would be several times the writer's other work.
                Lines::One => self.lines.push(Line { end: self.bytes.len(), next: position }),
                Lines::Several => self.add_lines(start, position),
            }
        }
    }

    /// Adds what one record holds that ends at `next`.
    pub(crate) fn push(&mut self, text: &[u8], next: u64) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(text);
        self.add_lines(start, next);
    }

    /// Adds the lines of one record, whose text begins at `start`.
    #[cold]
    fn add_lines(&mut self, start: usize, next: u64) {
        let mut end = start;
        for line in self.bytes[start..].split_inclusive(|byte| *byte == b'\n') {
            end += line.len();
            self.lines.push(Line { end, next });
        }
    }

    /// The length of the next record that is not done, in bytes.
    pub(crate) fn next_record_bytes(&self) -> Option<u64> {
        let lines = &self.lines[self.done..];
        let next = lines.first()?.next;
        let end = lines.iter().take_while(|line| line.next == next).last()?.end;
        Some((end - self.done_bytes()) as u64)
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
    /// it is not used any more. Whole lines of a transaction come again then, as they belong beside the
    /// others.
    pub(crate) fn rewind(&mut self) {
        self.appended = self.done_bytes();
    }

    /// Marks every record done whose bytes were all appended.
    ///
    /// Returns the lines' bytes and the position behind the last of them, or `None` if there are none.
    pub(crate) fn settle(&mut self) -> Option<Settled<'_>> {
        let before = self.done;
        let start = self.done_bytes();
        let whole =
            self.lines[before..].iter().take_while(|line| line.end <= self.appended).count();
        self.done += whole;
        // The record that goes on behind these lines is not whole.
        let goes_on = self.lines.get(self.done).map(|line| line.next);
        while self.done > before && goes_on == Some(self.lines[self.done - 1].next) {
            self.done -= 1;
        }
        let last = self.lines[before..self.done].last()?;
        Some(Settled {
            next: last.next,
            bytes: (last.end - start) as u64,
            lines: &self.lines[before..self.done],
            text: &self.bytes,
            start,
        })
    }

    fn done_bytes(&self) -> usize {
        self.done.checked_sub(1).map_or(0, |last| self.lines[last].end)
    }
}

/// Lines that just became whole in a segment.
#[derive(Debug)]
pub(crate) struct Settled<'a> {
    /// The position behind the last of them.
    pub(crate) next: u64,
    /// Their length together.
    pub(crate) bytes: u64,
    lines: &'a [Line],
    text: &'a [u8],
    start: usize,
}

impl<'a> Settled<'a> {
    /// The lines one by one, newline included.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &'a [u8]> {
        let mut start = self.start;
        let text = self.text;
        self.lines.iter().map(move |line| &text[std::mem::replace(&mut start, line.end)..line.end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> Batch {
        let mut batch = Batch::default();
        for (line, next) in [("one\n", 32), ("three\n", 64), ("five\nsix\n", 96)] {
            batch.push(line.as_bytes(), next);
        }
        batch
    }

    #[test]
    fn lines_are_done_once_their_last_byte_is_appended() {
        let mut batch = batch();
        batch.advance(3);
        assert!(batch.settle().is_none());
        batch.advance(2);
        let settled = batch.settle().unwrap();
        assert_eq!((settled.next, settled.bytes), (32, 4));
        assert_eq!(settled.lines().collect::<Vec<_>>(), [b"one\n"]);
        assert_eq!(batch.rest(), b"hree\nfive\nsix\n");
    }

    #[test]
    fn the_lines_of_a_transaction_are_done_together() {
        let mut batch = batch();
        for appended in [15, 3] {
            batch.advance(appended);
            let settled = batch.settle();
            assert_eq!(settled.map(|settled| settled.next), (appended == 15).then_some(64));
            assert_eq!(batch.next_record_bytes(), Some(9));
        }
        batch.advance(1);
        let settled = batch.settle().unwrap();
        assert_eq!(settled.lines().collect::<Vec<_>>(), [&b"five\n"[..], b"six\n"]);
        assert_eq!((settled.next, settled.bytes), (96, 9));
        assert!(batch.is_done());
    }

    #[test]
    fn a_retry_in_another_segment_begins_with_a_whole_record() {
        let mut batch = batch();
        batch.advance(5);
        batch.settle();
        batch.rewind();
        assert_eq!(batch.rest(), b"three\nfive\nsix\n");
        batch.advance(12);
        batch.settle();
        batch.rewind();
        assert_eq!(batch.rest(), b"five\nsix\n");
        batch.advance(9);
        let settled = batch.settle().unwrap();
        assert_eq!((settled.lines().count(), settled.next), (2, 96));
        assert!(batch.is_done());
    }
}
