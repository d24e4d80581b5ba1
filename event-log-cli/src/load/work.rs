//! What the workers have to do, and how they share it.
//!
//! Small inputs are put together until they make a batch, so that ten thousand of them cost no more
//! than a large one. A large plain input is cut into chunks that several workers take. What belongs
//! together follows from the list of inputs and their lengths alone, so a load that is repeated after
//! a kill makes the batches, and so the files, that the first one would have made.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::failure::Failure;
use crate::input::paths::Input;
use crate::lake::ledger::{Chunk, Complete, Digest, Ledger, Plan};
use crate::load::batch::{Batch, Published};
use crate::load::chunk::{self, ChunkError, Followed, Place};
use crate::load::repeats::Repeats;
use crate::load::seen::Seen;
use crate::load::source::Source;
use crate::load::{FailedInput, Load, Loaded};

/// One piece of work.
#[derive(Debug)]
enum Item {
    /// A batch that an interrupted load planned.
    Resume(Plan),
    /// Inputs that make a batch together, or one that is read from its beginning to its end.
    Inputs(Vec<Input>),
    /// A part of a large input.
    Part { input: PathBuf, place: Place, to: u64, seen: Arc<Seen> },
}

/// The work that is left.
#[derive(Debug)]
pub struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    /// Held by the worker that looks for repeated ids.
    looking: Mutex<()>,
}

#[derive(Debug)]
struct State {
    items: VecDeque<Item>,
    /// Workers that may add items.
    busy: usize,
    failed: bool,
}

impl Queue {
    fn new(items: VecDeque<Item>) -> Self {
        let state = State { items, busy: 0, failed: false };
        Self { state: Mutex::new(state), changed: Condvar::new(), looking: Mutex::new(()) }
    }

    /// Batches that interrupted loads planned.
    #[must_use]
    pub fn of_batches(unfinished: Vec<Plan>) -> Self {
        Self::new(unfinished.into_iter().map(Item::Resume).collect())
    }

    /// Inputs, of which the small ones are put together.
    #[must_use]
    pub fn of_inputs(inputs: Vec<Input>, batch_bytes: usize) -> Self {
        let mut items = VecDeque::new();
        let mut together = Vec::new();
        let mut bytes = 0;
        for input in inputs {
            let length = input.length;
            if length >= batch_bytes as u64 {
                items.push_back(Item::Inputs(vec![input]));
                continue;
            }
            together.push(input);
            bytes += length;
            if bytes >= batch_bytes as u64 {
                items.push_back(Item::Inputs(std::mem::take(&mut together)));
                bytes = 0;
            }
        }
        if !together.is_empty() {
            items.push_back(Item::Inputs(together));
        }
        Self::new(items)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next item, when there is one; `None` when no more can come.
    fn next(&self) -> Option<Item> {
        let mut state = self.lock();
        loop {
            if state.failed {
                return None;
            }
            if let Some(item) = state.items.pop_front() {
                state.busy += 1;
                return Some(item);
            }
            if state.busy == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Puts the parts of an input before everything else.
    fn add(&self, parts: Vec<Item>) {
        let mut state = self.lock();
        for part in parts.into_iter().rev() {
            state.items.push_front(part);
        }
        drop(state);
        self.changed.notify_all();
    }

    fn finished(&self, well: bool) {
        let mut state = self.lock();
        state.busy -= 1;
        state.failed |= !well;
        drop(state);
        self.changed.notify_all();
    }
}

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
            // A panic must not leave the others waiting.
            let ended = Ended { queue: self.queue, well: false };
            self.work(item)?;
            ended.well();
        }
        Ok(self.loaded)
    }

