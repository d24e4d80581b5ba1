//! Events to a lake: split by type, flattened, cut by hours, each input once.
//!
//! ```text
//! inputs ──> items ──> workers: chunks ──> batch ──> claim, split, encode, publish, done
//! ```
//!
//! - [`source`]: an input as bytes by position, compressed or not. [`chunk`]: some whole lines of it.
//! - [`batch`]: some lines, 32 MiB if there are so many, which become one set of files. [`split`]: its lines to
//!   partitions; [`scan`] and [`flatten`]: one line to one row, the usual
//!   way and every way. [`blocks`]: the rows of a batch. [`encode`]: a partition to a file.
//! - [`parquet`]: rows in the types of the catalogue. [`infer`]: a catalogue where there is none.
//! - [`repeats`]: which lines of a long input have an id that stood in it before. [`seen`]: that none has, in
//!   passing.
//! - [`quarantine`]: lines that could not be loaded, with the reason. [`counts`]: what came of it all.
//! - [`work`]: what the workers have to do, and how they share it. [`turns`]: who claims next. [`moved`]:
//!   inputs that are not where an interrupted load found them. [`follow`]: which inputs are looked at again. [`one`]: one object, by a function that remembers nothing.
//!
//! A worker holds one batch and its partitions, so the memory is bounded by the number of workers,
//! however large the input and however many types and hours it mixes.

pub mod batch;
pub mod blocks;
pub mod chunk;
pub mod counts;
pub mod encode;
pub mod flatten;
pub mod follow;
pub mod infer;
pub mod moved;
pub mod one;
pub mod parquet;
pub mod quarantine;
pub mod repeats;
pub mod scan;
pub mod seen;
pub mod source;
pub mod split;
pub mod turns;
pub mod work;

use std::path::PathBuf;

use crate::failure::Failure;
use crate::input::objects::Objects;
use crate::input::paths::Input;
use crate::interrupt::Interrupt;
use crate::lake::ledger::Ledger;
use crate::lake::settings::Settings;
use crate::lake::store::Store;
use crate::load::counts::Counts;
use crate::progress::{Progress, Unit};

/// What to load into which lake.
#[derive(Debug)]
pub struct Load<'a> {
    /// The lake.
    pub store: &'a dyn Store,
    /// Where inputs that are objects lie.
    pub objects: &'a Objects,
    /// How it is written.
    pub settings: &'a Settings,
    /// The types of the columns, for files that have such.
    pub schemas: Option<&'a parquet::Tables>,
    /// How many threads work.
    pub workers: usize,
    /// So many bytes of lines make a batch.
    pub batch_bytes: usize,
    /// Whether to end after the batches that were begun.
    pub interrupt: &'a Interrupt,
    /// Who watches.
    pub progress: &'a Progress,
}

/// What came of a load.
#[derive(Debug, Default, serde::Serialize)]
pub struct Loaded {
    /// What was loaded now.
    #[serde(flatten)]
    pub counts: Counts,
    /// Files written below the lake.
    pub files: u64,
    /// Batches of earlier loads that were interrupted, and finished now.
    pub resumed: u64,
    /// Bytes that were in the lake already.
    pub known_bytes: u64,
    /// Bytes behind the last newline of inputs: lines that are being written. The next load looks again.
    pub unfinished_bytes: u64,
    /// Inputs that could not be loaded, or not in full, and why. Everything before is in the lake.
    pub failed: Vec<FailedInput>,
}

/// An input that could not be loaded.
#[derive(Debug, serde::Serialize)]
pub struct FailedInput {
    /// The input.
    pub input: PathBuf,
    /// Why not, and what to do.
    pub reason: String,
}

impl Loaded {
    /// Whether there is something to tell.
    #[must_use]
    pub fn is_something(&self) -> bool {
        self.files > 0 || !self.failed.is_empty()
    }

    /// Adds what came of another load, or of another part of this one.
    pub fn add(&mut self, other: Self) {
        let Self { counts, files, resumed, known_bytes, unfinished_bytes, failed } = other;
        self.counts.add(counts);
        self.files += files;
        self.resumed += resumed;
        self.known_bytes += known_bytes;
        self.unfinished_bytes += unfinished_bytes;
        self.failed.extend(failed);
    }
}

impl Load<'_> {
    /// Loads what is new in these inputs, and finishes what an interrupted load began.
    ///
    /// # Errors
    /// If the lake has other settings, or cannot be read or written. An input that cannot be read is
    /// no error: it is in the report, and the others are loaded.
    pub fn run(&self, inputs: Vec<Input>) -> Result<Loaded, Failure> {
        let mut loaded = self.resume(&inputs)?;
        loaded.add(self.more(inputs)?);
        Ok(loaded)
    }

    /// Finishes what interrupted loads began. Who looks at an input after that finds all claims of
    /// their batches. An input that is not any more where it was is looked for among these.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn resume(&self, inputs: &[Input]) -> Result<Loaded, Failure> {
        self.settings.agree(self.store)?;
        let unfinished = Ledger::new(self.store).unfinished()?;
        self.work(&work::Queue::of_batches(unfinished, inputs))
    }

    /// Loads what is new in these inputs. [`resume`](Self::resume) comes first.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn more(&self, inputs: Vec<Input>) -> Result<Loaded, Failure> {
        let complete = Ledger::new(self.store).complete(&inputs)?;
        let known_bytes: u64 = complete.iter().flatten().sum();
        let look = inputs.into_iter().zip(complete).filter(|(_, complete)| complete.is_none());
        let look: Vec<_> = look.map(|(input, _)| input).collect();
        if !look.is_empty() {
            let bytes = look.iter().map(|input| input.length).sum();
            self.progress.begin("loading", bytes, Unit::Bytes);
        }
        let mut loaded = self.work(&work::Queue::of_inputs(look, self.batch_bytes))?;
        loaded.known_bytes += known_bytes;
        loaded.failed.sort_by(|a, b| a.input.cmp(&b.input));
        Ok(loaded)
    }

    /// Has the workers empty a queue.
    fn work(&self, queue: &work::Queue) -> Result<Loaded, Failure> {
        let mut loaded = Loaded::default();
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..self.workers.max(1))
                .map(|_| scope.spawn(|| work::Worker::new(self, queue).run()))
                .collect();
            workers.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
        });
        for outcome in outcomes {
            match outcome {
                Ok(part) => loaded.add(part?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(loaded)
    }
}
