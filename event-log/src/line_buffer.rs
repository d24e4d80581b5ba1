//! A growing buffer for one line, with a limit that a value cannot pass however long it is.

use std::io;

/// The bytes of one line while it is rendered; reused from line to line.
///
/// Past the limit it keeps no more bytes and remembers that it overflowed, so a value that serializes
/// to a gigabyte costs no more memory than the limit.
#[derive(Debug, Default)]
pub(crate) struct LineBuffer {
    bytes: Vec<u8>,
    /// The longest line in bytes, its newline included.
    limit: usize,
    overflowed: bool,
}

impl LineBuffer {
    /// Empties the buffer for a line of at most `limit` bytes.
    #[inline]
    pub(crate) fn start(&mut self, limit: usize) {
        self.bytes.clear();
        self.limit = limit;
        self.overflowed = false;
    }

    /// Appends `bytes`, or nothing once the limit is passed.
    #[inline]
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if bytes.len() <= self.bytes.capacity() - self.bytes.len() {
            self.bytes.extend_from_slice(bytes);
        } else {
            self.push_slow(bytes);
        }
    }

    #[cold]
    fn push_slow(&mut self, bytes: &[u8]) {
        let length = self.bytes.len() + bytes.len();
        if self.overflowed || length > self.limit {
            self.overflowed = true;
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// Whether anything was left out because of the limit.
    #[inline]
    pub(crate) fn overflowed(&self) -> bool {
        // The capacity may exceed the limit, so what `push` let through has to be measured too.
        self.overflowed || self.bytes.len() > self.limit
    }

    #[inline]
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    #[inline]
    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }
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
