//! What the clones of a logger share: its start, its end, and its double in a forked child.

use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::builder::LoggerBuilder;
use crate::error::{BuildError, CommitError, EmitError, FlushError, LogError};
use crate::fork;
use crate::shared::{ErrorHandler, Shared};
use crate::spool::directory::SpoolFile;
use crate::stats::{DropReason, Stats, TypeStats};
#[cfg(feature = "testing")]
use crate::testing::Recording;
use crate::waiting::flush_error;
use crate::writer::Writer;
use crate::writer::segments::Segments;

/// What the clones of a logger share; its drop closes the log.
#[derive(Debug)]
pub(crate) struct Handle {
    pub(crate) shared: Arc<Shared>,
    /// Kept for forked children.
    pub(crate) builder: LoggerBuilder,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// In a forked child: its own logger.
    in_child: OnceLock<Result<Arc<Handle>, Arc<BuildError>>>,
    /// In a forked child without a logger of its own: what it refused for that reason.
    refused_in_child: AtomicU64,
}

impl Handle {
    /// Makes the spool, recovers what dead processes left, starts the writer.
    ///
    /// # Errors
    /// If the spool cannot be made, the log directory not read, or the thread not started.
    pub(crate) fn start(builder: LoggerBuilder) -> Result<Arc<Self>, BuildError> {
        builder.make_directories()?;
        let clock = builder.time_source();
        let spool_directory = builder.spool_directory();
        let now = clock.now().unix_millis();
        let spool = SpoolFile::create(&spool_directory, &builder.prefix, builder.spool_bytes, now)
            .map_err(|source| builder.spool_error(source))?;
        let segments = Segments::open(builder.segments_config(), spool.spool.identity().token);
        let segments = segments.map_err(|error| {
            // It is empty. Best effort, as the next start clears up too.
            let _ = spool.remove();
            LoggerBuilder::read_error(&error.path, error.source)
        })?;
        let shared = Arc::new(Shared::new(&builder, spool, clock));
        let mut writer = Writer::new(
            Arc::clone(&shared),
            segments,
            spool_directory,
            builder.drain_interval,
            builder.upkeep_interval,
        );
        writer.prepare();
        #[cfg(feature = "_compression")]
        if let Some(config) = builder.compress_config() {
            crate::compress::start(&shared, config)?;
        }
        let thread = thread::Builder::new()
            .name("event-log".to_owned())
            .spawn(move || writer.run())
            // The spool stays for the next start: it may hold drops that were taken over.
            .map_err(|source| {
                #[cfg(feature = "_compression")]
                shared.bell.stop();
                BuildError::StartThread { source }
            })?;
        shared.wake.set_writer(thread.thread().clone());
        Ok(Arc::new(Self::new(shared, builder, Some(thread))))
    }

    /// A handle without spool and writer, whose lines go into `recording`.
    #[cfg(feature = "testing")]
    pub(crate) fn record(builder: LoggerBuilder, recording: Arc<Recording>) -> Arc<Self> {
        let clock = builder.time_source();
        let spool = SpoolFile::without_file(clock.now().unix_millis());
        let mut shared = Shared::new(&builder, spool, clock);
        shared.recording = Some(recording);
        // Nobody needs to wait: a line is where it belongs before its emit returns.
        shared.progress.ended();
        Arc::new(Self::new(Arc::new(shared), builder, None))
    }

    fn new(shared: Arc<Shared>, builder: LoggerBuilder, writer: Option<JoinHandle<()>>) -> Self {
        Self {
            shared,
            builder,
            writer: Mutex::new(writer),
            in_child: OnceLock::new(),
            refused_in_child: AtomicU64::new(0),
        }
    }

    /// The handle of this process: a forked child gets one of its own.
    ///
    /// # Errors
    /// If the child's cannot be made, with the reason.
    #[inline]
    pub(crate) fn here(&self) -> Result<&Self, Option<Arc<BuildError>>> {
        if self.shared.epoch == fork::epoch() {
            return Ok(self);
        }
        self.here_in_child()
    }

