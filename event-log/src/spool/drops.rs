//! What was dropped and is not yet told by a gap line, kept where a kill cannot reach it.
//!
//! A table of 96 slots of 16 words in the spool, one slot for each pair of type and reason:
//!
//! ```text
//! word 0  how many were dropped since the spool was made; stored last, 0: the slot is free
//! word 1  how many of those a gap line has told of
//! word 2  when the first untold one was dropped, milliseconds since 1970
//! word 3  when the last one was dropped
//! word 4  reason (its code, low 8 bits), length of the type's name (next 8 bits)
//! word 5…12  the type's name, padded with zeros
//! ```
//!
//! All access is under the ledger's lock. A kill between telling and noting that it was told has the
//! next start tell it again, and so does a kill of a recovery while it takes drops over; there is no
//! other way to a gap line too many.

use crate::spool::header::{DROPS_SLOT_WORDS, DROPS_SLOTS, DROPS_WORD};
use crate::sync::{AtomicU64, Ordering};

const COUNT: usize = 0;
const TOLD: usize = 1;
const FIRST: usize = 2;
const LAST: usize = 3;
const LABEL: usize = 4;
const NAME: usize = 5;
const NAME_WORDS: usize = 8;

/// The longest type name that a slot holds; a longer one is cut at the last whole character.
const MAX_NAME_BYTES: usize = NAME_WORDS * 8;

const _: () = assert!(NAME + NAME_WORDS <= DROPS_SLOT_WORDS);

/// The last slots are kept for types that find no slot of their own, one for each reason.
const OTHER_SLOTS: usize = 8;
const NAMED_SLOTS: usize = DROPS_SLOTS - OTHER_SLOTS;

/// Stands for every type that found no free slot.
pub(crate) const OTHER_TYPES: &str = "";

/// A number of dropped events of one type, for one reason, that no gap line has told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Untold {
    pub(crate) event_type: String,
    /// The code of a [`crate::DropReason`].
    pub(crate) reason: u8,
    pub(crate) count: u64,
    pub(crate) first_millis: u64,
    pub(crate) last_millis: u64,
    slot: usize,
    upto: u64,
}

/// The table of drops in a spool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drops<'a> {
    words: &'a [AtomicU64],
}

impl<'a> Drops<'a> {
    pub(super) fn new(spool: &'a [AtomicU64]) -> Self {
        Self { words: &spool[DROPS_WORD..DROPS_WORD + DROPS_SLOTS * DROPS_SLOT_WORDS] }
    }

    /// Counts one dropped event.
    pub(crate) fn add(&self, event_type: &str, reason: u8, now_millis: u64) {
        self.add_many(event_type, reason, 1, now_millis, now_millis);
    }

    /// Counts what another spool's table counted.
    pub(crate) fn take_over(&self, untold: &Untold) {
        let Untold { event_type, reason, count, first_millis, last_millis, .. } = untold;
        self.add_many(event_type, *reason, *count, *first_millis, *last_millis);
    }

    fn add_many(
        &self,
        event_type: &str,
        reason: u8,
        events: u64,
        first_millis: u64,
        last_millis: u64,
    ) {
        let slot = self.slot_of(event_type, reason);
        let count = load(slot, COUNT);
        let is_first = count == load(slot, TOLD);
        store(
            slot,
            FIRST,
            if is_first { first_millis } else { load(slot, FIRST).min(first_millis) },
        );
        store(slot, LAST, if is_first { last_millis } else { load(slot, LAST).max(last_millis) });
        // The table has no checksum, so a count that is taken over may be any number.
        store(slot, COUNT, count.saturating_add(events));
    }

    /// Everything that no gap line has told of.
    pub(crate) fn untold(&self) -> Vec<Untold> {
        (0..DROPS_SLOTS).filter_map(|index| self.read(index)).collect()
    }

    /// Notes that a gap line told of these.
    pub(crate) fn told(&self, untold: &Untold) {
        let slot = self.slot(untold.slot);
        store(slot, TOLD, untold.upto);
        // Drops since then have their own beginning; the last one's time is the nearest that is known.
        store(slot, FIRST, load(slot, LAST));
    }

    fn read(&self, index: usize) -> Option<Untold> {
        let slot = self.slot(index);
        let (upto, told) = (load(slot, COUNT), load(slot, TOLD));
        let count = upto.checked_sub(told).filter(|count| *count > 0)?;
        let (reason, event_type) = read_label(slot)?;
        Some(Untold {
            event_type,
            reason,
            count,
            first_millis: load(slot, FIRST),
            last_millis: load(slot, LAST),
            slot: index,
            upto,
        })
    }

    /// The slot of this type and reason: the one it has, a free one made its own, or, where none is
    /// left, the one of this reason for all other types.
    fn slot_of(&self, event_type: &str, reason: u8) -> &'a [AtomicU64] {
        let named = (0..NAMED_SLOTS)
            .map(|index| self.slot(index))
            .find(|slot| claim(slot, event_type, reason));
        named.unwrap_or_else(|| {
            let other = self.slot(NAMED_SLOTS + usize::from(reason) % OTHER_SLOTS);
            claim(other, OTHER_TYPES, reason);
            other
        })
    }

    fn slot(&self, index: usize) -> &'a [AtomicU64] {
        &self.words[index * DROPS_SLOT_WORDS..(index + 1) * DROPS_SLOT_WORDS]
    }
}

