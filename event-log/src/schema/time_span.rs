//! A span of time as a whole number of a unit: `#[event(unit = "ms")]`.

use std::time::Duration;

use chrono::TimeDelta;

use super::{EventField, Schema};

/// What a span of time is counted in.
#[derive(Clone, Copy, Debug)]
pub enum Unit {
    /// `s`
    Seconds,
    /// `ms`
    Milliseconds,
    /// `us`
    Microseconds,
    /// `ns`
    Nanoseconds,
}

/// A span of time, which `#[event(unit = "…")]` writes as an integer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a span of time, so it has no unit",
    label = "not a `Duration` or `TimeDelta`",
    note = "`unit` is for `std::time::Duration`, `chrono::TimeDelta` and an `Option` of these"
)]
pub trait TimeSpan {
    /// That of an integer.
    const SCHEMA: Schema = i64::SCHEMA;

    /// How many whole units it has, cut towards zero, held within the range of an `i64`; `None` where
    /// there is no span.
    fn count(&self, unit: Unit) -> Option<i64>;
}

impl TimeSpan for Duration {
    #[inline]
    fn count(&self, unit: Unit) -> Option<i64> {
        let count = match unit {
            Unit::Seconds => u128::from(self.as_secs()),
            Unit::Milliseconds => self.as_millis(),
            Unit::Microseconds => self.as_micros(),
            Unit::Nanoseconds => self.as_nanos(),
        };
        Some(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl TimeSpan for TimeDelta {
    #[inline]
    fn count(&self, unit: Unit) -> Option<i64> {
        let overflow = if *self < Self::zero() { i64::MIN } else { i64::MAX };
        Some(match unit {
            Unit::Seconds => self.num_seconds(),
            Unit::Milliseconds => self.num_milliseconds(),
            Unit::Microseconds => self.num_microseconds().unwrap_or(overflow),
            Unit::Nanoseconds => self.num_nanoseconds().unwrap_or(overflow),
        })
    }
}

impl<T: TimeSpan> TimeSpan for Option<T> {
    const SCHEMA: Schema = T::SCHEMA.optional();

    #[inline]
    fn count(&self, unit: Unit) -> Option<i64> {
        self.as_ref()?.count(unit)
    }
}

impl<T: TimeSpan + ?Sized> TimeSpan for &T {
    const SCHEMA: Schema = T::SCHEMA;

    #[inline]
    fn count(&self, unit: Unit) -> Option<i64> {
        (**self).count(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, TimeDelta, TimeSpan, Unit};

    #[test]
    fn a_span_is_cut_to_whole_units() {
        let span = Duration::new(2, 999_999_999);
        assert_eq!(span.count(Unit::Seconds), Some(2));
        assert_eq!(span.count(Unit::Milliseconds), Some(2_999));
        assert_eq!(span.count(Unit::Microseconds), Some(2_999_999));
        assert_eq!(span.count(Unit::Nanoseconds), Some(2_999_999_999));
        assert_eq!(TimeDelta::milliseconds(-1_500).count(Unit::Seconds), Some(-1));
    }

    #[test]
    fn a_span_beyond_the_integer_is_its_end() {
        for unit in [Unit::Milliseconds, Unit::Microseconds, Unit::Nanoseconds] {
            assert_eq!(Duration::MAX.count(unit), Some(i64::MAX));
        }
        assert_eq!(Duration::MAX.count(Unit::Seconds), Some(i64::MAX));
        assert_eq!(TimeDelta::MIN.count(Unit::Nanoseconds), Some(i64::MIN));
        assert_eq!(TimeDelta::MAX.count(Unit::Microseconds), Some(i64::MAX));
    }

    #[test]
    fn no_span_is_no_number() {
        assert_eq!(None::<Duration>.count(Unit::Seconds), None);
        assert_eq!((&&Some(Duration::ZERO)).count(Unit::Seconds), Some(0));
    }
}
