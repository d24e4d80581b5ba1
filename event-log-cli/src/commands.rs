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

use clap::CommandFactory;

use crate::cli::{Cli, Command};
use crate::failure::{Failure, Outcome};

/// Does what the command line says, and writes what there is to see to `out`.
///
/// # Errors
/// If it cannot go on.
pub fn run(cli: &Cli, out: &mut dyn Write) -> Result<Outcome, Failure> {
    match &cli.command {
        Command::Tail(args) => tail::run(args, out),
        Command::Stats(args) => stats::run(args, cli.json, out),
        Command::Recover(args) => recover::run(args, cli.json, out),
        Command::Load(args) => load::run(args, cli.json, out),
        Command::Replicate(args) => replicate::run(args, cli.json, out),
        Command::Verify(args) => verify::run(args, cli.json, out),
        Command::Compact(args) => compact::run(args, cli.json, out),
        Command::Schema(args) => schema::run(args, cli.json, out),
        Command::Validate(args) => validate::run(args, cli.json, out),
        Command::Catalog(args) => catalog::run(args, cli.json, out),
        Command::Ledger(args) => ledger::run(args, cli.json, out),
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

/// Tells of trouble in a log that a command writes.
#[expect(clippy::print_stderr, reason = "standard output holds the results alone")]
pub(crate) fn warn(error: &event_log::LogError) {
    eprintln!("event log: {error}");
}
