//! Text between quotes, with escapes where JSON wants them.

use std::fmt;

use crate::line_buffer::LineBuffer;

/// Appends `text` as a JSON string.
#[inline]
pub(super) fn quoted(line: &mut LineBuffer, text: &str) {
    let text = text.as_bytes();
    if plain_bytes(text) == text.len() {
        line.push_all([b"\"", text, b"\""]);
    } else {
        quoted_escaped(line, text);
    }
}

/// Escapes all that is written to it.
pub(super) struct Escaping<'a>(pub(super) &'a mut LineBuffer);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escaped(self.0, text.as_bytes());
        // Ends what may be without end; the line remembers why.
        if self.0.overflowed() { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cold]
fn quoted_escaped(line: &mut LineBuffer, text: &[u8]) {
    line.push(b"\"");
    escaped(line, text);
    line.push(b"\"");
}

fn escaped(line: &mut LineBuffer, mut text: &[u8]) {
    while !text.is_empty() && !line.overflowed() {
        let (plain, rest) = text.split_at(plain_bytes(text));
        line.push(plain);
        text = rest.split_first().map_or(rest, |(byte, rest)| {
            escape(line, *byte);
            rest
        });
    }
}

fn escape(line: &mut LineBuffer, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| DIGITS[usize::from(half & 0xF)];
    line.push(match byte {
        b'"' => b"\\\"",
        b'\\' => b"\\\\",
        b'\n' => b"\\n",
        b'\r' => b"\\r",
        b'\t' => b"\\t",
        0x08 => b"\\b",
        0x0C => b"\\f",
        _ => return line.push(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte)]),
    });
}

const WORD_BYTES: usize = 8;
/// From here on it pays to look at blocks first.
const LONG_BYTES: usize = 64;

/// How many bytes stand before the first one that JSON wants escaped.
#[inline]
fn plain_bytes(text: &[u8]) -> usize {
    let skipped = if text.len() < LONG_BYTES { 0 } else { plain_blocks(text) };
    let (words, _) = text[skipped..].as_chunks::<WORD_BYTES>();
    for (index, word) in words.iter().enumerate() {
        let first = first_to_escape(*word);
        if first < WORD_BYTES {
            return skipped + index * WORD_BYTES + first;
        }
    }
    match text.last_chunk() {
        // It may begin in the word before, which is plain.
        Some(last) => text.len() - WORD_BYTES + first_to_escape(*last),
        None => text.iter().position(|byte| is_to_escape(*byte)).unwrap_or(text.len()),
    }
}

#[inline]
fn is_to_escape(byte: u8) -> bool {
    byte < 0x20 || matches!(byte, b'"' | b'\\')
}

/// How many bytes stand in whole blocks of four words before the first block with a byte to escape.
// Inlined, it would cost short texts, which are most, the registers.
#[inline(never)]
fn plain_blocks(text: &[u8]) -> usize {
    let (blocks, _) = text.as_chunks::<WORD_BYTES>().0.as_chunks::<4>();
    let is_plain = |block: &&[_; 4]| block.map(marks) == [0; 4];
    size_of::<[u64; 4]>() * blocks.iter().take_while(is_plain).count()
}

/// The index of the first byte that is `"`, `\` or below 0x20; 8 if none is.
#[inline]
fn first_to_escape(word: [u8; WORD_BYTES]) -> usize {
    marks(word).trailing_zeros() as usize / WORD_BYTES
}

/// The highest bit of the first byte to escape, perhaps of some behind it, and of none before.
///
/// All eight at once: where a byte is less than what is subtracted from it, its highest bit is
/// borrowed. The borrow may mark bytes above that one, never one below.
#[inline]
fn marks(word: [u8; WORD_BYTES]) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGHEST_BITS: u64 = 0x80 * EACH;
    let word = u64::from_le_bytes(word);
    let is_below = |word: u64, limit: u64| word.wrapping_sub(limit * EACH);
    let is = |byte: u8| is_below(word ^ (u64::from(byte) * EACH), 1);
    (is_below(word, 0x20) | is(b'"') | is(b'\\')) & !word & HIGHEST_BITS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_plain_part_ends_at_the_first_byte_to_escape(
            text in prop::collection::vec(prop_oneof![99 => 0x20..=0xFF_u8, 1 => any::<u8>()], 0..300),
        ) {
            let expected = text.iter().position(|byte| is_to_escape(*byte));
            prop_assert_eq!(plain_bytes(&text), expected.unwrap_or(text.len()));
        }
    }

    #[test]
    fn every_byte_is_told_from_its_neighbours_at_every_place() {
        for (byte, place) in (0..=255).flat_map(|byte| (0..8).map(move |place| (byte, place))) {
            let mut text = [b'a'; 8];
            text[place] = byte;
            let expected = if is_to_escape(byte) { place } else { 8 };
            assert_eq!(plain_bytes(&text), expected, "{byte:#x}");
        }
    }
}