/// Whether the slot is that of this type and reason; a free one becomes it.
fn claim(slot: &[AtomicU64], event_type: &str, reason: u8) -> bool {
    let name = shortened(event_type).as_bytes();
    let label = label(reason, name);
    if load(slot, COUNT) == 0 {
        store(slot, LABEL, label);
        store_name(slot, name);
        return true;
    }
    load(slot, LABEL) == label && name_bytes(slot)[..name.len()] == *name
}

/// The beginning of a name that fits into a slot.
fn shortened(mut name: &str) -> &str {
    while name.len() > MAX_NAME_BYTES {
        let (last, _) = name.char_indices().next_back().expect("a long name has a character");
        name = &name[..last];
    }
    name
}

fn label(reason: u8, name: &[u8]) -> u64 {
    u64::from(reason) | (name.len() as u64) << 8
}

/// Reason and type; `None` if the slot is damaged.
fn read_label(slot: &[AtomicU64]) -> Option<(u8, String)> {
    let [reason, length, rest @ ..] = load(slot, LABEL).to_le_bytes();
    if rest != [0; 6] {
        return None;
    }
    let name = name_bytes(slot).get(..usize::from(length))?.to_vec();
    Some((reason, String::from_utf8(name).ok()?))
}

fn store_name(slot: &[AtomicU64], name: &[u8]) {
    let mut bytes = [0; MAX_NAME_BYTES];
    bytes[..name.len()].copy_from_slice(name);
    let (chunks, _) = bytes.as_chunks::<8>();
    for (offset, chunk) in chunks.iter().enumerate() {
        store(slot, NAME + offset, u64::from_le_bytes(*chunk));
    }
}

fn name_bytes(slot: &[AtomicU64]) -> [u8; MAX_NAME_BYTES] {
    let mut bytes = [0; MAX_NAME_BYTES];
    let (chunks, _) = bytes.as_chunks_mut::<8>();
    for (offset, chunk) in chunks.iter_mut().enumerate() {
        *chunk = load(slot, NAME + offset).to_le_bytes();
    }
    bytes
}

// Relaxed, both: the ledger's lock orders them.
fn load(slot: &[AtomicU64], word: usize) -> u64 {
    slot[word].load(Ordering::Relaxed)
}

fn store(slot: &[AtomicU64], word: usize, value: u64) {
    slot[word].store(value, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spool::header::RING_WORD;

    fn words() -> Vec<AtomicU64> {
        (0..RING_WORD).map(|_| AtomicU64::new(0)).collect()
    }

    fn summary(drops: &Drops<'_>) -> Vec<(String, u8, u64, u64, u64)> {
        let row = |u: Untold| (u.event_type, u.reason, u.count, u.first_millis, u.last_millis);
        drops.untold().into_iter().map(row).collect()
    }

    #[test]
    fn drops_are_counted_by_type_and_reason_with_their_times() {
        let words = words();
        let drops = Drops::new(&words);
        drops.add("sign_up", 1, 100);
        drops.add("payment", 1, 200);
        drops.add("sign_up", 1, 300);
        drops.add("sign_up", 2, 400);
        assert_eq!(
            summary(&drops),
            [
                ("sign_up".to_owned(), 1, 2, 100, 300),
                ("payment".to_owned(), 1, 1, 200, 200),
                ("sign_up".to_owned(), 2, 1, 400, 400),
            ]
        );
    }

    #[test]
    fn what_was_told_is_not_told_again() {
        let words = words();
        let drops = Drops::new(&words);
        drops.add("sign_up", 1, 100);
        let untold = drops.untold();
        drops.add("sign_up", 1, 200);
        drops.told(&untold[0]);
        assert_eq!(summary(&drops), [("sign_up".to_owned(), 1, 1, 200, 200)]);
    }

    #[test]
    fn a_count_that_damage_made_huge_overflows_nothing() {
        let words = words();
        let drops = Drops::new(&words);
        drops.add_many("sign_up", 1, u64::MAX, 100, 100);
        drops.add("sign_up", 1, 200);
        assert_eq!(summary(&drops), [("sign_up".to_owned(), 1, u64::MAX, 100, 200)]);
    }

    #[test]
    fn types_beyond_the_table_are_counted_together() {
        let words = words();
        let drops = Drops::new(&words);
        for index in 0..100 {
            drops.add(&format!("type_{index}"), 1, 100);
            drops.add(&format!("type_{index}"), 2, 100);
        }
        let untold = drops.untold();
        let of = |reason| untold.iter().filter(move |untold| untold.reason == reason);
        for reason in [1, 2] {
            assert_eq!(of(reason).map(|untold| untold.count).sum::<u64>(), 100);
            let others = of(reason).filter(|untold| untold.event_type == OTHER_TYPES);
            assert_eq!(others.map(|untold| untold.count).sum::<u64>(), 56);
        }
    }

    #[test]
    fn a_damaged_slot_is_passed_over() {
        let words = words();
        let drops = Drops::new(&words);
        drops.add("sign_up", 1, 100);
        drops.slot(0)[LABEL].store(u64::MAX, Ordering::Relaxed);
        assert_eq!(drops.untold(), []);
    }
}
