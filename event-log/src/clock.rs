//! Where the time comes from: the system, or a clock that a test sets by hand.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rustix::time::{ClockId, clock_gettime};

use crate::date::DatePrecision;

/// A source of wall-clock time, for tests that set the time by hand.
///
/// The clock may jump, also backwards: ids stay in order within a thread all the same, and so do
/// the names of segments. Periods of segments and their ages are measured with it, pauses and time
/// limits are not.
///
/// It is read by every emit and by the writer's thread, so it must neither panic nor emit.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use event_log::Clock;
///
/// struct Stopped(DateTime<Utc>);
///
/// impl Clock for Stopped {
///     fn now(&self) -> DateTime<Utc> {
///         self.0
///     }
/// }
/// ```
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> DateTime<Utc>;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> DateTime<Utc> {
        (**self).now()
    }
}

/// A point in time as the hot path handles it: no calendar, no division.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z, negative before.
    pub(crate) seconds: i64,
    /// 0 to 999,999,999.
    pub(crate) nanos: u32,
}

impl Timestamp {
    /// Milliseconds since 1970, 0 for an earlier time.
    pub(crate) fn unix_millis(self) -> u64 {
        u64::try_from(self.seconds).map_or(0, |s| s * 1_000 + u64::from(self.nanos / 1_000_000))
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(date: DateTime<Utc>) -> Self {
        // chrono counts a leap second as nanosecond 1,000,000,000 and up; RFC 3339's `:60` is not
        // understood by the engines downstream.
        let nanos = date.timestamp_subsec_nanos().min(999_999_999);
        Self { seconds: date.timestamp(), nanos }
    }
}

/// The clock of one logger: the system's without a virtual call, or one that was injected.
#[derive(Clone)]
pub(crate) enum TimeSource {
    /// The system's clock as of its last tick (1 to 4 ms): 4 ns to read instead of 17, and more
    /// than enough where dates have whole seconds.
    Coarse,
    /// The system's clock.
    Precise,
    /// A clock given to the builder.
    Injected(Arc<dyn Clock>),
}

impl TimeSource {
    /// The system's clock that dates of this precision need.
    pub(crate) fn system(precision: DatePrecision) -> Self {
        match precision {
            DatePrecision::Seconds => Self::Coarse,
            DatePrecision::Millis | DatePrecision::Micros => Self::Precise,
        }
    }

    #[inline]
    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::Coarse => read(ClockId::RealtimeCoarse),
            Self::Precise => read(ClockId::Realtime),
            Self::Injected(clock) => clock.now().into(),
        }
    }
}

#[inline]
fn read(id: ClockId) -> Timestamp {
    let time = clock_gettime(id);
    Timestamp { seconds: time.tv_sec, nanos: u32::try_from(time.tv_nsec).unwrap_or(0) }
}

impl fmt::Debug for TimeSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Coarse => "Coarse",
            Self::Precise => "Precise",
            Self::Injected(_) => "Injected",
        })
    }
}
