//! When to start the next segment; a pure decision.

use std::time::Duration;

/// When a segment is full. Whichever comes first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rotation {
    /// The length that a segment does not grow past, in bytes.
    pub(crate) segment_bytes: u64,
    /// The wall-clock period of a segment, counted from 1970 in UTC: an hour's segments end on the hour.
    pub(crate) period: Duration,
}

/// No more than one rotation a second: the AWS Kinesis agent loses files that rotate faster.
const MIN_AGE_MILLIS: u64 = 1_000;

impl Rotation {
    /// Whether a segment created at `created_millis` ends before a line is appended at `now_millis`.
    ///
    /// `bytes` is its length so far and `next` that of the line. A clock that jumped, to either side,
    /// counts as time that passed. An empty segment, whose first write has failed so far, never ends: it
    /// would stay empty.
    pub(crate) fn is_due(
        &self,
        created_millis: u64,
        bytes: u64,
        next: u64,
        now_millis: u64,
    ) -> bool {
        if bytes == 0 || now_millis.abs_diff(created_millis) < MIN_AGE_MILLIS {
            return false;
        }
        bytes + next > self.segment_bytes
            || self.period_of(created_millis) != self.period_of(now_millis)
    }

    fn period_of(&self, millis: u64) -> u128 {
        u128::from(millis) / self.period.as_millis().max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000;

    fn hourly() -> Rotation {
        Rotation { segment_bytes: 1_000, period: Duration::from_secs(3_600) }
    }

    #[test]
    fn a_segment_ends_before_the_line_that_would_make_it_too_long() {
        assert!(!hourly().is_due(HOUR, 900, 100, HOUR + 5_000));
        assert!(hourly().is_due(HOUR, 901, 100, HOUR + 5_000));
    }

    #[test]
    fn a_segment_ends_with_its_period_on_the_wall_clock() {
        assert!(!hourly().is_due(HOUR + 5_000, 10, 10, 2 * HOUR - 1));
        assert!(hourly().is_due(HOUR + 5_000, 10, 10, 2 * HOUR));
    }

    #[test]
    fn there_is_at_most_one_rotation_a_second() {
        assert!(!hourly().is_due(HOUR, 5_000, 100, HOUR + 999));
        assert!(hourly().is_due(HOUR, 5_000, 100, HOUR + 1_000));
    }

    #[test]
    fn an_empty_segment_is_not_ended() {
        assert!(!hourly().is_due(HOUR, 0, 2_000, 5 * HOUR));
    }

    #[test]
    fn a_clock_that_jumps_back_stops_no_rotation() {
        assert!(hourly().is_due(5 * HOUR, 5_000, 100, HOUR));
    }
}
