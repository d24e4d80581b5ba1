//! Counts what becomes of each event, without a word that two threads write.
//!
//! Three sides count for themselves: each thread the events that it put into the spool, the writer the
//! lines that it put into a segment, and whoever refuses an event the reason. [`Ledger::stats`] adds
//! them up in the order in which an event passes them, last first, so the sum always balances.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::event::{self, EventType};
use crate::stats::{DropReason, Stats, TypeStats};
use crate::writer::batch::Settled;
use crate::writer::gap::GAP_TYPE;
use crate::writer::segments::SegmentCounts;

/// The counts of one logger.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    threads: Mutex<Threads>,
    written: Mutex<Written>,
    dropped: Mutex<BTreeMap<(&'static str, DropReason), u64>>,
    io_errors: AtomicU64,
    handler_panics: AtomicU64,
    syncs: AtomicU64,
    segments_created: AtomicU64,
    segments_removed: AtomicU64,
    rotations: AtomicU64,
}

#[derive(Debug, Default)]
struct Threads {
    /// One for each thread that emitted; a thread that ended has dropped its handle.
    live: Vec<Arc<Counters>>,
    /// What ended threads had counted, by type index.
    ended: Vec<u64>,
    /// For emits that have no thread-local state: one inside another, or in a thread that is ending.
    stray: Arc<Counters>,
}

/// What the writer has put into segments.
#[derive(Debug, Default)]
pub(crate) struct Written {
    by_type: HashMap<Box<str>, u64>,
    gap_lines: u64,
    pub(crate) recovered_lines: u64,
    pub(crate) bytes: u64,
}

/// How many events of each type one thread put into the spool.
#[derive(Debug)]
pub(crate) struct Counters {
    /// By type index, in chunks that are made when the first type in them is counted, each twice as
    /// long as the one before.
    chunks: [OnceLock<Box<[AtomicU64]>>; CHUNKS],
}

/// The length of the first chunk: most services have no more types.
const FIRST_CHUNK: usize = 64;
/// Enough for every type that has a number.
const CHUNKS: usize = 27;

/// The chunk of a type index, and the place in it.
#[inline]
const fn place_of(index: usize) -> (usize, usize) {
    let shifted = index + FIRST_CHUNK;
    let chunk = (shifted.ilog2() - FIRST_CHUNK.ilog2()) as usize;
    (chunk, shifted - (FIRST_CHUNK << chunk))
}

impl Default for Counters {
    fn default() -> Self {
        Self { chunks: [const { OnceLock::new() }; CHUNKS] }
    }
}

impl Counters {
    /// Counts one event. Only one thread at a time may call this for one `Counters`.
    #[inline]
    pub(crate) fn accept(&self, event_type: &'static EventType) {
        let (chunk, place) = place_of(event_type.index());
        let zeros = || (0..FIRST_CHUNK << chunk).map(|_| AtomicU64::new(0)).collect();
        let counter = &self.chunks[chunk].get_or_init(zeros)[place];
        // Not an addition in one step: this thread is the only one that stores. Relaxed: the record's
        // commit comes later and carries it to the writer.
        counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    fn add_to(&self, sums: &mut Vec<u64>) {
        for (number, chunk) in self.chunks.iter().enumerate() {
            let Some(chunk) = chunk.get() else { continue };
            let start = (FIRST_CHUNK << number) - FIRST_CHUNK;
            if sums.len() < start + chunk.len() {
                sums.resize(start + chunk.len(), 0);
            }
            for (sum, counter) in sums[start..].iter_mut().zip(chunk.iter()) {
                *sum += counter.load(Ordering::Relaxed);
            }
        }
    }
}

impl Ledger {
    /// Counters for the calling thread, which keeps them until it ends.
    pub(crate) fn counters_for_thread(&self) -> Arc<Counters> {
        let counters = Arc::new(Counters::default());
        let mut threads = lock(&self.threads);
        if threads.live.len() == threads.live.capacity() {
            threads.fold_ended();
        }
        threads.live.push(Arc::clone(&counters));
        counters
    }

    /// Counts an event of a thread without counters.
    pub(crate) fn accept_stray(&self, event_type: &'static EventType) {
        lock(&self.threads).stray.accept(event_type);
    }

    /// Counts an event that was refused, for the reason that `note` returns; it runs under the lock of
    /// the spool's table of drops.
    pub(crate) fn drop_event(&self, event_type: &'static str, note: impl FnOnce() -> DropReason) {
        let mut dropped = lock(&self.dropped);
        *dropped.entry((event_type, note())).or_default() += 1;
    }

