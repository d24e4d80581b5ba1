//! [`Logger`]: the handle that threads share; emit, flush, sync, close.

use std::fmt;
use std::future::Future;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::builder::LoggerBuilder;
use crate::context::Context;
use crate::emit::accept;
use crate::error::{EmitError, FlushError, SyncError};
use crate::event::Event;
use crate::handle::Handle;
use crate::stats::Stats;
use crate::transaction::Transaction;
use crate::waiting::{SyncFuture, flush_error, request_sync, sync_error, waitable};

/// A log that events are emitted to: a cheap clone, shared between threads.
///
/// ```
/// use event_log::{Event, Logger};
///
/// #[derive(Event)]
/// struct LessonStarted<'a> {
///     course: &'a str,
///     lesson: u32,
/// }
///
/// # let directory = tempfile::tempdir()?;
/// let logger = Logger::builder(directory.path()).build()?;
/// logger.emit(LessonStarted { course: "kanji", lesson: 7 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The drop of the last clone drains within [`close_timeout`](LoggerBuilder::close_timeout);
/// nothing has to be kept alive or called for an event to survive the process.
///
/// # After a fork
///
/// A forked child makes a spool, segments and a writer of its own at its first emit, as if it had
/// built a logger with the same options. Before that it has nothing to flush, sync or close. If making
/// them fails it is not tried again: the child's events are dropped and counted as
/// [`NoSpool`](crate::DropReason::NoSpool).
#[derive(Clone)]
pub struct Logger {
    handle: Arc<Handle>,
}

impl Logger {
    pub(crate) fn of(handle: Arc<Handle>) -> Self {
        Self { handle }
    }

    #[cfg(feature = "metrics")]
    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Begins a logger that writes into `directory`, which is created if it does not exist.
    pub fn builder(directory: impl Into<PathBuf>) -> LoggerBuilder {
        LoggerBuilder::new(directory.into())
    }

    /// Emits an event, by value or by reference.
    ///
    /// Once this returns the event survives the death of the process, unless it was dropped; what
    /// is dropped is counted ([`stats`](Self::stats)) and, but for [`Closed`](crate::DropReason::Closed)
    /// and [`NoSpool`](crate::DropReason::NoSpool), told of by a line of type `event_log_gap`.
    ///
    /// Waits only if the spool is full, as [`overflow`](LoggerBuilder::overflow) says. Otherwise,
    /// on Linux, it makes no system call, but to wake the writer once the spool is more than half
    /// full; and it allocates nothing, but for the first event of a thread or of a type, and for a
    /// line longer than any before.
    ///
    /// May be called anywhere but in a signal handler: inside the `Serialize` of another event
    /// (whose line then follows), inside the error handler (see
    /// [`on_error`](LoggerBuilder::on_error)), while a thread ends, after [`close`](Self::close)
    /// (then the event is counted as dropped), in a forked child. A panic of a field's `Serialize`
    /// is caught, and the event dropped.
    #[inline]
    pub fn emit<E: Event>(&self, event: E) {
        let _counted = self.emit_from(&event, None);
    }

    /// Emits an event like [`emit`](Self::emit); returns its id.
    ///
    /// # Errors
    /// Why the event was not accepted. It is counted as dropped all the same.
    #[inline]
    pub fn try_emit<E: Event>(&self, event: E) -> Result<Uuid, EmitError> {
        self.emit_from(&event, None)
    }

    /// Emits with the values of this context, which go before those of the ambient one.
    #[inline]
    #[must_use = "a logger with a context emits nothing by itself"]
    pub fn with<'a>(&'a self, context: &'a Context) -> WithContext<'a> {
        WithContext { logger: self, context }
    }

    /// Begins a transaction: events that appear together, or not at all.
    ///
    /// It emits nothing before it is [committed](Transaction::commit), and holds a clone of this logger
    /// until then.
    pub fn transaction(&self) -> Transaction {
        Transaction::new(Arc::clone(&self.handle), Context::new())
    }

    /// Waits until every event emitted before this call is in a segment.
    ///
    /// There is no need to call it for safety: what is in the spool survives the process too.
    ///
    /// # Errors
    /// If that takes longer than `timeout`, or the logger was closed with events left; says what is
    /// left. At once if the error handler calls this on the writer's thread.
    pub fn flush(&self, timeout: Duration) -> Result<(), FlushError> {
        let Some(shared) = waitable(&self.handle)? else { return Ok(()) };
        let position = shared.spool.spool.ring().tail();
        shared.progress.want_flush(position);
        shared.wake.now();
        let outcome = shared.progress.wait_written(position, timeout);
        outcome.map_err(|unfinished| flush_error(shared, unfinished, timeout))
    }

