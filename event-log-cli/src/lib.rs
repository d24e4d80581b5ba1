//! What the command `event-log` does, as functions that tests and other programs can call.
//!
//! - [`cli`]: the commands and their options. [`commands`]: what each does.
//! - [`input`]: files, directories and patterns to lines, compressed or not.
//! - [`mod@line`]: one line, taken apart; its values keep their bytes. [`json`]: the same faster, for lines in
//!   the form that loggers write.
//! - [`lake`]: where tables lie and what was loaded. [`load`]: events to a lake.
//! - [`replicate`]: one user's events to the traffic of many. [`tally`], [`expected`]: what events amount to,
//!   to compare copies of them.
//! - [`remote`]: objects of an S3-compatible store. [`interrupt`]: Ctrl-C.
//! - `lambda`, with the feature of that name: the load of one object, as a function service runs it.
//! - [`compact`]: small files of a lake to larger ones.
//! - [`progress`]: how far a command is, on a terminal.
//! - [`failure`]: what stops a command, and the exit codes.

pub mod cli;
pub mod commands;
pub mod compact;
pub mod expected;
pub mod failure;
pub mod input;
pub mod interrupt;
pub mod json;
pub mod lake;
#[cfg(feature = "lambda")]
pub mod lambda;
pub mod line;
pub mod load;
pub mod progress;
pub mod remote;
pub mod replicate;
pub mod tally;
mod words;

pub use crate::cli::Cli;
pub use crate::commands::run;
pub use crate::failure::{Failure, Outcome};
pub use crate::progress::Progress;
