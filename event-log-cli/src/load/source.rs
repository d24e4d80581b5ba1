//! An input as bytes by position: a plain file or object at any place, a compressed one from its
//! beginning.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::input::lines;
use crate::input::objects::{Object, Objects};
use crate::progress::Progress;
use crate::remote::Location;

/// The longest first line that identifies an input, in bytes. Of a longer one its beginning does.
const FIRST_LINE_BYTES: usize = 64 << 10;

/// So much that was uncompressed last is kept: a chunk ends at a newline, and the next one begins there, before
/// the end of what was read. Lines that are longer have the input uncompressed from its beginning.
const KEPT_BYTES: usize = 256 << 10;

/// One input.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    /// `None` if it is a file.
    object: Option<Object>,
    kind: Kind,
}

enum Kind {
    Plain(File),
    PlainObject(Object),
    /// Uncompressed from the beginning up to this position.
    Compressed {
        reader: Box<dyn BufRead + Send>,
        position: u64,
        /// The last bytes before the position.
        kept: Vec<u8>,
    },
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "Plain",
            Self::PlainObject(_) => "PlainObject",
            Self::Compressed { .. } => "Compressed",
        })
    }
}

impl Source {
    /// Opens a file or object; its first bytes tell whether it is compressed with gzip or zstd.
    ///
    /// # Errors
    /// If it cannot be opened or read.
    pub fn open_in(path: &Path, objects: &Objects) -> io::Result<Self> {
        Self::watched(path, objects, &Progress::none())
    }

    /// The same; if it is compressed, the progress is told of what is read of it.
    ///
    /// # Errors
    /// As [`open_in`](Self::open_in).
    pub fn watched(path: &Path, objects: &Objects, progress: &Progress) -> io::Result<Self> {
        if !path.to_str().is_some_and(Location::is_meant) {
            return Self::of_file(path, progress);
        }
        Self::of_object(path.to_owned(), objects.open(path)?, progress)
    }

    fn of_object(path: PathBuf, object: Object, progress: &Progress) -> io::Result<Self> {
        let kind = match lines::decompressed(progress.reading(object.clone().reader()))? {
            Some(reader) => Kind::Compressed { reader, position: 0, kept: Vec::new() },
            None => Kind::PlainObject(object.clone()),
        };
        Ok(Self { path, object: Some(object), kind })
    }

    /// Opens a file; its first bytes tell whether it is compressed with gzip or zstd.
    ///
    /// # Errors
    /// If it cannot be opened or read.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::of_file(path, &Progress::none())
    }

    fn of_file(path: &Path, progress: &Progress) -> io::Result<Self> {
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it is no file, and what comes from a pipe or a device cannot be read a second time; write it \
                 to a file and load that",
            ));
        }
        let kind = match lines::decompressed(progress.reading(BufReader::new(File::open(path)?)))? {
            Some(reader) => Kind::Compressed { reader, position: 0, kept: Vec::new() },
            None => Kind::Plain(File::open(path)?),
        };
        // Whoever finishes a batch of it may stand in another directory.
        Ok(Self { path: std::path::absolute(path)?, object: None, kind })
    }

    /// Where the input is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What tells an object from a later one at the same address; `None` if it is a file, or the server
    /// does not say.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.object.as_ref()?.etag()
    }

    /// The same input, from its beginning; what is read again was told of before.
    fn reopened(&self) -> io::Result<Self> {
        match &self.object {
            Some(object) => Self::of_object(self.path.clone(), object.clone(), &Progress::none()),
            None => Self::open(&self.path),
        }
    }

    /// Whether it is read through a decoder.
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        matches!(self.kind, Kind::Compressed { .. })
    }

    /// The length of a plain input now; that of a compressed one is known at its end only.
    ///
    /// # Errors
    /// If the system does not tell it.
    pub fn plain_length(&self) -> io::Result<Option<u64>> {
        match &self.kind {
            Kind::Plain(file) => Ok(Some(file.metadata()?.len())),
            Kind::PlainObject(object) => Ok(Some(object.length())),
            Kind::Compressed { .. } => Ok(None),
        }
    }

    /// The length of an input that was read to its end.
    ///
    /// # Errors
    /// As [`plain_length`](Self::plain_length).
    pub fn length(&self) -> io::Result<u64> {
        match &self.kind {
            Kind::Compressed { position, .. } => Ok(*position),
            Kind::Plain(_) | Kind::PlainObject(_) => Ok(self.plain_length()?.unwrap_or(0)),
        }
    }

    /// Appends the bytes from position `from` to `out`, up to `most` of them; fewer only at the end.
    ///
    /// # Errors
    /// If the input cannot be read, or what it says of its compression is not true. Then `out` is as
    /// it was.
    pub fn read(&mut self, from: u64, most: usize, out: &mut Vec<u8>) -> io::Result<usize> {
        let begin = out.len();
        self.append(from, most, out).inspect_err(|_| out.truncate(begin))
    }

    fn append(&mut self, from: u64, most: usize, out: &mut Vec<u8>) -> io::Result<usize> {
        match &mut self.kind {
            Kind::Plain(file) => read_plain(file, from, most, out),
            Kind::PlainObject(object) => object.read(from, most, out),
            Kind::Compressed { position, kept, .. } if from < *position - kept.len() as u64 => {
                *self = self.reopened()?;
                self.append(from, most, out)
            }
            Kind::Compressed { reader, position, kept } => {
                let begin = out.len();
                if from < *position {
                    let again =
                        kept.len() - usize::try_from(*position - from).map_err(io::Error::other)?;
                    out.extend(kept[again..].iter().take(most));
                } else {
                    let skipped = io::copy(&mut reader.take(from - *position), &mut io::sink())?;
                    *position += skipped;
                    if skipped > 0 {
                        kept.clear();
                    }
                }
                let read = reader.take((most - (out.len() - begin)) as u64).read_to_end(out)?;
                *position += read as u64;
                keep(kept, &out[out.len() - read..]);
                Ok(out.len() - begin)
            }
        }
    }

    /// What the input is known by: the first line that is not empty, with what stands before it and its
    /// newline, or as much of that as there is room for. A newline that is still to come is added, so that
    /// the input stays the same one when it comes.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn first_line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        loop {
            let most = (4 << 10).min(FIRST_LINE_BYTES - line.len());
            let begin = line.len();
            let read = self.read(begin as u64, most, &mut line)?;
            let text = line.iter().position(|byte| !byte.is_ascii_whitespace());
            if let Some(at) = text.map(|text| text.max(begin))
                && let Some(newline) = memchr::memchr(b'\n', &line[at..])
            {
                line.truncate(at + newline + 1);
                return Ok(line);
            }
            if read < most || line.len() == FIRST_LINE_BYTES {
                if text.is_some() && line.len() < FIRST_LINE_BYTES {
                    line.push(b'\n');
                }
                return Ok(line);
            }
        }
    }
}

