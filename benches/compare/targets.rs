//! What event-log is to reach, beside what this run measured.

use crate::markdown::{integer, percent, ratio, render};
use crate::parent::THREADS;
use crate::summary::Summary;
use crate::task::Scenario::{self, Paced, Saturated, Throughput};

/// The default spool of event-log.
const SPOOL_MIB: f64 = 8.0;
/// Medians of equal things differ by so much between runs.
const NOISE: f64 = 0.95;

/// One promise.
struct Target {
    what: String,
    wanted: String,
    measured: String,
    met: bool,
}

/// All of them, in Markdown.
pub(crate) fn table(summary: &Summary) -> String {
    let mut targets = latency(summary);
    targets.extend(throughput(summary));
    targets.extend(resources(summary));
    targets.extend(peers(summary));
    let head = ["target", "wanted", "measured", "met"].map(ToString::to_string).to_vec();
    let rows = targets.into_iter().map(|target| {
        let met = if target.met { "yes" } else { "**no**" };
        vec![target.what, target.wanted, target.measured, met.to_owned()]
    });
    "## What to reach\n\n".to_owned() + &render(&[vec![head], rows.collect()].concat())
}

/// Met if every measured value is at most `limit`.
fn at_most(what: impl Into<String>, limit: f64, measured: &[f64]) -> Target {
    let values: Vec<String> = measured.iter().copied().map(ratio).collect();
    Target {
        what: what.into(),
        wanted: format!("at most {limit}"),
        measured: values.join(", "),
        met: measured.iter().all(|&value| value <= limit),
    }
}

fn at_least(what: impl Into<String>, limit: f64, measured: f64) -> Target {
    Target {
        what: what.into(),
        wanted: format!("at least {limit}"),
        measured: ratio(measured),
        met: measured >= limit,
    }
}

fn name(scenario: Scenario) -> &'static str {
    if scenario == Paced { "paced" } else { "saturated" }
}

fn latency(summary: &Summary) -> Vec<Target> {
    let p50 = |scenario| {
        let of = |contender, threads| summary.latency(contender, scenario, threads).p50;
        let ratios = THREADS.map(|threads| of("event-log", threads) / of("floor", threads));
        at_most(format!("p50 / floor, {}, 1, 2, 4 threads", name(scenario)), 1.3, &ratios)
    };
    let p999 = |contender, threads| summary.latency(contender, Paced, threads).p999;
    let ratios = THREADS.map(|threads| p999("event-log", threads) / p999("floor ring", threads));
    let tail = at_most("p99.9 / floor ring, paced, 1, 2, 4 threads", 2.0, &ratios);
    vec![p50(Saturated), p50(Paced), tail]
}

fn throughput(summary: &Summary) -> Vec<Target> {
    let rates = THREADS.map(|threads| summary.rate("event-log", threads));
    let falling = Target {
        what: "events per second, 1, 2, 4 threads".to_owned(),
        wanted: "not falling".to_owned(),
        measured: rates.map(integer).join("; "),
        met: rates[1..].iter().all(|&rate| rate >= rates[0] * NOISE),
    };
    vec![
        at_least("events per second / floor, 1 thread", 0.8, rates[0] / summary.rate("floor", 1)),
        falling,
    ]
}

fn resources(summary: &Summary) -> Vec<Target> {
    let cpu =
        THREADS.map(|threads| summary.cpu("event-log", threads) / summary.cpu("floor", threads));
    let background = summary.background("event-log", 1);
    let idle = summary.idle("event-log");
    let peak = summary.peak_memory("event-log", 1).max(summary.peak_memory("event-log", 4));
    vec![
        at_most("CPU per event / floor, saturated, 1, 2, 4 threads", 1.6, &cpu),
        at_most("background ns per event at 50,000 events/s", 400.0, &[background]),
        Target {
            what: "idle, part of a core".to_owned(),
            wanted: "below 0.1 %".to_owned(),
            measured: percent(idle, 3),
            met: idle < 0.001,
        },
        at_most("peak memory in MiB, spool included", SPOOL_MIB + 8.0, &[peak]),
    ]
}

/// Those that lost no line in this run, while their process lived.
fn lossless_peers(summary: &Summary) -> Vec<&str> {
    let loses_nothing = |peer: &&str| {
        let lost = |scenario, threads| summary.lost(peer, scenario, threads) > 0.0;
        !THREADS.iter().any(|&threads| lost(Throughput, threads) || lost(Paced, threads))
    };
    let all = summary.contenders.iter().map(String::as_str);
    let peers = all.filter(|name| !name.starts_with("floor") && *name != "event-log");
    peers.filter(loses_nothing).collect()
}

fn peers(summary: &Summary) -> Vec<Target> {
    let mut targets = Vec::new();
    let peers = lossless_peers(summary);
    for scenario in [Saturated, Paced] {
        let p50 = |contender: &str| summary.latency(contender, scenario, 1).p50;
        let named = name(scenario);
        if let Some(best) = peers.iter().copied().min_by(|a, b| p50(a).total_cmp(&p50(b))) {
            let what = format!("p50 of the best lossless peer ({best}) / event-log, {named}");
            targets.push(at_least(what, 3.0, p50(best) / p50("event-log")));
        }
        if peers.contains(&"tracing") {
            let what = format!("p50 of tracing / event-log, {named}");
            targets.push(at_least(what, 10.0, p50("tracing") / p50("event-log")));
        }
    }
    for scenario in [Saturated, Paced] {
        for threads in THREADS {
            targets.push(ahead(summary, &peers, scenario, threads));
        }
    }
    let faster = |threads: usize| {
        let rate = |contender: &str| summary.rate(contender, threads);
        let faster: Vec<&str> =
            peers.iter().copied().filter(|peer| rate(peer) > rate("event-log")).collect();
        ahead_target(format!("events per second, {threads} threads"), &faster)
    };
    targets.extend(THREADS.map(faster));
    let lost = summary.killed("event-log").lost_at_worst;
    targets.push(Target {
        what: "events lost at SIGKILL, at worst".to_owned(),
        wanted: "0".to_owned(),
        measured: lost.to_string(),
        met: lost == 0,
    });
    targets
}

/// p99 and p99.9 are below those of every lossless peer.
fn ahead(summary: &Summary, peers: &[&str], scenario: Scenario, threads: usize) -> Target {
    let of = |contender: &str| summary.latency(contender, scenario, threads);
    let ours = of("event-log");
    let better = |peer: &&str| of(peer).p99 < ours.p99 || of(peer).p999 < ours.p999;
    let better: Vec<&str> = peers.iter().copied().filter(better).collect();
    ahead_target(format!("p99 and p99.9, {}, {threads} threads", name(scenario)), &better)
}

fn ahead_target(what: String, better: &[&str]) -> Target {
    let measured = if better.is_empty() {
        "ahead".to_owned()
    } else {
        format!("behind {}", better.join(", "))
    };
    Target {
        what,
        wanted: "ahead of every lossless peer".to_owned(),
        measured,
        met: better.is_empty(),
    }
}
