//! [`Logger`]: the handle that threads share; emit, flush, sync, close.

use std::fmt;
use std::future::Future;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{self, Poll};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::builder::LoggerBuilder;
use crate::context::Context;
use crate::error::{BuildError, EmitError, FlushError, LogError, SyncError};
use crate::event::{Event, EventType};
use crate::fork;
use crate::ledger::Ledger;
use crate::line::{Layers, LineFormat, RenderError};
use crate::local;
use crate::progress::{Progress, Unfinished};
use crate::shared::{ErrorHandler, Room, Shared, Wake};
use crate::spool::directory::SpoolFile;
use crate::spool::ring::Refused;
use crate::stats::{DropReason, Stats, TypeStats};
use crate::writer::Writer;
use crate::writer::segments::Segments;

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
/// A forked child makes a spool, segments and a writer of its own at its first call of a method
/// that needs them (all but [`with`](Self::with)), as if it had built a logger with the same
/// options. If that fails, it is not tried again: its events are dropped and counted as
/// [`NoSpool`](DropReason::NoSpool).
#[derive(Clone)]
pub struct Logger {
    handle: Arc<Handle>,
}

/// What the clones of a logger share; its drop closes the log.
#[derive(Debug)]
struct Handle {
    shared: Arc<Shared>,
    /// Kept for forked children.
    builder: LoggerBuilder,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// In a forked child: its own logger.
    in_child: OnceLock<Result<Logger, Arc<BuildError>>>,
    /// In a forked child without a logger of its own: what it refused for that reason.
    refused_in_child: AtomicU64,
}

/// Numbers the loggers of this process; see [`Shared::serial`].
static SERIAL: AtomicU64 = AtomicU64::new(0);

impl Logger {
    /// Begins a logger that writes into `directory`, which is created if it does not exist.
    pub fn builder(directory: impl Into<PathBuf>) -> LoggerBuilder {
        LoggerBuilder::new(directory.into())
    }

    pub(crate) fn start(builder: LoggerBuilder) -> Result<Self, BuildError> {
        let clock = builder.time_source();
        let spool_directory = builder.spool_directory();
        let now = clock.now().unix_millis();
        let spool = SpoolFile::create(&spool_directory, &builder.prefix, builder.spool_bytes, now)
            .map_err(|source| builder.spool_error(source))?;
        let segments = Segments::open(builder.segments_config(), spool.spool.identity().token)
            .map_err(|error| LoggerBuilder::read_error(&error.path, error.source))?;
        let shared = Arc::new(Shared {
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            epoch: fork::epoch(),
            spool,
            clock,
            format: LineFormat {
                precision: builder.date_precision,
                max_line_bytes: builder.max_line_bytes,
            },
            default_context: builder.context.clone(),
            overflow: builder.overflow,
            on_error: builder.error_handler(),
            ledger: Ledger::default(),
            progress: Progress::default(),
            wake: Wake::default(),
            room: Room::default(),
            has_gaps: AtomicBool::new(false),
        });
        let mut writer =
            Writer::new(Arc::clone(&shared), segments, spool_directory, builder.drain_interval);
        writer.prepare();
        let thread = thread::Builder::new()
            .name("event-log".to_owned())
            .spawn(move || writer.run())
            .map_err(|source| BuildError::StartThread { source })?;
        shared.wake.set_writer(thread.thread().clone());
        Ok(Self {
            handle: Arc::new(Handle {
                shared,
                builder,
                writer: Mutex::new(Some(thread)),
                in_child: OnceLock::new(),
                refused_in_child: AtomicU64::new(0),
            }),
        })
    }

    /// Emits an event, by value or by reference.
    ///
    /// Once this returns the event survives the death of the process, unless it was dropped; what
    /// is dropped is counted ([`stats`](Self::stats)) and, but for [`Closed`](DropReason::Closed)
    /// and [`NoSpool`](DropReason::NoSpool), told of by a line of type `event_log_gap`.
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

    /// Waits until every event emitted before this call is in a segment.
    ///
    /// There is no need to call it for safety: what is in the spool survives the process too.
    ///
    /// # Errors
    /// If that takes longer than `timeout`, or the logger was closed with events left; says what is
    /// left. At once if the error handler calls this on the writer's thread.
    pub fn flush(&self, timeout: Duration) -> Result<(), FlushError> {
        let Some(shared) = self.waitable()? else { return Ok(()) };
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
        let waitable = self.waitable().map_err(SyncError::NotFlushed)?;
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
        SyncFuture { logger: self.clone(), position: None }
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
        self.started().map_or(Ok(()), |handle| handle.close(timeout))
    }

