//! The medians of all rounds.

use std::collections::HashMap;

use benches::figures::median;

use crate::child::Report;
use crate::parent::{Found, Measurement};
use crate::percentiles::Percentiles;
use crate::task::Scenario;

/// Everything by contender, scenario and number of threads.
pub(crate) struct Summary {
    /// In the order of the tables.
    pub(crate) contenders: Vec<String>,
    rounds: HashMap<(String, Scenario, usize), Vec<Found>>,
}

/// What a kill took.
pub(crate) struct Killed {
    pub(crate) emitted: f64,
    pub(crate) lost: f64,
    pub(crate) lost_at_worst: u64,
    pub(crate) duplicated_at_worst: u64,
}

impl Summary {
    pub(crate) fn of(measurements: &[Measurement], contenders: &[String]) -> Self {
        let mut rounds: HashMap<_, Vec<Found>> = HashMap::new();
        for Measurement { contender, scenario, threads, found, .. } in measurements {
            let key = (contender.clone(), *scenario, *threads);
            rounds.entry(key).or_default().push(found.clone());
        }
        Self { contenders: contenders.to_vec(), rounds }
    }

    /// The medians, percentile by percentile.
    pub(crate) fn latency(
        &self,
        contender: &str,
        scenario: Scenario,
        threads: usize,
    ) -> Percentiles {
        let of = |figure: fn(&Percentiles) -> f64| {
            self.median(contender, scenario, threads, |report, _| {
                report.latency.as_ref().map_or(f64::NAN, figure)
            })
        };
        Percentiles {
            p50: of(|latency| latency.p50),
            p99: of(|latency| latency.p99),
            p999: of(|latency| latency.p999),
            p9999: of(|latency| latency.p9999),
            max: of(|latency| latency.max),
            mean: of(|latency| latency.mean),
        }
    }

    /// Events per second that got into a file, until the last of them was there.
    pub(crate) fn rate(&self, contender: &str, threads: usize) -> f64 {
        self.median(contender, Scenario::Throughput, threads, |report, lines| {
            lines / report.seconds
        })
    }

    /// The part of the emitted events that is in no file, by scenario.
    pub(crate) fn lost(&self, contender: &str, scenario: Scenario, threads: usize) -> f64 {
        self.median(contender, scenario, threads, |report, lines| {
            1.0 - lines / count(report.emitted)
        })
    }

    /// Nanoseconds of the whole process per event emitted, without a pause.
    pub(crate) fn cpu(&self, contender: &str, threads: usize) -> f64 {
        self.median(contender, Scenario::Throughput, threads, |report, _| {
            report.cpu_seconds * 1e9 / count(report.emitted)
        })
    }

    /// Nanoseconds of the threads that do not emit, per event, paced.
    pub(crate) fn background(&self, contender: &str, threads: usize) -> f64 {
        self.median(contender, Scenario::Paced, threads, |report, _| {
            report.background_seconds * 1e9 / count(report.emitted)
        })
    }

    /// The part of a core that is used while nothing is emitted.
    pub(crate) fn idle(&self, contender: &str) -> f64 {
        self.median(contender, Scenario::Idle, 1, |report, _| report.cpu_seconds / report.seconds)
    }

    /// MiB, without a pause.
    pub(crate) fn peak_memory(&self, contender: &str, threads: usize) -> f64 {
        self.median(contender, Scenario::Throughput, threads, |report, _| {
            count(report.peak_memory_kib) / 1_024.0
        })
    }

    pub(crate) fn killed(&self, contender: &str) -> Killed {
        let key = (contender.to_owned(), Scenario::Killed, 1);
        let rounds = self.rounds.get(&key).map_or(&[][..], Vec::as_slice);
        let of = |figure: fn(&Found) -> u64| rounds.iter().map(figure).collect::<Vec<_>>();
        let emitted =
            of(|found| if let Found::Killed { emitted, .. } = found { *emitted } else { 0 });
        let lost = of(|found| if let Found::Killed { lost, .. } = found { *lost } else { 0 });
        let again =
            of(|found| if let Found::Killed { duplicated, .. } = found { *duplicated } else { 0 });
        Killed {
            emitted: median(emitted.into_iter().map(count).collect()),
            lost_at_worst: lost.iter().copied().max().unwrap_or(0),
            lost: median(lost.into_iter().map(count).collect()),
            duplicated_at_worst: again.into_iter().max().unwrap_or(0),
        }
    }

    fn median(
        &self,
        contender: &str,
        scenario: Scenario,
        threads: usize,
        figure: impl Fn(&Report, f64) -> f64,
    ) -> f64 {
        let key = (contender.to_owned(), scenario, threads);
        let of = |found: &Found| match found {
            Found::Ended { report, lines } => Some(figure(report, count(*lines))),
            Found::Killed { .. } => None,
        };
        median(self.rounds[&key].iter().filter_map(of).collect())
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn count(value: u64) -> f64 {
    value as f64
}
