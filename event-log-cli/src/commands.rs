//! The commands, one per file: its options, its report, how the report is printed.

pub mod catalog;
pub mod compact;
pub mod filter;
pub mod ledger;
pub mod load;
pub mod recover;
pub mod replicate;
mod report;
pub mod schema;
pub mod stats;
pub mod tail;
pub mod validate;
pub mod verify;

use std::io::Write;
use std::num::NonZeroUsize;
use std::thread;

use clap::CommandFactory;

use crate::cli::{Cli, Command};
use crate::failure::{Failure, Outcome};
use crate::interrupt;
use crate::progress::Progress;

/// Does what the command line says, and writes what there is to see to `out`.
///
/// # Errors
/// If it cannot go on.
pub fn run(cli: &Cli, progress: &Progress, out: &mut dyn Write) -> Result<Outcome, Failure> {
    if progress.is_shown() && is_ended_at_once(&cli.command) {
        interrupt::end_at_once(progress).map_err(Failure::Signals)?;
    }
    match &cli.command {
        Command::Tail(args) => tail::run(args, out),
        Command::Stats(args) => stats::run(args, cli.json, progress, out),
        Command::Recover(args) => recover::run(args, cli.json, progress, out),
        Command::Load(args) => load::run(args, cli.json, progress, out),
        Command::Replicate(args) => replicate::run(args, cli.json, progress, out),
        Command::Verify(args) => verify::run(args, cli.json, progress, out),
        Command::Compact(args) => compact::run(args, cli.json, progress, out),
        Command::Schema(args) => schema::run(args, cli.json, out),
        Command::Validate(args) => validate::run(args, cli.json, progress, out),
        Command::Catalog(args) => catalog::run(args, cli.json, out),
        Command::Ledger(args) => ledger::run(args, cli.json, progress, out),
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "event-log", &mut { out });
            Ok(Outcome::Done)
        }
        Command::Man => {
            clap_mangen::Man::new(Cli::command()).render(&mut { out }).map_err(Failure::output)?;
            Ok(Outcome::Done)
        }
    }
}

/// How many threads work: as many as were asked for, or one per core.
fn workers(asked: Option<NonZeroUsize>) -> usize {
    let workers = asked.or_else(|| thread::available_parallelism().ok());
    workers.map_or(1, NonZeroUsize::get)
}

/// Whether Ctrl-C ends the command wherever it is, while a line of progress may be there: what it leaves then is
/// as after a kill. A load listens itself, and the others are quick or print as they go.
fn is_ended_at_once(command: &Command) -> bool {
    use Command::{Compact, Ledger, Recover, Replicate, Stats, Validate, Verify};
    matches!(
        command,
        Compact(_) | Ledger(_) | Recover(_) | Replicate(_) | Stats(_) | Validate(_) | Verify(_)
    )
}

/// Tells of trouble in a log that a command writes.
#[expect(clippy::print_stderr, reason = "standard output holds the results alone")]
pub(crate) fn warn(error: &event_log::LogError) {
    eprintln!("event log: {error}");
}
