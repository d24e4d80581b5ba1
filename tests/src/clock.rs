//! A clock that runs fast.

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use event_log::Clock;

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
