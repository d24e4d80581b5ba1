//! The chunks of a large input are claimed in their order, whoever reads them.
//!
//! A claim with a hole before it would be a trap: another load, with longer chunks or before a kill was
//! repaired, claims what lies before and goes on over it, and the lines behind are in the lake twice. So
//! workers read the parts of an input at the same time, and each waits with its claim for those before it.
//! Workers take the parts in order, so nobody waits for long, and the first one for nobody.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How far an input is claimed.
#[derive(Debug)]
pub struct Turns {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    /// Everything before this position is claimed, and a claim begins here next.
    to: u64,
    /// Whether nobody will claim more.
    is_over: bool,
}

impl Turns {
    /// Of an input that is claimed up to here.
    #[must_use]
    pub fn from(to: u64) -> Self {
        Self { state: Mutex::new(State { to, is_over: false }), changed: Condvar::new() }
    }

    /// Waits until everything before `from` is claimed; where the next claim begins: there, or behind it
    /// if another load was faster. `None` if it will not be claimed.
    #[must_use]
    pub fn wait(&self, from: u64) -> Option<u64> {
        let mut state = self.state();
        while state.to < from && !state.is_over {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        (state.to >= from).then_some(state.to)
    }

    /// Says that everything before this position is claimed, where a chunk ends; how far it is now.
    pub fn claimed(&self, to: u64) -> u64 {
        let mut state = self.state();
        state.to = state.to.max(to);
        self.changed.notify_all();
        state.to
    }

    /// To be held by who claims up to `to`: if he comes to his end before, also by a panic, nobody else
    /// waits for it.
    #[must_use]
    pub fn until(&self, to: u64) -> Until<'_> {
        Until { turns: self, to }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// See [`Turns::until`].
#[derive(Debug)]
pub struct Until<'a> {
    turns: &'a Turns,
    to: u64,
}

impl Drop for Until<'_> {
    fn drop(&mut self) {
        let mut state = self.turns.state();
        state.is_over |= state.to < self.to;
        drop(state);
        self.turns.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_is_claimed_after_those_before_it() {
        let turns = Turns::from(10);
        assert_eq!(turns.wait(10), Some(10));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| turns.wait(30));
            turns.claimed(20);
            turns.claimed(30);
            assert_eq!(waiting.join().unwrap(), Some(30));
        });
        assert_eq!(turns.wait(25), Some(30), "another load has claimed over it");
    }

    #[test]
    fn nobody_waits_for_a_claim_that_will_not_be_made() {
        let turns = Turns::from(0);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| turns.wait(20));
            drop(turns.until(10));
            assert_eq!(waiting.join().unwrap(), None);
        });
        turns.claimed(10);
        assert_eq!(turns.wait(10), Some(10));
        let turns = Turns::from(0);
        let until = turns.until(10);
        turns.claimed(10);
        drop(until);
        turns.claimed(20);
        assert_eq!(turns.wait(20), Some(20));
    }
}