    /// The log directory, as given to [`builder`](Self::builder).
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.handle.builder.directory
    }

    /// What became of the events so far: emitted = written + dropped + still in the spool.
    #[must_use]
    pub fn stats(&self) -> Stats {
        match self.started() {
            Some(handle) => handle.shared.ledger.stats(),
            None => self.stats_without_spool(),
        }
    }

    #[inline]
    fn emit_from<E: Event + ?Sized>(
        &self,
        event: &E,
        explicit: Option<&Context>,
    ) -> Result<Uuid, EmitError> {
        let shared = match self.here() {
            Ok(handle) => &*handle.shared,
            Err(source) => return Err(self.refuse_without_spool(event.event_type().name(), source)),
        };
        accept(shared, event, explicit).map_err(|error| shared.refuse(error))
    }

    /// The handle of this process: a forked child has one of its own.
    #[inline]
    fn here(&self) -> Result<&Handle, Option<Arc<BuildError>>> {
        if self.handle.shared.epoch == fork::epoch() {
            return Ok(&self.handle);
        }
        self.here_in_child()
    }

    /// The handle of this process, unless it is a forked child that has not emitted.
    fn started(&self) -> Option<&Handle> {
        if self.handle.shared.epoch == fork::epoch() {
            return Some(&self.handle);
        }
        self.handle.in_child.get()?.as_ref().ok()?.started()
    }

    #[cold]
    fn here_in_child(&self) -> Result<&Handle, Option<Arc<BuildError>>> {
        if ErrorHandler::is_running() && self.handle.in_child.get().is_none() {
            // The handler was called while the child's logger is being made, perhaps by this thread.
            return Err(None);
        }
        let own = self.handle.in_child.get_or_init(|| {
            self.handle.shared.spool.disinherit();
            Self::start(self.handle.builder.clone()).map_err(Arc::new)
        });
        match own {
            Ok(logger) => logger.here(),
            Err(error) => Err(Some(Arc::clone(error))),
        }
    }

    #[cold]
    fn refuse_without_spool(
        &self,
        event_type: &'static str,
        source: Option<Arc<BuildError>>,
    ) -> EmitError {
        // Not in the inherited ledger: a thread of the parent may have held its locks at the fork.
        let error = EmitError::NoSpool { event_type, source };
        if self.handle.refused_in_child.fetch_add(1, Ordering::Relaxed) == 0 {
            self.handle.shared.report(&LogError::Dropped(error.clone()));
        }
        error
    }

    fn stats_without_spool(&self) -> Stats {
        let refused = self.handle.refused_in_child.load(Ordering::Relaxed);
        Stats {
            total: TypeStats { emitted: refused, dropped: refused, ..TypeStats::default() },
            dropped: [(DropReason::NoSpool, refused)].into(),
            ..Stats::default()
        }
    }

    /// What there is to wait for: nothing in a child that has not emitted.
    fn waitable(&self) -> Result<Option<&Shared>, FlushError> {
        match self.started() {
            Some(handle) if handle.shared.wake.is_writer() => Err(FlushError::WouldDeadlock),
            started => Ok(started.map(|handle| &*handle.shared)),
        }
    }
}

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
}

impl Handle {
    fn close(&self, timeout: Duration) -> Result<(), FlushError> {
        let shared = &*self.shared;
        let now = Instant::now();
        // A deadline beyond the reach of the clock is as good as none.
        let deadline = now.checked_add(timeout).unwrap_or(now + Duration::from_secs(1 << 31));
        shared.progress.want_close(deadline);
        shared.wake.now();
        if shared.wake.is_writer() {
            return Err(FlushError::WouldDeadlock);
        }
        let ended = shared.progress.wait_ended(timeout);
        // The writer closes the ring itself, but one that a disk keeps waiting has not come to that.
        shared.spool.spool.ring().close();
        ended.map_err(|unfinished| flush_error(shared, unfinished, timeout))?;
        if let Some(writer) = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // It has nothing left to do; a panic of it would have been a bug, and is not ours to raise.
            let _ = writer.join();
        }
        match shared.ledger.stats().total.in_spool {
            0 => Ok(()),
            events_left => {
                let source = shared.progress.trouble();
                Err(FlushError::TimedOut { events_left, timeout, source })
            }
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if self.shared.epoch == fork::epoch() {
            // What is left stays in the spool; a drop has nobody to tell.
            let _ = self.close(self.builder.close_timeout);
        } else {
            // The writer runs in the parent. Its handle must not be dropped here: that would detach a
            // thread of this process that happens to have got the same id.
            mem::forget(self.writer.get_mut().unwrap_or_else(PoisonError::into_inner).take());
        }
    }
}

