//! How far the spool has been drained, and into which segment: what makes draining exactly once.
//!
//! A checkpoint says: *when everything before `head` was written, this segment was `segment_bytes`
//! long*. Whatever the segment holds beyond that are the lines of the records behind `head`, in
//! order, the last one perhaps cut short. So nothing has to be noted before a write, and a recovery
//! that finds a longer segment knows which records are in it already.
//!
//! Two slots take turns and the newer whole one counts, so a kill between two stores never leaves a
//! half checkpoint. The order is: write to the segment, checkpoint, release.
//!
//! ```text
//! word 0  sequence, from 1; the greater one is the newer
//! word 1  head
//! word 2  segment_bytes
//! word 3  length of the segment's name in bytes; 0: no segment yet
//! word 4…27  the name, padded with zeros
//! word 28 checksum of the words before
//! ```

use std::ffi::OsStr;
use std::path::Path;

use crate::spool::header::{JOURNAL_SLOT_WORDS, JOURNAL_WORD, checksum};
use crate::sync::{AtomicU64, Ordering};

const NAME_WORD: usize = 4;
const NAME_WORDS: usize = 24;
const CHECKSUM_WORD: usize = NAME_WORD + NAME_WORDS;

/// The longest name of a segment, in bytes.
pub(crate) const MAX_SEGMENT_NAME_BYTES: usize = NAME_WORDS * 8;

const _: () = assert!(CHECKSUM_WORD < JOURNAL_SLOT_WORDS);

/// How far the spool has been drained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// Everything before this position is in a segment.
    pub(crate) head: u64,
    /// The segment that holds the end of it and takes what follows; empty before the first.
    pub(crate) segment: String,
    /// The length of that segment at that moment, in bytes.
    pub(crate) segment_bytes: u64,
}

/// The two slots of the journal. Written by the one consumer only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Journal<'a> {
    slots: [&'a [AtomicU64]; 2],
}

impl<'a> Journal<'a> {
    pub(super) fn new(spool: &'a [AtomicU64]) -> Self {
        let slot = |index: usize| {
            let start = JOURNAL_WORD + index * JOURNAL_SLOT_WORDS;
            &spool[start..start + JOURNAL_SLOT_WORDS]
        };
        Self { slots: [slot(0), slot(1)] }
    }

    /// Replaces the older checkpoint.
    ///
    /// # Panics
    /// If the segment's name is longer than [`MAX_SEGMENT_NAME_BYTES`]; the builder's limit on the
    /// prefix rules that out.
    pub(crate) fn record(&self, checkpoint: &Checkpoint) {
        let sequence = self.newest().map_or(0, |(sequence, _)| sequence) + 1;
        let mut words = [0; CHECKSUM_WORD];
        words[0] = sequence;
        words[1] = checkpoint.head;
        words[2] = checkpoint.segment_bytes;
        words[3] = checkpoint.segment.len() as u64;
        assert!(
            checkpoint.segment.len() <= MAX_SEGMENT_NAME_BYTES,
            "names of segments are bounded"
        );
        for (word, chunk) in
            words[NAME_WORD..].iter_mut().zip(checkpoint.segment.as_bytes().chunks(8))
        {
            let mut bytes = [0; 8];
            bytes[..chunk.len()].copy_from_slice(chunk);
            *word = u64::from_le_bytes(bytes);
        }
        let slot = self.slots[usize::from(sequence.is_multiple_of(2))];
        for (target, value) in slot.iter().zip(words) {
            // Relaxed: only a successor of this process reads them, and the checksum tells whether
            // all of them got there.
            target.store(value, Ordering::Relaxed);
        }
        slot[CHECKSUM_WORD].store(checksum(JOURNAL_WORD as u64, &words), Ordering::Relaxed);
    }

    /// The newest whole checkpoint; the beginning if there is none.
    pub(crate) fn latest(&self) -> Checkpoint {
        self.newest().map(|(_, checkpoint)| checkpoint).unwrap_or_default()
    }

    /// Whether each slot holds a checkpoint or was never written: none is being written at the moment, or
    /// is damaged.
    pub(super) fn is_whole(&self) -> bool {
        let is_blank = |slot: &[AtomicU64]| slot.iter().all(|w| w.load(Ordering::Relaxed) == 0);
        self.slots.iter().all(|slot| read(slot).is_some() || is_blank(slot))
    }

