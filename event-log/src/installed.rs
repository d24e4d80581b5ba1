//! The logger of the process, for programs that want one: [`Logger::install`], [`emit`], [`installed`].
//!
//! The only global state that an emit can reach. It holds a logger, or counts what was emitted without.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use crate::error::EmitError;
use crate::event::Event;
use crate::logger::Logger;

static INSTALLED: OnceLock<Logger> = OnceLock::new();

/// Events that were emitted while no logger was installed. Only ever added to, so `Relaxed` is enough.
static DROPPED: AtomicU64 = AtomicU64::new(0);

impl Logger {
    /// Makes this the logger of the process, which [`event_log::emit`](emit) emits to, for the rest of its
    /// life. Other loggers can be built beside it as before.
    ///
    /// ```
    /// use event_log::{Event, Logger};
    ///
    /// #[derive(Event)]
    /// struct LessonStarted {
    ///     lesson: u32,
    /// }
    ///
    /// # let directory = tempfile::tempdir()?;
    /// Logger::builder(directory.path()).build()?.install()?;
    ///
    /// // Anywhere in the program:
    /// event_log::emit(LessonStarted { lesson: 7 });
    /// # assert_eq!(event_log::installed().unwrap().stats().total.emitted, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # At exit
    ///
    /// An installed logger is never dropped, so the end of the program does not wait until the last
    /// events are in a segment. None is lost: they are in the spool, and the next start writes them, as
    /// after a kill. A program that is not started again, or whose last events should not wait, closes it
    /// at the end of `main`:
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// if let Some(logger) = event_log::installed() {
    ///     logger.close(Duration::from_secs(5))?;
    /// }
    /// # Ok::<(), event_log::FlushError>(())
    /// ```
    ///
    /// # Errors
    /// If a logger is installed already. The error gives this one back.
    pub fn install(self) -> Result<(), InstallError> {
        INSTALLED.set(self).map_err(|logger| InstallError { logger })
    }
}

/// The logger of the process, if one was [installed](Logger::install).
#[inline]
#[must_use]
pub fn installed() -> Option<&'static Logger> {
    INSTALLED.get()
}

/// Emits an event to the [installed](Logger::install) logger; see [`Logger::emit`].
///
/// Before a logger is installed the event is dropped and counted
/// ([`dropped_before_install`]); nothing is printed, and nobody is told.
#[inline]
pub fn emit<E: Event>(event: E) {
    let _counted = try_emit(event);
}

/// Emits an event to the [installed](Logger::install) logger; returns its id.
///
/// # Errors
/// As [`Logger::try_emit`], and if no logger is installed.
#[inline]
pub fn try_emit<E: Event>(event: E) -> Result<Uuid, EmitError> {
    match installed() {
        Some(logger) => logger.try_emit(event),
        None => Err(refuse(event.event_type().name())),
    }
}

/// How many events [`emit`] and [`try_emit`] dropped because no logger was installed yet. A test of the
/// program's start can assert that it is 0.
#[must_use]
pub fn dropped_before_install() -> u64 {
    DROPPED.load(Ordering::Relaxed)
}

#[cold]
fn refuse(event_type: &'static str) -> EmitError {
    DROPPED.fetch_add(1, Ordering::Relaxed);
    EmitError::NotInstalled { event_type }
}

/// Why a logger was not installed: another one is, and there is one for each process.
///
/// Its drop drops the logger that it holds, which is closed then if this was its last handle.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot install a logger on `{}`: one on `{}` is installed already; emit through this one itself, \
     or install it only once",
    .logger.directory().display(),
    installed().map_or("".as_ref(), Logger::directory).display()
)]
pub struct InstallError {
    logger: Logger,
}

impl InstallError {
    /// The logger that was not installed. It works as before.
    #[must_use]
    pub fn into_logger(self) -> Logger {
        self.logger
    }
}
