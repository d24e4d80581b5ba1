//! What the handles of a logger and its writer share.

use std::cell::Cell;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use crate::builder::{LoggerBuilder, Overflow};
use crate::clock::TimeSource;
#[cfg(feature = "_compression")]
use crate::compress::bell::Bell;
use crate::context::Context;
use crate::delays::Delays;
use crate::error::{CommitError, EmitError, LogError};
use crate::event::EventType;
use crate::fork;
use crate::ledger::Ledger;
use crate::line::LineFormat;
use crate::progress::Progress;
use crate::spool::directory::SpoolFile;
use crate::spool::record::Lines;
use crate::spool::ring::{Pushed, Refused};
use crate::stats::DropReason;
#[cfg(feature = "testing")]
use crate::{line::type_offset, testing::Recording};

/// How long a thread that waits for room sleeps at most before it looks again.
const ROOM_CHECK: Duration = Duration::from_millis(10);

/// The part of a logger that every thread reads.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Tells this logger from every other one that this process ever had.
    pub(crate) serial: u64,
    /// The process that built it, see [`crate::fork`].
    pub(crate) epoch: u64,
    pub(crate) spool: SpoolFile,
    pub(crate) clock: TimeSource,
    pub(crate) format: LineFormat,
    pub(crate) default_context: Context,
    pub(crate) overflow: Overflow,
    pub(crate) on_error: ErrorHandler,
    pub(crate) ledger: Ledger,
    pub(crate) progress: Progress,
    pub(crate) wake: Wake,
    pub(crate) room: Room,
    /// Whether the spool's table of drops has something to tell.
    pub(crate) has_gaps: AtomicBool,
    /// Takes the lines instead of the spool, if this is a recording logger.
    #[cfg(feature = "testing")]
    pub(crate) recording: Option<Arc<Recording>>,
    #[cfg(feature = "_compression")]
    pub(crate) bell: Arc<Bell>,
    pub(crate) delays: Delays,
    #[cfg(feature = "metrics")]
    pub(crate) publisher: crate::metrics::Publisher,
}

/// Numbers the loggers of this process; see [`Shared::serial`].
static SERIAL: AtomicU64 = AtomicU64::new(0);

impl Shared {
    /// What a logger with these options begins with.
    pub(crate) fn new(builder: &LoggerBuilder, spool: SpoolFile, clock: TimeSource) -> Self {
        Self {
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            epoch: fork::epoch(),
            spool,
            clock,
            format: LineFormat {
                precision: builder.date_precision,
                max_line_bytes: builder.max_line_bytes,
                pii_key: builder.pii_key.clone(),
            },
            default_context: builder.context.clone(),
            overflow: builder.overflow,
            on_error: builder.error_handler(),
            ledger: Ledger::default(),
            progress: Progress::default(),
            wake: Wake::default(),
            room: Room::default(),
            has_gaps: AtomicBool::new(false),
            delays: Delays::default(),
            #[cfg(feature = "metrics")]
            publisher: builder.metrics.publisher(&builder.prefix),
            #[cfg(feature = "testing")]
            recording: None,
            #[cfg(feature = "_compression")]
            bell: Arc::default(),
        }
    }

    /// Puts a line into the spool, waiting for room as the overflow policy says.
    #[inline]
    pub(crate) fn push(&self, line: &[u8], before_commit: impl Fn()) -> Result<(), Refused> {
        self.push_lines(line, Lines::One, before_commit)
    }

    /// Puts lines into the spool as one record, waiting for room as the overflow policy says.
    #[inline]
    pub(crate) fn push_lines(
        &self,
        text: &[u8],
        lines: Lines,
        before_commit: impl Fn(),
    ) -> Result<(), Refused> {
        #[cfg(feature = "testing")]
        if let Some(recording) = &self.recording {
            return self.record(recording, text, before_commit);
        }
        let ring = self.spool.spool.ring();
        match ring.push_lines(text, lines, &before_commit) {
            Ok(Pushed { used, .. }) => {
                // Waking costs 12 µs, so it happens once a half lap, not once an event.
                if used > ring.bytes() / 2 {
                    self.wake.if_asleep();
                }
                Ok(())
            }
            Err(Refused::Full) => self.push_when_there_is_room(text, lines, &before_commit),
            Err(Refused::Closed) => Err(Refused::Closed),
        }
    }