    fn newest(&self) -> Option<(u64, Checkpoint)> {
        self.slots.iter().filter_map(|slot| read(slot)).max_by_key(|(sequence, _)| *sequence)
    }
}

fn read(slot: &[AtomicU64]) -> Option<(u64, Checkpoint)> {
    let words: [u64; CHECKSUM_WORD] =
        std::array::from_fn(|index| slot[index].load(Ordering::Relaxed));
    // Nothing comes after the last sequence; a life never gets there, so it is damage.
    if words[0] == 0
        || words[0] == u64::MAX
        || slot[CHECKSUM_WORD].load(Ordering::Relaxed) != checksum(JOURNAL_WORD as u64, &words)
    {
        return None;
    }
    let name: Vec<u8> = words[NAME_WORD..].iter().flat_map(|word| word.to_le_bytes()).collect();
    let name = name.get(..usize::try_from(words[3]).ok()?)?;
    let segment = String::from_utf8(name.to_vec()).ok()?;
    // A recovery completes the file of this name, or removes it: it must lie in the log directory.
    if !segment.is_empty() && Path::new(&segment).file_name() != Some(OsStr::new(&segment)) {
        return None;
    }
    Some((words[0], Checkpoint { head: words[1], segment, segment_bytes: words[2] }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spool::header::RING_WORD;

    fn words() -> Vec<AtomicU64> {
        (0..RING_WORD).map(|_| AtomicU64::new(0)).collect()
    }

    fn checkpoint(head: u64) -> Checkpoint {
        Checkpoint { head, segment: format!("events.{head}.jsonl"), segment_bytes: head * 2 }
    }

    #[test]
    fn an_empty_journal_stands_at_the_beginning() {
        assert_eq!(Journal::new(&words()).latest(), Checkpoint::default());
    }

    #[test]
    fn the_newest_checkpoint_counts() {
        let words = words();
        let journal = Journal::new(&words);
        for head in 1..=5 {
            journal.record(&checkpoint(head));
            assert_eq!(journal.latest(), checkpoint(head));
        }
    }

    #[test]
    fn a_journal_with_a_half_written_slot_is_not_whole() {
        let words = words();
        let journal = Journal::new(&words);
        assert!(journal.is_whole());
        journal.record(&checkpoint(1));
        assert!(journal.is_whole());
        journal.record(&checkpoint(2));
        assert!(journal.is_whole());
        journal.slots[0][1].store(7, Ordering::Relaxed);
        assert!(!journal.is_whole());
    }

    #[test]
    fn a_checkpoint_that_names_a_file_elsewhere_does_not_count() {
        let words = words();
        let journal = Journal::new(&words);
        journal.record(&checkpoint(1));
        for segment in ["../bystander", "/bystander", "a/b", "a/", "..", "."] {
            journal.record(&Checkpoint { segment: segment.to_owned(), ..checkpoint(2) });
            assert_eq!(journal.latest(), checkpoint(1), "{segment}");
            journal.record(&checkpoint(1));
        }
    }

    #[test]
    fn a_checkpoint_after_which_none_can_come_does_not_count() {
        let words = words();
        let journal = Journal::new(&words);
        journal.record(&checkpoint(1));
        let mut last: [u64; CHECKSUM_WORD] =
            std::array::from_fn(|index| journal.slots[0][index].load(Ordering::Relaxed));
        last[0] = u64::MAX;
        journal.slots[0][0].store(last[0], Ordering::Relaxed);
        let sum = checksum(JOURNAL_WORD as u64, &last);
        journal.slots[0][CHECKSUM_WORD].store(sum, Ordering::Relaxed);
        journal.record(&checkpoint(2));
        assert_eq!(journal.latest(), checkpoint(2));
    }

    #[test]
    fn a_half_written_checkpoint_leaves_the_one_before() {
        let words = words();
        let journal = Journal::new(&words);
        journal.record(&checkpoint(1));
        let before: Vec<u64> = words.iter().map(|word| word.load(Ordering::Relaxed)).collect();
        journal.record(&checkpoint(2));
        let after: Vec<u64> = words.iter().map(|word| word.load(Ordering::Relaxed)).collect();
        for cut in 0..words.len() {
            for (index, word) in words.iter().enumerate() {
                word.store(
                    if index < cut { after[index] } else { before[index] },
                    Ordering::Relaxed,
                );
            }
            let latest = journal.latest();
            assert!(latest == checkpoint(1) || latest == checkpoint(2), "cut at {cut}: {latest:?}");
        }
    }
}