    /// Waits until every event emitted before this call survives a power cut.
    ///
    /// Callers that wait together share one `fdatasync` of each segment concerned. An async form is
    /// [`sync_async`](Self::sync_async).
    ///
    /// # Errors
    /// If that takes longer than `timeout`, the logger was closed before, or the disk refuses to
    /// sync; a refusal is final for the events emitted so far. At once if the error handler calls
    /// this on the writer's thread.
    pub fn sync(&self, timeout: Duration) -> Result<(), SyncError> {
        let waitable = waitable(&self.handle).map_err(SyncError::NotFlushed)?;
        let Some(shared) = waitable else { return Ok(()) };
        let position = request_sync(shared);
        let outcome = shared.progress.wait_synced(position, timeout);
        outcome.map_err(|unfinished| sync_error(shared, unfinished, timeout))
    }

    /// A future that is ready once every event emitted before its first poll survives a power cut;
    /// for any executor. It asks for the sync when it is first polled, has no time limit of its own
    /// (drop it to stop waiting), and holds a clone of the logger.
    ///
    /// # Errors
    /// As [`sync`](Self::sync), but for the time limit.
    pub fn sync_async(&self) -> impl Future<Output = Result<(), SyncError>> + Send + use<> {
        SyncFuture::new(Arc::clone(&self.handle))
    }

    /// Takes no more events, drains the spool and ends the writer. Once this has returned without
    /// an error, events emitted by any clone are counted as dropped; those emitted meanwhile may be
    /// taken.
    ///
    /// There is no need to call it: the drop of the last clone does the same, within
    /// [`close_timeout`](LoggerBuilder::close_timeout). Of several calls the earliest deadline
    /// counts.
    ///
    /// # Errors
    /// If not everything could be drained in time; what is left stays in the spool for the next
    /// start. If the error handler calls this on the writer's thread, the logger is closed, but not
    /// before the handler has returned.
    pub fn close(&self, timeout: Duration) -> Result<(), FlushError> {
        self.handle.started().map_or(Ok(()), |handle| handle.close(timeout))
    }

    /// The log directory as an absolute path: a relative one counts from where the process was when
    /// the logger was built.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.handle.builder.directory
    }

    /// What became of the events so far: emitted = written + dropped + still in the spool.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.handle.stats()
    }

    #[inline]
    fn emit_from<E: Event + ?Sized>(
        &self,
        event: &E,
        explicit: Option<&Context>,
    ) -> Result<Uuid, EmitError> {
        let shared = match self.handle.here() {
            Ok(handle) => &*handle.shared,
            Err(source) => {
                return Err(self.handle.refuse_without_spool(event.event_type().name(), source));
            }
        };
        accept(shared, event, explicit).map_err(|error| shared.refuse(error))
    }
}

// Every lock inside is taken whatever panicked under it, and injected code is called where its panic
// is caught or ends the writer only.
impl UnwindSafe for Logger {}
impl RefUnwindSafe for Logger {}

impl fmt::Debug for Logger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logger")
            .field("directory", &self.handle.builder.directory)
            .finish_non_exhaustive()
    }
}

/// A logger with a context: what [`Logger::with`] returns.
#[derive(Clone, Copy, Debug)]
pub struct WithContext<'a> {
    logger: &'a Logger,
    context: &'a Context,
}

impl WithContext<'_> {
    /// Emits an event with this context; see [`Logger::emit`].
    #[inline]
    pub fn emit<E: Event>(&self, event: E) {
        let _counted = self.logger.emit_from(&event, Some(self.context));
    }

    /// Emits an event with this context; returns its id.
    ///
    /// # Errors
    /// As [`Logger::try_emit`].
    #[inline]
    pub fn try_emit<E: Event>(&self, event: E) -> Result<Uuid, EmitError> {
        self.logger.emit_from(&event, Some(self.context))
    }

    /// Begins a transaction whose events have this context; see [`Logger::transaction`].
    pub fn transaction(&self) -> Transaction {
        Transaction::new(Arc::clone(&self.logger.handle), self.context.clone())
    }
}
