//! The ring: many producers reserve, fill and commit; one consumer peeks, reads and releases.
//!
//! Positions count bytes since the spool was made and never wrap; the ring's size maps a position to
//! a place. `head <= tail <= head + size`:
//!
//! ```text
//!            head                    tail
//!   released | committed  reserved …  | free
//! ```
//!
//! A record in the middle may be reserved and not yet committed; the consumer waits for it, so lines
//! keep the order of their reservations.

use crate::spool::header::{self, CLOSED, RING_WORD};
use crate::spool::record::{self, BLOCK_WORDS, HEADER_WORDS, Lines, Stated, WORD_BYTES};
use crate::sync::{AtomicU64, Ordering, prefetch_for_write};

/// How far ahead cache lines are asked for: some records, so that they are there in time.
const AHEAD_BYTES: u64 = 1_024;
const CACHE_LINE_BYTES: u64 = 64;

/// The words of a spool, seen as a ring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ring<'a> {
    tail: &'a AtomicU64,
    head: &'a AtomicU64,
    /// A power of two of them.
    words: &'a [AtomicU64],
}

/// A record that was committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pushed {
    /// The position behind the record.
    pub(crate) end: u64,
    /// How full the ring was then, in bytes.
    pub(crate) used: u64,
}

/// Why a line was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There is no room until the consumer releases some.
    Full,
    /// The ring takes no more lines.
    Closed,
}

impl<'a> Ring<'a> {
    pub(super) fn new(spool: &'a [AtomicU64]) -> Self {
        Self::of(header::tail(spool), header::head(spool), &spool[RING_WORD..])
    }

    /// A ring of these words, which are a power of two.
    pub(crate) fn of(tail: &'a AtomicU64, head: &'a AtomicU64, words: &'a [AtomicU64]) -> Self {
        debug_assert!(words.len().is_power_of_two());
        Self { tail, head, words }
    }

    /// The ring's size in bytes.
    #[inline]
    pub(crate) fn bytes(&self) -> u64 {
        (self.words.len() * WORD_BYTES) as u64
    }

    /// Asks for the cache line of the tail, which the producer on another core may have moved last: it
    /// comes while this one still renders.
    #[inline]
    pub(crate) fn fetch_tail(&self) {
        prefetch_for_write(self.tail);
    }

    /// Appends a record of one line; see [`push_lines`](Self::push_lines).
    #[inline]
    pub(crate) fn push(
        &self,
        line: &[u8],
        before_commit: impl FnOnce(),
    ) -> Result<Pushed, Refused> {
        self.push_lines(line, Lines::One, before_commit)
    }

    /// Appends a record: reserves room, fills it, commits it. Never waits.
    ///
    /// `before_commit` runs once the room is certain and before the consumer can see the record.
    #[inline]
    pub(crate) fn push_lines(
        &self,
        text: &[u8],
        lines: Lines,
        before_commit: impl FnOnce(),
    ) -> Result<Pushed, Refused> {
        let size = record::size(text.len());
        let (position, used) = self.reserve(size)?;
        self.fetch_ahead(position, size, used);
        before_commit();
        let checksum = self.fill(position, text);
        let stated = Stated { bytes: text.len(), lines };
        self.word(position, 1).store(record::describe(stated, checksum), Ordering::Relaxed);
        // Release pairs with the Acquire load in `committed`: seeing the header means seeing the rest.
        self.word(position, 0).store(record::commit_word(position), Ordering::Release);
        Ok(Pushed { end: position + size, used })
    }

    /// Reserves `size` bytes; returns their position and how full the ring is then.
    #[inline]
    pub(crate) fn reserve(&self, size: u64) -> Result<(u64, u64), Refused> {
        // Relaxed: the tail only hands out room; what is in it is published by the commit word.
        let mut tail = self.tail.load(Ordering::Relaxed);
        loop {
            if tail & CLOSED != 0 {
                return Err(Refused::Closed);
            }
            // Acquire pairs with the Release store in `release`: the consumer has read, and written
            // to a segment, what this record is about to overwrite.
            let head = self.head.load(Ordering::Acquire);
            // A tail from before the head was read may lie before it; the exchange then fails.
            let used = (tail + size).saturating_sub(head);
            if used > self.bytes() {
                return Err(Refused::Full);
            }
            match self.tail.compare_exchange_weak(
                tail,
                tail + size,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Ok((tail, used)),
                Err(current) => tail = current,
            }
        }
    }

