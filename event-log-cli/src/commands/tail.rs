//! `event-log tail`: print events, chosen by type and value.

use std::io::Write;

use crate::commands::filter::Filter;
use crate::commands::report;
use crate::failure::{Failure, Outcome};
use crate::input::walk::walk;
use crate::line::Line;
use crate::progress::Progress;

/// The options of `tail`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files, directories or patterns.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
    #[command(flatten)]
    filter: Filter,
    /// One key per row, for reading.
    #[arg(long)]
    pretty: bool,
}

/// Prints the events; what is no event is told on standard error.
///
/// # Errors
/// If an input cannot be read, or the output not be written.
pub fn run(args: &Args, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let take = |bytes: &[u8]| {
        if args.filter.accepts(&Line::parse(bytes)?) {
            print(bytes, args.pretty, out)?;
        }
        Ok(())
    };
    let progress = Progress::none();
    let walked = walk(&args.inputs, &progress, take, |bad| report::bad_line(bad, &progress))?;
    Ok(report::outcome(&walked))
}

/// One event, as it stands in the file or one key per row.
fn print(bytes: &[u8], pretty: bool, out: &mut dyn Write) -> Result<(), Failure> {
    if pretty {
        let mut input = serde_json::Deserializer::from_slice(bytes);
        let mut output = serde_json::Serializer::pretty(&mut *out);
        serde_transcode::transcode(&mut input, &mut output)
            .map_err(|error| Failure::output(error.into()))?;
    } else {
        out.write_all(bytes).map_err(Failure::output)?;
    }
    out.write_all(b"\n").map_err(Failure::output)
}
