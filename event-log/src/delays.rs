//! How long events wait in the spool: measured by the writer once a batch, read by `stats`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::line;
use crate::shared::Shared;
use crate::stats::Stats;
use crate::writer::batch::Settled;

/// How long lines took from their emit to their segment, in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Delays {
    /// The oldest line of the last batch. Written by the writer, read by `stats`.
    last: AtomicU64,
    /// The longest that nobody has taken yet. Raised by the writer, taken by whoever publishes.
    #[cfg(feature = "metrics")]
    longest: AtomicU64,
}

impl Delays {
    // Relaxed throughout: each number stands for itself.

    fn note(&self, millis: u64) {
        self.last.store(millis, Ordering::Relaxed);
        #[cfg(feature = "metrics")]
        self.longest.fetch_max(millis, Ordering::Relaxed);
    }

    /// The longest delay since this was last asked for.
    #[cfg(feature = "metrics")]
    pub(crate) fn take_longest(&self) -> Duration {
        Duration::from_millis(self.longest.swap(0, Ordering::Relaxed))
    }
}

impl Shared {
    /// Notes how long the lines took that are whole in a segment now. For the writer.
    pub(crate) fn note_drained(&self, settled: &Settled<'_>) {
        if let Some(millis) = settled.lines().next().and_then(|line| self.age_millis(line)) {
            self.delays.note(millis);
        }
    }

    /// The ledger and the spool as of now.
    pub(crate) fn stats(&self) -> Stats {
        let ring = self.spool.spool.ring();
        Stats {
            spool_bytes: ring.bytes(),
            spool_used_bytes: ring.used(),
            oldest_waiting: ring
                .first()
                .and_then(|lines| self.age_millis(&lines))
                .map(Duration::from_millis),
            drain_delay: Duration::from_millis(self.delays.last.load(Ordering::Relaxed)),
            ..self.ledger.stats()
        }
    }

    /// How long ago the event of a line was emitted, by the clock of its id.
    fn age_millis(&self, line: &[u8]) -> Option<u64> {
        let emitted = line::emitted_millis(line)?;
        // An id may be ahead of the clock, which may have been set back.
        Some(self.clock.now().unix_millis().saturating_sub(emitted))
    }
}

#[cfg(all(test, feature = "metrics"))]
mod tests {
    use super::*;

    #[test]
    fn the_longest_delay_is_told_once() {
        let delays = Delays::default();
        for millis in [3, 20, 5] {
            delays.note(millis);
        }
        assert_eq!(delays.last.load(Ordering::Relaxed), 5);
        let told = [(); 2].map(|()| delays.take_longest());
        assert_eq!(told, [Duration::from_millis(20), Duration::ZERO]);
    }
}