    /// Asks for the cache lines that the records soon behind this one will be written to. Another core
    /// read them last, that of the consumer, and a store waits for such a line: so does the exchange of
    /// the next `reserve`, for all stores before it.
    #[inline]
    fn fetch_ahead(&self, position: u64, size: u64, used: u64) {
        // Not what the consumer has yet to read, and of a long record not more than a short one's worth.
        if used + 2 * AHEAD_BYTES <= self.bytes() {
            for line in 0..size.min(AHEAD_BYTES).div_ceil(CACHE_LINE_BYTES) {
                let place = position + AHEAD_BYTES + line * CACHE_LINE_BYTES;
                prefetch_for_write(self.word(place, 0));
            }
        }
    }

    /// Copies `text` behind the header of the record at `position` and returns its checksum.
    #[inline]
    fn fill(&self, position: u64, text: &[u8]) -> u32 {
        let start = self.index(position) + HEADER_WORDS;
        match self.words.get(start..start + text.len().div_ceil(WORD_BYTES)) {
            Some(room) => record::checksum_blocks(position, text, |number, block| {
                store_block(room, number, block);
            }),
            None => self.fill_around(start, position, text),
        }
    }

    /// The same for a record that goes around the end of the ring.
    #[cold]
    fn fill_around(&self, start: usize, position: u64, text: &[u8]) -> u32 {
        // A header never straddles the end, but it may be the last thing before it.
        let (first, rest) = text.split_at((self.words.len() - start) * WORD_BYTES);
        store_bytes(&self.words[start..], first);
        store_bytes(self.words, rest);
        record::checksum(position, text)
    }

    /// What the record at `position` says of itself, or `None` if none is committed there (yet).
    #[inline]
    pub(crate) fn committed(&self, position: u64) -> Option<Stated> {
        // Acquire pairs with the Release store in `push`.
        let header = self.word(position, 0).load(Ordering::Acquire);
        if header != record::commit_word(position) {
            return None;
        }
        Some(record::stated(self.word(position, 1).load(Ordering::Relaxed)))
    }

    /// Appends what the record at `position` holds, so many `bytes`, to `out`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "calling it took a tenth more of the writer's work")]
    pub(crate) fn read(&self, position: u64, bytes: usize, out: &mut Vec<u8>) {
        let start = self.index(position) + HEADER_WORDS;
        let words = bytes.div_ceil(WORD_BYTES);
        let first = words.min(self.words.len() - start);
        let begin = out.len();
        out.resize(begin + words * WORD_BYTES, 0);
        let (head, rest) = out[begin..].split_at_mut(first * WORD_BYTES);
        load_bytes(&self.words[start..], head);
        load_bytes(self.words, rest);
        out.truncate(begin + bytes);
    }

    /// Appends what the record at `position` holds to `out`, if it is whole: committed there, of a
    /// possible length, and with its checksum. For spools whose process is gone, and for who reads
    /// without being the consumer.
    pub(crate) fn verified(&self, position: u64, out: &mut Vec<u8>) -> Option<Stated> {
        let stated = self.committed(position)?;
        if record::size(stated.bytes) > self.bytes() {
            return None;
        }
        let begin = out.len();
        self.read(position, stated.bytes, out);
        let described = record::describe(stated, record::checksum(position, &out[begin..]));
        if described == self.word(position, 1).load(Ordering::Relaxed) {
            return Some(stated);
        }
        out.truncate(begin);
        None
    }

    /// The positions of everything that looks committed at or behind `head`, in order.
    ///
    /// Looks at every place of the ring and trusts neither `tail` nor a record's neighbours, so a
    /// record behind one that was never committed, or that a power cut tore, is found all the same.
    pub(crate) fn committed_since(&self, head: u64) -> Vec<u64> {
        let mut found: Vec<u64> = self
            .words
            .iter()
            .enumerate()
            .step_by(HEADER_WORDS)
            .filter_map(|(index, word)| {
                let position = record::committed_position(word.load(Ordering::Acquire))?;
                (position >= head && self.index(position) == index).then_some(position)
            })
            .collect();
        found.sort_unstable();
        found
    }

