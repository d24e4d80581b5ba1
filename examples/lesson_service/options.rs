//! The command line.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, ensure};

use crate::demo::Load;

/// The HTTP service of a school, whose business events go to a log.
#[derive(clap::Parser, Debug)]
pub(crate) struct Options {
    /// Where to serve; the demo takes a free port of its own.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// The directory of the log; by default a fresh one beside other temporary files, which is kept.
    #[arg(long)]
    log_dir: Option<PathBuf>,
    /// Drives so many requests through the service, checks the log, and ends.
    #[arg(long, value_name = "REQUESTS", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    demo: Option<u64>,
    /// How many connections the demo drives at the same time.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=256))]
    connections: u64,
}

impl Options {
    /// What to drive through the service, if this is a demo.
    pub(crate) fn load(&self) -> Option<Load> {
        self.demo.map(|requests| Load { requests, connections: self.connections.min(requests) })
    }

    /// The directory of the log. A demo counts the lines in it, so there must be none before.
    pub(crate) fn log_directory(&self) -> anyhow::Result<PathBuf> {
        let Some(path) = &self.log_dir else {
            let made = tempfile::Builder::new().prefix("lesson-service-").tempdir();
            return Ok(made.context("cannot make a temporary directory; pass --log-dir")?.keep());
        };
        if self.demo.is_some() {
            let is_empty = is_absent_or_empty(path)
                .with_context(|| format!("cannot look into `{}`", path.display()))?;
            ensure!(is_empty, "`{}` is not empty; pass a new directory to --demo", path.display());
        }
        Ok(path.clone())
    }
}

fn is_absent_or_empty(path: &PathBuf) -> io::Result<bool> {
    match fs::read_dir(path) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}
