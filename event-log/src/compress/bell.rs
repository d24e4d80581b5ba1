//! What wakes and stops the thread that compresses.

use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

/// Rung by the writer when a segment was closed, and by `close`.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Since the thread last looked.
    is_rung: bool,
    is_stopping: bool,
    /// From before the thread is started until it has ended.
    is_running: bool,
    thread: Option<ThreadId>,
}

impl Bell {
    /// There is something new to look at.
    pub(crate) fn ring(&self) {
        self.change(|state| state.is_rung = true);
    }

    /// Has the thread end as soon as it looks up.
    pub(crate) fn stop(&self) {
        self.change(|state| state.is_stopping = true);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.state().is_stopping
    }

    /// Waits so long at most for the thread to end; not at all on that thread itself.
    pub(crate) fn wait_ended(&self, timeout: Duration) {
        let state = self.state();
        if state.thread != Some(thread::current().id()) {
            let ended = self.changed.wait_timeout_while(state, timeout, |state| state.is_running);
            drop(ended.unwrap_or_else(PoisonError::into_inner));
        }
    }

    pub(super) fn started(&self) {
        self.change(|state| state.is_running = true);
    }

    pub(super) fn answered_here(&self) {
        self.change(|state| state.thread = Some(thread::current().id()));
    }

    pub(super) fn ended(&self) {
        self.change(|state| state.is_running = false);
    }

    /// Sleeps until rung, or so long at most; says whether to go on.
    pub(super) fn wait(&self, pause: Duration) -> ControlFlow<()> {
        let asleep = |state: &mut State| !state.is_rung && !state.is_stopping;
        let waited = self.changed.wait_timeout_while(self.state(), pause, asleep);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.is_rung = false;
        if state.is_stopping { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
