//! [`Follower`]: the blocking iterator over the lines of a log.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::follow::builder::FollowerBuilder;
#[cfg(feature = "follow-async")]
use crate::follow::error::OpenError;
use crate::follow::error::{CommitError, FollowError};
use crate::follow::line::Line;
use crate::follow::position::Position;
use crate::follow::position_file::PositionFile;
use crate::follow::reader::{Reader, Step};
use crate::follow::stop::StopHandle;
use crate::follow::watch::{Waiting, Watch, Woken};

/// Yields the lines of a log as they are written, across rotations and restarts.
///
/// As an iterator it waits for the next line, and ends only when it is [stopped](StopHandle). An
/// `Err` is trouble with one line or one segment; following goes on behind it.
///
/// See the [module](crate::follow) for what is promised.
#[derive(Debug)]
#[must_use = "a follower does nothing until it is asked for a line"]
pub struct Follower {
    reader: Reader,
    watch: Watch,
    stop: StopHandle,
    position_file: Option<PositionFile>,
}

/// How many steps are taken before time is looked at, each of which reads up to 64 KiB; and after how
/// many a stream lets other tasks run.
pub(super) const STEPS: u32 = 128;

/// What a look without waiting came to.
#[derive(Debug)]
pub(super) enum Polled {
    Yield(Result<Line, FollowError>),
    /// Nothing yet; there is more to read.
    Busy,
    /// Nothing is there.
    Idle,
    Stopped,
}

impl Follower {
    /// The options for following the log in this directory.
    pub fn builder(directory: impl AsRef<Path>) -> FollowerBuilder {
        FollowerBuilder::new(directory.as_ref())
    }

    pub(super) fn new(
        reader: Reader,
        watch: Watch,
        stop: StopHandle,
        position_file: Option<PositionFile>,
    ) -> Self {
        Self { reader, watch, stop, position_file }
    }

    /// The next line, waiting for it at most so long; `None` if none came, or the follower was
    /// [stopped](StopHandle).
    ///
    /// With [`Duration::ZERO`] it does not wait for a line to be written. When the time is up it may
    /// return `None` although there is more to read, if all of the last 8 MiB was filtered out.
    pub fn next_timeout(&mut self, timeout: Duration) -> Option<Result<Line, FollowError>> {
        // A time too far away to be told is none.
        self.next_until(Instant::now().checked_add(timeout))
    }

    /// The next line that is there already, without waiting for one to be written; `None` if
    /// everything was read, or the follower was [stopped](StopHandle).
    pub fn read_available(&mut self) -> Option<Result<Line, FollowError>> {
        let mut has_looked = false;
        loop {
            match self.poll() {
                Polled::Yield(line) => return Some(line),
                Polled::Busy => {}
                Polled::Idle if !std::mem::replace(&mut has_looked, true) => self.look(),
                Polled::Idle | Polled::Stopped => return None,
            }
        }
    }

    /// What was consumed: everything that was yielded or filtered out up to now. Store it together
    /// with what you made of the lines, in one transaction, for exactly-once.
    #[must_use]
    pub fn position(&self) -> Position {
        self.reader.position().clone()
    }

    /// Writes [`position`](Self::position) to the [position
    /// file](FollowerBuilder::position_file), so that a follower built later goes on behind what was
    /// yielded up to now. Two syncs of the disk: call it once for many lines.
    ///
    /// # Errors
    /// If there is no position file, or it cannot be replaced.
    pub fn commit(&self) -> Result<(), CommitError> {
        let file = self.position_file.as_ref().ok_or(CommitError::NoPositionFile)?;
        file.write(self.reader.position())
    }

    /// The same lines for async code, on any runtime. It starts a thread, `event-log-follow`, which
    /// ends when the stream is dropped.
    ///
    /// # Errors
    /// If the thread cannot be started.
    #[cfg(feature = "follow-async")]
    pub fn into_stream(self) -> Result<crate::follow::FollowStream, OpenError> {
        crate::follow::FollowStream::start(self)
    }

    /// A handle that ends this follower from another thread.
    #[must_use]
    pub fn stop_handle(&self) -> StopHandle {
        self.stop.clone()
    }

    fn next_until(&mut self, deadline: Option<Instant>) -> Option<Result<Line, FollowError>> {
        let mut has_looked = false;
        let mut steps_left = STEPS;
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            match self.poll() {
                Polled::Yield(line) => return Some(line),
                Polled::Stopped => return None,
                Polled::Idle if !std::mem::replace(&mut has_looked, true) => self.look(),
                Polled::Busy if steps_left > 0 => steps_left -= 1,
                Polled::Busy | Polled::Idle if left.is_some_and(|left| left.is_zero()) => {
                    return None;
                }
                Polled::Busy => {}
                Polled::Idle => {
                    let woken = self.waiting().wait(left);
                    self.woken(woken);
                }
            }
        }
    }

    /// Does a bounded piece of work.
    pub(super) fn poll(&mut self) -> Polled {
        if self.stop.is_stopped() {
            return Polled::Stopped;
        }
        match self.reader.step() {
            Step::Yield(line) => Polled::Yield(line),
            Step::Busy => Polled::Busy,
            Step::Idle => Polled::Idle,
        }
    }

    /// Has the next poll see what changed up to now; for one who found nothing.
    pub(super) fn look(&mut self) {
        self.woken(Woken::Changed);
    }

    pub(super) fn woken(&mut self, woken: Woken) {
        let is_changed = match woken {
            Woken::Changed => self.watch.take_changes(),
            Woken::Look => true,
            Woken::TimedOut => return,
        };
        if is_changed {
            self.watch.renew();
        }
        self.reader.wake(is_changed);
    }

    pub(super) fn waiting(&self) -> Waiting {
        self.watch.waiting()
    }
}

impl Iterator for Follower {
    type Item = Result<Line, FollowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_until(None)
    }
}
