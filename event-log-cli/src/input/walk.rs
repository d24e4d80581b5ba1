//! Every line of all inputs, one after the other, with an account of those that are none.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::failure::Failure;
use crate::input::lines::{Found, Lines, too_long};
use crate::input::objects::Objects;
use crate::input::paths;
use crate::line::Malformed;
use crate::progress::{Progress, Unit};
use crate::remote::Environment;

/// What stops the walk over a line, or over all of them.
#[derive(Debug)]
pub enum Trouble {
    /// The line is bad: it is told and counted, and the walk goes on.
    Malformed(String),
    /// The walk ends.
    Failure(Failure),
}

impl From<Malformed> for Trouble {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed.reason)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// The account of a walk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Walked {
    /// How many files were read.
    pub files: u64,
    /// Lines that are no events.
    pub malformed: u64,
    /// Lines at the end of files that lack their newline: being written, or torn.
    pub unfinished: u64,
}

/// A line that is none, and where it stands.
#[derive(Debug, Serialize)]
pub struct BadLine {
    /// The file.
    pub file: PathBuf,
    /// The number of the line in it, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// Hands each whole line, without its newline, to `take`, and what is no line to `tell`. The progress is that of
/// the reading.
///
/// # Errors
/// If an input leads nowhere or cannot be read, or with the failure of `take`.
pub fn walk(
    inputs: &[String],
    progress: &Progress,
    mut take: impl FnMut(&[u8]) -> Result<(), Trouble>,
    mut tell: impl FnMut(BadLine),
) -> Result<Walked, Failure> {
    let mut walked = Walked::default();
    let objects = Objects::new(Environment::of_process());
    let inputs = paths::expand(inputs, &objects)?;
    progress.begin("reading", inputs.iter().map(|input| input.length).sum(), Unit::Bytes);
    for input in inputs {
        walked.files += 1;
        let lines = Lines::open(&input.path, &objects, progress)?;
        walk_file(&input.path, lines, &mut walked, &mut take, &mut tell)?;
    }
    Ok(walked)
}

/// The same for one file or object.
///
/// # Errors
/// If it cannot be read, or with the failure of `take`.
fn walk_file(
    path: &Path,
    mut lines: Lines<impl BufRead>,
    walked: &mut Walked,
    take: &mut impl FnMut(&[u8]) -> Result<(), Trouble>,
    tell: &mut impl FnMut(BadLine),
) -> Result<(), Failure> {
    while let Some(found) = lines.read().map_err(Failure::file("read", path))? {
        let taken = match found {
            Found::Whole(bytes) => take(bytes),
            Found::Unfinished(_) => {
                walked.unfinished += 1;
                Ok(())
            }
            Found::TooLong(bytes) => Err(Trouble::Malformed(too_long(bytes))),
        };
        match taken {
            Ok(()) => {}
            Err(Trouble::Failure(failure)) => return Err(failure),
            Err(Trouble::Malformed(reason)) => {
                walked.malformed += 1;
                tell(BadLine { file: path.to_owned(), line: lines.number(), reason });
            }
        }
    }
    Ok(())
}
