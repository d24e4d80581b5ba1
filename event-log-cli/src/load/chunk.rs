//! Some whole lines of one input: which are new, and where they end.

use std::io;
use std::sync::Arc;

use crate::input::lines::MAX_LINE_BYTES;
use crate::lake::ledger::{Chunk, Claim, Digest, END_BYTES, Ledger};
use crate::lake::store::StoreError;
use crate::load::repeats::Repeats;
use crate::load::source::Source;

/// So many bytes of lines make a batch by default; a chunk has no more, but for its last line.
pub const BATCH_BYTES: usize = 32 << 20;

/// The largest batch. What is larger by more than the longest line is one line.
pub const BATCH_BYTES_MAX: usize = 1 << 30;

/// How much is read at once where a newline is looked for.
const LOOK_BYTES: usize = 64 << 10;

/// So much is kept of a line that is too long.
const HEAD_BYTES: usize = 1 << 10;

/// Where what is new in an input begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The digest of the input's first line.
    pub stream: Digest,
    /// Everything before this position was claimed.
    pub from: u64,
    /// The number of the claim that is free there.
    pub attempt: u32,
}

/// What following the claims on an input came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// From here on it is new.
    New(Place),
    /// It begins like an input that was claimed up to this position, which is behind its end.
    Shorter(u64),
}

/// Why a chunk cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ChunkError {
    /// The input cannot be read, or what it says of its compression is not true.
    #[error("it cannot be read: {0}")]
    Input(#[from] io::Error),
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] crate::failure::Failure),
}

impl From<StoreError> for ChunkError {
    fn from(error: StoreError) -> Self {
        Self::Ledger(error.into())
    }
}

/// Follows the claims on an input from a position on to where what is new begins.
///
/// # Errors
/// If the input or the ledger cannot be read.
pub fn follow(
    source: &mut Source,
    ledger: Ledger<'_>,
    stream: &Digest,
    from: u64,
) -> Result<Followed, ChunkError> {
    follow_each(source, ledger, stream, from, |_| ())
}

/// As [`follow`], and hands over each claim that is one on this input.
///
/// # Errors
/// If the input or the ledger cannot be read.
pub fn follow_each(
    source: &mut Source,
    ledger: Ledger<'_>,
    stream: &Digest,
    from: u64,
    mut each: impl FnMut(&Claim),
) -> Result<Followed, ChunkError> {
    let mut place = Place { stream: stream.clone(), from, attempt: 0 };
    let mut shorter = None;
    while let Some(claim) = ledger.claim(&place.stream, place.from, place.attempt)? {
        match end_digest(source, place.from, claim.to)? {
            Some(end) if end == claim.end => {
                each(&claim);
                place = Place { from: claim.to, attempt: 0, ..place };
                shorter = None;
            }
            Some(_) => place.attempt += 1,
            // An older copy of one that has grown: all that it holds was claimed.
            None if ends_at(source, place.from)? => return Ok(Followed::New(place)),
            None => {
                shorter = Some(claim.to);
                place.attempt += 1;
            }
        }
    }
    Ok(shorter.map_or(Followed::New(place), Followed::Shorter))
}

/// The digest of the last bytes of a chunk; `None` if the input ends before the chunk does.
fn end_digest(source: &mut Source, from: u64, to: u64) -> io::Result<Option<Digest>> {
    let begin = from.max(to.saturating_sub(END_BYTES as u64));
    let length = usize::try_from(to - begin).map_err(io::Error::other)?;
    let mut end = Vec::with_capacity(length);
    let read = source.read(begin, length, &mut end)?;
    Ok((read == length).then(|| Digest::of(&end)))
}

fn ends_at(source: &mut Source, position: u64) -> io::Result<bool> {
    Ok(source.read(position, 1, &mut Vec::new())? == 0)
}

