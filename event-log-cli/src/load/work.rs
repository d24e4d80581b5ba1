//! What a worker does: inputs to batches, batches to the lake.
//!
//! - [`queue`](Queue): the work that is left. `large`: inputs that several workers share. `resume`: batches that an
//!   interrupted load planned.

mod large;
mod queue;
mod resume;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use crate::failure::Failure;
use crate::input::paths::Input;
use crate::lake::ledger::{Complete, Digest, Ledger};
use crate::load::batch::{Batch, Claimed};
use crate::load::chunk::{self, ChunkError, Followed, Place};
use crate::load::repeats::Repeats;
use crate::load::seen::Seen;
use crate::load::source::Source;
use crate::load::{FailedInput, Load, Loaded};

use self::queue::Item;
pub use self::queue::Queue;

/// One thread's work.
#[derive(Debug)]
pub struct Worker<'a> {
    ledger: Ledger<'a>,
    queue: &'a Queue,
    load: &'a Load<'a>,
    batch: Batch<'a>,
    /// Objects whose last chunk is in the batch, or in one that was published.
    ended: Vec<Complete>,
    loaded: Loaded,
}

impl<'a> Worker<'a> {
    /// A worker on the queue.
    #[must_use]
    pub fn new(load: &'a Load<'a>, queue: &'a Queue) -> Self {
        let ledger = Ledger::new(load.store);
        Self {
            ledger,
            queue,
            load,
            batch: Batch::new(load),
            ended: Vec::new(),
            loaded: Loaded::default(),
        }
    }

    /// Works until nothing is left.
    ///
    /// # Errors
    /// If the lake cannot be read or written; the other workers then end as well.
    pub fn run(mut self) -> Result<Loaded, Failure> {
        while !self.load.interrupt.is_set()
            && let Some(item) = self.queue.next()
        {
            let working = self.queue.working();
            self.work(item)?;
            working.ended_well();
        }
        Ok(self.loaded)
    }

    fn work(&mut self, item: Item) -> Result<(), Failure> {
        match item {
            Item::Resume(batch, plan) => self.resume(&batch, &plan),
            Item::Part(part) => {
                let done = self.part(&part);
                self.settle(&part.input, done)
            }
            Item::Inputs(inputs) => {
                for Input { path, .. } in inputs {
                    let done = self.input(&path);
                    self.settle(&path, done)?;
                }
                self.publish_all()
            }
        }
    }

    /// Notes an input that failed; passes on what is wrong with the lake.
    fn settle(&mut self, input: &Path, done: Result<(), ChunkError>) -> Result<(), Failure> {
        match done {
            Ok(()) => Ok(()),
            Err(ChunkError::Ledger(failure)) => Err(failure),
            Err(error @ ChunkError::Input(_)) => {
                self.fail(input, error.to_string());
                Ok(())
            }
        }
    }

    fn fail(&mut self, input: &Path, reason: String) {
        // As text, since JSON has no other.
        let input = input.to_string_lossy().into_owned().into();
        self.loaded.failed.push(FailedInput { input, reason });
    }

    /// Takes what is new in an input into batches.
    fn input(&mut self, input: &Path) -> Result<(), ChunkError> {
        if input.to_str().is_none() {
            let reason = "its name is not UTF-8, which the ledger cannot hold; give it another one";
            self.fail(input, reason.to_owned());
            return Ok(());
        }
        let mut source = Source::watched(input, self.load.objects, self.load.progress)?;
        let stream = Digest::of(&source.first_line()?);
        let mut from = 0;
        let seen = Seen::default();
        while !self.load.interrupt.is_set() {
            if self.batch.has(&stream) {
                self.publish_all()?;
            }
            let mut place = match chunk::follow(&mut source, self.ledger, &stream, from)? {
                Followed::New(place) => place,
                Followed::Shorter(to) => {
                    self.fail(input, shorter(to));
                    return Ok(());
                }
            };
            self.loaded.known_bytes += place.from - from;
            self.passed(&source, place.from - from);
            if self.share(&mut source, &place)? {
                return Ok(());
            }
            seen.passed(place.from);
            if !self.take(&mut source, &mut place, &seen)? {
                return self.ended(&source, &place);
            }
            from = place.from;
        }
        Ok(())
    }

    /// Notes that an input was read to its end.
    fn ended(&mut self, source: &Source, place: &Place) -> Result<(), ChunkError> {
        let left_over = self.left_over(source, place)?;
        if let Some(etag) = source.etag()
            && left_over == 0
        {
            let input = source.path().to_string_lossy().into_owned();
            self.ended.push(Complete { input, etag: etag.to_owned(), to: place.from });
        }
        Ok(())
    }

