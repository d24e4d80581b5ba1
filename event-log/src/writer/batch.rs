//! Committed records gathered into one write, and how much of it is done.
//!
//! A write may stop anywhere: in the middle of a line (disk full) or for good (the segment is gone).
//! The batch knows which records are whole in the segment, so a retry goes on at the very byte, or,
//! in another segment, at the beginning of the first line that is not whole.

use crate::spool::record;
use crate::spool::ring::Ring;

/// One write's worth: large enough that the system call is a small part of the cost, small enough to
/// stay in a core's cache.
pub(crate) const BATCH_BYTES: usize = 256 * 1024;

/// Lines on their way into a segment.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    lines: Vec<Line>,
    /// How many lines are whole in a segment and checkpointed.
    done: usize,
    /// How many bytes were appended; never less than the end of the last line that is done.
    appended: usize,
}

/// One line of a batch.
#[derive(Clone, Copy, Debug)]
struct Line {
    /// Where it ends in the batch's bytes.
    end: usize,
    /// The position behind its record in the spool.
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
        self.lines.clear();
        self.done = 0;
        self.appended = 0;
    }

    /// Adds the committed records from `position` on: at least one if there is one, and as many more
    /// as fit into `room` and [`BATCH_BYTES`].
    pub(crate) fn gather(&mut self, ring: Ring<'_>, mut position: u64, room: u64) {
        let room = usize::try_from(room).unwrap_or(usize::MAX).min(BATCH_BYTES);
        while let Some(line_bytes) = ring.committed(position) {
            if !self.lines.is_empty() && self.bytes.len() + line_bytes > room {
                break;
            }
            ring.read(position, line_bytes, &mut self.bytes);
            position += record::size(line_bytes);
            self.lines.push(Line { end: self.bytes.len(), next: position });
        }
    }

    /// Adds one line whose record ends at `next`.
    pub(crate) fn push(&mut self, line: &[u8], next: u64) {
        self.bytes.extend_from_slice(line);
        self.lines.push(Line { end: self.bytes.len(), next });
    }

    /// The length of the next line that is not done, in bytes.
    pub(crate) fn next_line_bytes(&self) -> Option<u64> {
        self.lines.get(self.done).map(|line| (line.end - self.done_bytes()) as u64)
    }

    /// What has yet to be appended.
    pub(crate) fn rest(&self) -> &[u8] {
        &self.bytes[self.appended..]
    }

    /// Notes that `bytes` more were appended.
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.appended += bytes;
    }

    /// Goes back to the beginning of the first line that is not done: the segment that held a part of
    /// it is not used any more.
    pub(crate) fn rewind(&mut self) {
        self.appended = self.done_bytes();
    }

    /// Marks every line done whose bytes were all appended.
    ///
    /// Returns the lines' bytes and the position behind the last of them, or `None` if there are none.
    pub(crate) fn settle(&mut self) -> Option<Settled<'_>> {
        let before = self.done;
        let start = self.done_bytes();
        let whole =
            self.lines[before..].iter().take_while(|line| line.end <= self.appended).count();
        self.done += whole;
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
        for (line, next) in [("one\n", 32), ("three\n", 64), ("five\n", 96)] {
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
        assert_eq!(batch.rest(), b"hree\nfive\n");
    }

    #[test]
    fn a_retry_in_another_segment_begins_with_a_whole_line() {
        let mut batch = batch();
        batch.advance(5);
        batch.settle();
        batch.rewind();
        assert_eq!(batch.rest(), b"three\nfive\n");
        batch.advance(11);
        let settled = batch.settle().unwrap();
        assert_eq!(settled.lines().count(), 2);
        assert_eq!(settled.next, 96);
        assert!(batch.is_done());
    }
}
