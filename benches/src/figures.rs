//! Percentiles and medians.

use std::time::Duration;

/// Nanoseconds per operation of one round.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Latency {
    /// Half of the operations took at most this.
    pub p50: f64,
    /// 99 % took at most this.
    pub p99: f64,
    /// 99.9 % took at most this.
    pub p999: f64,
}

impl Latency {
    /// The percentiles of single durations in nanoseconds; sorts them.
    ///
    /// # Panics
    /// If there are none.
    #[must_use]
    pub fn of(samples: &mut [u32]) -> Self {
        samples.sort_unstable();
        let at = |per_mille: usize| f64::from(samples[(samples.len() - 1) * per_mille / 1_000]);
        Self { p50: at(500), p99: at(990), p999: at(999) }
    }

    /// The medians of several rounds, figure by figure.
    #[must_use]
    pub fn median(rounds: &[Self]) -> Self {
        let of = |figure: fn(&Self) -> f64| median(rounds.iter().map(figure).collect());
        Self { p50: of(|l| l.p50), p99: of(|l| l.p99), p999: of(|l| l.p999) }
    }
}

/// The middle one.
///
/// # Panics
/// If there are none.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Whole nanoseconds, at most what a sample holds.
#[must_use]
#[inline]
pub fn sample(duration: Duration) -> u32 {
    u32::try_from(duration.as_nanos()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_samples() {
        let mut samples: Vec<u32> = (0..=1_000).rev().collect();
        assert_eq!(Latency::of(&mut samples), Latency { p50: 500.0, p99: 990.0, p999: 999.0 });
    }
}
