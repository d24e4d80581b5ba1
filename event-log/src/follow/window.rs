//! Lines out of the bytes of a file, however the bytes arrive; bounded, also for endless lines.

use std::io;

use crate::builder::check::LINE_BYTES;

/// The longest line that is read, its newline included: no logger writes a longer one.
const MAX_LINE_BYTES: usize = *LINE_BYTES.end();
const CHUNK_BYTES: usize = 64 * 1024;

/// A part of a file that moves forward over it. The one buffer of a follower: it holds at most a line
/// and a chunk.
#[derive(Debug, Default)]
pub(super) struct Window {
    bytes: Vec<u8>,
    /// Where the bytes that were not taken begin in `bytes`.
    start: usize,
    /// There is no newline before it in `bytes`.
    searched: usize,
    /// Where the end of `bytes` lies in the file.
    end_offset: u64,
    /// Inside a line that is too long: where it begins in the file.
    too_long_from: Option<u64>,
}

/// What the window found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    /// A line without its newline.
    Line { text: &'a [u8], offset: u64, end: u64 },
    /// A line that is longer than any logger writes; it is not kept.
    TooLong { offset: u64, end: u64 },
}

impl Window {
    /// Goes to a file that was read up to `offset`, and in which no newline stands between there and
    /// `scanned`.
    pub(super) fn go_to(&mut self, offset: u64, scanned: u64) {
        let is_too_long = scanned.saturating_sub(offset) > MAX_LINE_BYTES as u64;
        self.bytes.clear();
        self.start = 0;
        self.searched = 0;
        self.end_offset = if is_too_long { scanned } else { offset };
        self.too_long_from = is_too_long.then_some(offset);
    }

    /// Where the next bytes are to be read.
    pub(super) fn end_offset(&self) -> u64 {
        self.end_offset
    }

    /// Reads on by `read_at`, but not beyond `limit`. Returns how many bytes came.
    ///
    /// # Errors
    /// What `read_at` says.
    pub(super) fn fill(
        &mut self,
        limit: u64,
        mut read_at: impl FnMut(&mut [u8], u64) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.bytes.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        let wanted = usize::try_from(limit.saturating_sub(self.end_offset)).unwrap_or(CHUNK_BYTES);
        let old_len = self.bytes.len();
        self.bytes.resize(old_len + wanted.min(CHUNK_BYTES), 0);
        let read = loop {
            match read_at(&mut self.bytes[old_len..], self.end_offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        let read_bytes = *read.as_ref().unwrap_or(&0);
        self.bytes.truncate(old_len + read_bytes);
        self.end_offset += read_bytes as u64;
        read
    }

    /// Takes the next whole line.
    pub(super) fn next(&mut self) -> Option<Found<'_>> {
        let newline = self.bytes[self.searched..].iter().position(|&byte| byte == b'\n');
        let Some(newline) = newline.map(|index| self.searched + index) else {
            self.searched = self.bytes.len();
            self.give_up_if_too_long();
            return None;
        };
        let start = std::mem::replace(&mut self.start, newline + 1);
        self.searched = self.start;
        let offset = self.offset_of(start);
        let end = self.offset_of(newline + 1);
        let too_long = (newline + 1 - start > MAX_LINE_BYTES).then_some(offset);
        Some(match self.too_long_from.take().or(too_long) {
            Some(offset) => Found::TooLong { offset, end },
            None => Found::Line { text: &self.bytes[start..newline], offset, end },
        })
    }

    /// Forgets the beginning of a line that is too long already.
    fn give_up_if_too_long(&mut self) {
        let is_inside = self.too_long_from.is_some();
        if is_inside || self.bytes.len() - self.start > MAX_LINE_BYTES {
            self.too_long_from
                .get_or_insert(self.end_offset - (self.bytes.len() - self.start) as u64);
            self.start = self.bytes.len();
        }
    }

    fn offset_of(&self, index: usize) -> u64 {
        self.end_offset - (self.bytes.len() - index) as u64
    }

    /// How much memory it takes.
    #[cfg(test)]
    fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::FileExt;

    use proptest::prelude::*;

    use super::*;

    /// Each line, if it was kept, and where it begins.
    type Lines = Vec<(Option<Vec<u8>>, u64)>;

    /// Every line of the file as it grows by these pieces, looked at after each; and the most memory
    /// that this took.
    fn lines_of(pieces: &[&[u8]]) -> (Lines, usize) {
        let mut file = tempfile::tempfile().unwrap();
        let mut window = Window::default();
        let (mut lines, mut offset, mut scanned, mut largest) = (Vec::new(), 0, 0, 0);
        for piece in pieces {
            file.write_all(piece).unwrap();
            let limit = file.metadata().unwrap().len();
            window.go_to(offset, scanned);
            loop {
                if let Some(found) = window.next() {
                    let (line, start, end) = match found {
                        Found::Line { text, offset, end } => (Some(text.to_vec()), offset, end),
                        Found::TooLong { offset, end } => (None, offset, end),
                    };
                    lines.push((line, start));
                    offset = end;
                } else if window.end_offset() == limit {
                    break;
                } else {
                    window.fill(limit, |buffer, offset| file.read_at(buffer, offset)).unwrap();
                }
                largest = largest.max(window.capacity());
            }
            scanned = window.end_offset();
        }
        (lines, largest)
    }

    proptest! {
        #[test]
        fn whatever_the_pieces_the_lines_are_the_same(
            lengths in prop::collection::vec(0..300_usize, 0..40),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..30),
            tail in 0..50_usize,
        ) {
            let mut text = Vec::new();
            let mut expected = Vec::new();
            for (index, length) in lengths.iter().enumerate() {
                let line = vec![b'a' + u8::try_from(index % 26).unwrap(); *length];
                expected.push((Some(line.clone()), text.len() as u64));
                text.extend(line);
                text.push(b'\n');
            }
            text.extend(vec![b'-'; tail]);
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &text[cut[0]..cut[1]]).collect();
            prop_assert_eq!(lines_of(&pieces).0, expected);
        }
    }

    #[test]
    fn the_longest_line_is_kept_and_a_longer_one_is_not_however_it_arrives() {
        let fits = [vec![b'x'; MAX_LINE_BYTES - 1], b"\n".to_vec()].concat();
        let too_long = [vec![b'x'; 5 * MAX_LINE_BYTES], b"\n".to_vec()].concat();
        let text = [&fits[..], &too_long, b"next\n"].concat();
        for piece_bytes in [text.len(), 700_000, 1_048_577] {
            let pieces: Vec<&[u8]> = text.chunks(piece_bytes).collect();
            let (lines, largest) = lines_of(&pieces);
            let kept: Vec<_> = lines.iter().map(|(line, _)| line.as_ref().map(Vec::len)).collect();
            assert_eq!(kept, [Some(MAX_LINE_BYTES - 1), None, Some(4)], "{piece_bytes}");
            assert_eq!(lines[1].1, fits.len() as u64);
            assert!(largest <= 3 * MAX_LINE_BYTES, "{largest} bytes");
        }
    }
}
