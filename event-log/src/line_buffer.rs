//! A growing buffer for one line, with a limit that a value cannot pass however long it is.

use std::io;

/// The length of the buffer after the first growth, in bytes: most lines fit.
const FIRST_BYTES: usize = 1_024;

/// The bytes of one line while it is rendered; reused from line to line.
///
/// Past the limit it keeps no more bytes and remembers that it overflowed, so a value that serializes
/// to a gigabyte costs no more memory than the limit.
#[derive(Debug, Default)]
pub(crate) struct LineBuffer {
    /// The line, and behind it whatever earlier lines left. Never longer than the longest limit.
    bytes: Vec<u8>,
    /// How much of it is the line.
    len: usize,
    /// The longest line in bytes, its newline included.
    limit: usize,
    overflowed: bool,
}

impl LineBuffer {
    /// Empties the buffer for a line of at most `limit` bytes.
    #[inline]
    pub(crate) fn start(&mut self, limit: usize) {
        self.len = 0;
        self.limit = limit;
        self.overflowed = false;
    }

    /// Appends `bytes`, or nothing once the limit is passed.
    #[inline]
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        match self.bytes.get_mut(self.len..end) {
            Some(room) => {
                copy(room, bytes);
                self.len = end;
            }
            None => self.push_slow(bytes),
        }
    }

    /// Appends all pieces or, once the limit is passed, none. Cheaper than one after the other: the
    /// room is looked for once, and no piece waits for the length that the one before has stored.
    #[inline]
    pub(crate) fn push_all<const N: usize>(&mut self, pieces: [&[u8]; N]) {
        let end = self.len + pieces.iter().map(|piece| piece.len()).sum::<usize>();
        match self.bytes.get_mut(self.len..end) {
            Some(mut room) => {
                for piece in pieces {
                    let (to, rest) = room.split_at_mut(piece.len());
                    copy(to, piece);
                    room = rest;
                }
                self.len = end;
            }
            None => self.push_slow(&pieces.concat()),
        }
    }

    /// Appends what `write` writes to the front of its argument, whose length it returns.
    #[inline]
    pub(crate) fn push_with<const MAX: usize>(
        &mut self,
        write: impl FnOnce(&mut [u8; MAX]) -> usize,
    ) {
        if let Some(room) = self.bytes.get_mut(self.len..).and_then(<[u8]>::first_chunk_mut) {
            self.len += write(room);
        } else {
            let mut room = [0; MAX];
            let len = write(&mut room);
            self.push(&room[..len]);
        }
    }

    #[cold]
    fn push_slow(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        if self.overflowed || end > self.limit {
            self.overflowed = true;
            return;
        }
        let longer = end.max(self.bytes.len() * 2).max(FIRST_BYTES).min(self.limit);
        self.bytes.resize(longer, 0);
        self.bytes[self.len..end].copy_from_slice(bytes);
        self.len = end;
    }

    /// Whether anything was left out because of the limit.
    #[inline]
    pub(crate) fn overflowed(&self) -> bool {
        // The buffer may be longer than the limit of this line, so what `push` let through counts too.
        self.overflowed || self.len > self.limit
    }

    #[inline]
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    #[inline]
    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.len]
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

/// Copies between slices of the same length. A line is made of many short pieces, for which a call of
/// `memcpy` costs more than the copy: up to 32 bytes go as two halves that may overlap.
#[inline]
fn copy(to: &mut [u8], from: &[u8]) {
    if from.len() > 32 {
        to.copy_from_slice(from);
    } else if !(copy_halves::<16>(to, from)
        || copy_halves::<8>(to, from)
        || copy_halves::<4>(to, from))
    {
        for (to, from) in to.iter_mut().zip(from) {
            *to = *from;
        }
    }
}

/// Copies from `HALF` to twice as many bytes; does nothing and says so if there are fewer.
#[inline]
fn copy_halves<const HALF: usize>(to: &mut [u8], from: &[u8]) -> bool {
    let (Some(first), Some(last)) = (from.first_chunk::<HALF>(), from.last_chunk::<HALF>()) else {
        return false;
    };
    if let Some(to) = to.first_chunk_mut() {
        *to = *first;
    }
    if let Some(to) = to.last_chunk_mut() {
        *to = *last;
    }
    true
}

impl io::Write for LineBuffer {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    /// Fails once the limit is passed, which ends the rendering of a value that is far too long.
    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.push(bytes);
        if self.overflowed {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(())
    }

    #[inline]
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pieces_of_any_length_are_joined(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..40),
        ) {
            let mut line = LineBuffer::default();
            line.start(10_000);
            for piece in &pieces {
                line.push(piece);
            }
            prop_assert_eq!(line.as_slice(), pieces.concat());
            prop_assert!(!line.overflowed());
        }
    }

    #[test]
    fn a_line_of_exactly_the_limit_passes_and_one_byte_more_does_not() {
        let mut line = LineBuffer::default();
        for (length, overflows) in [(2_000, false), (2_001, true), (5_000, true), (2_000, false)] {
            line.start(2_000);
            line.push(&vec![b'x'; length - 1]);
            line.push(b"y");
            assert_eq!(line.overflowed(), overflows, "{length}");
        }
        assert!(line.bytes.len() <= 2_000);
    }
}
