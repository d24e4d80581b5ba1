//! The background thread: drains the spool into segments, syncs, tells of gaps, sleeps.
//!
//! It never spins and nobody has to wait for it. When a file operation fails it reports, pauses and
//! tries again where it stopped; meanwhile the spool fills, and the overflow policy decides.
//!
//! - [`batch`]: committed records gathered into one write.
//! - [`active`], [`segments`]: the active segment, and those before it; [`name`], [`rotation`] and
//!   [`retention`] are the pure decisions about them, [`storage`] the file operations.
//! - [`recovery`]: spools whose process died. [`gap`]: the line that tells of dropped events.

mod active;
pub(crate) mod batch;
pub(crate) mod gap;
pub(crate) mod name;
#[cfg(test)]
mod power_cut;
pub(crate) mod recovery;
pub(crate) mod retention;
pub(crate) mod rotation;
pub(crate) mod segments;
pub(crate) mod storage;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::error::{LogError, SegmentError};
use crate::line::{self, Layers, Renderer};
use crate::shared::{Shared, Wake};
use crate::spool::directory::{self, Dead};
use crate::spool::drops::Untold;
use crate::writer::batch::Batch;
use crate::writer::gap::Gap;
use crate::writer::segments::Segments;

/// An idle writer sleeps longer and longer, up to so many drain intervals.
const IDLE_INTERVALS: u32 = 5;

/// The first and the longest pause after a failure.
const RETRY_FIRST: Duration = Duration::from_millis(10);
const RETRY_LONGEST: Duration = Duration::from_secs(1);

/// How long to wait for a producer that has reserved a record and not yet committed it.
const COMMIT_PAUSE: Duration = Duration::from_micros(100);

/// After so many failures in a row for another reason than a full disk, the file itself may be at
/// fault: the next attempt begins a new segment.
const FAILURES_BEFORE_ABANDON: u32 = 3;

/// How often an ongoing gap is told of, and how often what ages without events is looked at.
const GAP_INTERVAL: Duration = Duration::from_secs(1);
pub(crate) const UPKEEP_INTERVAL: Duration = Duration::from_secs(30);

/// The writer's own state.
#[derive(Debug)]
pub(crate) struct Writer {
    shared: Arc<Shared>,
    segments: Segments,
    spool_directory: PathBuf,
    drain_interval: Duration,
    upkeep_interval: Duration,
    batch: Batch,
    /// Everything before this position is in a segment.
    drained_to: u64,
    /// Failures in a row.
    failures: u32,
    /// How long the next sleep without work is.
    idle_pause: Duration,
    gaps_told: Option<Instant>,
    upkeep_done: Instant,
    /// Whether some dead spool could not be recovered yet.
    must_recover: bool,
    /// How many segments were created when the spool's file was last looked for.
    segments_seen: u64,
    spool_removal_reported: bool,
}

/// What one round of draining came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Drained {
    /// Nothing was there.
    Nothing,
    /// Everything that was there.
    All,
    /// A full batch: there may be more.
    Batch,
    /// The storage failed.
    Failed,
}

impl Writer {
    /// A writer for `shared`, whose own spool is empty.
    pub(crate) fn new(
        shared: Arc<Shared>,
        segments: Segments,
        spool_directory: PathBuf,
        drain_interval: Duration,
        upkeep_interval: Duration,
    ) -> Self {
        Self {
            shared,
            segments,
            spool_directory,
            drain_interval,
            upkeep_interval,
            batch: Batch::default(),
            drained_to: 0,
            failures: 0,
            idle_pause: drain_interval,
            gaps_told: None,
            upkeep_done: Instant::now(),
            must_recover: false,
            segments_seen: 0,
            spool_removal_reported: false,
        }
    }

    /// Recovers the spools of dead processes and lets retention go over what is there.
    pub(crate) fn prepare(&mut self) {
        self.recover();
        self.segments.retain();
        self.report_incidents();
    }

    /// Drains until the logger is closed.
    pub(crate) fn run(self) {
        let shared = Arc::clone(&self.shared);
        // Only an injected storage or clock could panic. Then nobody may wait for this thread any
        // more; what is in the spool is for the next start.
        if catch_unwind(AssertUnwindSafe(|| self.run_until_closed())).is_err() {
            shared.spool.spool.ring().close();
            shared.progress.ended();
        }
    }

    fn run_until_closed(mut self) {
        while self.shared.progress.close_by().is_none() {
            let drained = self.drain();
            self.sync_if_due();
            self.tell_gaps(GAP_INTERVAL);
            self.upkeep();
            #[cfg(feature = "metrics")]
            self.shared.publish_if_due();
            self.sleep_after(drained);
        }
        self.finish();
    }