/// Adds what was read to what is kept of it.
fn keep(kept: &mut Vec<u8>, read: &[u8]) {
    let read = &read[read.len().saturating_sub(KEPT_BYTES)..];
    let surplus = (kept.len() + read.len()).saturating_sub(KEPT_BYTES);
    kept.drain(..surplus.min(kept.len()));
    kept.extend_from_slice(read);
}

fn read_plain(file: &mut File, from: u64, most: usize, out: &mut Vec<u8>) -> io::Result<usize> {
    let length = file.metadata()?.len();
    let available = usize::try_from(length.saturating_sub(from)).unwrap_or(usize::MAX);
    // No more: what is reserved for ten thousand small inputs need not be room for a batch.
    out.reserve(most.min(available));
    file.seek(SeekFrom::Start(from))?;
    file.take(most as u64).read_to_end(out)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn bytes_are_the_same_compressed_or_not_and_wherever_one_looks() {
        let directory = tempfile::tempdir().unwrap();
        let text: Vec<u8> = (0..10_000).flat_map(|n| format!("line {n}\n").into_bytes()).collect();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&text).unwrap();
        let files = [text.clone(), gzip.finish().unwrap(), zstd::encode_all(&text[..], 0).unwrap()];
        for (index, bytes) in files.iter().enumerate() {
            let path = directory.path().join(index.to_string());
            std::fs::write(&path, bytes).unwrap();
            let mut source = Source::open(&path).unwrap();
            assert_eq!(source.first_line().unwrap(), b"line 0\n");
            let looks =
                [(0, 10), (50_000, 20), (49_990, 50), (50_015, 5), (7, 30_000), (30_001, 9)];
            for (from, most) in looks.into_iter().chain([(text.len() - 5, 100), (0, 99_999)]) {
                let mut out = b"before".to_vec();
                let read = source.read(from as u64, most, &mut out).unwrap();
                let end = text.len().min(from + most);
                assert_eq!((read, &out[6..]), (end - from, &text[from..end]));
            }
        }
    }

    #[test]
    fn a_first_line_without_end_is_cut() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("long");
        std::fs::write(&path, vec![b'x'; 200_000]).unwrap();
        assert_eq!(Source::open(&path).unwrap().first_line().unwrap().len(), FIRST_LINE_BYTES);
    }

    #[test]
    fn an_input_is_known_by_its_first_line_that_is_not_empty_with_or_without_its_newline() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("input");
        let first_line = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Source::open(&path).unwrap().first_line().unwrap()
        };
        for text in ["short", "short\n", "short\nnext\n"] {
            assert_eq!(first_line(text), b"short\n");
        }
        let empty = format!("\r\n{}\n", " ".repeat(5_000));
        assert_eq!(first_line(&format!("{empty}one\ntwo\n")), format!("{empty}one\n").as_bytes());
        assert_eq!((first_line(""), first_line("\n\n")), (vec![], b"\n\n".to_vec()));
    }
}
