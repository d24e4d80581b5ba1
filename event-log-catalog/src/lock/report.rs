//! The changes as somebody reads them whose test has just failed.

use std::fmt;
use std::path::PathBuf;

use crate::change::{Change, Target, Verdict};

/// What differs between a lock file and the events of this binary.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The lock file.
    pub path: PathBuf,
    /// What differs; not empty.
    pub changes: Vec<Change>,
}

impl Report {
    pub(super) fn breaking(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.is_breaking())
    }
}

/// Each change, what it does to whom, and how to accept them.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (all, breaking) = (count(self.changes.len()), self.breaking().count());
        let path = self.path.display();
        writeln!(f, "the events differ from `{path}`: {all}, {breaking} of them breaking\n")?;
        for change in &self.changes {
            write_change(f, change)?;
        }
        if breaking > 0 {
            writeln!(
                f,
                "Those who read the events will notice: undo the breaking changes, or talk to them first."
            )?;
        }
        write!(f, "To accept: EVENT_LOG_ACCEPT=1 cargo test, then commit `{path}`.")
    }
}

pub(super) fn count(changes: usize) -> String {
    if changes == 1 { "1 change".to_owned() } else { format!("{changes} changes") }
}

pub(super) fn write_change(f: &mut impl fmt::Write, change: &Change) -> fmt::Result {
    let sign = if change.is_breaking() { "BREAKING  " } else { "" };
    writeln!(f, "  {sign}{change}")?;
    for (verdict, targets) in by_verdict(&change.verdicts) {
        let targets = targets.join("; ");
        match verdict {
            Verdict::Safe if change.is_breaking() => writeln!(f, "    safe for {targets}")?,
            Verdict::Safe => {}
            Verdict::Note(text) => writeln!(f, "    note for {targets}: {text}")?,
            Verdict::Breaking(text) => writeln!(f, "    breaks {targets}: {text}")?,
        }
    }
    match change.way_out {
        Some(text) if change.is_breaking() => writeln!(f, "    instead: {text}\n"),
        _ => writeln!(f),
    }
}

/// The targets with the same verdict together, in the order of the first.
fn by_verdict(verdicts: &[(Target, Verdict)]) -> Vec<(&Verdict, Vec<String>)> {
    let mut groups: Vec<(&Verdict, Vec<String>)> = Vec::new();
    for (target, verdict) in verdicts {
        match groups.iter_mut().find(|(of, _)| *of == verdict) {
            Some((_, targets)) => targets.push(target.to_string()),
            None => groups.push((verdict, vec![target.to_string()])),
        }
    }
    groups
}