    /// Moves one batch from the spool to the active segment.
    fn drain(&mut self) -> Drained {
        let shared = Arc::clone(&self.shared);
        let ring = shared.spool.spool.ring();
        if self.batch.is_done() {
            self.batch.clear();
            self.batch.gather(ring, self.drained_to, self.segments.room());
        }
        if self.batch.is_done() {
            return Drained::Nothing;
        }
        let drained_to = &mut self.drained_to;
        let outcome =
            self.segments.append(&mut self.batch, shared.spool.spool.journal(), |settled| {
                *drained_to = settled.next;
                shared.ledger.settle(settled, line::type_offset(shared.format.precision));
                ring.release(settled.next);
                shared.note_drained(settled);
                shared.room.released();
                shared.progress.written(settled.next);
            });
        self.report_incidents();
        match outcome {
            Ok(()) => {
                self.failures = 0;
                if ring.committed(self.drained_to).is_some() {
                    Drained::Batch
                } else {
                    Drained::All
                }
            }
            Err(error) => {
                self.fail(error);
                Drained::Failed
            }
        }
    }

    fn fail(&mut self, error: SegmentError) {
        self.failures += 1;
        let is_full = matches!(
            error.source.kind(),
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded
        );
        if !is_full && self.failures >= FAILURES_BEFORE_ABANDON {
            self.segments.abandon(&mut self.batch);
        }
        let error = Arc::new(error);
        self.shared.progress.troubled(Arc::clone(&error));
        self.shared.report(&LogError::Segment(error));
    }

    fn sync_if_due(&mut self) {
        if !self.shared.progress.is_sync_due() {
            return;
        }
        let position = self.drained_to;
        let outcome = self.segments.sync().map_err(|error| {
            self.segments.give_up_sync(&mut self.batch);
            Arc::new(error)
        });
        self.shared.ledger.count_sync();
        if let Err(error) = &outcome {
            self.shared.report(&LogError::Segment(Arc::clone(error)));
        }
        self.shared.progress.synced(position, outcome);
    }

    /// Puts a line into the spool for each kind of dropped events, unless that was done a moment ago.
    fn tell_gaps(&mut self, interval: Duration) {
        let is_recent = self.gaps_told.is_some_and(|told| told.elapsed() < interval);
        if is_recent || !self.shared.has_gaps.swap(false, Ordering::Acquire) {
            return;
        }
        self.gaps_told = Some(Instant::now());
        let drops = self.shared.spool.spool.drops();
        for untold in self.shared.ledger.with_drops(|| drops.untold()) {
            if !self.tell(&untold) {
                // No room: later.
                self.shared.has_gaps.store(true, Ordering::Release);
                return;
            }
            self.shared.ledger.with_drops(|| drops.told(&untold));
        }
    }

    fn tell(&self, untold: &Untold) -> bool {
        let Shared { clock, format, default_context, spool, .. } = &*self.shared;
        let mut renderer = Renderer::new();
        let layers = Layers { explicit: None, default: default_context };
        // It fits always: the builder leaves half of a line to what is not the default context.
        renderer.render(&Gap(untold), layers, clock.now(), format).is_ok()
            && spool.spool.ring().push(renderer.line(), || ()).is_ok()
    }

    /// What ages even without events: periods, retention, spools that could not be recovered.
    fn upkeep(&mut self) {
        self.segments.close_if_due();
        if self.upkeep_done.elapsed() >= self.upkeep_interval {
            self.upkeep_done = Instant::now();
            self.segments.retain();
            // Between two batches only: a recovery has segments of its own.
            if self.must_recover && self.batch.is_done() {
                self.recover();
            }
        }
        self.report_incidents();
    }

    fn sleep_after(&mut self, drained: Drained) {
        let pause = match drained {
            Drained::Failed => return Wake::back_off(self.retry_pause()),
            Drained::Batch => return,
            Drained::All => {
                self.idle_pause = self.drain_interval;
                self.drain_interval
            }
            Drained::Nothing => {
                let pause = self.idle_pause;
                self.idle_pause = (pause * 2).min(self.drain_interval * IDLE_INTERVALS);
                pause
            }
        };
        let is_awaited = drained == Drained::Nothing && self.shared.progress.is_flush_wanted();
        self.shared.wake.sleep(if is_awaited { COMMIT_PAUSE } else { pause });
    }

    /// How long to wait before trying again: longer with each failure.
    fn retry_pause(&self) -> Duration {
        let doublings = self.failures.saturating_sub(1).min(10);
        (RETRY_FIRST * 2_u32.pow(doublings)).min(RETRY_LONGEST)
    }

