//! Which bytes of which input belong to which batch, and which batches are done.
//!
//! ```text
//! _ledger/batches/<batch>.json      what a batch consists of, written before anything else of it
//! _ledger/chunks/<chunk>.json       a claim: these bytes of this input belong to that batch
//! _ledger/done/<batch>.json         all files of the batch are there; what came of it
//! _ledger/objects/<object>.json     an object of a store that is claimed to its end: spares a look at it
//! ```
//!
//! A claim is created once and never changed. So of two loads that meet over an input one gets it,
//! and a batch that a kill interrupted is done again as it was planned: its files have names that
//! follow from its content, so they replace those that were there already.
//!
//! An input is known by what it holds, not by its name: by its first line, which is unique as ids are,
//! and by the bytes before the end of the claim. So a segment that was loaded, then compressed or
//! moved, is known again, and one that has grown since is loaded from where its claim ends.

mod entry;

use std::collections::HashSet;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::entry::{Chunk, Claim, Complete, Digest, Done, END_BYTES, Plan};
use crate::failure::Failure;
use crate::input::paths::Input;
use crate::lake::store::{Object, Store};

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

    /// Writes down what a batch consists of, before anything of it is claimed: a claim of which nobody
    /// knows the batch would hold back its lines for ever. So the plan survives a power cut first.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn plan(&self, plan: &Plan) -> Result<Digest, Failure> {
        let batch = plan.batch();
        self.store.create(&batch_path(&batch), &json(plan))?;
        self.store.sync()?;
        Ok(batch)
    }

    /// Whether all files of a batch are there.
    ///
    /// # Errors
    /// If that cannot be read.
    pub fn is_done(&self, batch: &Digest) -> Result<bool, Failure> {
        Ok(self.store.get(&done_path(batch))?.is_some())
    }

    /// The plan of a batch that is not done; `None` if it is.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn unfinished_plan(&self, batch: &Digest) -> Result<Option<Plan>, Failure> {
        if self.is_done(batch)? {
            return Ok(None);
        }
        self.read(&batch_path(batch))
    }

    /// Claims chunks for a batch, and says which the batch has now. One that it does not get was
    /// claimed by another load a moment ago. The claims survive a power cut before a file is written.
    ///
    /// # Errors
    /// If one cannot be claimed.
    pub fn take(&self, chunks: &[Chunk], batch: &Digest) -> Result<Vec<bool>, Failure> {
        let object = |chunk: &Chunk| {
            let path = chunk_path(&chunk.stream, chunk.from, chunk.attempt);
            Object::whole(path, json(&Claim::of(chunk, batch)))
        };
        let created = self.store.create_all(chunks.iter().map(object).collect())?;
        self.store.sync()?;
        let has = |(chunk, created): (&Chunk, bool)| {
            if created {
                return Ok(true);
            }
            Ok(self.claim_on(chunk)?.is_some_and(|claim| claim == Claim::of(chunk, batch)))
        };
        chunks.iter().zip(created).map(has).collect()
    }

    /// Whether another batch has claimed a chunk, so that this one never will have it.
    ///
    /// # Errors
    /// If that cannot be read.
    pub fn is_lost(&self, chunk: &Chunk, batch: &Digest) -> Result<bool, Failure> {
        Ok(self.claim_on(chunk)?.is_some_and(|claim| claim != Claim::of(chunk, batch)))
    }

    fn claim_on(&self, chunk: &Chunk) -> Result<Option<Claim>, Failure> {
        self.claim(&chunk.stream, chunk.from, chunk.attempt)
    }

    /// Which of these inputs are claimed to their ends, as far as that was written down, and how long
    /// they are; in their order. What cannot be understood, as after a power cut, says nothing: it only
    /// spares a look.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn complete(&self, inputs: &[Input]) -> Result<Vec<Option<u64>>, Failure> {
        let path = |input: &Input| {
            Some(complete_path(&input.path.to_string_lossy(), input.etag.as_deref()?))
        };
        let paths: Vec<_> = inputs.iter().map(path).collect();
        let asked: Vec<_> = paths.iter().flatten().cloned().collect();
        let mut found = self.store.get_all(&asked)?.into_iter().zip(&asked);
        let mut length = || {
            let (bytes, path) = found.next()?;
            Some(bytes.and_then(|bytes| understand::<Complete>(path, &bytes).ok()))
        };
        let one = |path: &Option<String>| {
            let entry = path.as_ref().and_then(|_| length()).flatten();
            entry.map(|complete| complete.to)
        };
        Ok(paths.iter().map(one).collect())
    }

    /// Writes down which objects are claimed to their ends.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn completed(&self, objects: &[Complete]) -> Result<(), Failure> {
        let entry = |complete: &Complete| {
            Object::whole(complete_path(&complete.input, &complete.etag), json(complete))
        };
        self.store.put_all(&mut objects.iter().map(entry))?;
        Ok(self.store.sync()?)
    }

    /// Writes down that all files of a batch are there. When this returns, that survives a power cut.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn done(&self, batch: &Digest, done: &Done) -> Result<(), Failure> {
        self.store.put(&done_path(batch), &json(done))?;
        Ok(self.store.sync()?)
    }

    /// The batches that were planned and are not done, with their plans: of loads that were killed, or are
    /// running.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn unfinished(&self) -> Result<Vec<(Digest, Plan)>, Failure> {
        // In this order: what another load does in between is not done again.
        let mut planned = self.store.list(BATCHES)?;
        let done: HashSet<_> = self.store.list(DONE)?.into_iter().collect();
        planned.retain(|name| !done.contains(name));
        let paths: Vec<_> = planned.iter().map(|name| format!("{BATCHES}/{name}")).collect();
        let found = self.store.get_all(&paths)?;
        let plans = planned.iter().zip(&paths).zip(found).filter_map(|((name, path), bytes)| {
            let batch = Digest::written(name.strip_suffix(".json")?);
            Some(understand(path, &bytes?).map(|plan| (batch, plan)))
        });
        plans.collect()
    }

    fn read<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Failure> {
        self.store.get(path)?.map(|bytes| understand(path, &bytes)).transpose()
    }
}

