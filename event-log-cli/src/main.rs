//! The command `event-log`. Everything is in the library beside it.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use event_log_cli::{Cli, Outcome};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let progress = cli.progress();
    let mut out = io::BufWriter::new(progress.beside(io::stdout().lock()));
    let outcome = event_log_cli::run(&cli, &progress, &mut out);
    progress.clear();
    let outcome = outcome.and_then(|outcome| {
        out.flush().map_err(event_log_cli::Failure::output)?;
        Ok(outcome)
    });
    let outcome = outcome.unwrap_or_else(|failure| {
        if !failure.is_closed_pipe() {
            failure.print();
        }
        failure.outcome()
    });
    ExitCode::from(match outcome {
        Outcome::Done => 0,
        Outcome::Found => 1,
        Outcome::Failed => 3,
    })
}
