//! `flush` and `sync` from the side of those who wait: what to wait for, and what the outcome means.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{self, Poll};
use std::time::Duration;

use crate::error::{FlushError, SyncError};
use crate::handle::Handle;
use crate::progress::Unfinished;
use crate::shared::Shared;

/// What there is to wait for: nothing in a forked child that has not emitted.
///
/// # Errors
/// If the caller is the writer, or a forked child has no spool.
pub(crate) fn waitable(handle: &Handle) -> Result<Option<&Shared>, FlushError> {
    match pollable(handle)? {
        Some(shared) if shared.wake.is_writer() => Err(FlushError::WouldDeadlock),
        shared => Ok(shared),
    }
}

/// The same for a future, which the writer may poll: a poll does not wait.
fn pollable(handle: &Handle) -> Result<Option<&Shared>, FlushError> {
    match handle.started_or_failed() {
        Some(Ok(handle)) => Ok(Some(&handle.shared)),
        Some(Err(_)) => Err(FlushError::Closed { events_left: 0 }),
        None => Ok(None),
    }
}

/// Asks for a sync of everything emitted so far; returns the position to wait for.
pub(crate) fn request_sync(shared: &Shared) -> u64 {
    let position = shared.spool.spool.ring().tail();
    shared.progress.want_sync(position);
    shared.wake.now();
    position
}

pub(crate) fn flush_error(
    shared: &Shared,
    unfinished: Unfinished,
    timeout: Duration,
) -> FlushError {
    let events_left = shared.ledger.stats().total.in_spool;
    match unfinished {
        Unfinished::Ended => FlushError::Closed { events_left },
        Unfinished::TimedOut(source) => FlushError::TimedOut { events_left, timeout, source },
        Unfinished::Refused(source) => {
            FlushError::TimedOut { events_left, timeout, source: Some(source) }
        }
    }
}

pub(crate) fn sync_error(shared: &Shared, unfinished: Unfinished, timeout: Duration) -> SyncError {
    match unfinished {
        Unfinished::Refused(error) => SyncError::Refused(error),
        other => SyncError::NotFlushed(flush_error(shared, other, timeout)),
    }
}

/// What [`Logger::sync_async`](crate::Logger::sync_async) returns.
pub(crate) struct SyncFuture {
    handle: Arc<Handle>,
    /// What to wait for; asked for at the first poll.
    position: Option<u64>,
    /// Under which its waker is kept.
    waiter: u64,
}

impl SyncFuture {
    pub(crate) fn new(handle: Arc<Handle>) -> Self {
        Self { handle, position: None, waiter: next_waiter() }
    }
}

impl Future for SyncFuture {
    type Output = Result<(), SyncError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<Self::Output> {
        let handle = Arc::clone(&self.handle);
        let shared = match pollable(&handle) {
            Ok(Some(shared)) => shared,
            Ok(None) => return Poll::Ready(Ok(())),
            Err(error) => return Poll::Ready(Err(SyncError::NotFlushed(error))),
        };
        let position = *self.position.get_or_insert_with(|| request_sync(shared));
        let polled = shared.progress.poll_synced(position, self.waiter, context.waker());
        polled.map_err(|unfinished| sync_error(shared, unfinished, Duration::ZERO))
    }
}

impl Drop for SyncFuture {
    fn drop(&mut self) {
        // Whoever stops waiting must not be kept alive by a disk that is stuck.
        if let Some(handle) = self.handle.started() {
            handle.shared.progress.forget(self.waiter);
        }
    }
}

/// Tells the futures of this process apart.
fn next_waiter() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
