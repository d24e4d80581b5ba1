//! Lines that could not be loaded: where they stood, why, and what they hold.
//!
//! They are kept as lines of JSON in `_quarantine`, so they can be searched, mended and loaded again.

use serde::Serialize;

use crate::input::objects::Objects;
use crate::lake::ledger::Chunk;
use crate::load::source::Source;

/// The lines of one batch that could not be loaded.
#[derive(Debug)]
pub struct Quarantine<'a> {
    objects: &'a Objects,
    kept: Vec<u8>,
    lines: u64,
    /// How many lines stand before a place of an input, for the input that was asked for last.
    before: Option<(String, u64, u64)>,
}

/// One entry.
#[derive(Debug, Serialize)]
pub(crate) struct Entry<'a> {
    /// The input, as it was named.
    file: &'a str,
    /// The number of the line in it, from 1; `None` if the input cannot be read any more.
    line: Option<u64>,
    /// Where the line begins, in uncompressed bytes.
    offset: u64,
    reason: &'a str,
    /// How long the line is, in bytes.
    bytes: u64,
    /// The line, as far as it is kept.
    text: std::borrow::Cow<'a, str>,
    /// The same where it is not UTF-8: two hexadecimal digits for each byte.
    #[serde(skip_serializing_if = "Option::is_none")]
    hex: Option<String>,
}

/// A line that cannot be loaded.
#[derive(Clone, Copy, Debug)]
pub struct Rejected<'a> {
    /// The chunk that it stands in.
    pub chunk: &'a Chunk,
    /// How many lines of the chunk stand before it.
    pub lines_before: u64,
    /// How many bytes of the chunk stand before it.
    pub bytes_before: u64,
    /// The line, as far as it was read.
    pub text: &'a [u8],
    /// Its whole length in bytes.
    pub bytes: u64,
}

impl<'a> Entry<'a> {
    /// A line, as far as it was read, and its whole length.
    pub(crate) fn new(
        file: &'a str,
        line: Option<u64>,
        offset: u64,
        reason: &'a str,
        bytes: u64,
        text: &'a [u8],
    ) -> Self {
        let hex = str::from_utf8(text).is_err().then(|| hex(text));
        Self { file, line, offset, reason, bytes, text: String::from_utf8_lossy(text), hex }
    }
}

impl<'a> Quarantine<'a> {
    /// Nothing, yet.
    #[must_use]
    pub fn new(objects: &'a Objects) -> Self {
        Self { objects, kept: Vec::new(), lines: 0, before: None }
    }

    /// Keeps a line.
    pub fn keep(&mut self, rejected: &Rejected<'_>, reason: &str) {
        let Rejected { chunk, lines_before, bytes_before, text, bytes } = *rejected;
        let line = self.lines_before(chunk).map(|before| before + lines_before + 1);
        let offset = chunk.from + bytes_before;
        self.push(&Entry::new(&chunk.input, line, offset, reason, bytes, text));
        self.lines += 1;
    }

    fn push(&mut self, entry: &Entry<'_>) {
        serde_json::to_writer(&mut self.kept, entry).expect("an entry is plain data");
        self.kept.push(b'\n');
    }

    /// How many lines stand before a chunk. Counted when somebody has to be told only.
    fn lines_before(&mut self, chunk: &Chunk) -> Option<u64> {
        if let Some((input, from, lines)) = &self.before
            && *input == chunk.input
            && *from == chunk.from
        {
            return Some(*lines);
        }
        let lines = count_lines(chunk, self.objects).ok()?;
        self.before = Some((chunk.input.clone(), chunk.from, lines));
        Some(lines)
    }

    /// How many lines are kept.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// The entries, one per line.
    #[must_use]
    pub fn into_lines(self) -> Vec<u8> {
        self.kept
    }
}

fn count_lines(chunk: &Chunk, objects: &Objects) -> std::io::Result<u64> {
    const AT_ONCE: usize = 1 << 20;
    if chunk.from == 0 {
        return Ok(0);
    }
    let mut source = Source::open_in(chunk.input.as_ref(), objects)?;
    let mut lines = 0;
    let mut at = 0;
    let mut bytes = Vec::with_capacity(AT_ONCE);
    while at < chunk.from {
        bytes.clear();
        let most = usize::try_from(chunk.from - at).unwrap_or(AT_ONCE).min(AT_ONCE);
        let read = source.read(at, most, &mut bytes)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        lines += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        at += read as u64;
    }
    Ok(lines)
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
