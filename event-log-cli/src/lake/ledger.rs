//! Which bytes of which input belong to which batch, and which batches are done.
//!
//! ```text
//! _ledger/batches/<batch>.json      what a batch consists of, written before anything else of it
//! _ledger/chunks/<chunk>.json       a claim: these bytes of this input belong to that batch
//! _ledger/done/<batch>.json         all files of the batch are there; what came of it
//! ```
//!
//! A claim is created once and never changed. So of two loads that meet over an input one gets it,
//! and a batch that a kill interrupted is done again as it was planned: its files have names that
//! follow from its content, so they replace those that were there already.
//!
//! An input is known by what it holds, not by its name: by its first line, which is unique as ids are,
//! and by the bytes before the end of the claim. So a segment that was loaded, then compressed or
//! moved, is known again, and one that has grown since is loaded from where its claim ends.

use std::collections::HashSet;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::failure::Failure;
use crate::lake::store::Store;
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
    /// Which of the claims on this place it has, or wants: see [`Ledger::claim`].
    pub attempt: u32,
}

/// 128 bits that stand for some bytes; as hexadecimal text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Digest(String);

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(format!("{:032x}", xxh3_128(bytes)))
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

/// What a batch consists of. Its chunks are those that the batch got; others it only asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// In the order in which their lines are written.
    pub chunks: Vec<Chunk>,
}

impl Plan {
    /// The name of the batch, which follows from what it consists of.
    #[must_use]
    pub fn batch(&self) -> Digest {
        let identity: Vec<_> = self
            .chunks
            .iter()
            .map(|Chunk { stream, from, to, end, .. }| (stream, from, to, end))
            .collect();
        Digest::of(&json(&identity))
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

/// The ledger of one lake.
#[derive(Clone, Copy, Debug)]
pub struct Ledger<'a> {
    store: &'a dyn Store,
}

impl<'a> Ledger<'a> {
    /// The ledger of the lake in this store.
    #[must_use]
    pub fn new(store: &'a dyn Store) -> Self {
        Self { store }
    }

    /// The claim on what begins at `from` of an input with this first line.
    ///
    /// Inputs that begin alike and differ later have claims of their own, by `attempt`.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn claim(
        &self,
        stream: &Digest,
        from: u64,
        attempt: u32,
    ) -> Result<Option<Claim>, Failure> {
        self.read(&chunk_path(stream, from, attempt))
    }

    /// Writes down what a batch consists of, before anything of it is claimed.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn plan(&self, plan: &Plan) -> Result<Digest, Failure> {
        let batch = plan.batch();
        self.store.create(&batch_path(&batch), &json(plan))?;
        Ok(batch)
    }

    /// Claims a chunk for a batch, and says whether the batch has it now. One that it does not get
    /// was claimed by another load a moment ago.
    ///
    /// # Errors
    /// If it cannot be claimed.
    pub fn take(&self, chunk: &Chunk, batch: &Digest) -> Result<bool, Failure> {
        let Chunk { stream, from, to, end, attempt, .. } = chunk;
        let claim = Claim { batch: batch.clone(), to: *to, end: end.clone() };
        let path = chunk_path(stream, *from, *attempt);
        if self.store.create(&path, &json(&claim))? {
            return Ok(true);
        }
        Ok(self.read(&path)?.is_some_and(|there: Claim| there.batch == *batch))
    }

    /// Writes down that all files of a batch are there.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn done(&self, batch: &Digest, done: &Done) -> Result<(), Failure> {
        Ok(self.store.put(&done_path(batch), &json(done))?)
    }

    /// The batches that were planned and are not done: of loads that were killed, or are running.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn unfinished(&self) -> Result<Vec<Plan>, Failure> {
        let done: HashSet<_> = self.store.list(DONE)?.into_iter().collect();
        let planned = self.store.list(BATCHES)?;
        let plan = |name: &String| self.read(&format!("{BATCHES}/{name}")).transpose();
        planned.iter().filter(|name| !done.contains(*name)).filter_map(plan).collect()
    }

    fn read<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Failure> {
        let Some(bytes) = self.store.get(path)? else { return Ok(None) };
        let understood = serde_json::from_slice(&bytes);
        understood.map(Some).map_err(|source| Failure::Ledger { path: path.to_owned(), source })
    }
}

const BATCHES: &str = "_ledger/batches";
const CHUNKS: &str = "_ledger/chunks";
const DONE: &str = "_ledger/done";

fn batch_path(batch: &Digest) -> String {
    format!("{BATCHES}/{}.json", batch.as_str())
}

fn chunk_path(stream: &Digest, from: u64, attempt: u32) -> String {
    format!("{CHUNKS}/{}.{from}.{attempt}.json", stream.as_str())
}

fn done_path(batch: &Digest) -> String {
    format!("{DONE}/{}.json", batch.as_str())
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("what the ledger holds is plain data")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::local::LocalStore;

    fn chunk(input: &str, to: u64) -> Chunk {
        let stream = Digest::of(b"first line");
        Chunk { input: input.to_owned(), stream, from: 0, to, end: Digest::of(b"end"), attempt: 0 }
    }

    #[test]
    fn a_chunk_belongs_to_the_batch_that_claimed_it_first() {
        let directory = tempfile::tempdir().unwrap();
        let store = LocalStore::open(directory.path()).unwrap();
        let ledger = Ledger::new(&store);
        let [first, second] = [Digest::of(b"1"), Digest::of(b"2")];
        assert!(ledger.take(&chunk("a", 10), &first).unwrap());
        assert!(!ledger.take(&chunk("a", 20), &second).unwrap());
        assert!(ledger.take(&chunk("a", 10), &first).unwrap(), "its own claim is no obstacle");
        assert!(ledger.take(&Chunk { attempt: 1, ..chunk("b", 20) }, &second).unwrap());
        let claim = ledger.claim(&Digest::of(b"first line"), 0, 0).unwrap().unwrap();
        assert_eq!((claim.batch, claim.to), (first, 10));
    }

    #[test]
    fn a_batch_is_unfinished_from_its_plan_until_it_is_done() {
        let directory = tempfile::tempdir().unwrap();
        let store = LocalStore::open(directory.path()).unwrap();
        let ledger = Ledger::new(&store);
        let plan = Plan { chunks: vec![chunk("a", 10)] };
        assert_eq!(ledger.unfinished().unwrap(), []);
        let batch = ledger.plan(&plan).unwrap();
        assert_eq!(ledger.unfinished().unwrap(), [plan]);
        ledger.done(&batch, &Done::default()).unwrap();
        assert_eq!(ledger.unfinished().unwrap(), []);
    }

    #[test]
    fn the_name_of_a_batch_follows_from_its_bytes_and_not_from_where_they_lie() {
        let batch = |input, to| Plan { chunks: vec![chunk(input, to)] }.batch();
        assert_eq!(batch("a", 10), batch("moved/a", 10));
        assert_ne!(batch("a", 10), batch("a", 11));
    }
}
