//! The lines of many files that grow at the same time, in one buffer that every batch uses again.
//!
//! With a buffer for each file they would be grown, copied, freed and mapped anew in every batch, and
//! the kernel would clear each page of the output once more.

use std::ops::Range;

/// The length of a file's second block. The first one holds the first row and nothing else, since a batch may
/// have one row for each of a hundred thousand files.
const SECOND_BYTES: usize = 512;

/// From the third on each block is twice as long, up to this.
const MOST_BYTES: usize = 64 << 10;

/// The buffer.
#[derive(Debug, Default)]
pub struct Blocks {
    bytes: Vec<u8>,
    /// So many belong to blocks.
    used: usize,
}

/// Where the blocks of one file are, and how far the last one is filled.
#[derive(Debug, Default)]
pub struct Chain {
    full: Vec<Range<usize>>,
    last: Range<usize>,
    at: usize,
}

impl Blocks {
    /// Forgets all files. Chains that were filled before are of no use any more.
    pub fn clear(&mut self) {
        self.used = 0;
    }

    /// Appends bytes to a file.
    #[inline]
    pub fn append(&mut self, chain: &mut Chain, bytes: &[u8]) {
        let end = chain.at + bytes.len();
        if end <= chain.last.end {
            self.bytes[chain.at..end].copy_from_slice(bytes);
            chain.at = end;
        } else {
            self.append_across(chain, bytes);
        }
    }

    /// The same where a block ends in between.
    fn append_across(&mut self, chain: &mut Chain, mut bytes: &[u8]) {
        loop {
            let room = chain.last.end - chain.at;
            let (fit, rest) = bytes.split_at(room.min(bytes.len()));
            self.bytes[chain.at..chain.at + fit.len()].copy_from_slice(fit);
            chain.at += fit.len();
            if rest.is_empty() {
                return;
            }
            bytes = rest;
            self.lengthen(chain, rest.len());
        }
    }

    /// Adds a block to a file that is to hold so many bytes more.
    fn lengthen(&mut self, chain: &mut Chain, bytes: usize) {
        let length = match chain.full.len() {
            _ if chain.last.is_empty() => bytes.min(MOST_BYTES),
            0 => SECOND_BYTES,
            _ => (2 * chain.last.len()).min(MOST_BYTES),
        };
        if !chain.last.is_empty() {
            chain.full.push(chain.last.clone());
        }
        chain.last = self.used..self.used + length;
        chain.at = self.used;
        self.used += length;
        if self.bytes.len() < self.used {
            self.bytes.resize(self.used, 0);
        }
    }

    /// The bytes of a file, in order.
    pub fn parts(&self, chain: Chain) -> impl Iterator<Item = &[u8]> {
        let filled = chain.last.start..chain.at;
        let ranges = chain.full.into_iter().chain([filled]);
        ranges.filter(|range| !range.is_empty()).map(|range| &self.bytes[range])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_grow_at_the_same_time_keep_their_bytes() {
        let mut blocks = Blocks::default();
        for round in 0..3_usize {
            blocks.clear();
            let mut files: [(Chain, Vec<u8>); 7] = Default::default();
            for number in 0..9_000_usize {
                let (chain, wanted) = &mut files[number * number % 7];
                let row = format!("{round}.{number} ").repeat(number % 90);
                blocks.append(chain, row.as_bytes());
                wanted.extend_from_slice(row.as_bytes());
            }
            for (chain, wanted) in files {
                assert!(blocks.parts(chain).flatten().eq(&wanted), "round {round}");
            }
        }
    }

    #[test]
    fn files_of_one_row_take_no_more_than_its_bytes() {
        let mut blocks = Blocks::default();
        let mut chains: Vec<Chain> = (0..10_000).map(|_| Chain::default()).collect();
        for chain in &mut chains {
            blocks.append(chain, &[b'x'; 300]);
        }
        assert_eq!(blocks.bytes.len(), chains.len() * 300);
    }
}
