//! [`SetClock`]: time that passes only when a test says so.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;

/// A clock that stands still until it is set; clones are the same clock.
///
/// ```
/// use std::time::Duration;
/// use event_log::{Event, testing::{self, SetClock}};
///
/// #[derive(Event)]
/// struct LessonStarted {
///     lesson: u32,
/// }
///
/// let clock = SetClock::at("2021-09-16T05:57:27Z");
/// let (logger, recorded) = testing::builder().clock(clock.clone()).record()?;
///
/// logger.emit(LessonStarted { lesson: 1 });
/// clock.advance(Duration::from_secs(60));
/// logger.emit(LessonStarted { lesson: 2 });
///
/// let dates: Vec<_> = recorded.all().iter().map(|line| line.date().to_rfc3339()).collect();
/// assert_eq!(dates, ["2021-09-16T05:57:27+00:00", "2021-09-16T05:58:27+00:00"]);
/// # Ok::<(), event_log::BuildError>(())
/// ```
#[derive(Clone)]
pub struct SetClock(Arc<Mutex<DateTime<Utc>>>);

impl SetClock {
    /// A clock at this time, in RFC 3339: `2021-09-16T05:57:27Z`, for example.
    ///
    /// # Panics
    /// If the text is no such time.
    #[track_caller]
    #[must_use]
    pub fn at(time: &str) -> Self {
        let parsed: Result<DateTime<Utc>, _> = time.parse();
        let time = parsed.unwrap_or_else(|error| {
            panic!("`{time}` is no time: {error}; write it as in `2021-09-16T05:57:27Z`")
        });
        Self(Arc::new(Mutex::new(time)))
    }

    /// Sets the clock, forward or back.
    pub fn set(&self, time: DateTime<Utc>) {
        *self.lock() = time;
    }

    /// Sets the clock forward by so much.
    ///
    /// # Panics
    /// If that is beyond the year 262,142.
    #[track_caller]
    pub fn advance(&self, by: Duration) {
        self.change(TimeDelta::from_std(by).ok());
    }

    /// Sets the clock back by so much, as an operator or a time server may do.
    ///
    /// # Panics
    /// If that is before the year -262,143.
    #[track_caller]
    pub fn turn_back(&self, by: Duration) {
        self.change(TimeDelta::from_std(by).ok().map(|by| -by));
    }

    #[track_caller]
    fn change(&self, by: Option<TimeDelta>) {
        let mut time = self.lock();
        let changed = by.and_then(|by| time.checked_add_signed(by));
        *time = changed.expect("the clock is set to a time that the calendar has");
    }

    fn lock(&self) -> MutexGuard<'_, DateTime<Utc>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock at 2000-01-01T00:00:00Z.
impl Default for SetClock {
    fn default() -> Self {
        Self::at("2000-01-01T00:00:00Z")
    }
}

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        *self.lock()
    }
}

impl fmt::Debug for SetClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SetClock({})", self.now())
    }
}
