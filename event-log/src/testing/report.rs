//! The text of a failed assertion: what was wanted, the near misses, everything that was recorded.

use std::error::Error as _;
use std::fmt;
use std::iter::successors;

use crate::testing::Recorded;
use crate::testing::check::Check;
use crate::testing::line::Line;

/// How many near misses are shown, those with the fewest differences first.
const NEAR_MISSES: usize = 3;
/// How many recorded lines and drops are shown, the last ones.
const LINES: usize = 20;
/// How much of a line's params is shown, in characters.
const PARAMS_CHARS: usize = 160;

/// A line of the right kind that does not match.
#[derive(Debug)]
pub(super) struct NearMiss<'r> {
    pub(super) line: Line<'r>,
    pub(super) checks: Vec<Check>,
}

/// Everything that a message tells.
pub(super) struct Report<'a, 'r> {
    pub(super) headline: &'a str,
    /// With its label, as it stands in the assertion.
    pub(super) wanted: Option<(&'static str, String)>,
    pub(super) matches: Vec<&'a Line<'r>>,
    pub(super) near_misses: Vec<NearMiss<'r>>,
    pub(super) recorded: &'r Recorded,
}

impl fmt::Display for Report<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.headline)?;
        if let Some((label, wanted)) = &self.wanted {
            write!(f, "\n  {label}: {wanted}")?;
        }
        if !self.matches.is_empty() {
            f.write_str("\n\nmatching:")?;
            write_lines(f, &self.matches)?;
        }
        self.write_near_misses(f)?;
        let lines = self.recorded.all();
        write!(f, "\n\nrecorded: {}", counted(lines.len(), "line"))?;
        write_lines(f, &lines.iter().collect::<Vec<_>>())?;
        self.write_dropped(f)
    }
}

impl Report<'_, '_> {
    fn write_near_misses(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.near_misses.is_empty() {
            return Ok(());
        }
        let differences = |miss: &&NearMiss<'_>| miss.checks.iter().filter(|c| !c.holds).count();
        let mut nearest: Vec<_> = self.near_misses.iter().collect();
        nearest.sort_by_key(differences);
        f.write_str("\n\nnear misses:")?;
        for miss in nearest.iter().take(NEAR_MISSES) {
            write!(f, "\n  line {}, {}", miss.line.number(), miss.line.event_type())?;
            for check in &miss.checks {
                write_check(f, check)?;
            }
        }
        match nearest.len().checked_sub(NEAR_MISSES) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, "\n  … and {more} more"),
        }
    }

    fn write_dropped(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dropped = self.recorded.dropped();
        if dropped.is_empty() {
            return Ok(());
        }
        write!(f, "\n\ndropped: {}", counted(dropped.len(), "event"))?;
        for error in dropped.iter().rev().take(LINES).rev() {
            write!(f, "\n  {error}")?;
            for cause in successors(error.source(), |cause| (*cause).source()) {
                write!(f, ": {cause}")?;
            }
        }
        Ok(())
    }
}

/// What holds stands indented, what does not as a line to take away and one to put in its place.
fn write_check(f: &mut fmt::Formatter<'_>, check: &Check) -> fmt::Result {
    let Check { place, wanted, got, holds } = check;
    let got = got.as_deref().unwrap_or("(not in the line)");
    if *holds {
        return write!(f, "\n      {place}: {got}");
    }
    write!(f, "\n    - {place}: {wanted}\n    + {place}: {got}")
}

fn write_lines(f: &mut fmt::Formatter<'_>, lines: &[&Line<'_>]) -> fmt::Result {
    let hidden = lines.len().saturating_sub(LINES);
    if hidden > 0 {
        write!(f, "\n  … {hidden} before these")?;
    }
    let shown = &lines[hidden..];
    let width = shown.iter().map(|line| line.event_type().len()).max().unwrap_or_default();
    let digits = shown.last().map_or(0, |line| line.number().to_string().len());
    for line in shown {
        write!(f, "\n  {:>digits$}  {:width$}  ", line.number(), line.event_type())?;
        write_short(f, line.params_text())?;
    }
    Ok(())
}

fn write_short(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    match text.char_indices().nth(PARAMS_CHARS) {
        Some((end, _)) => write!(f, "{}…", &text[..end]),
        None => f.write_str(text),
    }
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
