//! What each thread keeps for its emits: buffers, ids, counters.
//!
//! An emit inside another (a `Serialize` that emits) finds them in use, and one in a thread that is
//! ending finds them gone; both work with a state of their own, made for the occasion.

use std::cell::RefCell;
use std::sync::Arc;

use crate::event::EventType;
use crate::fork;
use crate::id;
use crate::ledger::{Counters, Ledger};
use crate::line::Renderer;

/// The state of one thread.
#[derive(Debug)]
struct Local {
    /// The process that made it: a forked child must not go on with its parent's random state.
    epoch: u64,
    renderer: Renderer,
    /// The counters of this thread in each logger that it emitted to, by the logger's serial number.
    counters: Vec<(u64, Arc<Counters>)>,
}

thread_local! {
    static LOCAL: RefCell<Option<Local>> = const { RefCell::new(None) };
}

/// Counts accepted events: where, depends on whether the thread has its own counters at hand.
#[derive(Debug)]
pub(crate) enum Accept<'a> {
    /// In the thread's own counters.
    Own(&'a Counters),
    /// In the ledger, under its lock.
    Stray(&'a Ledger),
}

impl Accept<'_> {
    #[inline]
    pub(crate) fn count(&self, event_type: &'static EventType) {
        match self {
            Self::Own(counters) => counters.accept(event_type),
            Self::Stray(ledger) => ledger.accept_stray(event_type),
        }
    }
}

/// Runs `emit` with the thread's renderer and counters.
#[inline]
pub(crate) fn with<R>(
    serial: u64,
    ledger: &Ledger,
    emit: impl FnOnce(&mut Renderer, Accept<'_>) -> R,
) -> R {
    // The closure can be called once only, but which way is known only inside.
    let mut emit = Some(emit);
    let mut run = |renderer: &mut Renderer, accept: Accept<'_>| {
        emit.take().map(|emit| emit(renderer, accept))
    };
    let usual = LOCAL.try_with(|cell| {
        let mut slot = cell.try_borrow_mut().ok()?;
        let local = current(&mut slot);
        let index = local.counters_for(serial, ledger);
        run(&mut local.renderer, Accept::Own(&local.counters[index].1))
    });
    match usual {
        Ok(Some(outcome)) => outcome,
        _ => run(&mut Renderer::new(), Accept::Stray(ledger)).expect("not run before"),
    }
}

#[inline]
fn current(slot: &mut Option<Local>) -> &mut Local {
    let epoch = fork::epoch();
    match slot {
        Some(local) if local.epoch == epoch => {}
        Some(inherited) => {
            id::reseed_after_fork();
            *inherited = Local::new(epoch);
        }
        None => *slot = Some(Local::new(epoch)),
    }
    slot.as_mut().expect("just made")
}

impl Local {
    fn new(epoch: u64) -> Self {
        Self { epoch, renderer: Renderer::new(), counters: Vec::new() }
    }

    #[inline]
    fn counters_for(&mut self, serial: u64, ledger: &Ledger) -> usize {
        match self.counters.iter().position(|(known, _)| *known == serial) {
            Some(index) => index,
            None => self.register(serial, ledger),
        }
    }

    #[cold]
    fn register(&mut self, serial: u64, ledger: &Ledger) -> usize {
        // Those that only this thread still holds belong to loggers that are gone.
        self.counters.retain(|(_, counters)| Arc::strong_count(counters) > 1);
        self.counters.push((serial, ledger.counters_for_thread()));
        self.counters.len() - 1
    }
}