    /// How much of the ring holds records that are not released, in bytes.
    pub(crate) fn used(&self) -> u64 {
        // In this order, so that what is released in between cannot count as used.
        let tail = self.tail();
        tail.saturating_sub(self.head())
    }

    /// What the first record holds that is not released, if it is committed; for anybody, at any
    /// time.
    ///
    /// What is released and written over meanwhile fails its checksum, which counts as none.
    pub(crate) fn first(&self) -> Option<Vec<u8>> {
        let mut lines = Vec::new();
        self.verified(self.head(), &mut lines).map(|_| lines)
    }

    /// The position behind the last record that was reserved.
    #[inline]
    pub(crate) fn tail(&self) -> u64 {
        // Relaxed: what lies before it is read through its commit words.
        self.tail.load(Ordering::Relaxed) & !CLOSED
    }

    /// The first position that is not released.
    #[inline]
    pub(crate) fn head(&self) -> u64 {
        self.head.load(Ordering::Acquire)
    }

    /// Gives the room before `position` back to the producers. For the one consumer only.
    #[inline]
    pub(crate) fn release(&self, position: u64) {
        // Release pairs with the Acquire load in `reserve`: the reads before it are done.
        self.head.store(position, Ordering::Release);
    }

    /// Takes no more lines from now on; returns the final tail.
    pub(crate) fn close(&self) -> u64 {
        self.tail.fetch_or(CLOSED, Ordering::Relaxed) & !CLOSED
    }

    /// Whether [`close`](Self::close) was called.
    pub(crate) fn is_closed(&self) -> bool {
        self.tail.load(Ordering::Relaxed) & CLOSED != 0
    }

    /// Whether no producer is between reserving and committing.
    pub(crate) fn is_settled(&self) -> bool {
        let mut position = self.head();
        while let Some(stated) = self.committed(position) {
            position += record::size(stated.bytes);
        }
        position == self.tail()
    }

    #[inline]
    fn word(&self, position: u64, offset: usize) -> &AtomicU64 {
        &self.words[self.index(position) + offset]
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "masked to an index of the ring")]
    fn index(&self, position: u64) -> usize {
        (position / WORD_BYTES as u64) as usize & (self.words.len() - 1)
    }
}

/// Stores the block with this number; of the last one, the words that there is room for.
#[inline]
fn store_block(room: &[AtomicU64], number: usize, block: [u64; BLOCK_WORDS]) {
    let (whole, last) = room.as_chunks::<BLOCK_WORDS>();
    match whole.get(number) {
        Some(place) => store_words(place, block),
        None => store_words(last, block),
    }
}

#[inline]
fn store_words(place: &[AtomicU64], words: [u64; BLOCK_WORDS]) {
    for (to, word) in place.iter().zip(words) {
        // Relaxed: the commit word publishes it.
        to.store(word, Ordering::Relaxed);
    }
}

/// Stores bytes as little-endian words, the last one filled up with zeros.
#[inline]
fn store_bytes(words: &[AtomicU64], bytes: &[u8]) {
    let (whole, rest) = bytes.as_chunks::<WORD_BYTES>();
    for (word, chunk) in words.iter().zip(whole) {
        // Relaxed: the commit word publishes them.
        word.store(u64::from_le_bytes(*chunk), Ordering::Relaxed);
    }
    if !rest.is_empty() {
        words[whole.len()].store(record::last_word(rest), Ordering::Relaxed);
    }
}

/// Loads whole words into bytes.
#[inline]
fn load_bytes(words: &[AtomicU64], bytes: &mut [u8]) {
    let (chunks, _) = bytes.as_chunks_mut::<WORD_BYTES>();
    for (chunk, word) in chunks.iter_mut().zip(words) {
        *chunk = word.load(Ordering::Relaxed).to_le_bytes();
    }
}