    fn work(&mut self, item: Item) -> Result<(), Failure> {
        match item {
            Item::Resume(plan) => self.resume(&plan),
            Item::Part { input, place, to, seen } => {
                let done = self.part(&input, &place, to, &seen);
                self.settle(&input, done)?;
                self.publish().map(drop)
            }
            Item::Inputs(inputs) => {
                for Input { path, .. } in inputs {
                    let done = self.input(&path);
                    self.settle(&path, done)?;
                }
                self.publish().map(drop)
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
        self.loaded.failed.push(FailedInput { input: input.to_owned(), reason });
    }

    /// Takes what is new in an input into batches.
    fn input(&mut self, input: &Path) -> Result<(), ChunkError> {
        let mut source = Source::open_in(input, self.load.objects)?;
        let stream = Digest::of(&source.first_line()?);
        let mut from = 0;
        let seen = Seen::default();
        while !self.load.interrupt.is_set() {
            let place = match chunk::follow(&mut source, self.ledger, &stream, from)? {
                Followed::New(place) => place,
                Followed::Shorter(to) => {
                    self.fail(input, shorter(to));
                    return Ok(());
                }
            };
            self.loaded.known_bytes += place.from - from;
            if self.share(&mut source, &place)? {
                return Ok(());
            }
            seen.passed(place.from);
            let Some(end) = self.take(&mut source, &place, None, &seen)? else {
                return self.ended(&source, &place);
            };
            from = end;
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
        let length = source.plain_length()?.unwrap_or(place.from);
        let left_over = length.saturating_sub(place.from);
        self.loaded.unfinished_bytes += left_over;
        Ok(left_over)
    }

    /// Gives the other workers their part of a large plain input, and says whether it is one.
    fn share(&mut self, source: &mut Source, place: &Place) -> Result<bool, ChunkError> {
        let Some(length) = source.plain_length()? else { return Ok(false) };
        if length.saturating_sub(place.from) <= self.load.batch_bytes as u64 || place.attempt > 0 {
            return Ok(false);
        }
        let mut from = place.from;
        let mut parts = Vec::new();
        let ends = chunk::cut(source, place, self.load.batch_bytes, length)?;
        if ends.is_empty() {
            return Ok(false);
        }
        let seen = Arc::new(Seen::default());
        seen.passed(place.from);
        for to in ends.into_iter().chain([length]) {
            let place = Place { from, ..place.clone() };
            let (input, seen) = (source.path().to_owned(), Arc::clone(&seen));
            parts.push(Item::Part { input, place, to, seen });
            from = to;
        }
        self.queue.add(parts);
        Ok(true)
    }

    /// Takes a part of a large input, unless it was claimed.
    fn part(
        &mut self,
        input: &Path,
        place: &Place,
        to: u64,
        seen: &Seen,
    ) -> Result<(), ChunkError> {
        let _until = seen.until(to);
        let mut source = Source::open_in(input, self.load.objects)?;
        let mut from = place.from;
        while from < to && !self.load.interrupt.is_set() {
            match chunk::follow(&mut source, self.ledger, &place.stream, from)? {
                Followed::New(place) if place.from < to => {
                    self.loaded.known_bytes += place.from - from;
                    if place.from > from {
                        seen.passed(place.from);
                    }
                    let Some(end) = self.take(&mut source, &place, Some(to), seen)? else {
                        return self.left_over(&source, &place).map(drop);
                    };
                    from = end;
                }
                Followed::New(_) => {
                    // What is claimed behind the part is for others to count.
                    self.loaded.known_bytes += to - from;
                    return Ok(());
                }
                Followed::Shorter(claimed) => {
                    self.fail(input, shorter(claimed));
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Takes one chunk into the batch, and publishes the batch if it is full; where to go on.
    fn take(
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
            match repeats {
                Ok(repeats) => self.batch.set_repeats(repeats),
                Err(error) => {
                    self.batch.drop_last();
                    return Err(error.into());
                }
            }
        }
        if end.is_some() && self.batch.is_full() && !self.publish()? {
            return Ok(Some(place.from));
        }
        Ok(end)
    }

    /// Looks for repeated ids in an input; one worker at a time, since that takes memory.
    fn look(&self, input: &Path, to: Option<u64>) -> std::io::Result<Arc<Repeats>> {
        let _alone = self.queue.looking.lock().unwrap_or_else(PoisonError::into_inner);
        let mut source = Source::open_in(input, self.load.objects)?;
        Repeats::find(&mut source, to).map(Arc::new)
    }

    /// Reads a chunk as it was planned, and says whether the input still holds it.
    fn read_again(&mut self, chunk: &Chunk) -> std::io::Result<bool> {
        let input = Path::new(&chunk.input);
        let is_there =
            self.batch.read_again(&mut Source::open_in(input, self.load.objects)?, chunk)?;
        if is_there && chunk.from > 0 {
            self.batch.set_repeats(Some(self.look(input, Some(chunk.to))?));
        }
        Ok(is_there)
    }

    /// Finishes a batch that was planned.
    fn resume(&mut self, plan: &Plan) -> Result<(), Failure> {
        for chunk in &plan.chunks {
            let reason = match self.read_again(chunk) {
                Ok(true) => continue,
                Ok(false) => "it has changed since".to_owned(),
                Err(error) => error.to_string(),
            };
            self.batch.clear();
            self.fail(Path::new(&chunk.input), interrupted(&reason));
            return Ok(());
        }
        self.loaded.resumed += 1;
        self.publish().map(drop)
    }

    /// Publishes the batch, and says whether the chunk that was read last is part of it.
    fn publish(&mut self) -> Result<bool, Failure> {
        let ended = std::mem::take(&mut self.ended);
        let published = self.batch.publish(self.ledger)?;
        // Of an object that another load has a part of, that load may have taken less.
        if !ended.is_empty() && published.as_ref().is_none_or(|published| published.has_all) {
            self.ledger.completed(&ended)?;
        }
        let Some(Published { done, has_last, has_all }) = published else { return Ok(true) };
        self.loaded.is_shared |= !has_all;
        self.loaded.files += done.files.len() as u64;
        self.loaded.counts.add(done.counts);
        Ok(has_last)
    }
}

fn shorter(claimed: u64) -> String {
    format!(
        "it begins like an input that was loaded up to byte {claimed}, but is shorter: if it was cut, bring the \
         whole file back; nothing of it was loaded now"
    )
}

fn interrupted(reason: &str) -> String {
    format!(
        "an interrupted load had begun it, and it cannot be read any more: {reason}; bring it back to this \
         place and load again, since some of its events are in the lake and others are not"
    )
}

/// Tells the queue that an item came to its end, also if by a panic.
struct Ended<'a> {
    queue: &'a Queue,
    well: bool,
}

impl Ended<'_> {
    fn well(mut self) {
        self.well = true;
    }
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.queue.finished(self.well);
    }
}
