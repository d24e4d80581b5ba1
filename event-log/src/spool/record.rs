//! One record in the ring: a header of two words, its lines, padding.
//!
//! ```text
//! word 0   0xFF in the top byte, position / 16 below   stored last, with Release: "committed"
//! word 1   0 or 1 in the top byte: one line or several; length (24 bits), checksum (low 32 bits)
//! word 2…  the line, or the lines, in order, the last word filled up with zeros
//! ```
//!
//! - A record is committed as a whole or not at all, and so is what it holds: one line, or the lines of
//!   a transaction.
//! - A header names its own position, so a stale header of an earlier lap never passes for this one.
//! - A record is a multiple of 16 bytes long. Where that leaves a word behind the line, it is not
//!   written; it is never at a multiple of 16, where headers stand.
//! - 0xFF cannot occur in UTF-8 text, nor in the top byte of word 1, so no other word of a record can
//!   be taken for a header: after a crash the next record behind one that was never committed is found
//!   with certainty.
//! - The checksum is for a power cut, after which pages of different ages may lie side by side.

/// Every record begins at a multiple of this, so a header never straddles the end of the ring.
pub(crate) const ALIGN_BYTES: u64 = 16;

pub(super) const WORD_BYTES: usize = 8;
pub(super) const HEADER_WORDS: usize = 2;

/// The most bytes that a record can hold: what the 24 bits of word 1 can say.
pub(crate) const MAX_BYTES: usize = (1 << 24) - 1;

const COMMITTED: u64 = 0xFF << 56;

/// How many lines a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Lines {
    /// One.
    One = 0,
    /// Those of a transaction, two or more.
    Several = 1,
}

/// What word 1 says of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stated {
    /// How many bytes it holds.
    pub(crate) bytes: usize,
    pub(crate) lines: Lines,
}

/// The bytes that a record takes in the ring whose lines are so long together.
#[inline]
pub(crate) const fn size(bytes: usize) -> u64 {
    ((HEADER_WORDS * WORD_BYTES + bytes) as u64).next_multiple_of(ALIGN_BYTES)
}

/// Word 0 of a committed record at `position`.
#[inline]
pub(super) const fn commit_word(position: u64) -> u64 {
    COMMITTED | (position / ALIGN_BYTES)
}

/// The position that word 0 names, or `None` if this word cannot be one.
#[inline]
pub(super) const fn committed_position(word: u64) -> Option<u64> {
    if word & COMMITTED != COMMITTED {
        return None;
    }
    // Positions stay below 2^60: at 10 GB/s that is three years of one spool's life.
    (word & !COMMITTED).checked_mul(ALIGN_BYTES)
}

/// Word 1: how many bytes and lines the record holds, and the checksum of the bytes.
#[inline]
pub(super) const fn describe(stated: Stated, checksum: u32) -> u64 {
    (stated.lines as u64) << 56 | (stated.bytes as u64) << 32 | checksum as u64
}

/// What word 1 says, but for the checksum.
#[inline]
pub(super) const fn stated(word: u64) -> Stated {
    let lines = if word >> 56 == 0 { Lines::One } else { Lines::Several };
    Stated { bytes: (word >> 32) as usize & MAX_BYTES, lines }
}

/// Arbitrary constants with about half of their bits set (from the digits of pi).
const SECRETS: [u64; 4] =
    [0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7345, 0xA409_3822_299F_31D1, 0x082E_FA98_EC4E_6C89];

/// How many words are mixed in one step.
pub(super) const BLOCK_WORDS: usize = 4;

/// A checksum of what a record at this position holds.
///
/// Two lanes, each of which folds two words in one multiplication, after wyhash: any damage passes
/// with a probability of 2^-32. A CRC is slower without an instruction for it, and guards against no
/// more here; multiplications of 64 bits that keep only the low half are slower too, as compilers
/// turn them into vector code that the machine has no instruction for.
#[inline]
pub(crate) fn checksum(position: u64, text: &[u8]) -> u32 {
    checksum_blocks(position, text, |_, _| ())
}