fn understand<T: DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, Failure> {
    let understood = serde_json::from_slice(bytes);
    understood.map_err(|source| Failure::Ledger { path: path.to_owned(), source })
}

const BATCHES: &str = "_ledger/batches";
const CHUNKS: &str = "_ledger/chunks";
const DONE: &str = "_ledger/done";
const OBJECTS: &str = "_ledger/objects";

fn batch_path(batch: &Digest) -> String {
    format!("{BATCHES}/{}.json", batch.as_str())
}

fn chunk_path(stream: &Digest, from: u64, attempt: u32) -> String {
    format!("{CHUNKS}/{}.{from}.{attempt}.json", stream.as_str())
}

/// Where it stands that a batch is done.
#[must_use]
pub fn done_path(batch: &Digest) -> String {
    format!("{DONE}/{}.json", batch.as_str())
}

fn complete_path(input: &str, etag: &str) -> String {
    format!("{OBJECTS}/{}.json", Digest::of(format!("{etag} {input}").as_bytes()).as_str())
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
        assert_eq!(ledger.take(&[chunk("a", 10)], &first).unwrap(), [true]);
        let other = Chunk { attempt: 1, ..chunk("b", 20) };
        assert_eq!(ledger.take(&[chunk("a", 20), other], &second).unwrap(), [false, true]);
        let again = ledger.take(&[chunk("a", 10)], &first).unwrap();
        assert_eq!(again, [true], "its own claim is no obstacle");
        let longer = ledger.take(&[chunk("a", 20)], &first).unwrap();
        assert_eq!(longer, [false], "what was claimed ends before");
        assert!(ledger.is_lost(&chunk("a", 10), &second).unwrap());
        assert!(!ledger.is_lost(&chunk("a", 10), &first).unwrap());
        let free = Chunk { from: 10, ..chunk("a", 20) };
        assert!(!ledger.is_lost(&free, &second).unwrap(), "nobody has it");
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
        assert_eq!(ledger.unfinished().unwrap(), [(batch.clone(), plan)]);
        assert!(!ledger.is_done(&batch).unwrap());
        ledger.done(&batch, &Done::default()).unwrap();
        assert_eq!(ledger.unfinished().unwrap(), []);
    }

    #[test]
    fn an_object_is_complete_until_another_takes_its_place() {
        let directory = tempfile::tempdir().unwrap();
        let store = LocalStore::open(directory.path()).unwrap();
        let ledger = Ledger::new(&store);
        let object = |etag: &str| Input {
            path: "s3://bucket/one".into(),
            length: 5,
            etag: Some(etag.to_owned()),
        };
        let file = Input { etag: None, ..object("") };
        let input = "s3://bucket/one".to_owned();
        ledger.completed(&[Complete { input, etag: "1".to_owned(), to: 10 }]).unwrap();
        let inputs = [file, object("1"), object("2")];
        assert_eq!(ledger.complete(&inputs).unwrap(), [None, Some(10), None]);
        // A power cut may leave a name without bytes.
        store.put(&complete_path("s3://bucket/one", "1"), b"").unwrap();
        assert_eq!(ledger.complete(&inputs).unwrap(), [None; 3]);
    }

    #[test]
    fn the_name_of_a_batch_follows_from_its_bytes_and_not_from_where_they_lie() {
        let batch = |input, to| Plan { chunks: vec![chunk(input, to)] }.batch();
        assert_eq!(batch("a", 10), batch("moved/a", 10));
        assert_ne!(batch("a", 10), batch("a", 11));
        let again = Plan { chunks: vec![Chunk { attempt: 1, ..chunk("a", 10) }] };
        assert_ne!(again.batch(), batch("a", 10));
    }
}
