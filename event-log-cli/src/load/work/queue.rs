//! The work that is left, and who is at it.
//!
//! Small inputs are put together until they make a batch, so that ten thousand of them cost no more
//! than a large one. What belongs together follows from the list of inputs and their lengths alone, so a
//! load that is repeated after a kill makes the batches, and so the files, that the first one would have made.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::input::paths::Input;
use crate::lake::ledger::{Digest, Plan};
use crate::load::chunk::Place;
use crate::load::moved::Moved;
use crate::load::seen::Seen;
use crate::load::turns::Turns;

/// One piece of work.
#[derive(Debug)]
pub(super) enum Item {
    /// A batch that an interrupted load planned.
    Resume(Digest, Plan),
    /// Inputs that make a batch together, or one that is read from its beginning to its end.
    Inputs(Vec<Input>),
    Part(Part),
}

/// A part of a large input.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) input: PathBuf,
    pub(super) place: Place,
    pub(super) to: u64,
    pub(super) seen: Arc<Seen>,
    pub(super) turns: Arc<Turns>,
}

/// The work that is left.
#[derive(Debug)]
pub struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    /// Held by the worker that looks for repeated ids.
    pub(super) looking: Mutex<()>,
    /// Where the inputs of interrupted batches may be as well.
    pub(super) moved: Moved,
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
    pub(super) fn next(&self) -> Option<Item> {
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
    pub(super) fn add(&self, parts: Vec<Item>) {
        let mut state = self.lock();
        for part in parts.into_iter().rev() {
            state.items.push_front(part);
        }
        drop(state);
        self.changed.notify_all();
    }

    /// To be held while an item is worked on, so that a panic does not leave the others waiting.
    pub(super) fn working(&self) -> Working<'_> {
        Working { queue: self, well: false }
    }

    fn finished(&self, well: bool) {
        let mut state = self.lock();
        state.busy -= 1;
        state.failed |= !well;
        drop(state);
        self.changed.notify_all();
    }
}

/// Tells the queue that an item came to its end, also if by a panic.
pub(super) struct Working<'a> {
    queue: &'a Queue,
    well: bool,
}

impl Working<'_> {
    pub(super) fn ended_well(mut self) {
        self.well = true;
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.queue.finished(self.well);
    }
}
