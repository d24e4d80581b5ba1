//! What commands share in telling their results.

use std::io::Write;

use serde::Serialize;

use crate::failure::{Failure, Outcome};
use crate::input::walk::{BadLine, Walked};
use crate::progress::Progress;

/// Tells of a bad line, beside the results.
#[expect(clippy::print_stderr, reason = "standard output holds the results alone")]
pub(crate) fn bad_line(bad: BadLine, progress: &Progress) {
    let BadLine { file, line, reason } = bad;
    progress.aside(|| eprintln!("{}:{line}: {reason}", file.display()));
}

/// The end of a command that only had to read.
pub(crate) fn outcome(walked: &Walked) -> Outcome {
    if walked.malformed == 0 { Outcome::Done } else { Outcome::Found }
}

/// Writes a report as one JSON text.
pub(crate) fn json(report: &impl Serialize, out: &mut dyn Write) -> Result<(), Failure> {
    serde_json::to_writer_pretty(&mut *out, report)
        .map_err(|error| Failure::output(error.into()))?;
    writeln!(out).map_err(Failure::output)
}