/// The same, and on the way each block of the text with its number, the last one filled up with
/// zeros: who copies the text then reads it only once.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "both halves are used")]
pub(super) fn checksum_blocks(
    position: u64,
    text: &[u8],
    mut take: impl FnMut(usize, [u64; BLOCK_WORDS]),
) -> u32 {
    let mut lanes = [position ^ SECRETS[0], text.len() as u64 ^ SECRETS[1]];
    let (words, rest) = text.as_chunks::<WORD_BYTES>();
    let (blocks, last_words) = words.as_chunks::<BLOCK_WORDS>();
    for (number, block) in blocks.iter().enumerate() {
        let block = block.map(u64::from_le_bytes);
        take(number, block);
        mix(&mut lanes, block);
    }
    if !(last_words.is_empty() && rest.is_empty()) {
        let mut block = [0; BLOCK_WORDS];
        for (to, word) in block.iter_mut().zip(last_words) {
            *to = u64::from_le_bytes(*word);
        }
        block[last_words.len()] = last_word(rest);
        take(blocks.len(), block);
        mix(&mut lanes, block);
    }
    let folded = fold(lanes[0] ^ SECRETS[2], lanes[1] ^ SECRETS[3]);
    (folded >> 32) as u32 ^ folded as u32
}

#[inline]
fn mix(lanes: &mut [u64; 2], block: [u64; BLOCK_WORDS]) {
    lanes[0] = fold(block[0] ^ SECRETS[0], block[1] ^ lanes[0]);
    lanes[1] = fold(block[2] ^ SECRETS[1], block[3] ^ lanes[1]);
}

/// The halves of the product of 128 bits, folded into one.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "both halves are used")]
const fn fold(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    (product >> 64) as u64 ^ product as u64
}

/// Up to seven bytes as a little-endian word, filled up with zeros.
#[inline]
pub(super) fn last_word(rest: &[u8]) -> u64 {
    let low = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
    match (rest.first_chunk(), rest.last_chunk()) {
        // Two halves that may overlap.
        (Some(first), Some(last)) => low(first) | low(last) << (8 * (rest.len() - 4)),
        _ => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_are_multiples_of_the_alignment_and_hold_header_and_line() {
        assert_eq!([size(1), size(16), size(17), size(285)], [32, 32, 48, 304]);
    }

    #[test]
    fn a_commit_word_names_its_position() {
        for position in [0, 16, 1 << 40] {
            assert_eq!(committed_position(commit_word(position)), Some(position));
        }
        let longest = Stated { bytes: MAX_BYTES, lines: Lines::Several };
        assert_eq!(committed_position(describe(longest, u32::MAX)), None);
    }

    #[test]
    fn a_record_says_how_long_it_is_and_whether_it_holds_several_lines() {
        for lines in [Lines::One, Lines::Several] {
            let longest = Stated { bytes: MAX_BYTES, lines };
            assert_eq!(stated(describe(longest, u32::MAX)), longest);
        }
    }

    proptest! {
        #[test]
        fn text_is_never_taken_for_a_header(text in ".{8,64}") {
            for window in text.as_bytes().windows(8) {
                let word = u64::from_le_bytes(window.try_into().unwrap());
                prop_assert_eq!(committed_position(word), None);
            }
        }

        #[test]
        fn a_changed_byte_changes_the_checksum(
            line in prop::collection::vec(any::<u8>(), 1..400), at: prop::sample::Index, by in 1..=255u8,
        ) {
            let mut changed = line.clone();
            changed[at.index(line.len())] ^= by;
            prop_assert_ne!(checksum(32, &line), checksum(32, &changed));
        }

        #[test]
        fn the_position_is_part_of_the_checksum(line in prop::collection::vec(any::<u8>(), 1..400)) {
            prop_assert_ne!(checksum(16, &line), checksum(32, &line));
        }
    }
}