/// A chunk that was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Piece {
    /// What the ledger is told.
    pub chunk: Chunk,
    /// How long its part of the buffer is.
    pub length: usize,
    /// Whether it is one line longer than any logger writes; the buffer has its first bytes only.
    pub is_too_long: bool,
    /// Whether more of the input may follow now: the room ended, not the input.
    pub is_cut: bool,
    /// Which of its lines are repeats; `None` only of a first chunk, where the lines themselves tell.
    pub repeats: Option<Arc<Repeats>>,
}

/// Appends the next chunk to `buffer`; `None`, and nothing, if there is no whole line.
///
/// `room` bounds its bytes, but for its last line.
///
/// # Errors
/// If the input cannot be read. Then `buffer` is as it was.
pub fn read(
    source: &mut Source,
    place: &Place,
    room: usize,
    buffer: &mut Vec<u8>,
) -> io::Result<Option<Piece>> {
    let begin = buffer.len();
    read_lines(source, place, room, buffer).inspect_err(|_| buffer.truncate(begin))
}

fn read_lines(
    source: &mut Source,
    place: &Place,
    room: usize,
    buffer: &mut Vec<u8>,
) -> io::Result<Option<Piece>> {
    let begin = buffer.len();
    let mut looked = 0;
    let mut most = room;
    let (length, is_cut) = loop {
        let from = place.from + looked as u64;
        let read = source.read(from, most, buffer)?;
        let text = &buffer[begin..];
        if let Some(whole) = whole_lines(text, looked, read < most) {
            break (whole, read == most);
        }
        if read < most {
            buffer.truncate(begin);
            return Ok(None);
        }
        if text.len() > MAX_LINE_BYTES {
            return too_long(source, place, begin, buffer);
        }
        looked = text.len();
        most = LOOK_BYTES;
    };
    buffer.truncate(begin + length);
    let text = &buffer[begin..];
    let end = Digest::of(&text[text.len().saturating_sub(END_BYTES)..]);
    let chunk = chunk(source, place, place.from + length as u64, end);
    Ok(Some(Piece { chunk, length, is_too_long: false, is_cut, repeats: None }))
}

/// Where the whole lines of a text end, of which the first bytes are known to have no newline.
///
/// Behind the last newline of an input there may be an object that is whole but for its newline: no
/// line that is being written looks like that.
fn whole_lines(text: &[u8], without_newline: usize, is_end: bool) -> Option<usize> {
    let newline = memchr::memrchr(b'\n', &text[without_newline..]);
    let whole = newline.map_or(0, |at| without_newline + at + 1);
    let is_object = || {
        let rest = text[whole..].trim_ascii_start();
        rest.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(rest).is_ok()
    };
    if is_end && is_object() {
        return Some(text.len());
    }
    (whole > 0).then_some(whole)
}

/// Passes over a line that is too long, and keeps its first bytes.
fn too_long(
    source: &mut Source,
    place: &Place,
    begin: usize,
    buffer: &mut Vec<u8>,
) -> io::Result<Option<Piece>> {
    let mut at = place.from + (buffer.len() - begin) as u64;
    let mut look = Vec::with_capacity(LOOK_BYTES);
    let to = loop {
        look.clear();
        let read = source.read(at, LOOK_BYTES, &mut look)?;
        if let Some(newline) = memchr::memchr(b'\n', &look) {
            break at + newline as u64 + 1;
        }
        if read < LOOK_BYTES {
            buffer.truncate(begin);
            return Ok(None);
        }
        at += read as u64;
    };
    buffer.truncate(begin + HEAD_BYTES);
    let end = end_digest(source, place.from, to)?;
    let end = end.ok_or_else(|| io::Error::other("it became shorter while it was read"))?;
    let chunk = chunk(source, place, to, end);
    Ok(Some(Piece { chunk, length: HEAD_BYTES, is_too_long: true, is_cut: true, repeats: None }))
}

fn chunk(source: &Source, place: &Place, to: u64, end: Digest) -> Chunk {
    let input = source.path().to_string_lossy().into_owned();
    let Place { stream, from, attempt } = place.clone();
    Chunk { input, stream, from, to, end, attempt }
}

