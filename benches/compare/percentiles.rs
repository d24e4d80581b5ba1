//! Percentiles of single latencies.

use serde::{Deserialize, Serialize};

/// Nanoseconds per emit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Percentiles {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) p999: f64,
    pub(crate) p9999: f64,
    pub(crate) max: f64,
    pub(crate) mean: f64,
}

impl Percentiles {
    /// Sorts the samples; `None` if there are none.
    pub(crate) fn of(samples: &mut [u32]) -> Option<Self> {
        samples.sort_unstable();
        let last = samples.len().checked_sub(1)?;
        let tick = tick(samples);
        let at = |per_myriad: usize| interpolated(samples, last * per_myriad / 10_000, tick);
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let mean = samples.iter().copied().map(f64::from).sum::<f64>() / samples.len() as f64;
        Some(Self {
            p50: at(5_000),
            p99: at(9_900),
            p999: at(9_990),
            p9999: at(9_999),
            max: at(10_000),
            mean,
        })
    }

    /// From the median to the maximum, with their names.
    pub(crate) fn steps(&self) -> [(&'static str, f64); 5] {
        let Self { p50, p99, p999, p9999, max, mean: _ } = *self;
        [("p50", p50), ("p99", p99), ("p99.9", p999), ("p99.99", p9999), ("max", max)]
    }
}

/// The step of the clock: the smallest difference between two samples.
fn tick(sorted: &[u32]) -> u32 {
    sorted.windows(2).map(|pair| pair[1] - pair[0]).filter(|&gap| gap > 0).min().unwrap_or(0)
}

/// The sample of this rank, with the samples that the clock could not tell apart spread evenly over
/// its step: a clock that ticks every 10 ns would otherwise allow no ratio of two medians.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn interpolated(sorted: &[u32], rank: usize, tick: u32) -> f64 {
    let value = sorted[rank];
    let below = sorted.partition_point(|&sample| sample < value);
    let equal = sorted.partition_point(|&sample| sample <= value) - below;
    let part = ((rank - below) as f64 + 0.5) / equal as f64;
    f64::from(value) + f64::from(tick) * (part - 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_samples() {
        let mut samples: Vec<u32> = (0..=10_000).rev().collect();
        let percentiles = Percentiles::of(&mut samples).expect("there are samples");
        let values = percentiles.steps().map(|(_, value)| value.to_string());
        assert_eq!(values, ["5000", "9900", "9990", "9999", "10000"]);
    }

    #[test]
    fn a_percentile_lies_between_the_ticks_of_a_coarse_clock() {
        // What a clock of 10 ns makes of 104 ns.
        let mut samples = [[100; 60].as_slice(), &[110; 40]].concat();
        let percentiles = Percentiles::of(&mut samples).expect("there are samples");
        assert!((percentiles.p50 - 104.0).abs() < 1.0, "{percentiles:?}");
    }

    #[test]
    fn no_samples_have_no_percentiles() {
        assert_eq!(Percentiles::of(&mut []), None);
    }
}