    /// Counts several that were refused together, each for the reason that `note` hands over; it runs
    /// under the lock of the spool's table of drops.
    pub(crate) fn drop_events(&self, note: impl FnOnce(&mut dyn FnMut(&'static str, DropReason))) {
        let mut dropped = lock(&self.dropped);
        note(&mut |event_type, reason| *dropped.entry((event_type, reason)).or_default() += 1);
    }

    /// Runs `read` under the lock of the spool's table of drops.
    pub(crate) fn with_drops<T>(&self, read: impl FnOnce() -> T) -> T {
        let _dropped = lock(&self.dropped);
        read()
    }

    /// The writer's side, to be updated once a batch.
    pub(crate) fn written(&self) -> MutexGuard<'_, Written> {
        lock(&self.written)
    }

    /// Enters lines that are whole in a segment; the name of the type begins at `type_offset` in each.
    pub(crate) fn settle(&self, settled: &Settled<'_>, type_offset: usize) {
        let mut written = lock(&self.written);
        written.bytes += settled.bytes;
        // Counted by runs of one type: a look-up for each line would be a third of the writer's work.
        let mut run: (&[u8], u64) = (b"", 0);
        for line in settled.lines() {
            let line = line.get(type_offset..).unwrap_or_default();
            if run.1 > 0 && line.starts_with(run.0) {
                run.1 += 1;
            } else {
                written.count(run);
                run = (type_in(line), 1);
            }
        }
        written.count(run);
    }

    /// Enters lines that a recording logger keeps, and that no writer will enter.
    #[cfg(feature = "testing")]
    pub(crate) fn settle_recorded(&self, lines: &[u8], type_offset: usize) {
        let mut written = lock(&self.written);
        written.bytes += lines.len() as u64;
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            written.count((type_in(line.get(type_offset..).unwrap_or_default()), 1));
        }
    }

    pub(crate) fn count_io_error(&self) {
        self.io_errors.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_handler_panic(&self) {
        self.handler_panics.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_sync(&self) {
        self.syncs.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn set_segments(&self, counts: SegmentCounts) {
        self.segments_created.store(counts.created, Ordering::Relaxed);
        self.segments_removed.store(counts.removed, Ordering::Relaxed);
        self.rotations.store(counts.rotated, Ordering::Relaxed);
    }

    /// The counts as of now.
    pub(crate) fn stats(&self) -> Stats {
        // In this order: an event counts as accepted before it can be written, so what is read last
        // is never behind what was read first.
        let mut stats = Stats::default();
        {
            let written = lock(&self.written);
            stats.gap_lines = written.gap_lines;
            stats.recovered_lines = written.recovered_lines;
            stats.written_bytes = written.bytes;
            for (name, count) in &written.by_type {
                stats.by_type.entry(name.to_string()).or_default().written += count;
            }
        }
        for ((name, reason), count) in lock(&self.dropped).iter() {
            stats.by_type.entry((*name).to_owned()).or_default().dropped += count;
            *stats.dropped.entry(*reason).or_default() += count;
        }
        for (index, accepted) in self.accepted().into_iter().enumerate() {
            if accepted > 0 {
                stats.by_type.entry(event::type_name(index).to_owned()).or_default().emitted +=
                    accepted;
            }
        }
        for row in stats.by_type.values_mut() {
            row.in_spool = row.emitted.saturating_sub(row.written);
            row.emitted += row.dropped;
            stats.total.add(row);
        }
        stats.io_errors = self.io_errors.load(Ordering::Relaxed);
        stats.error_handler_panics = self.handler_panics.load(Ordering::Relaxed);
        stats.syncs = self.syncs.load(Ordering::Relaxed);
        stats.segments_created = self.segments_created.load(Ordering::Relaxed);
        stats.segments_removed = self.segments_removed.load(Ordering::Relaxed);
        stats.rotations = self.rotations.load(Ordering::Relaxed);
        stats
    }

    /// How many events of each type were put into the spool, by type index.
    fn accepted(&self) -> Vec<u64> {
        let mut threads = lock(&self.threads);
        threads.fold_ended();
        let mut sums = threads.ended.clone();
        for counters in threads.live.iter().chain([&threads.stray]) {
            counters.add_to(&mut sums);
        }
        sums
    }
}

impl Written {
    /// Counts so many lines of a type, given with its closing quote.
    fn count(&mut self, (event_type, lines): (&[u8], u64)) {
        let name = event_type.strip_suffix(b"\"").and_then(|name| std::str::from_utf8(name).ok());
        let Some(name) = name else { return };
        if name == GAP_TYPE {
            self.gap_lines += lines;
        } else if let Some(count) = self.by_type.get_mut(name) {
            *count += lines;
        } else {
            self.by_type.insert(name.into(), lines);
        }
    }
}

impl Threads {
    /// Keeps only the sums of threads that have ended.
    fn fold_ended(&mut self) {
        let Self { live, ended, .. } = self;
        live.retain(|counters| {
            // The thread's own handle is the second one. Acquire, in `get_mut`'s manner, is not needed:
            // a handle that is gone was dropped with Release, and the lock orders the rest.
            let is_live = Arc::strong_count(counters) > 1;
            if !is_live {
                std::sync::atomic::fence(Ordering::Acquire);
                counters.add_to(ended);
            }
            is_live
        });
    }
}

impl TypeStats {
    fn add(&mut self, other: &Self) {
        self.emitted += other.emitted;
        self.written += other.written;
        self.dropped += other.dropped;
        self.in_spool += other.in_spool;
    }
}

/// The event's type and its closing quote, at the front of the rest of a line.
fn type_in(rest: &[u8]) -> &[u8] {
    let end = rest.iter().position(|byte| *byte == b'"').map_or(0, |quote| quote + 1);
    &rest[..end]
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that runs under these locks panics half-way through a change.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_place_of_its_own() {
        assert_eq!([place_of(0), place_of(63)], [(0, 0), (0, 63)]);
        assert_eq!([place_of(64), place_of(191)], [(1, 0), (1, 127)]);
        assert_eq!(place_of(192), (2, 0));
        assert!(place_of(u32::MAX as usize).0 < CHUNKS);
    }
}