    #[cold]
    fn push_when_there_is_room(
        &self,
        text: &[u8],
        lines: Lines,
        before_commit: &impl Fn(),
    ) -> Result<(), Refused> {
        self.wake.if_asleep();
        let deadline = match self.overflow {
            // The writer cannot wait for itself to make room, and an error handler must not wait.
            _ if self.wake.is_writer() || ErrorHandler::is_running() => return Err(Refused::Full),
            Overflow::Drop => return Err(Refused::Full),
            // Somebody has just waited in vain: a stuck disk must not slow down every request.
            Overflow::Wait(_) if self.room.is_stuck() => return Err(Refused::Full),
            Overflow::Wait(patience) => Instant::now().checked_add(patience),
            Overflow::Block => None,
        };
        let ring = self.spool.spool.ring();
        loop {
            let attempt = || ring.push_lines(text, lines, before_commit);
            let pushed = self.room.wait(deadline, attempt);
            match pushed {
                Ok(_) => return Ok(()),
                Err(Refused::Closed) => return Err(Refused::Closed),
                Err(Refused::Full) if deadline.is_some_and(|end| Instant::now() >= end) => {
                    self.room.set_stuck();
                    return Err(Refused::Full);
                }
                Err(Refused::Full) => self.wake.if_asleep(),
            }
        }
    }

    #[cfg(feature = "testing")]
    #[cold]
    fn record(
        &self,
        recording: &Recording,
        line: &[u8],
        before_commit: impl Fn(),
    ) -> Result<(), Refused> {
        if self.spool.spool.ring().is_closed() {
            return Err(Refused::Closed);
        }
        before_commit();
        recording.push(line);
        self.ledger.settle_recorded(line, type_offset(self.format.precision));
        Ok(())
    }

    /// Counts a refused event and tells the error handler; returns what it was counted as.
    #[cold]
    pub(crate) fn refuse(&self, mut error: EmitError) -> EmitError {
        let event_type = error.event_type();
        let now = self.clock.now().unix_millis();
        self.ledger.drop_event(event_type, || {
            let spool = &self.spool.spool;
            // The spool of a closed logger is gone or handed over: only the ledger can count there, and
            // no gap line will tell of it, whatever else is wrong with the event.
            if spool.ring().is_closed() {
                error = EmitError::Closed { event_type };
            } else {
                spool.drops().add(event_type, error.reason().code(), now);
                self.has_gaps.store(true, Ordering::Release);
            }
            error.reason()
        });
        if error.reason() != DropReason::SpoolFull || self.room.is_first_refusal() {
            self.report(&LogError::Dropped(error.clone()));
        }
        error
    }

    /// Counts the events of a refused transaction, of these types, and tells the error handler; returns
    /// what they were counted as.
    #[cold]
    pub(crate) fn refuse_transaction(
        &self,
        mut error: CommitError,
        types: &[&'static EventType],
    ) -> CommitError {
        let now = self.clock.now().unix_millis();
        self.ledger.drop_events(|drop_event| {
            let spool = &self.spool.spool;
            // As for a single event.
            let is_closed = spool.ring().is_closed();
            if is_closed {
                error = CommitError::Closed { events: types.len() };
            }
            for (index, event_type) in types.iter().enumerate() {
                let reason = error.reason_of(index);
                if !is_closed {
                    spool.drops().add(event_type.name(), reason.code(), now);
                    self.has_gaps.store(true, Ordering::Release);
                }
                drop_event(event_type.name(), reason);
            }
        });
        #[cfg(feature = "testing")]
        if let Some(recording) = &self.recording {
            let error = Arc::new(error.clone());
            for (index, event_type) in types.iter().enumerate() {
                recording.push_dropped(error.of_event(index, event_type.name()));
            }
        }
        let is_full = matches!(error, CommitError::SpoolFull { .. });
        if !is_full || self.room.is_first_refusal() {
            self.report(&LogError::TransactionDropped(error.clone()));
        }
        error
    }

    /// Hands an error to the handler. One that happens inside the handler is counted only.
    pub(crate) fn report(&self, error: &LogError) {
        if let LogError::Segment(_) = error {
            self.ledger.count_io_error();
        }
        if !self.on_error.call(error) {
            self.ledger.count_handler_panic();
        }
    }
}

/// Wakes the writer.
#[derive(Debug, Default)]
pub(crate) struct Wake {
    thread: OnceLock<Thread>,
    /// Written by the writer around its sleep, and by whoever wakes it.
    asleep: AtomicBool,
}

impl Wake {
    /// Makes the calling thread the writer.
    pub(crate) fn set_writer(&self, thread: Thread) {
        self.thread.set(thread).expect("a logger has one writer");
    }

