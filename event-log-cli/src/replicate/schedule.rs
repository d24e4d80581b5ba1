//! When each user acts: once a day, the recorded events with their gaps, never past midnight.

use crate::replicate::random::{Purpose, Random};

/// The microseconds of an hour and of a day.
pub const HOUR_MICROS: u64 = 3_600_000_000;
/// See [`HOUR_MICROS`].
pub const DAY_MICROS: u64 = 24 * HOUR_MICROS;

/// How the users are spread over the day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Curve {
    /// Evenly.
    #[default]
    Flat,
    /// As a service for people sees it: few before dawn, most in the evening, ten times as many.
    Daily,
}

/// How many of 135 users begin in each hour of [`Curve::Daily`].
const DAILY: [u64; 24] = [3, 2, 1, 1, 1, 2, 3, 5, 6, 6, 6, 7, 8, 7, 6, 6, 7, 8, 9, 10, 10, 9, 7, 5];

/// Where the users' days begin.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    curve: Curve,
    /// So long before midnight the last one begins.
    span_micros: u64,
}

impl Schedule {
    /// A schedule for events that take this long, which is less than a day.
    #[must_use]
    pub fn new(curve: Curve, span_micros: u64) -> Self {
        Self { curve, span_micros }
    }

    /// When a user begins, in microseconds of the day.
    ///
    /// # Panics
    /// Never: a part of a day is within it.
    #[must_use]
    #[inline]
    pub fn start(&self, random: Random, place: u64) -> u64 {
        let even = random.below(Purpose::Start, place, DAY_MICROS);
        let on_curve = match self.curve {
            Curve::Flat => even,
            Curve::Daily => daily(even),
        };
        // Drawn together where the events take part of the day, so that they end before midnight.
        let room = DAY_MICROS - self.span_micros;
        let start = u128::from(on_curve) * u128::from(room) / u128::from(DAY_MICROS);
        u64::try_from(start).expect("it is within a day")
    }
}

/// A time of the day that is drawn evenly, moved to where the curve has it.
fn daily(even: u64) -> u64 {
    let total: u64 = const { sum(&DAILY) };
    let mut left = even * total;
    for (hour, weight) in (0..).zip(DAILY) {
        let width = weight * DAY_MICROS;
        if left < width {
            return hour * HOUR_MICROS + left / (24 * weight);
        }
        left -= width;
    }
    unreachable!("the weights add up to their total")
}

const fn sum(weights: &[u64]) -> u64 {
    let mut sum = 0;
    let mut index = 0;
    while index < weights.len() {
        sum += weights[index];
        index += 1;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_event_stays_before_midnight_on_either_curve() {
        for curve in [Curve::Flat, Curve::Daily] {
            for span in [0, HOUR_MICROS, DAY_MICROS - 1] {
                let schedule = Schedule::new(curve, span);
                let latest = (0..10_000).map(|user| schedule.start(Random::new(1), user)).max();
                assert!(latest.unwrap() + span < DAY_MICROS);
            }
        }
        assert_eq!(daily(0), 0);
        assert!((DAY_MICROS - 10..DAY_MICROS).contains(&daily(DAY_MICROS - 1)));
    }

    #[test]
    fn the_hours_of_the_curve_have_their_weights() {
        let users_of = |curve| {
            let schedule = Schedule::new(curve, 0);
            let mut users = [0_u64; 24];
            for user in 0..240_000 {
                let hour = schedule.start(Random::new(3), user) / HOUR_MICROS;
                users[usize::try_from(hour).unwrap()] += 1;
            }
            users
        };
        for (users, weight) in users_of(Curve::Daily).into_iter().zip(DAILY) {
            let wanted = 240_000 * weight / sum(&DAILY);
            assert!(users.abs_diff(wanted) < wanted / 10 + 100, "{users} {wanted}");
        }
        assert!(users_of(Curve::Flat).iter().all(|users| users.abs_diff(10_000) < 500));
    }
}
