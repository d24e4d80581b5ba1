//! How far the writer got, and who waits for it: `flush`, `sync` and `close`.
//!
//! Everybody waits for a position of the spool. Callers of `sync` that wait together share one: the
//! writer syncs everything that is written when it begins, and that satisfies all of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use crate::error::SegmentError;

/// Shared by the writer and everybody who waits for it.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    state: Mutex<State>,
    changed: Condvar,
}

/// How far the writer got, in positions of the spool.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Everything before it is in a segment. Written by the writer.
    written_to: u64,
    /// Everything before it survives a power cut, but for what `refused` says. Written by the writer.
    synced_to: u64,
    /// A sync up to here was refused by the disk.
    refused: Option<(u64, Arc<SegmentError>)>,
    /// Somebody waits for a sync up to here. Written by the waiting.
    sync_wanted: u64,
    /// A sync is due once so much is written: the first position that was asked for since the last
    /// one. Were it the last, a stream of callers would put off the sync for ever.
    sync_due_at: Option<u64>,
    /// Somebody waits for a flush up to here. Written by the waiting.
    flush_wanted: u64,
    /// The last failure of the writer, until its next success.
    trouble: Option<Arc<SegmentError>>,
    /// When to give up draining; set by `close`.
    close_by: Option<Instant>,
    /// The writer has ended.
    ended: bool,
    /// Futures that wait for a sync, by their numbers.
    wakers: BTreeMap<u64, Waker>,
}

/// Why a wait ended without success.
#[derive(Debug)]
pub(crate) enum Unfinished {
    /// The time was up; with the writer's trouble, if it has any.
    TimedOut(Option<Arc<SegmentError>>),
    /// The writer has ended before.
    Ended,
    /// The disk refused to sync.
    Refused(Arc<SegmentError>),
}

impl Progress {
    /// Waits until everything before `position` is in a segment.
    pub(crate) fn wait_written(&self, position: u64, timeout: Duration) -> Result<(), Unfinished> {
        self.wait(timeout, |state| state.is_written(position))
    }

    /// Waits until everything before `position` survives a power cut.
    pub(crate) fn wait_synced(&self, position: u64, timeout: Duration) -> Result<(), Unfinished> {
        self.wait(timeout, |state| state.is_synced(position))
    }

    /// Waits until the writer has ended.
    pub(crate) fn wait_ended(&self, timeout: Duration) -> Result<(), Unfinished> {
        self.wait(timeout, |state| state.ended.then_some(Ok(())))
    }

    /// Asks whether everything before `position` survives a power cut, to be told when it does.
    pub(crate) fn poll_synced(
        &self,
        position: u64,
        waiter: u64,
        waker: &Waker,
    ) -> Poll<Result<(), Unfinished>> {
        let mut state = self.lock();
        if let Some(outcome) = state.is_synced(position) {
            return Poll::Ready(outcome);
        }
        let before = state.wakers.insert(waiter, waker.clone());
        drop(state);
        drop(before);
        Poll::Pending
    }

    /// Forgets the waker of a future that is not polled any more.
    pub(crate) fn forget(&self, waiter: u64) {
        let forgotten = self.lock().wakers.remove(&waiter);
        // Its drop runs somebody's code: not under the lock.
        drop(forgotten);
    }

    /// Asks the writer for a flush up to `position`.
    pub(crate) fn want_flush(&self, position: u64) {
        let mut state = self.lock();
        state.flush_wanted = state.flush_wanted.max(position);
    }

    /// Asks the writer for a sync up to `position`.
    pub(crate) fn want_sync(&self, position: u64) {
        let mut state = self.lock();
        if position > state.synced_to {
            state.sync_wanted = state.sync_wanted.max(position);
            state.sync_due_at.get_or_insert(position);
        }
    }

    /// Asks the writer to drain until `deadline` and to end; an earlier deadline stands.
    pub(crate) fn want_close(&self, deadline: Instant) {
        let mut state = self.lock();
        state.close_by = Some(state.close_by.map_or(deadline, |known| known.min(deadline)));
    }

    /// The last failure of the writer, unless it has succeeded since.
    pub(crate) fn trouble(&self) -> Option<Arc<SegmentError>> {
        self.lock().trouble.clone()
    }

    /// When the writer is to end, if it is.
    pub(crate) fn close_by(&self) -> Option<Instant> {
        self.lock().close_by
    }

    /// Whether somebody waits for a position that is not written.
    pub(crate) fn is_flush_wanted(&self) -> bool {
        let state = self.lock();
        state.flush_wanted.max(state.sync_wanted) > state.written_to
    }

    /// Whether a sync is wanted, and what it was first wanted for is written.
    pub(crate) fn is_sync_due(&self) -> bool {
        let state = self.lock();
        state.sync_due_at.is_some_and(|position| state.written_to >= position)
    }

    /// Notes that everything before `position` is in a segment.
    pub(crate) fn written(&self, position: u64) {
        let mut state = self.lock();
        state.written_to = position;
        state.trouble = None;
        if state.flush_wanted > 0 {
            self.changed.notify_all();
        }
    }

    /// Notes what became of a sync of everything before `position`.
    pub(crate) fn synced(&self, position: u64, outcome: Result<(), Arc<SegmentError>>) {
        let mut state = self.lock();
        state.synced_to = position;
        // Those who came while the disk was busy wait together for what the last of them wants.
        state.sync_due_at = (state.sync_wanted > position).then_some(state.sync_wanted);
        if let Err(error) = outcome {
            state.refused = Some((position, error));
        }
        self.tell(state);
    }

    /// Notes that the writer could not write.
    pub(crate) fn troubled(&self, error: Arc<SegmentError>) {
        self.lock().trouble = Some(error);
    }

    /// Notes that the writer has ended.
    pub(crate) fn ended(&self) {
        let mut state = self.lock();
        state.ended = true;
        self.tell(state);
    }

    fn tell(&self, mut state: MutexGuard<'_, State>) {
        let wakers = std::mem::take(&mut state.wakers);
        self.changed.notify_all();
        // A waker runs somebody's code: not under the lock.
        drop(state);
        for waker in wakers.into_values() {
            waker.wake();
        }
    }

    fn wait(
        &self,
        timeout: Duration,
        outcome: impl Fn(&State) -> Option<Result<(), Unfinished>>,
    ) -> Result<(), Unfinished> {
        // A timeout beyond the reach of the clock is none.
        let deadline = Instant::now().checked_add(timeout);
        let mut state = self.lock();
        loop {
            if let Some(outcome) = outcome(&state) {
                return outcome;
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Err(Unfinished::TimedOut(state.trouble.clone()));
            }
            state = match left {
                Some(left) => {
                    self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_written(&self, position: u64) -> Option<Result<(), Unfinished>> {
        if self.written_to >= position {
            return Some(Ok(()));
        }
        self.ended.then_some(Err(Unfinished::Ended))
    }

    fn is_synced(&self, position: u64) -> Option<Result<(), Unfinished>> {
        if self.synced_to >= position {
            return Some(match &self.refused {
                Some((upto, error)) if position <= *upto => {
                    Err(Unfinished::Refused(Arc::clone(error)))
                }
                _ => Ok(()),
            });
        }
        self.ended.then_some(Err(Unfinished::Ended))
    }
}
