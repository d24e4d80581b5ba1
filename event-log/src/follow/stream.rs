//! [`FollowStream`]: the same lines for async code, on any runtime.
//!
//! The stream itself reads, in small steps and from files that were just written. A thread waits, on
//! inotify or on time, and wakes whoever polls.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

use futures_core::Stream;

use crate::follow::error::{CommitError, FollowError, OpenError};
use crate::follow::follower::{Follower, Polled, STEPS};
use crate::follow::line::Line;
use crate::follow::position::Position;
use crate::follow::stop::StopHandle;
use crate::follow::watch::{Waiting, Woken};

/// Yields the lines of a log to async code, on any runtime; made by
/// [`Follower::into_stream`].
///
/// It reads from files in `poll_next`: at most 8 MiB a poll, which are in memory as a rule, since
/// they were just written. Dropping it ends its thread.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::future::poll_fn;
/// use std::pin::Pin;
/// use std::time::Duration;
/// use event_log::follow::Follower;
/// use event_log::{Event, Logger};
/// use futures_core::Stream;
///
/// #[derive(Event)]
/// struct LessonStarted {
///     lesson: u32,
/// }
///
/// # let directory = tempfile::tempdir()?;
/// let logger = Logger::builder(directory.path()).build()?;
/// let mut lines = Follower::builder(directory.path()).build()?.into_stream()?;
/// logger.emit(LessonStarted { lesson: 7 });
/// let next = async {
///     // Or `lines.next().await` with the `StreamExt` of futures or tokio-stream.
///     poll_fn(|context| Pin::new(&mut lines).poll_next(context)).await
/// };
/// # fn block_on<T>(future: impl Future<Output = T>) -> T {
/// #     struct Unpark(std::thread::Thread);
/// #     impl std::task::Wake for Unpark {
/// #         fn wake(self: std::sync::Arc<Self>) { self.0.unpark() }
/// #     }
/// #     let waker = std::sync::Arc::new(Unpark(std::thread::current())).into();
/// #     let mut future = std::pin::pin!(future);
/// #     loop {
/// #         let mut context = std::task::Context::from_waker(&waker);
/// #         match future.as_mut().poll(&mut context) {
/// #             std::task::Poll::Ready(value) => return value,
/// #             std::task::Poll::Pending => std::thread::park(),
/// #         }
/// #     }
/// # }
/// let line = block_on(next).ok_or("it was stopped")??;
/// assert_eq!(line.event_type(), "lesson_started");
/// # Ok(())
/// # }
/// ```
#[must_use = "a stream does nothing until it is polled"]
pub struct FollowStream {
    follower: Follower,
    alarm: Arc<Alarm>,
    /// How many more steps before other tasks are let run.
    steps: u32,
}

/// What the stream and its thread share.
#[derive(Debug, Default)]
struct Alarm {
    state: Mutex<AlarmState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct AlarmState {
    /// What the thread is to wait for; it takes it.
    waiting: Option<Waiting>,
    /// Who is to be woken then.
    waker: Option<Waker>,
    /// Why the last wait ended; the stream takes it.
    woken: Option<Woken>,
    has_ended: bool,
}

impl FollowStream {
    pub(super) fn start(follower: Follower) -> Result<Self, OpenError> {
        let alarm = Arc::<Alarm>::default();
        let of_thread = Arc::clone(&alarm);
        thread::Builder::new()
            .name("event-log-follow".to_owned())
            .spawn(move || of_thread.run())
            .map_err(|source| OpenError::StartThread { source })?;
        Ok(Self { follower, alarm, steps: STEPS })
    }

    /// As [`Follower::position`]: everything that the stream has yielded.
    #[must_use]
    pub fn position(&self) -> Position {
        self.follower.position()
    }

    /// As [`Follower::commit`]. It waits for the disk: call it where blocking is allowed.
    ///
    /// # Errors
    /// If there is no position file, or it cannot be replaced.
    pub fn commit(&self) -> Result<(), CommitError> {
        self.follower.commit()
    }

    /// A handle that ends this stream.
    #[must_use]
    pub fn stop_handle(&self) -> StopHandle {
        self.follower.stop_handle()
    }
}

impl Stream for FollowStream {
    type Item = Result<Line, FollowError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { follower, alarm, steps } = &mut *self;
        if let Some(woken) = alarm.lock().woken.take() {
            follower.woken(woken);
        }
        let mut has_looked = false;
        while *steps > 0 {
            *steps -= 1;
            match follower.poll() {
                Polled::Yield(line) => return Poll::Ready(Some(line)),
                Polled::Stopped => return Poll::Ready(None),
                Polled::Busy => {}
                Polled::Idle if !std::mem::replace(&mut has_looked, true) => follower.look(),
                Polled::Idle => {
                    *steps = STEPS;
                    alarm.arm(follower.waiting(), context.waker());
                    return Poll::Pending;
                }
            }
        }
        *steps = STEPS;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for FollowStream {
    fn drop(&mut self) {
        self.alarm.lock().has_ended = true;
        self.alarm.changed.notify_one();
        // Wakes the thread out of its wait. It is not waited for: its waker may be what drops us.
        self.follower.stop_handle().stop();
    }
}

impl fmt::Debug for FollowStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FollowStream").field("follower", &self.follower).finish_non_exhaustive()
    }
}

impl Alarm {
    fn lock(&self) -> MutexGuard<'_, AlarmState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the thread wait and wake. While it waits already, only who is woken changes.
    fn arm(&self, waiting: Waiting, waker: &Waker) {
        let mut state = self.lock();
        state.waiting = Some(waiting);
        match &mut state.waker {
            Some(old) => old.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
        self.changed.notify_one();
    }

    /// The thread.
    fn run(&self) {
        loop {
            let is_idle = |state: &mut AlarmState| state.waiting.is_none() && !state.has_ended;
            let waited = self.changed.wait_while(self.lock(), is_idle);
            let mut state = waited.unwrap_or_else(PoisonError::into_inner);
            if state.has_ended {
                return;
            }
            let Some(waiting) = state.waiting.take() else { continue };
            drop(state);
            let woken = waiting.wait(None);
            let mut state = self.lock();
            state.woken = Some(woken);
            let waker = state.waker.take();
            drop(state);
            if let Some(waker) = waker {
                // A waker that panics has woken nobody, but the next one is still to be woken.
                let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
            }
        }
    }
}