    /// Whether the calling thread is the writer.
    pub(crate) fn is_writer(&self) -> bool {
        self.thread.get().is_some_and(|writer| writer.id() == thread::current().id())
    }

    /// Wakes the writer if it sleeps. A wake that is missed in a race costs one drain interval.
    #[inline]
    pub(crate) fn if_asleep(&self) {
        if self.asleep.load(Ordering::Relaxed) && self.asleep.swap(false, Ordering::Relaxed) {
            self.now();
        }
    }

    /// Has the writer not sleep until it has looked again.
    pub(crate) fn now(&self) {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }

    /// Waits before trying again what failed: no emit ends this, but a flush, sync or close does. For
    /// the writer only.
    pub(crate) fn back_off(pause: Duration) {
        thread::park_timeout(pause);
    }

    /// Sleeps until woken, at most for `pause`. For the writer only.
    pub(crate) fn sleep(&self, pause: Duration) {
        self.asleep.store(true, Ordering::Relaxed);
        thread::park_timeout(pause);
        self.asleep.store(false, Ordering::Relaxed);
    }
}

/// Threads that wait for room in the spool.
#[derive(Debug, Default)]
pub(crate) struct Room {
    waiting: AtomicUsize,
    lock: Mutex<()>,
    released: Condvar,
    /// Somebody waited in vain and nothing was released since.
    stuck: AtomicBool,
    /// The refusals since the last release were reported.
    reported: AtomicBool,
}

impl Room {
    /// Tries, sleeps until something is released (for a moment at most), and tries again.
    fn wait<T>(
        &self,
        deadline: Option<Instant>,
        attempt: impl Fn() -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_add(1, Ordering::Relaxed);
        // Pairs with the fence in `released`: either this attempt sees the room, or the writer sees
        // that somebody waits.
        fence(Ordering::SeqCst);
        let first = attempt();
        let outcome = if matches!(first, Err(Refused::Full)) {
            let left =
                deadline.map_or(ROOM_CHECK, |end| end.saturating_duration_since(Instant::now()));
            let waited = self.released.wait_timeout(guard, left.min(ROOM_CHECK));
            drop(waited.unwrap_or_else(PoisonError::into_inner));
            attempt()
        } else {
            drop(guard);
            first
        };
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        outcome
    }

    /// Tells the waiting that there is room. For the writer, after each release.
    pub(crate) fn released(&self) {
        if self.stuck.load(Ordering::Relaxed) {
            self.stuck.store(false, Ordering::Relaxed);
        }
        if self.reported.load(Ordering::Relaxed) {
            self.reported.store(false, Ordering::Relaxed);
        }
        fence(Ordering::SeqCst);
        if self.waiting.load(Ordering::Relaxed) > 0 {
            drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner));
            self.released.notify_all();
        }
    }

    fn is_stuck(&self) -> bool {
        self.stuck.load(Ordering::Relaxed)
    }

    fn set_stuck(&self) {
        self.stuck.store(true, Ordering::Relaxed);
    }

    fn is_first_refusal(&self) -> bool {
        !self.reported.swap(true, Ordering::Relaxed)
    }
}

/// The user's error handler.
pub(crate) struct ErrorHandler(Arc<dyn Fn(&LogError) + Send + Sync>);

thread_local! {
    /// Whether this thread is inside an error handler.
    static HANDLING: Cell<bool> = const { Cell::new(false) };
}

impl ErrorHandler {
    pub(crate) fn new(handler: Arc<dyn Fn(&LogError) + Send + Sync>) -> Self {
        Self(handler)
    }

    /// Whether this thread is inside an error handler.
    pub(crate) fn is_running() -> bool {
        HANDLING.try_with(Cell::get).unwrap_or(false)
    }

    /// Calls the handler, unless this thread is inside one; returns false if it panicked.
    fn call(&self, error: &LogError) -> bool {
        let entered = HANDLING.try_with(|handling| !handling.replace(true));
        // A thread that is ending has no flag any more: an error there is counted only.
        if entered != Ok(true) {
            return true;
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.0)(error)));
        let _ = HANDLING.try_with(|handling| handling.set(false));
        // The payload's drop is the user's code too, and could panic again.
        outcome.map_err(mem::forget).is_ok()
    }
}

impl fmt::Debug for ErrorHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErrorHandler")
    }
}
