//! The tables, in Markdown.

use std::fmt::Write;

use crate::parent::THREADS;
use crate::summary::Summary;
use crate::task::Scenario;

/// All of them.
pub(crate) fn tables(summary: &Summary) -> String {
    let mut text = String::new();
    for (scenario, name) in [(Scenario::Saturated, "saturated"), (Scenario::Paced, "paced")] {
        for threads in THREADS {
            let _ = writeln!(text, "## ns per emit, {name}, {}\n", threads_text(threads));
            text += &latency(summary, scenario, threads);
        }
    }
    text += "## Events per second until all is on disk\n\n";
    text += &throughput(summary);
    text += "## CPU and memory\n\n";
    text += &resources(summary);
    text += "## Events lost at SIGKILL\n\n";
    text + &kills(summary)
}

fn threads_text(threads: usize) -> String {
    if threads == 1 { "1 thread".to_owned() } else { format!("{threads} threads") }
}

fn latency(summary: &Summary, scenario: Scenario, threads: usize) -> String {
    let head = [
        "contender",
        "p50",
        "p99",
        "p99.9",
        "p99.99",
        "max",
        "p50 / floor",
        "p50 / event-log",
        "p99.9 / floor ring",
    ];
    let of = |contender: &str| summary.latency(contender, scenario, threads);
    let (floor, ours, ring) = (of("floor").p50, of("event-log").p50, of("floor ring").p999);
    table(&head, summary, |contender| {
        let latency = of(contender);
        let mut cells = latency.steps().map(|(_, value)| integer(value)).to_vec();
        cells.extend([ratio(latency.p50 / floor), ratio(latency.p50 / ours)]);
        cells.push(ratio(latency.p999 / ring));
        cells
    })
}

fn throughput(summary: &Summary) -> String {
    let head = [
        "contender",
        "1 thread",
        "2 threads",
        "4 threads",
        "1 / floor",
        "1 / event-log",
        "lost, 1",
        "lost, 2",
        "lost, 4",
        "lost paced, 1",
    ];
    table(&head, summary, |contender| {
        let rate = summary.rate(contender, 1);
        let mut cells: Vec<_> =
            THREADS.map(|threads| integer(summary.rate(contender, threads))).into();
        cells.push(ratio(rate / summary.rate("floor", 1)));
        cells.push(ratio(rate / summary.rate("event-log", 1)));
        let lost = |scenario, threads| percent(summary.lost(contender, scenario, threads), 2);
        cells.extend(THREADS.map(|threads| lost(Scenario::Throughput, threads)));
        // The floor's line is only copied to memory there.
        let in_memory = contender == "floor";
        cells.push(if in_memory { "-".to_owned() } else { lost(Scenario::Paced, 1) });
        cells
    })
}

fn resources(summary: &Summary) -> String {
    let head = [
        "contender",
        "CPU ns per event, 1 thread",
        "2 threads",
        "4 threads",
        "1 / floor",
        "1 / event-log",
        "emit + background, paced",
        "background ns per event, paced",
        "idle, of a core",
        "peak MiB, 1 thread",
        "4 threads",
    ];
    table(&head, summary, |contender| {
        let cpu = summary.cpu(contender, 1);
        let background = summary.background(contender, 1);
        let emit = summary.latency(contender, Scenario::Paced, 1).mean;
        let mut cells: Vec<_> =
            THREADS.map(|threads| integer(summary.cpu(contender, threads))).into();
        cells.extend([
            ratio(cpu / summary.cpu("floor", 1)),
            ratio(cpu / summary.cpu("event-log", 1)),
            integer(emit + background),
            integer(background),
            percent(summary.idle(contender), 3),
            integer(summary.peak_memory(contender, 1)),
            integer(summary.peak_memory(contender, 4)),
        ]);
        cells
    })
}

fn kills(summary: &Summary) -> String {
    let head = ["contender", "emitted when killed", "lost", "lost at worst", "twice at worst"];
    table(&head, summary, |contender| {
        let killed = summary.killed(contender);
        vec![
            integer(killed.emitted),
            integer(killed.lost),
            killed.lost_at_worst.to_string(),
            killed.duplicated_at_worst.to_string(),
        ]
    })
}

/// One row per contender, columns as wide as they need to be.
fn table(head: &[&str], summary: &Summary, cells: impl Fn(&str) -> Vec<String>) -> String {
    let row = |contender: &String| {
        let bold = contender == "event-log";
        let name = if bold { format!("**{contender}**") } else { contender.clone() };
        [vec![name], cells(contender)].concat()
    };
    let head: Vec<String> = head.iter().map(ToString::to_string).collect();
    let mut rows = vec![head];
    rows.extend(summary.contenders.iter().map(row));
    render(&rows)
}

/// The first column is text, the others are figures.
pub(crate) fn render(rows: &[Vec<String>]) -> String {
    let columns = 0..rows[0].len();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = columns.map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column == 0 { format!("| {cell:<width$} ") } else { format!("| {cell:>width$} ") }
        });
        cells.collect::<String>() + "|\n"
    };
    let rules = widths.iter().enumerate().map(|(column, &width)| {
        let dashes = "-".repeat(width);
        if column == 0 { format!("| {dashes} ") } else { format!("| {}: ", &dashes[1..]) }
    });
    let rule = rules.collect::<String>() + "|\n";
    line(&rows[0]) + &rule + &rows[1..].iter().map(line).collect::<String>() + "\n"
}

/// With a comma before each three digits.
pub(crate) fn integer(value: f64) -> String {
    if !value.is_finite() {
        return "-".to_owned();
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub(crate) fn ratio(value: f64) -> String {
    if value.is_finite() { format!("{value:.2}") } else { "-".to_owned() }
}

pub(crate) fn percent(part: f64, decimals: usize) -> String {
    if part <= 0.0 { "0".to_owned() } else { format!("{:.decimals$} %", part * 100.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_has_a_comma_before_each_three_digits() {
        assert_eq!([7.0, 999.6, 1_234_567.0].map(integer), ["7", "1,000", "1,234,567"]);
    }
}