/// Renders the event and puts its line into the spool.
#[inline]
fn accept<E: Event + ?Sized>(
    shared: &Shared,
    event: &E,
    explicit: Option<&Context>,
) -> Result<Uuid, EmitError> {
    let event_type = event.event_type();
    local::with(shared.serial, &shared.ledger, |renderer, accept| {
        let Shared { clock, default_context, format, .. } = shared;
        let rendered = catch_unwind(AssertUnwindSafe(|| {
            let layers = Layers { explicit, default: default_context };
            renderer.render(event, layers, clock.now(), format)
        }));
        let id = match rendered {
            Ok(Ok(id)) => id,
            Ok(Err(error)) => return Err(render_error(event_type, error)),
            Err(payload) => {
                // Its drop is the user's code too, and could panic again.
                mem::forget(payload);
                return Err(EmitError::Panicked { event_type: event_type.name() });
            }
        };
        let pushed = shared.push(renderer.line(), || accept.count(event_type));
        pushed.map_err(|refused| push_error(event_type, refused))?;
        Ok(id)
    })
}

#[cold]
fn render_error(event_type: &EventType, error: RenderError) -> EmitError {
    let event_type = event_type.name();
    match error {
        RenderError::TooLong { max_line_bytes: limit_bytes } => {
            EmitError::TooLong { event_type, limit_bytes }
        }
        RenderError::Serialize { field, source } => {
            EmitError::NotSerializable { event_type, field, source: Arc::new(source) }
        }
    }
}

#[cold]
fn push_error(event_type: &EventType, refused: Refused) -> EmitError {
    let event_type = event_type.name();
    match refused {
        Refused::Full => EmitError::SpoolFull { event_type },
        Refused::Closed => EmitError::Closed { event_type },
    }
}

/// Asks for a sync of everything emitted so far; returns the position to wait for.
fn request_sync(shared: &Shared) -> u64 {
    let position = shared.spool.spool.ring().tail();
    shared.progress.want_sync(position);
    shared.wake.now();
    position
}

fn flush_error(shared: &Shared, unfinished: Unfinished, timeout: Duration) -> FlushError {
    let events_left = shared.ledger.stats().total.in_spool;
    match unfinished {
        Unfinished::Ended => FlushError::Closed { events_left },
        Unfinished::TimedOut(source) => FlushError::TimedOut { events_left, timeout, source },
        Unfinished::Refused(source) => {
            FlushError::TimedOut { events_left, timeout, source: Some(source) }
        }
    }
}

fn sync_error(shared: &Shared, unfinished: Unfinished, timeout: Duration) -> SyncError {
    match unfinished {
        Unfinished::Refused(error) => SyncError::Refused(error),
        other => SyncError::NotFlushed(flush_error(shared, other, timeout)),
    }
}

/// What [`Logger::sync_async`] returns.
struct SyncFuture {
    logger: Logger,
    /// What to wait for; asked for at the first poll.
    position: Option<u64>,
}

impl Future for SyncFuture {
    type Output = Result<(), SyncError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<Self::Output> {
        let logger = self.logger.clone();
        let shared = match logger.waitable() {
            Ok(Some(shared)) => shared,
            Ok(None) => return Poll::Ready(Ok(())),
            Err(error) => return Poll::Ready(Err(SyncError::NotFlushed(error))),
        };
        let position = *self.position.get_or_insert_with(|| request_sync(shared));
        let polled = shared.progress.poll_synced(position, context.waker());
        polled.map_err(|unfinished| sync_error(shared, unfinished, Duration::ZERO))
    }
}
