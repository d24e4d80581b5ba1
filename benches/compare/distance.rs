//! event-log beside the floor where the cores lay near each other, and where they lay far apart.

use crate::cores::Distance;
use crate::markdown::{integer, ratio, render};
use crate::parent::{Measurement, THREADS};
use crate::summary::Summary;
use crate::task::Scenario::{self, Paced, Saturated, Throughput};

const BOTH: [&str; 2] = ["event-log", "floor"];

/// A row's scenario, what it shows, and how that is read from the rounds of one distance.
type Row = (Scenario, &'static str, fn(&Summary, usize) -> String);

const ROWS: [Row; 4] = [
    (Saturated, "p50 / floor, saturated", |of, threads| p50(of, Saturated, threads)),
    (Paced, "p50 / floor, paced", |of, threads| p50(of, Paced, threads)),
    (Throughput, "events per second", |of, threads| integer(of.rate("event-log", threads))),
    (Throughput, "CPU per event / floor", |of, threads| {
        ratio(of.cpu("event-log", threads) / of.cpu("floor", threads))
    }),
];

/// The medians of the rounds of either distance, in Markdown.
pub(crate) fn table(measurements: &[Measurement]) -> String {
    let mut rows = vec![["", "threads", "near", "far"].map(ToString::to_string).to_vec()];
    for (scenario, what, figure) in ROWS {
        for threads in THREADS {
            let cell = |distance| {
                let rounds = rounds(measurements, scenario, threads, distance);
                let counts =
                    BOTH.map(|name| rounds.iter().filter(|of| of.contender == name).count());
                match counts {
                    [0, _] | [_, 0] => "-".to_owned(),
                    [ours, floor] => {
                        let summary = Summary::of(&rounds, &BOTH.map(ToString::to_string));
                        format!("{} ({ours}, {floor})", figure(&summary, threads))
                    }
                }
            };
            let cells = [cell(Distance::Near), cell(Distance::Far)];
            rows.push([vec![what.to_owned(), threads.to_string()], cells.to_vec()].concat());
        }
    }
    format!(
        "## By the distance of the cores\n\nIn brackets: of how many rounds of {} and of {}.\n\n{}",
        BOTH[0],
        BOTH[1],
        render(&rows)
    )
}

/// What was measured in this scenario while the cores lay so.
fn rounds(
    measurements: &[Measurement],
    scenario: Scenario,
    threads: usize,
    distance: Distance,
) -> Vec<Measurement> {
    let is_it = |found: &&Measurement| {
        (found.scenario, found.threads) == (scenario, threads)
            && BOTH.contains(&found.contender.as_str())
            && Distance::of(found.transfer_nanos) == Some(distance)
    };
    measurements.iter().filter(is_it).cloned().collect()
}

fn p50(of: &Summary, scenario: Scenario, threads: usize) -> String {
    let p50 = |contender| of.latency(contender, scenario, threads).p50;
    ratio(p50("event-log") / p50("floor"))
}
