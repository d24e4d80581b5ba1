//! The commands and their options, as the user types them.

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use crate::commands::{
    catalog, compact, ledger, load, recover, replicate, schema, stats, tail, validate, verify,
};
use crate::progress::Progress;

/// What scripts can rely on.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  done, and found what somebody should look at: malformed lines, differences, dropped events
  2  the command line is wrong
  3  could not do it; standard error says what, where, and why
  130  ended at once by Ctrl-C; `load` ends by it after what was begun, and at once by a second one";

/// Look at business events, rescue them, carry them into a lake.
///
/// INPUT is a file, a directory of segments, a pattern in quotes, or `s3://BUCKET/PREFIX` with what lies below;
/// compressed with gzip or zstd, or not.
#[derive(Debug, Parser)]
#[command(name = "event-log", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Write JSON for scripts instead of text for people.
    #[arg(long, global = true)]
    pub json: bool,
    /// Do not show how far a long command is. Without this it is shown on standard error, if that is a terminal
    /// and `--json` is not given.
    #[arg(long, global = true)]
    pub no_progress: bool,
}

impl Cli {
    /// What shows how far the command is, if anything does.
    #[must_use]
    pub fn progress(&self) -> Progress {
        if self.json || self.no_progress { Progress::none() } else { Progress::on_terminal() }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print events, those of all inputs one after the other.
    Tail(tail::Args),
    /// Count events by type and hour.
    Stats(stats::Args),
    /// Carry events into a lake: a table per type, partitioned by hour, each input once.
    Load(load::Args),
    /// Make the traffic of many users out of the recorded events of one.
    Replicate(replicate::Args),
    /// Compare a lake, or segments, with what is expected, and print each difference.
    Verify(verify::Args),
    /// Join the small files of a lake's partitions that are over.
    Compact(compact::Args),
    /// Write what follows from the catalogue: table definitions, JSON Schema, a data dictionary.
    Schema(schema::Args),
    /// Check lines against the catalogue, and print each bad one.
    Validate(validate::Args),
    /// Compare catalogues.
    Catalog(catalog::Args),
    /// Write what dead processes left in their spools into segments.
    Recover(recover::Args),
    /// Say which events were dropped, when and why, as the log's gap lines tell.
    Ledger(ledger::Args),
    /// Print the completions for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page, in roff.
    Man,
}
