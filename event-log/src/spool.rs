//! One mapped file holding a ring of lines: many producers, one consumer; it outlives the process.
//!
//! What is stored in a shared mapping belongs to the kernel: a process that dies, however it dies,
//! leaves every committed record behind. The spool carries bytes and knows no JSON.
//!
//! - [`mod@header`]: its first bytes. [`record`]: what tells a committed record from a stale byte.
//! - [`ring`]: reserve, fill, commit; peek, read, release.
//! - [`journal`]: how far it was drained into which segment, so that no kill doubles a line.
//! - [`drops`]: what had to be refused, until a line in the log tells of it.
//! - [`directory`]: the files of a log's spools: naming, locking, finding those whose process died.
//!
//! `docs/format.md` describes every byte.

pub(crate) mod directory;
pub(crate) mod drops;
pub(crate) mod header;
pub(crate) mod journal;
pub(crate) mod record;
pub(crate) mod ring;

#[cfg(test)]
pub(crate) mod tests;

use crate::mapping::Mapping;
use crate::spool::drops::Drops;
use crate::spool::header::{Identity, NotASpool};
use crate::spool::journal::Journal;
use crate::spool::ring::Ring;
use crate::sync::AtomicU64;

/// The words of one spool, and what they say of themselves.
#[derive(Debug)]
pub(crate) struct Spool {
    words: Words,
    identity: Identity,
}

/// Where the words live.
#[derive(Debug)]
enum Words {
    /// In a file, so that they outlive the process.
    Mapped(Mapping),
    /// In the heap: for tests.
    #[cfg(any(test, feature = "testing"))]
    Heap(Box<[AtomicU64]>),
}

impl Words {
    #[inline]
    fn as_slice(&self) -> &[AtomicU64] {
        match self {
            Self::Mapped(mapping) => mapping.words(),
            #[cfg(any(test, feature = "testing"))]
            Self::Heap(words) => words,
        }
    }
}

impl Spool {
    /// Makes an empty spool of zeroed memory.
    pub(crate) fn format(mapping: Mapping, identity: Identity) -> Self {
        identity.write(mapping.words());
        Self { words: Words::Mapped(mapping), identity }
    }

    /// Reads what a spool's memory says of itself.
    ///
    /// # Errors
    /// If it is no spool, is damaged, or has another version.
    pub(crate) fn open(mapping: Mapping) -> Result<Self, NotASpool> {
        let identity = Identity::read(mapping.words())?;
        Ok(Self { words: Words::Mapped(mapping), identity })
    }

    /// An empty spool in the heap.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn in_heap(identity: Identity) -> Self {
        let words: Box<[_]> = (0..identity.file_bytes() / 8).map(|_| AtomicU64::new(0)).collect();
        identity.write(&words);
        Self { words: Words::Heap(words), identity }
    }

    /// What the spool's file would hold.
    #[cfg(test)]
    pub(crate) fn image(&self) -> Vec<u8> {
        let load = |word: &AtomicU64| word.load(std::sync::atomic::Ordering::Relaxed).to_le_bytes();
        self.words.as_slice().iter().flat_map(load).collect()
    }

    /// A spool from an image of its file.
    #[cfg(test)]
    pub(crate) fn from_image(image: &[u8]) -> Result<Self, NotASpool> {
        let word = |bytes: &[u8; 8]| AtomicU64::new(u64::from_le_bytes(*bytes));
        let words: Box<[_]> = image.as_chunks().0.iter().map(word).collect();
        let identity = Identity::read(&words)?;
        Ok(Self { words: Words::Heap(words), identity })
    }

    /// What the spool says of itself.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The lines.
    #[inline]
    pub(crate) fn ring(&self) -> Ring<'_> {
        Ring::new(self.words.as_slice())
    }

    /// How far it was drained.
    pub(crate) fn journal(&self) -> Journal<'_> {
        Journal::new(self.words.as_slice())
    }

    /// What was refused.
    pub(crate) fn drops(&self) -> Drops<'_> {
        Drops::new(self.words.as_slice())
    }
}