    /// Drains what is left until the deadline, then lets go of the spool.
    fn finish(mut self) {
        self.tell_gaps(Duration::ZERO);
        let shared = Arc::clone(&self.shared);
        let ring = shared.spool.spool.ring();
        let end = ring.close();
        while self.drained_to < end && !self.is_late() {
            match self.drain() {
                Drained::Failed => {
                    let left = shared.progress.close_by().map_or(Duration::ZERO, |deadline| {
                        deadline.saturating_duration_since(Instant::now())
                    });
                    Wake::back_off(self.retry_pause().min(left));
                }
                Drained::Nothing => shared.wake.sleep(COMMIT_PAUSE),
                Drained::All | Drained::Batch => {}
            }
        }
        self.sync_if_due();
        self.segments.close();
        let is_empty = self.drained_to == end
            && shared.ledger.with_drops(|| shared.spool.spool.drops().untold().is_empty());
        // What is left is for the next start.
        if is_empty && let Err(source) = shared.spool.remove() {
            let path = shared.spool.path().to_owned();
            shared.report(&SegmentError { operation: "remove", path, source }.into());
        }
        self.report_incidents();
        #[cfg(feature = "metrics")]
        shared.publish_last();
        if ring.is_settled() {
            shared.spool.unlock();
        }
        shared.progress.ended();
    }

    fn is_late(&self) -> bool {
        self.shared.progress.close_by().is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Recovers every spool whose process is gone; what fails is tried again later.
    fn recover(&mut self) {
        self.must_recover = false;
        let dead = match directory::dead(
            &self.spool_directory,
            self.segments.prefix(),
            self.shared.spool.path(),
        ) {
            Ok(dead) => dead,
            Err(source) => return self.postpone(self.spool_directory.clone(), source),
        };
        for (path, dead) in dead {
            match dead {
                Ok(Dead::Readable(file)) => self.recover_one(&file),
                Ok(Dead::SetAside { path, reason }) => {
                    let reason = reason.to_string();
                    self.shared.report(&LogError::SpoolSetAside { path, reason });
                }
                Err(source) => self.postpone(path, source),
            }
        }
    }

    fn recover_one(&mut self, file: &directory::SpoolFile) {
        let path = file.path().to_owned();
        self.segments.close();
        match recovery::recover(&file.spool, &mut self.segments, &self.shared.ledger) {
            Ok(recovered) => {
                if recovered.damaged > 0 {
                    let records = recovered.damaged;
                    self.shared.report(&LogError::RecordsDamaged { path: path.clone(), records });
                }
                if let Some(repeated) = recovered.repeated {
                    self.shared.report(&repeated);
                }
                // The spool goes, so what was in it had better be on the disk. If that fails the lines
                // are in their segments all the same, and no later sync may vouch for them.
                if let Err(error) = self.segments.sync() {
                    self.segments.give_up_sync(&mut self.batch);
                    self.shared.report(&error.into());
                }
                self.take_over_drops(file);
                if let Err(source) = file.remove() {
                    self.postpone(path, source);
                }
            }
            Err(error) => self.postpone(error.path, error.source),
        }
    }

    /// Has our own gap lines tell of what a dead process had to drop.
    fn take_over_drops(&self, file: &directory::SpoolFile) {
        let ours = self.shared.spool.spool.drops();
        let theirs = file.spool.drops();
        self.shared.ledger.with_drops(|| {
            for untold in theirs.untold() {
                ours.take_over(&untold);
                theirs.told(&untold);
                self.shared.has_gaps.store(true, Ordering::Release);
            }
        });
    }

    fn postpone(&mut self, path: PathBuf, source: std::io::Error) {
        self.must_recover = true;
        self.shared.report(&LogError::NotRecovered { path, source: Arc::new(source) });
    }

    fn report_incidents(&mut self) {
        for incident in self.segments.take_incidents() {
            self.shared.report(&incident);
        }
        let counts = self.segments.counts();
        // A new segment follows, among others, when somebody removed the whole directory.
        let is_new = counts.created != self.segments_seen;
        self.segments_seen = counts.created;
        #[cfg(feature = "_compression")]
        if is_new {
            self.shared.bell.ring();
        }
        if is_new && !self.spool_removal_reported && !self.shared.spool.path().exists() {
            self.spool_removal_reported = true;
            let path = self.shared.spool.path().to_owned();
            self.shared.report(&LogError::SpoolRemoved { path });
        }
        self.shared.ledger.set_segments(counts);
    }
}
