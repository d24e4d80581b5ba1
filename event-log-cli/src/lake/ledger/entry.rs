//! What the ledger holds.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_128;

use crate::load::counts::Counts;

/// So many bytes before the end of a claim tell whether an input is the one that was claimed.
pub const END_BYTES: usize = 4_096;

/// Some whole lines of one input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// Where the input was when the batch was planned.
    pub input: String,
    /// The digest of the input's first line.
    pub stream: Digest,
    /// Where the chunk begins, in uncompressed bytes.
    pub from: u64,
    /// Where it ends.
    pub to: u64,
    /// The digest of its last [`END_BYTES`], or of all of it if it is shorter.
    pub end: Digest,
    /// Which of the claims on this place it has, or wants: see [`Ledger::claim`](super::Ledger::claim).
    pub attempt: u32,
}

/// 128 bits that stand for some bytes; as hexadecimal text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest(String);

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(format!("{:032x}", xxh3_128(bytes)))
    }

    /// One that was written as text.
    pub(super) fn written(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As text of 32 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who has a chunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The batch.
    pub batch: Digest,
    /// Where the chunk ends.
    pub to: u64,
    /// The digest of the bytes before its end.
    pub end: Digest,
}

impl Claim {
    /// That of a batch on this chunk.
    pub(super) fn of(chunk: &Chunk, batch: &Digest) -> Self {
        Self { batch: batch.clone(), to: chunk.to, end: chunk.end.clone() }
    }
}

/// What a batch consists of. Its chunks are those that the batch got; others it only asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// In the order in which their lines are written.
    pub chunks: Vec<Chunk>,
}

impl Plan {
    /// The name of the batch, which follows from what it consists of.
    ///
    /// The same bytes with another `attempt` are another batch: the first may be done without them, since
    /// an input that begins alike got its claim.
    #[must_use]
    pub fn batch(&self) -> Digest {
        let identity = |chunk: &Chunk| {
            let Chunk { stream, from, to, end, attempt, .. } = chunk;
            let mut identity = vec![json!(stream), json!(from), json!(to), json!(end)];
            if *attempt > 0 {
                identity.push(json!(attempt));
            }
            Value::from(identity)
        };
        Digest::of(&super::json(&self.chunks.iter().map(identity).collect::<Vec<_>>()))
    }
}

/// What came of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The files, below the lake.
    pub files: Vec<String>,
    /// The counts.
    pub counts: Counts,
}

/// An object of a store of which every byte is claimed. It cannot grow as a file does: what is written
/// in its place has another tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complete {
    /// Its address.
    pub input: String,
    /// Its tag.
    pub etag: String,
    /// Its length in uncompressed bytes.
    pub to: u64,
}