    /// The handle of this process, unless it is a forked child that has not emitted.
    pub(crate) fn started(&self) -> Option<&Self> {
        self.started_or_failed().and_then(Result::ok)
    }

    /// The same, or why a forked child that has emitted has none.
    pub(crate) fn started_or_failed(&self) -> Option<Result<&Self, &Arc<BuildError>>> {
        if self.shared.epoch == fork::epoch() {
            return Some(Ok(self));
        }
        #[cfg(feature = "testing")]
        if self.shared.recording.is_some() {
            return Some(Ok(self));
        }
        match self.in_child.get()? {
            Ok(child) => child.started_or_failed(),
            Err(error) => Some(Err(error)),
        }
    }

    #[cold]
    fn here_in_child(&self) -> Result<&Self, Option<Arc<BuildError>>> {
        #[cfg(feature = "testing")]
        if self.shared.recording.is_some() {
            return Ok(self);
        }
        if ErrorHandler::is_running() && self.in_child.get().is_none() {
            // The handler was called while the child's logger is being made, perhaps by this thread.
            return Err(None);
        }
        let own = self.in_child.get_or_init(|| {
            self.shared.spool.disinherit();
            Self::start(self.builder.clone()).map_err(Arc::new)
        });
        match own {
            Ok(handle) => handle.here(),
            Err(error) => Err(Some(Arc::clone(error))),
        }
    }

    /// Counts an event that this process has no spool for.
    #[cold]
    pub(crate) fn refuse_without_spool(
        &self,
        event_type: &'static str,
        source: Option<Arc<BuildError>>,
    ) -> EmitError {
        // Not in the inherited ledger: a thread of the parent may have held its locks at the fork.
        let error = EmitError::NoSpool { event_type, source };
        if self.refused_in_child.fetch_add(1, Ordering::Relaxed) == 0 {
            self.shared.report(&LogError::Dropped(error.clone()));
        }
        error
    }

    /// Counts the events of a transaction that this process has no spool for.
    #[cold]
    pub(crate) fn refuse_transaction_without_spool(
        &self,
        events: usize,
        source: Option<Arc<BuildError>>,
    ) -> CommitError {
        let error = CommitError::NoSpool { events, source };
        if self.refused_in_child.fetch_add(events as u64, Ordering::Relaxed) == 0 {
            self.shared.report(&LogError::TransactionDropped(error.clone()));
        }
        error
    }

    /// The ledger of this process.
    pub(crate) fn stats(&self) -> Stats {
        if let Some(handle) = self.started() {
            return handle.shared.stats();
        }
        let refused = self.refused_in_child.load(Ordering::Relaxed);
        Stats {
            total: TypeStats { emitted: refused, dropped: refused, ..TypeStats::default() },
            dropped: [(DropReason::NoSpool, refused)].into(),
            ..Stats::default()
        }
    }

    /// Has the writer drain and end, and waits for it.
    ///
    /// # Errors
    /// If events are left when the time is up.
    pub(crate) fn close(&self, timeout: Duration) -> Result<(), FlushError> {
        let shared = &*self.shared;
        let now = Instant::now();
        // A deadline beyond the reach of the clock is as good as none.
        let deadline = now.checked_add(timeout).unwrap_or(now + Duration::from_secs(1 << 31));
        shared.progress.want_close(deadline);
        #[cfg(feature = "_compression")]
        shared.bell.stop();
        shared.wake.now();
        if shared.wake.is_writer() {
            return Err(FlushError::WouldDeadlock);
        }
        let ended = shared.progress.wait_ended(timeout);
        // The writer closes the ring itself, but one that a disk keeps waiting has not come to that.
        shared.spool.spool.ring().close();
        ended.map_err(|unfinished| flush_error(shared, unfinished, timeout))?;
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            // It has nothing left to do; a panic of it would have been a bug, and is not ours to raise.
            let _ = writer.join();
        }
        #[cfg(feature = "_compression")]
        shared.bell.wait_ended(deadline.saturating_duration_since(Instant::now()));
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