/// The lines of a chunk with their newlines; the last one may have none.
pub fn lines(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let end = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |newline| newline + 1);
        let (line, rest) = bytes.split_at(end);
        bytes = rest;
        (!line.is_empty()).then_some(line)
    })
}

/// Appends a chunk as it was planned; `None` if the input does not hold it any more.
///
/// # Errors
/// If the input cannot be read.
pub fn read_again(
    source: &mut Source,
    planned: &Chunk,
    buffer: &mut Vec<u8>,
) -> io::Result<Option<Piece>> {
    let Chunk { stream, from, to, end, .. } = planned;
    let is_there = Digest::of(&source.first_line()?) == *stream
        && end_digest(source, *from, *to)?.as_ref() == Some(end);
    if !is_there {
        return Ok(None);
    }
    let begin = buffer.len();
    // More than a batch and its last line is one line that was passed over.
    let most = (to - from).min((BATCH_BYTES_MAX + MAX_LINE_BYTES + LOOK_BYTES) as u64);
    let length = source.read(*from, usize::try_from(most).map_err(io::Error::other)?, buffer)?;
    let looked = length.min(MAX_LINE_BYTES + 1);
    let is_too_long =
        length > MAX_LINE_BYTES && memchr::memchr(b'\n', &buffer[begin..begin + looked]).is_none();
    let length = if is_too_long { HEAD_BYTES } else { length };
    buffer.truncate(begin + length);
    // It may have been moved since.
    let input = source.path().to_string_lossy().into_owned();
    let chunk = Chunk { input, ..planned.clone() };
    Ok(Some(Piece { chunk, length, is_too_long, is_cut: false, repeats: None }))
}

