//! The first bytes of a spool: what it is, where its two ends are.
//!
//! ```text
//!     0  identity: magic, version, sizes, token, checksum     written once, before the spool gets its name
//!    64  tail: the next position to reserve; bit 0: closed    written by producers
//!   128  head: everything before it is released               written by the consumer
//!   256  journal, two slots of 256 bytes                      written by the consumer, see `journal`
//!  4096  drops, 96 slots of 128 bytes                         written under a lock, see `drops`
//! 16384  the ring
//! ```
//!
//! All numbers are little-endian words of 64 bits. `tail` and `head` have a cache line each: the one is
//! written by every emit, the other once a batch.

use crate::spool::record::{self, ALIGN_BYTES};
use crate::sync::{AtomicU64, Ordering};

/// The version of the format that this library writes, and the only one that it reads.
pub(crate) const FORMAT_VERSION: u64 = 1;

/// Every spool begins with it.
const MAGIC: u64 = u64::from_le_bytes(*b"EVTSPOOL");

/// Where the ring begins, in bytes.
pub(crate) const RING_OFFSET_BYTES: usize = 16 * 1024;

/// The smallest and the largest ring, in bytes; each ring is a power of two.
pub(crate) const MIN_RING_BYTES: usize = 64 * 1024;
pub(crate) const MAX_RING_BYTES: usize = 1 << 32;

const IDENTITY_WORDS: usize = 7;
const IDENTITY_CHECKSUM_WORD: usize = 7;
const TAIL_WORD: usize = 8;
const HEAD_WORD: usize = 16;
pub(super) const JOURNAL_WORD: usize = 32;
pub(super) const JOURNAL_SLOT_WORDS: usize = 32;
pub(super) const DROPS_WORD: usize = 512;
pub(super) const DROPS_SLOT_WORDS: usize = 16;
pub(super) const DROPS_SLOTS: usize = 96;
pub(super) const RING_WORD: usize = RING_OFFSET_BYTES / 8;

const _: () = assert!(TAIL_WORD / 8 != HEAD_WORD / 8, "head and tail share no cache line");
const _: () = assert!(HEAD_WORD + 8 <= JOURNAL_WORD);
const _: () = assert!(JOURNAL_WORD + 2 * JOURNAL_SLOT_WORDS <= DROPS_WORD);
const _: () = assert!(DROPS_WORD + DROPS_SLOTS * DROPS_SLOT_WORDS <= RING_WORD);

/// What a spool says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The size of the ring in bytes: a power of two.
    pub(crate) ring_bytes: usize,
    /// The token of the logger that made it; also in its file's name and its segments' names.
    pub(crate) token: u32,
    /// When it was made, in milliseconds since 1970.
    pub(crate) created_millis: u64,
}

/// Why a spool cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotASpool {
    #[error("it is {got} bytes long, too short to be a spool")]
    TooShort { got: u64 },
    #[error("it does not begin with `EVTSPOOL`, so it is not a spool or its first page is damaged")]
    Foreign,
    #[error("it has format version {got}, but this library reads version {FORMAT_VERSION} only")]
    Version { got: u64 },
    #[error("its header is damaged")]
    Damaged,
    #[error("its header speaks of {stated} bytes, but the file has {got}")]
    Truncated { stated: u64, got: u64 },
}

impl Identity {
    /// The length of the whole file in bytes.
    pub(crate) const fn file_bytes(&self) -> usize {
        RING_OFFSET_BYTES + self.ring_bytes
    }

    /// Writes the identity into the first words of a spool.
    pub(super) fn write(&self, words: &[AtomicU64]) {
        let identity = self.words();
        for (word, value) in words.iter().zip(identity) {
            word.store(value, Ordering::Relaxed);
        }
        words[IDENTITY_CHECKSUM_WORD].store(identity_checksum(&identity), Ordering::Relaxed);
    }

