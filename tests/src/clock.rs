//! Clocks that tests set by hand, or that run fast.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use event_log::Clock;

/// A clock that stands still until it is set.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock at this time, in RFC 3339.
    ///
    /// # Panics
    /// If the text is no time.
    #[must_use]
    pub fn at(time: &str) -> Self {
        let time: DateTime<Utc> = time.parse().expect("a time in RFC 3339");
        Self(Arc::new(AtomicI64::new(time.timestamp_millis())))
    }

    /// Moves the clock by so many milliseconds, forward or back.
    pub fn advance_millis(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    /// Moves the clock by so many seconds, forward or back.
    pub fn advance(&self, seconds: i64) {
        self.advance_millis(seconds * 1_000);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.load(Ordering::SeqCst)).expect("a time of our age")
    }
}

/// A clock that starts at the system's time and runs a thousand times as fast, so that a round of a
/// few milliseconds sees many rotations.
#[derive(Clone, Copy, Debug)]
pub struct FastClock {
    began: Instant,
    at: DateTime<Utc>,
}

impl FastClock {
    /// Starts now.
    #[must_use]
    pub fn start() -> Self {
        Self { began: Instant::now(), at: Utc::now() }
    }
}

impl Clock for FastClock {
    fn now(&self) -> DateTime<Utc> {
        let micros = i64::try_from(self.began.elapsed().as_micros()).expect("a short test");
        self.at + TimeDelta::microseconds(micros * 1_000)
    }
}