/// Where the chunks of a long plain input end, but for the last one: where [`read`] would end them.
/// Stops where only reading can tell.
///
/// # Errors
/// If the input cannot be read.
pub fn cut(
    source: &mut Source,
    place: &Place,
    batch_bytes: usize,
    length: u64,
) -> io::Result<Vec<u64>> {
    let mut ends = Vec::new();
    let mut from = place.from;
    let mut look = Vec::with_capacity(LOOK_BYTES);
    while length - from > batch_bytes as u64 {
        look.clear();
        let looked = LOOK_BYTES.min(batch_bytes);
        let begin = from + (batch_bytes - looked) as u64;
        source.read(begin, looked, &mut look)?;
        let Some(newline) = memchr::memrchr(b'\n', &look) else { break };
        from = begin + newline as u64 + 1;
        ends.push(from);
    }
    Ok(ends)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::lake::local::LocalStore;

    fn source(directory: &Path, bytes: &[u8]) -> Source {
        let path = directory.join("input");
        std::fs::write(&path, bytes).unwrap();
        Source::open(&path).unwrap()
    }

    fn start() -> Place {
        Place { stream: Digest::of(b""), from: 0, attempt: 0 }
    }

    /// The lengths of the chunks, whether each is too long, and what is left.
    fn chunks(source: &mut Source, room: usize) -> (Vec<(u64, bool)>, u64) {
        let mut place = start();
        let mut found = Vec::new();
        while let Some(piece) = read(source, &place, room, &mut Vec::new()).unwrap() {
            found.push((piece.chunk.to - place.from, piece.is_too_long));
            let mut again = Vec::new();
            let chunk = Chunk { stream: Digest::of(&source.first_line().unwrap()), ..piece.chunk };
            let reread = read_again(source, &chunk, &mut again).unwrap().unwrap();
            assert_eq!((reread.length, reread.is_too_long), (piece.length, piece.is_too_long));
            place.from = chunk.to;
        }
        (found, place.from)
    }

    #[test]
    fn chunks_are_whole_lines_and_a_torn_one_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let mut source = source(directory.path(), b"one\ntwo\nthree\n{\"torn");
        assert_eq!(chunks(&mut source, 100), (vec![(14, false)], 14));
        assert_eq!(chunks(&mut source, 9), (vec![(8, false), (6, false)], 14));
        assert_eq!(chunks(&mut source, 4), (vec![(4, false), (4, false), (6, false)], 14));
    }

    #[test]
    fn an_object_that_lacks_only_its_newline_is_a_line() {
        let directory = tempfile::tempdir().unwrap();
        let mut whole = source(directory.path(), b"one\n{\"id\":1}");
        assert_eq!(chunks(&mut whole, 100), (vec![(12, false)], 12));
        let mut number = source(directory.path(), b"one\n12");
        assert_eq!(chunks(&mut number, 100), (vec![(4, false)], 4));
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_in_little_memory() {
        let directory = tempfile::tempdir().unwrap();
        let long = vec![b'x'; MAX_LINE_BYTES + 200_000];
        let mut source = source(directory.path(), &[b"one\n", &long[..], b"\ntwo\n"].concat());
        let (found, _) = chunks(&mut source, 1 << 20);
        assert_eq!(found, [(4, false), (long.len() as u64 + 1, true), (4, false)]);
    }

    #[test]
    fn a_long_input_is_cut_where_reading_would_end_its_chunks() {
        let directory = tempfile::tempdir().unwrap();
        let text: Vec<u8> =
            (0..9_000_000_u32).flat_map(|n| format!("line {n}\n").into_bytes()).collect();
        let mut source = source(directory.path(), &text);
        let (found, _) = chunks(&mut source, BATCH_BYTES);
        let mut ends = cut(&mut source, &start(), BATCH_BYTES, text.len() as u64).unwrap();
        ends.push(text.len() as u64);
        let sums: Vec<u64> = found
            .iter()
            .scan(0, |sum, (length, _)| {
                *sum += length;
                Some(*sum)
            })
            .collect();
        assert!(ends.len() > 3);
        assert_eq!(ends, sums);
    }

    #[test]
    fn what_was_claimed_is_passed_over_and_what_grew_is_new() {
        let directory = tempfile::tempdir().unwrap();
        let store = LocalStore::open(&directory.path().join("lake")).unwrap();
        let ledger = Ledger::new(&store);
        let mut first = source(directory.path(), b"one\ntwo\n");
        let stream = Digest::of(b"one\n");
        let place = Place { stream: stream.clone(), from: 0, attempt: 0 };
        assert_eq!(follow(&mut first, ledger, &stream, 0).unwrap(), Followed::New(place.clone()));
        let piece = read(&mut first, &place, 100, &mut Vec::new()).unwrap().unwrap();
        let chunk = piece.chunk;
        assert_eq!(
            ledger.take(std::slice::from_ref(&chunk), &Digest::of(b"batch")).unwrap(),
            [true]
        );

        let after = Followed::New(Place { from: 8, ..place.clone() });
        assert_eq!(follow(&mut first, ledger, &stream, 0).unwrap(), after);
        let mut grown = source(directory.path(), b"one\ntwo\nthree\n");
        assert_eq!(follow(&mut grown, ledger, &stream, 0).unwrap(), after);
        let mut other = source(directory.path(), b"one\nTWO\nthree\n");
        let own = Followed::New(Place { attempt: 1, ..place });
        assert_eq!(follow(&mut other, ledger, &stream, 0).unwrap(), own);
        let mut cut = source(directory.path(), b"one\n");
        assert_eq!(follow(&mut cut, ledger, &stream, 0).unwrap(), Followed::Shorter(8));

        let chunk = Chunk { to: 14, end: Digest::of(b"three\n"), from: 8, ..chunk };
        ledger.take(&[chunk], &Digest::of(b"next")).unwrap();
        let mut older = source(directory.path(), b"one\ntwo\n");
        assert_eq!(follow(&mut older, ledger, &stream, 0).unwrap(), after);
    }
}