    /// Notes what stands behind the last whole line: so many bytes.
    fn left_over(&mut self, source: &Source, place: &Place) -> Result<u64, ChunkError> {
        let left_over = source.length()?.saturating_sub(place.from);
        self.loaded.unfinished_bytes += left_over;
        Ok(left_over)
    }

    /// Takes one chunk into the batch, publishes the batch if it is full, and moves the place on; whether
    /// there may be more. What is written behind the end meanwhile is for the next load.
    fn take(
        &mut self,
        source: &mut Source,
        place: &mut Place,
        seen: &Seen,
    ) -> Result<bool, ChunkError> {
        let Some(end) = self.read(source, place, None, seen)? else { return Ok(false) };
        let is_cut = self.batch.is_cut();
        if self.batch.is_full() && self.publish(|| ())?.is_some() {
            return Ok(true);
        }
        self.passed(source, end - place.from);
        place.from = end;
        Ok(is_cut)
    }

    /// Reads one chunk into the batch; where it ends.
    fn read(
        &mut self,
        source: &mut Source,
        place: &Place,
        limit: Option<u64>,
        seen: &Seen,
    ) -> Result<Option<u64>, ChunkError> {
        let end = self.batch.read(source, place, limit)?;
        if let Some(end) = end
            && let Some((piece, lines)) = self.batch.last()
            && (place.from > 0 || piece.is_cut)
        {
            let look = || self.look(source.path(), None);
            let repeats = seen.repeats(place.from..end, lines, look);
            let repeats = repeats.inspect_err(|_| self.batch.forget_last())?;
            self.batch.set_repeats(repeats);
        }
        Ok(end)
    }

    /// Tells the progress; of a compressed input its reading does.
    fn passed(&self, source: &Source, bytes: u64) {
        if !source.is_compressed() {
            self.load.progress.add(bytes);
        }
    }

    /// Looks for repeated ids in an input; one worker at a time, since that takes memory.
    fn look(&self, input: &Path, to: Option<u64>) -> std::io::Result<Arc<Repeats>> {
        let _alone = self.queue.looking.lock().unwrap_or_else(PoisonError::into_inner);
        let mut source = Source::open_in(input, self.load.objects)?;
        Repeats::find(&mut source, to).map(Arc::new)
    }

    /// Publishes the batch. What another load got of it is looked at again: that load may have taken less.
    fn publish_all(&mut self) -> Result<(), Failure> {
        if let Some(lost) = self.publish(|| ())? {
            self.queue.add(vec![Item::Inputs(vec![lost.into()])]);
        }
        Ok(())
    }

    /// Publishes the batch, and calls `has_last` as soon as it is certain that the chunk that was read last
    /// is part of it. If another load got that, its input is returned: the caller looks at it again.
    fn publish(&mut self, has_last: impl FnOnce()) -> Result<Option<PathBuf>, Failure> {
        let ended = std::mem::take(&mut self.ended);
        let Some(claimed) = self.batch.claim(self.ledger)? else {
            self.completed(&ended)?;
            return Ok(None);
        };
        if claimed.has_last() {
            has_last();
        }
        self.bring(&claimed)?;
        let mut others: Vec<_> = claimed.lost().map(|chunk| PathBuf::from(&chunk.input)).collect();
        // Of an object that another load has a part of, that load may have taken less.
        if others.is_empty() {
            self.completed(&ended)?;
        }
        let last = if claimed.has_last() { None } else { others.pop() };
        self.queue.add(others.into_iter().map(|input| Item::Inputs(vec![input.into()])).collect());
        Ok(last)
    }

    /// Brings what was claimed into the lake, and counts it.
    fn bring(&mut self, claimed: &Claimed) -> Result<(), Failure> {
        let done = self.batch.publish(self.ledger, claimed)?;
        self.loaded.files += done.files.len() as u64;
        self.loaded.counts.add(done.counts);
        Ok(())
    }

    /// Notes objects that are claimed to their ends.
    fn completed(&self, objects: &[Complete]) -> Result<(), Failure> {
        if objects.is_empty() { Ok(()) } else { self.ledger.completed(objects) }
    }
}

fn shorter(claimed: u64) -> String {
    format!(
        "it begins like an input that was loaded up to byte {claimed}, but is shorter: if it was cut, bring the \
         whole file back; if it is another one, write an empty line before its first one; nothing of it was \
         loaded now"
    )
}
