//! `event-log ledger`: which events are missing, as the log itself tells.
//!
//! When a logger had to drop events it writes a line of type `event_log_gap` for each type and
//! reason; this adds them up.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{self, Write};
use std::mem;

use serde::{Deserialize, Serialize};

use crate::commands::report;
use crate::failure::{Failure, Outcome};
use crate::input::walk::{Trouble, Walked, walk};
use crate::line::Line;
use crate::progress::Progress;
use crate::words::count;

/// The type of gap lines, as docs/format.md says.
const GAP_TYPE: &str = "event_log_gap";

/// The options of `ledger`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files, directories or patterns.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
}

/// What `ledger` found.
#[derive(Debug, Default, Serialize)]
pub struct Ledger {
    /// Events that are in the files.
    pub events: u64,
    /// Events that were dropped, by type and reason.
    pub dropped: Vec<Hole>,
    /// What was read for it.
    #[serde(flatten)]
    pub walked: Walked,
}

/// The dropped events of one type for one reason.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hole {
    /// The type; `None` stands for types that the logger had no room to name.
    pub event_type: Option<String>,
    /// The reason, as `spool_full`; `None` for one that the logger did not know.
    pub reason: Option<String>,
    /// How many.
    pub events: u64,
    /// When the first was dropped.
    pub first_dropped: String,
    /// When the last was dropped.
    pub last_dropped: String,
}

/// The holes by type and reason.
type Holes = BTreeMap<(Option<String>, Option<String>), Hole>;

/// Adds the gap lines up, and prints what they say.
///
/// # Errors
/// If an input cannot be read, or the output not be written.
pub fn run(
    args: &Args,
    json: bool,
    progress: &Progress,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let mut ledger = Ledger::default();
    let mut holes = Holes::new();
    let take = |bytes: &[u8]| ledger.take(bytes, &mut holes);
    let walked = walk(&args.inputs, progress, take, |bad| report::bad_line(bad, progress))?;
    ledger.walked = walked;
    ledger.dropped = holes.into_values().collect();
    if json {
        report::json(&ledger, out)?;
    } else {
        print(&ledger, out).map_err(Failure::output)?;
    }
    Ok(if ledger.dropped.is_empty() { report::outcome(&walked) } else { Outcome::Found })
}

impl Ledger {
    /// Counts an event, or adds a gap line to its hole.
    fn take(&mut self, bytes: &[u8], holes: &mut Holes) -> Result<(), Trouble> {
        if Line::parse(bytes)?.event_type != GAP_TYPE {
            self.events += 1;
            return Ok(());
        }
        let hole = hole(bytes).map_err(|error| {
            Trouble::Malformed(format!("not a gap line as this version knows it: {error}"))
        })?;
        match holes.entry((hole.event_type.clone(), hole.reason.clone())) {
            Entry::Vacant(free) => _ = free.insert(hole),
            Entry::Occupied(mut known) => known.get_mut().grow(hole),
        }
        Ok(())
    }
}

impl Hole {
    /// Takes in another one of the same type and reason.
    fn grow(&mut self, other: Self) {
        self.events += other.events;
        // The times have one form, so they compare as text.
        self.first_dropped = other.first_dropped.min(mem::take(&mut self.first_dropped));
        self.last_dropped = other.last_dropped.max(mem::take(&mut self.last_dropped));
    }
}

/// What a gap line tells of; its params have the names of the fields.
fn hole(bytes: &[u8]) -> serde_json::Result<Hole> {
    #[derive(Deserialize)]
    struct Line {
        params: Hole,
    }
    serde_json::from_slice::<Line>(bytes).map(|line| line.params)
}

fn print(ledger: &Ledger, out: &mut dyn Write) -> io::Result<()> {
    let Ledger { events, dropped, walked: Walked { malformed, .. } } = ledger;
    let missing: u64 = dropped.iter().map(|hole| hole.events).sum();
    writeln!(out, "{} in the files, {missing} dropped", count(events, "event"))?;
    for hole in dropped {
        let Hole { event_type, reason, events, first_dropped, last_dropped } = hole;
        let name = event_type.as_deref().unwrap_or("events of further types");
        let reason = reason.as_deref().unwrap_or("unknown");
        writeln!(
            out,
            "{events:>12}  {name}  {first_dropped} to {last_dropped}  {reason}: {}",
            meaning(reason)
        )?;
    }
    if *malformed > 0 {
        writeln!(out, "{}; standard error has said where", count(malformed, "malformed line"))?;
    }
    Ok(())
}

/// What a reason means for who reads it.
fn meaning(reason: &str) -> &'static str {
    match reason {
        "spool_full" => "the disk was stuck, or slower than the events came",
        "too_long" => "the line was longer than max_line_bytes",
        "not_serializable" => "a field could not be written as JSON",
        "panicked" => "writing a field as JSON panicked",
        _ => "see docs/format.md of the version that wrote it",
    }
}
