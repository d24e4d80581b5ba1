//! `event-log stats`: events per type and hour, with their rate and size.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::commands::filter::Filter;
use crate::commands::report;
use crate::failure::{Failure, Outcome};
use crate::input::walk::{Trouble, Walked, walk};
use crate::line::Line;
use crate::progress::Progress;
use crate::words::count;

/// The longest bar, in characters.
const BAR: usize = 40;

/// The options of `stats`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files, directories or patterns.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
    #[command(flatten)]
    filter: Filter,
}

/// What `stats` found.
#[derive(Debug, Default, Serialize)]
pub struct Stats {
    /// All chosen events together.
    pub total: Count,
    /// By type.
    pub by_type: BTreeMap<String, Count>,
    /// By the hour of their date, as in `2021-09-16T05`.
    pub by_hour: BTreeMap<String, Count>,
    /// What was read for it.
    #[serde(flatten)]
    pub walked: Walked,
}

/// How many, and how long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// How many events.
    pub events: u64,
    /// The length of their lines in bytes, newlines included.
    pub bytes: u64,
}

impl Count {
    fn add(&mut self, bytes: u64) {
        self.events += 1;
        self.bytes += bytes;
    }
}

/// Counts, and prints the counts.
///
/// # Errors
/// If an input cannot be read, or the output not be written.
pub fn run(
    args: &Args,
    json: bool,
    progress: &Progress,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let mut stats = Stats::default();
    let take = |bytes: &[u8]| stats.take(bytes, &args.filter);
    let walked = walk(&args.inputs, progress, take, |bad| report::bad_line(bad, progress))?;
    stats.walked = walked;
    if json {
        report::json(&stats, out)?;
    } else {
        print(&stats, out).map_err(Failure::output)?;
    }
    Ok(report::outcome(&walked))
}

impl Stats {
    /// Counts one line.
    fn take(&mut self, bytes: &[u8], filter: &Filter) -> Result<(), Trouble> {
        let line = Line::parse(bytes)?;
        let no_hour = || Trouble::Malformed(format!("the date `{}` is none", line.date));
        let hour = line.hour().ok_or_else(no_hour)?;
        if filter.accepts(&line) {
            let length = bytes.len() as u64 + 1;
            self.total.add(length);
            entry(&mut self.by_type, &line.event_type).add(length);
            entry(&mut self.by_hour, hour).add(length);
        }
        Ok(())
    }
}

/// The count under this key; allocates only for a new one.
fn entry<'a>(counts: &'a mut BTreeMap<String, Count>, key: &str) -> &'a mut Count {
    if !counts.contains_key(key) {
        counts.insert(key.to_owned(), Count::default());
    }
    counts.get_mut(key).expect("it was put there")
}

fn print(stats: &Stats, out: &mut dyn Write) -> io::Result<()> {
    let Stats { total, walked: Walked { files, malformed, unfinished }, .. } = stats;
    let events = count(total.events, "event");
    writeln!(out, "{events}, {} in {}", size(total.bytes), count(files, "file"))?;
    if malformed + unfinished > 0 {
        writeln!(out, "{}, {unfinished} unfinished", count(malformed, "malformed line"))?;
    }
    table("type", &stats.by_type, None, out)?;
    table("hour (UTC)", &stats.by_hour, Some(3_600), out)
}

/// One row per key, with a bar as long as its share of the greatest.
fn table(
    head: &str,
    counts: &BTreeMap<String, Count>,
    seconds: Option<u32>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(most) = counts.values().map(|count| count.events).max() else { return Ok(()) };
    let width = counts.keys().map(String::len).chain([head.len()]).max().unwrap_or_default();
    let rate_head = if seconds.is_some() { "  events/s" } else { "" };
    writeln!(
        out,
        "\n{head:width$}  {:>12}  {:>10}  {:>8}{rate_head}",
        "events", "size", "per line"
    )?;
    for (key, count) in counts {
        let Count { events, bytes } = *count;
        let per_line = bytes / events.max(1);
        write!(out, "{key:width$}  {events:>12}  {:>10}  {per_line:>6} B", size(bytes))?;
        if let Some(seconds) = seconds {
            #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
            let rate = events as f64 / f64::from(seconds);
            write!(out, "  {rate:>8.1}")?;
        }
        writeln!(out, "  {}", bar(events, most))?;
    }
    Ok(())
}

fn bar(value: u64, most: u64) -> String {
    let cells = u128::from(value) * BAR as u128 / u128::from(most.max(1));
    "█".repeat(usize::try_from(cells).unwrap_or(BAR).max(1))
}

/// A length in the unit that suits it.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = (0..UNITS.len()).rev().find(|unit| bytes >> (10 * unit) > 0).unwrap_or_default();
    if unit == 0 {
        return format!("{bytes} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    let value = bytes as f64 / (1_u64 << (10 * unit)) as f64;
    format!("{value:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_shown_in_the_unit_that_suits_them() {
        for (bytes, text) in
            [(0, "0 B"), (1_023, "1023 B"), (1_536, "1.5 KiB"), (64 << 20, "64.0 MiB")]
        {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn every_row_has_a_bar_and_the_greatest_the_longest() {
        assert_eq!(bar(10, 10).chars().count(), BAR);
        assert_eq!(bar(5, 10).chars().count(), BAR / 2);
        assert_eq!(bar(1, 1_000_000).chars().count(), 1);
    }
}
