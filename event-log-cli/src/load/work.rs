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
use crate::load::batch::{Batch, Claimed};
use crate::load::chunk::{self, ChunkError, Followed, Place};
use crate::load::moved::Moved;
use crate::load::repeats::Repeats;
use crate::load::source::Source;
use crate::load::turns::Turns;
use crate::load::{FailedInput, Load, Loaded};

/// One piece of work.
#[derive(Debug)]
enum Item {
    /// A batch that an interrupted load planned.
    Resume(Digest, Plan),
    /// Inputs that make a batch together, or one that is read from its beginning to its end.
    Inputs(Vec<Input>),
    Part(Part),
}

/// A part of a large input.
#[derive(Debug)]
struct Part {
    input: PathBuf,
    place: Place,
    to: u64,
    repeats: Arc<Repeats>,
    turns: Arc<Turns>,
}

/// The work that is left.
#[derive(Debug)]
pub struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    /// Held by the worker that looks for repeated ids.
    looking: Mutex<()>,
    /// Where the inputs of interrupted batches may be as well.
    moved: Moved,
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
        let (changed, looking, moved) = (Condvar::new(), Mutex::new(()), Moved::default());
        Self { state: Mutex::new(state), changed, looking, moved }
    }

    /// Batches that interrupted loads planned. Their inputs may have been moved, or compressed: then they
    /// are perhaps among these.
    #[must_use]
    pub fn of_batches(unfinished: Vec<(Digest, Plan)>, inputs: &[Input]) -> Self {
        let items = unfinished.into_iter().map(|(batch, plan)| Item::Resume(batch, plan));
        Self { moved: Moved::among(inputs), ..Self::new(items.collect()) }
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
        let mut source = Source::open_in(input, self.load.objects)?;
        let stream = Digest::of(&source.first_line()?);
        let mut from = 0;
        let mut repeats = Arc::default();
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
            if self.share(&mut source, &place)? {
                return Ok(());
            }
            if !self.take(&mut source, &mut place, &mut repeats)? {
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
        let repeats = self.look(source.path(), Some(length))?;
        let turns = Arc::new(Turns::from(from));
        for to in ends.into_iter().chain([length]) {
            let (place, input) = (Place { from, ..place.clone() }, source.path().to_owned());
            let (repeats, turns) = (Arc::clone(&repeats), Arc::clone(&turns));
            parts.push(Item::Part(Part { input, place, to, repeats, turns }));
            from = to;
        }
        self.queue.add(parts);
        Ok(true)
    }

    /// Takes a part of a large input, unless it was claimed.
    fn part(&mut self, part: &Part) -> Result<(), ChunkError> {
        let Part { input, place, to, repeats, turns } = part;
        let _until = turns.until(*to);
        let mut source = Source::open_in(input, self.load.objects)?;
        if Digest::of(&source.first_line()?) != place.stream {
            self.fail(input, "it was replaced while it was loaded; load again".to_owned());
            return Ok(());
        }
        let mut repeats = Arc::clone(repeats);
        let mut from = place.from;
        while from < *to && !self.load.interrupt.is_set() {
            let place = match chunk::follow(&mut source, self.ledger, &place.stream, from)? {
                Followed::New(place) => place,
                Followed::Shorter(claimed) => {
                    self.fail(input, shorter(claimed));
                    return Ok(());
                }
            };
            if place.from == from {
                let Some(end) = self.read(&mut source, &place, Some(*to), &mut repeats)? else {
                    return self.left_over(&source, &place).map(drop);
                };
                let turn = turns.wait(from);
                if turn == Some(from) {
                    if self.publish(|| _ = turns.claimed(end))?.is_none() {
                        from = end;
                    }
                    continue;
                }
                self.batch.clear();
                if turn.is_none() {
                    return Ok(());
                }
            }
            // Others have claimed it. What they claimed behind the part is not for this one to count.
            let next = turns.claimed(place.from);
            self.loaded.known_bytes += next.min(*to) - from;
            from = next;
        }
        Ok(())
    }

    /// Takes one chunk into the batch, publishes the batch if it is full, and moves the place on; whether
    /// there may be more. What is written behind the end meanwhile is for the next load.
    fn take(
        &mut self,
        source: &mut Source,
        place: &mut Place,
        repeats: &mut Arc<Repeats>,
    ) -> Result<bool, ChunkError> {
        let Some(end) = self.read(source, place, None, repeats)? else { return Ok(false) };
        let is_cut = self.batch.is_cut();
        if self.batch.is_full() && self.publish(|| ())?.is_some() {
            return Ok(true);
        }
        place.from = end;
        Ok(is_cut)
    }

    /// Reads one chunk into the batch; where it ends.
    fn read(
        &mut self,
        source: &mut Source,
        place: &Place,
        limit: Option<u64>,
        repeats: &mut Arc<Repeats>,
    ) -> Result<Option<u64>, ChunkError> {
        let end = self.batch.read(source, place, limit)?;
        if let Some(end) = end.filter(|_| place.from > 0) {
            if !repeats.covers(end) {
                let looked = self.look(source.path(), None);
                *repeats = looked.inspect_err(|_| self.batch.forget_last())?;
            }
            self.batch.set_repeats(repeats.clone());
        }
        Ok(end)
    }

    /// Looks for repeated ids in an input; one worker at a time, since that takes memory.
    fn look(&self, input: &Path, to: Option<u64>) -> std::io::Result<Arc<Repeats>> {
        let _alone = self.queue.looking.lock().unwrap_or_else(PoisonError::into_inner);
        let mut source = Source::open_in(input, self.load.objects)?;
        Repeats::find(&mut source, to).map(Arc::new)
    }

    /// Reads a chunk as it was planned, from where it was or is now; if neither can be, why not from where
    /// it was.
    fn read_again(&mut self, chunk: &Chunk) -> Result<(), String> {
        let planned = Path::new(&chunk.input);
        let reason = match self.read_again_at(planned, chunk) {
            Ok(true) => return Ok(()),
            Ok(false) => "it has changed since".to_owned(),
            Err(error) => error.to_string(),
        };
        let queue = self.queue;
        let mut moved = queue.moved.of(&chunk.stream, self.load.objects).iter();
        let found = moved.any(|input| {
            let is_other = input != planned;
            is_other && self.read_again_at(input, chunk).is_ok_and(|is_there| is_there)
        });
        if found { Ok(()) } else { Err(reason) }
    }

    /// Reads a chunk as it was planned, and says whether this input holds it.
    fn read_again_at(&mut self, input: &Path, chunk: &Chunk) -> std::io::Result<bool> {
        let mut source = Source::open_in(input, self.load.objects)?;
        if !self.batch.read_again(&mut source, chunk)? {
            return Ok(false);
        }
        if chunk.from > 0 {
            let looked = self.look(input, Some(chunk.to));
            let repeats = looked.inspect_err(|_| self.batch.forget_last())?;
            self.batch.set_repeats(repeats);
        }
        Ok(true)
    }

    /// Finishes a batch that was planned, unless it is done by now: the load that planned it may still be
    /// running. Where an input is gone, the others of the batch are loaded, and it stays unfinished.
    fn resume(&mut self, batch: &Digest, plan: &Plan) -> Result<(), Failure> {
        let mut gone = Vec::new();
        if self.ledger.is_done(batch)? {
            return Ok(());
        }
        for chunk in &plan.chunks {
            if let Err(reason) = self.read_again(chunk)
                && !self.ledger.is_lost(chunk, batch)?
            {
                gone.push((chunk, reason));
            }
        }
        if !gone.is_empty() && self.ledger.is_done(batch)? {
            self.batch.clear();
            return Ok(());
        }
        let claimed = self.batch.claim_again(self.ledger, batch)?;
        if gone.is_empty() {
            self.loaded.resumed += 1;
            return self.bring(&claimed);
        }
        for (chunk, reason) in gone {
            self.fail(Path::new(&chunk.input), interrupted(batch, &reason));
        }
        self.batch.publish_part(&claimed)
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
        let mut lost: Vec<_> = claimed.lost().map(|chunk| PathBuf::from(&chunk.input)).collect();
        // Of an object that another load has a part of, that load may have taken less.
        if lost.is_empty() {
            self.completed(&ended)?;
        }
        let last = if claimed.has_last() { None } else { lost.pop() };
        self.queue.add(lost.into_iter().map(|input| Item::Inputs(vec![input.into()])).collect());
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

fn interrupted(batch: &Digest, reason: &str) -> String {
    format!(
        "an interrupted load had begun it, and it cannot be read any more: {reason}; bring it back, to this place or \
         among the inputs, and load again, since some of its events are in the lake and others are not; if it is gone \
         for good, make an empty file `_ledger/done/{}.json` in the lake, and no load asks for it again",
        batch.as_str()
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