    /// Reads the identity and checks every part of it.
    pub(super) fn read(words: &[AtomicU64]) -> Result<Self, NotASpool> {
        let got = (words.len() * 8) as u64;
        if words.len() < RING_WORD {
            return Err(NotASpool::TooShort { got });
        }
        let stated: [u64; IDENTITY_WORDS] =
            std::array::from_fn(|index| words[index].load(Ordering::Relaxed));
        let [magic, version, ring_offset, ring_bytes, token, created_millis, _reserved] = stated;
        if magic != MAGIC {
            return Err(NotASpool::Foreign);
        }
        if words[IDENTITY_CHECKSUM_WORD].load(Ordering::Relaxed) != identity_checksum(&stated) {
            return Err(NotASpool::Damaged);
        }
        if version != FORMAT_VERSION {
            return Err(NotASpool::Version { got: version });
        }
        let identity = Self {
            ring_bytes: usize::try_from(ring_bytes).map_err(|_| NotASpool::Damaged)?,
            token: u32::try_from(token).map_err(|_| NotASpool::Damaged)?,
            created_millis,
        };
        if ring_offset != RING_OFFSET_BYTES as u64
            || !identity.ring_bytes.is_power_of_two()
            || !(MIN_RING_BYTES..=MAX_RING_BYTES).contains(&identity.ring_bytes)
        {
            return Err(NotASpool::Damaged);
        }
        let stated = identity.file_bytes() as u64;
        if stated != got {
            return Err(NotASpool::Truncated { stated, got });
        }
        Ok(identity)
    }

    fn words(&self) -> [u64; IDENTITY_WORDS] {
        [
            MAGIC,
            FORMAT_VERSION,
            RING_OFFSET_BYTES as u64,
            self.ring_bytes as u64,
            u64::from(self.token),
            self.created_millis,
            0,
        ]
    }
}

fn identity_checksum(words: &[u64]) -> u64 {
    checksum(0, words)
}

/// A checksum of numbers, as for a line.
pub(super) fn checksum(seed: u64, words: &[u64]) -> u64 {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    u64::from(record::checksum(seed, &bytes))
}

/// The word with the next position to reserve.
#[inline]
pub(super) fn tail(words: &[AtomicU64]) -> &AtomicU64 {
    &words[TAIL_WORD]
}

/// The word with the first position that is not released.
#[inline]
pub(super) fn head(words: &[AtomicU64]) -> &AtomicU64 {
    &words[HEAD_WORD]
}

/// Set in the tail once no record may be reserved any more. Positions are multiples of 16, so the
/// bit is free, and a reservation and the closing can never both succeed.
pub(super) const CLOSED: u64 = 1;
const _: () = assert!(CLOSED < ALIGN_BYTES);

#[cfg(test)]
mod tests {
    use super::*;

    fn spool(ring_bytes: usize) -> (Identity, Vec<AtomicU64>) {
        let identity =
            Identity { ring_bytes, token: 0x7f3a_91c2, created_millis: 1_631_771_847_000 };
        let words: Vec<_> = (0..identity.file_bytes() / 8).map(|_| AtomicU64::new(0)).collect();
        identity.write(&words);
        (identity, words)
    }

    #[test]
    fn an_identity_round_trips() {
        let (identity, words) = spool(MIN_RING_BYTES);
        assert_eq!(Identity::read(&words), Ok(identity));
    }

    #[test]
    fn every_flipped_bit_of_the_identity_is_noticed() {
        let (_, words) = spool(MIN_RING_BYTES);
        for word in &words[..=IDENTITY_CHECKSUM_WORD] {
            for bit in 0..64 {
                word.fetch_xor(1 << bit, Ordering::Relaxed);
                assert!(Identity::read(&words).is_err());
                word.fetch_xor(1 << bit, Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn a_newer_version_is_named() {
        let (_, words) = spool(MIN_RING_BYTES);
        words[1].store(2, Ordering::Relaxed);
        let stated: Vec<_> =
            words[..IDENTITY_WORDS].iter().map(|w| w.load(Ordering::Relaxed)).collect();
        words[IDENTITY_CHECKSUM_WORD].store(identity_checksum(&stated), Ordering::Relaxed);
        assert_eq!(Identity::read(&words), Err(NotASpool::Version { got: 2 }));
    }

    #[test]
    fn a_spool_cut_short_is_refused() {
        let (_, words) = spool(MIN_RING_BYTES);
        assert!(matches!(
            Identity::read(&words[..words.len() - 512]),
            Err(NotASpool::Truncated { .. })
        ));
        assert!(matches!(Identity::read(&words[..512]), Err(NotASpool::TooShort { got: 4096 })));
    }
}
