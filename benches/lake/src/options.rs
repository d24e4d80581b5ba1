//! The command line.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::Error;

pub(crate) struct Options {
    /// How many events the input has.
    pub(crate) events: u64,
    pub(crate) rounds: usize,
    /// How many users of ten events `replicate` makes.
    pub(crate) users: u64,
    /// The one part to run, of `json`, `parquet`, `partitions`, `replicate`; all if there is none.
    pub(crate) only: Option<String>,
    /// Where inputs and lakes lie; it chooses the disk.
    pub(crate) directory: PathBuf,
    /// The command that is measured.
    pub(crate) event_log: PathBuf,
}

impl Options {
    /// Whether this part is to run.
    pub(crate) fn wants(&self, part: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == part)
    }

    /// Reads the options, and builds the command.
    pub(crate) fn parse() -> Result<Self, Error> {
        let profile = env::current_exe()?.parent().ok_or("the program lies nowhere")?.to_owned();
        let mut options = Self {
            events: 5_000_000,
            rounds: 3,
            users: 1_000_000,
            only: None,
            directory: profile.with_file_name("bench-lake"),
            event_log: profile.join("event-log"),
        };
        let mut arguments = env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let value = arguments.next().ok_or(format!("{argument} needs a value"))?;
            match argument.as_str() {
                "--events" => options.events = value.parse()?,
                "--rounds" => options.rounds = value.parse::<usize>()?.max(1),
                "--users" => options.users = value.parse()?,
                "--only" => options.only = Some(value),
                "--directory" => options.directory = value.into(),
                _ => return Err(format!("what is {argument}?").into()),
            }
        }
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built =
            Command::new(cargo).args(["build", "--release", "-p", "event-log-cli"]).status()?;
        if !built.success() {
            return Err("event-log-cli does not build".into());
        }
        Ok(options)
    }
}
