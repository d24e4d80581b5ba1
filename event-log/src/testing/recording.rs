//! What a recording logger keeps instead of a spool: its lines, in memory.

use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::error::EmitError;

/// The lines of one recording logger, the events that it dropped, and its ids.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    lines: Lines,
    /// Lines before this one are not looked at any more.
    begin: AtomicUsize,
    dropped: Mutex<Vec<EmitError>>,
    ids: CountedIds,
}

impl Recording {
    /// Keeps lines, each with its newline, side by side.
    pub(crate) fn push(&self, lines: &[u8]) {
        self.lines.push(std::str::from_utf8(lines).expect("a line is UTF-8"));
    }

    /// Keeps the reason for which an event was dropped.
    pub(crate) fn push_dropped(&self, error: EmitError) {
        lock(&self.dropped).push(error);
    }

    /// The id of the next event, for a line that is rendered at `now`.
    pub(crate) fn next_id(&self, now: Timestamp) -> Uuid {
        self.ids.next(now.unix_millis())
    }

    /// The lines since the last `forget`, without their newlines.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        let begin = self.begin.load(Ordering::Relaxed);
        (begin..self.lines.len()).filter_map(|index| self.lines.get(index))
    }

    /// Why events were dropped since the last `forget`.
    pub(super) fn dropped(&self) -> Vec<EmitError> {
        lock(&self.dropped).clone()
    }

    /// Looks at what is here no more.
    pub(super) fn forget(&self) {
        self.begin.store(self.lines.len(), Ordering::Relaxed);
        lock(&self.dropped).clear();
    }
}

/// A list that only grows, so that its lines can be borrowed while others are added.
#[derive(Default)]
struct Lines {
    /// Each twice as long as the one before, made when the first line of it is added.
    chunks: [OnceLock<Chunk>; CHUNKS],
    /// How many lines there are.
    len: Mutex<usize>,
}

type Chunk = Box<[OnceLock<Box<str>>]>;

const FIRST_CHUNK: usize = 16;
/// More lines than memory holds.
const CHUNKS: usize = 32;

impl Lines {
    fn push(&self, lines: &str) {
        let mut len = lock(&self.len);
        for line in lines.lines() {
            let (chunk, place) = place_of(*len);
            let slots = self.chunks[chunk]
                .get_or_init(|| (0..FIRST_CHUNK << chunk).map(|_| OnceLock::new()).collect());
            slots[place].set(line.into()).expect("a place is filled once, under the lock");
            *len += 1;
        }
    }

    fn len(&self) -> usize {
        *lock(&self.len)
    }

    fn get(&self, index: usize) -> Option<&str> {
        let (chunk, place) = place_of(index);
        self.chunks[chunk].get()?[place].get().map(AsRef::as_ref)
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((0..self.len()).map(|index| self.get(index))).finish()
    }
}

/// The chunk of a line, and the place in it.
const fn place_of(index: usize) -> (usize, usize) {
    let shifted = index + FIRST_CHUNK;
    let chunk = (shifted.ilog2() - FIRST_CHUNK.ilog2()) as usize;
    (chunk, shifted - (FIRST_CHUNK << chunk))
}

const VERSION: u128 = 0x7 << 76;
const VARIANT: u128 = 0b10 << 62;

/// Ids of version 7 that count instead of being random.
#[derive(Debug, Default)]
struct CountedIds {
    drawn: AtomicU64,
    /// The latest millisecond of an id: a clock that is set back must not take the ids along.
    millis: AtomicU64,
}

impl CountedIds {
    fn next(&self, unix_millis: u64) -> Uuid {
        let millis = self.millis.fetch_max(unix_millis, Ordering::Relaxed).max(unix_millis);
        let number = self.drawn.fetch_add(1, Ordering::Relaxed) + 1;
        // A date beyond the year 10889 has more milliseconds than an id has bits for.
        let millis = u128::from(millis & ((1 << 48) - 1));
        Uuid::from_u128(millis << 80 | VERSION | VARIANT | u128::from(number))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that runs under these locks panics half-way through a change.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_a_place_of_its_own_and_stays_there() {
        let lines = Lines::default();
        lines.push("0\n1\n");
        let first = lines.get(0).unwrap();
        for index in 2..1_000 {
            lines.push(&format!("{index}\n"));
        }
        assert_eq!(first, "0");
        assert_eq!(lines.len(), 1_000);
        assert!((0..1_000).all(|index| lines.get(index) == Some(&*index.to_string())));
        assert_eq!(lines.get(1_000), None);
    }

    #[test]
    fn ids_count_and_go_on_increasing_when_the_clock_is_set_back() {
        let ids = CountedIds::default();
        let drawn = [946_684_800_000, 946_684_800_001, 5].map(|millis| ids.next(millis));
        assert_eq!(
            drawn.map(|id| id.to_string()),
            [
                "00dc6acf-ac00-7000-8000-000000000001",
                "00dc6acf-ac01-7000-8000-000000000002",
                "00dc6acf-ac01-7000-8000-000000000003",
            ]
        );
        for id in drawn {
            assert_eq!((id.get_version_num(), id.get_variant()), (7, uuid::Variant::RFC4122));
        }
    }
}
