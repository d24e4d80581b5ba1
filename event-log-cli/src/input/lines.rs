//! A file, compressed or not, line by line, with a bound on the memory that a line takes.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::failure::Failure;
use crate::input::objects::Objects;
use crate::progress::Progress;
use crate::remote::Location;

/// The longest line that is kept in memory, in bytes. A logger writes none of more than 1 MiB.
pub const MAX_LINE_BYTES: usize = 16 << 20;

/// How much is read at once.
const BUFFER_BYTES: usize = 256 << 10;

const GZIP: [u8; 2] = [0x1F, 0x8B];
const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// The lines of one file.
pub struct Lines<R> {
    input: R,
    bytes: Vec<u8>,
    number: u64,
}

/// One line, whole or not.
#[derive(Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// The line without its newline.
    Whole(&'a [u8]),
    /// What stands behind the last newline: a line that is being written, or torn.
    Unfinished(&'a [u8]),
    /// A line longer than [`MAX_LINE_BYTES`], which was passed over: its length in bytes.
    TooLong(u64),
}

/// What is told of a line longer than [`MAX_LINE_BYTES`].
#[must_use]
pub fn too_long(bytes: u64) -> String {
    format!("the line has {bytes} bytes, more than any logger writes")
}

impl<R> fmt::Debug for Lines<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Lines<Box<dyn BufRead + Send>> {
    /// Opens a file or object; its first bytes tell whether it is compressed with gzip or zstd. The progress
    /// is told of each buffer of it, as it lies there.
    ///
    /// # Errors
    /// If it cannot be opened or read.
    pub fn open(path: &Path, objects: &Objects, progress: &Progress) -> Result<Self, Failure> {
        let open = || {
            if path.to_str().is_some_and(Location::is_meant) {
                let object = objects.open(path)?;
                let input = decompressed(progress.reading(object.clone().reader()))?;
                return Ok(input.unwrap_or_else(|| buffered(progress.reading(object.reader()))));
            }
            open_file(path, progress)
        };
        open().map(Self::new).map_err(Failure::file("open", path))
    }

    /// Opens a file, as [`open`](Self::open) does, and tells nobody.
    ///
    /// # Errors
    /// If it cannot be opened or read.
    pub fn open_file(path: &Path) -> Result<Self, Failure> {
        open_file(path, &Progress::none()).map(Self::new).map_err(Failure::file("open", path))
    }
}

/// The uncompressed bytes of a file.
///
/// # Errors
/// If it cannot be opened or read.
pub fn open_file(path: &Path, progress: &Progress) -> io::Result<Box<dyn BufRead + Send>> {
    match decompressed(progress.reading(BufReader::new(File::open(path)?)))? {
        Some(input) => Ok(input),
        None => Ok(buffered(progress.reading(File::open(path)?))),
    }
}

/// The uncompressed bytes, or `None` if the first ones are not those of gzip or zstd.
///
/// # Errors
/// If the input cannot be read.
pub fn decompressed(
    mut input: impl BufRead + Send + 'static,
) -> io::Result<Option<Box<dyn BufRead + Send>>> {
    let start = input.fill_buf()?;
    Ok(if start.starts_with(&GZIP) {
        Some(buffered(MultiGzDecoder::new(input)))
    } else if start.starts_with(&ZSTD) {
        Some(buffered(zstd::Decoder::with_buffer(input)?))
    } else {
        None
    })
}

fn buffered(input: impl Read + Send + 'static) -> Box<dyn BufRead + Send> {
    Box::new(BufReader::with_capacity(BUFFER_BYTES, input))
}

impl<R: BufRead> Lines<R> {
    /// The lines of `input`.
    pub fn new(input: R) -> Self {
        Self { input, bytes: Vec::new(), number: 0 }
    }

    /// The number of the line that [`read`](Self::read) gave last, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The next line, or `None` at the end.
    ///
    /// # Errors
    /// If the file cannot be read, or what it says of its compression is not true.
    pub fn read(&mut self) -> io::Result<Option<Found<'_>>> {
        self.bytes.clear();
        let mut length = 0_u64;
        let ended = loop {
            let available = self.input.fill_buf()?;
            if available.is_empty() {
                break false;
            }
            let newline = memchr::memchr(b'\n', available);
            let taken = newline.unwrap_or(available.len());
            length += taken as u64;
            // One byte more than is allowed tells that the line is too long.
            let kept = taken.min(MAX_LINE_BYTES + 1 - self.bytes.len());
            self.bytes.extend_from_slice(&available[..kept]);
            self.input.consume(taken + usize::from(newline.is_some()));
            if newline.is_some() {
                break true;
            }
        };
        if !ended && length == 0 {
            return Ok(None);
        }
        self.number += 1;
        Ok(Some(if self.bytes.len() > MAX_LINE_BYTES {
            Found::TooLong(length)
        } else if ended {
            Found::Whole(&self.bytes)
        } else {
            Found::Unfinished(&self.bytes)
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn all(mut lines: Lines<impl BufRead>) -> Vec<(u64, String)> {
        let mut found = Vec::new();
        while let Some(line) = lines.read().unwrap() {
            let text = match line {
                Found::Whole(bytes) => format!("whole {}", bytes.escape_ascii()),
                Found::Unfinished(bytes) => format!("unfinished {}", bytes.escape_ascii()),
                Found::TooLong(bytes) => format!("too long {bytes}"),
            };
            found.push((lines.number(), text));
        }
        found
    }

    #[test]
    fn lines_come_with_their_numbers_and_a_torn_one_is_told_apart() {
        let found = all(Lines::new(BufReader::with_capacity(3, &b"one\n\nthree\nfo"[..])));
        let wanted = ["whole one", "whole ", "whole three", "unfinished fo"];
        let wanted: Vec<_> = (1..).zip(wanted.map(str::to_owned)).collect();
        assert_eq!(found, wanted);
        assert_eq!(all(Lines::new(&b""[..])), []);
    }

    #[test]
    fn a_line_beyond_the_bound_is_passed_over_and_takes_no_more_memory() {
        let long = io::repeat(b'x').take(100 << 20).chain(&b"\nnext\n"[..]);
        let mut lines = Lines::new(BufReader::new(long));
        assert_eq!(lines.read().unwrap(), Some(Found::TooLong(100 << 20)));
        assert!(lines.bytes.capacity() <= 4 * MAX_LINE_BYTES);
        assert_eq!(lines.read().unwrap(), Some(Found::Whole(b"next")));
    }

    #[test]
    fn compression_is_told_by_the_first_bytes() {
        let directory = tempfile::tempdir().unwrap();
        let text = b"one\ntwo\n";
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text).unwrap();
        let gzip = gzip.finish().unwrap();
        // Two members, as when compressed files are joined.
        let twice = [&gzip[..], &gzip].concat();
        let zstd = zstd::encode_all(&text[..], 0).unwrap();
        for (bytes, count) in [(&text[..], 2), (&twice, 4), (&zstd, 2)] {
            let path = directory.path().join("segment");
            std::fs::write(&path, bytes).unwrap();
            let lines = Lines::open(&path, &Objects::default(), &Progress::none());
            assert_eq!(all(lines.unwrap()).len(), count);
        }
    }
}
