//! What stops a command, and what its end means for a script.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use event_log_catalog::lock::LockError;

use crate::lake::store::StoreError;

/// How a command ended that was not stopped. The exit code is in each variant's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0: all is well.
    Done,
    /// Exit code 1: it did what it should, and found what somebody should look at, such as a
    /// malformed line or a difference.
    Found,
    /// Exit code 3: it could not do what it should.
    Failed,
}

/// Why a command could not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// A file operation failed.
    #[error("cannot {operation} `{}`", path.display())]
    File {
        /// What was tried, as in `open`.
        operation: &'static str,
        /// What it was tried on.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Nothing to read was found where the user said.
    #[error("there is no event file at `{input}`: {reason}")]
    NoInput {
        /// As the user wrote it.
        input: String,
        /// What is there instead.
        reason: String,
    },
    /// An argument that only its command can judge.
    #[error("{0}")]
    Argument(String),
    /// The log directory cannot be taken over by a logger.
    #[error("cannot recover what lies in `{}`", directory.display())]
    Recovery {
        /// The log directory.
        directory: PathBuf,
        /// Why.
        source: event_log::BuildError,
    },
    /// The lake cannot be read or written.
    #[error(transparent)]
    Lake(#[from] StoreError),
    /// An entry of the lake's ledger is not what this version writes.
    #[error("cannot understand `{path}` of the lake; was it written by another version?")]
    Ledger {
        /// Where in the lake.
        path: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A lock file cannot be used as the catalogue.
    #[error(transparent)]
    Catalog(#[from] LockError),
    /// A lake is written in one way by all loads.
    #[error(
        "the lake is loaded with `{there}`, not with `{wanted}`: its tables would hold two kinds of \
         files; load with the lake's options, or into another lake"
    )]
    OtherSettings {
        /// The options of this load.
        wanted: String,
        /// The options of the loads before it.
        there: String,
    },
    /// Ctrl-C or SIGTERM came before everything was done.
    #[error("interrupted: what was begun is in the lake; load again for the rest")]
    Interrupted,
    /// Signals cannot be listened to.
    #[error("cannot listen to Ctrl-C")]
    Signals(#[source] io::Error),
    /// The output cannot be written.
    #[error("cannot write the output")]
    Output(#[source] io::Error),
}

impl Failure {
    /// A file operation that failed; for `map_err`.
    pub fn file(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::File { operation, path, source }
    }

    /// An output that cannot be written; for `map_err`.
    #[must_use]
    pub fn output(source: io::Error) -> Self {
        Self::Output(source)
    }

    /// Whether the reader of the output went away, as `head` does: no trouble to speak of.
    #[must_use]
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The exit that it leads to.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        if self.is_closed_pipe() { Outcome::Done } else { Outcome::Failed }
    }

    /// Tells the user, causes included.
    #[expect(clippy::print_stderr, reason = "a command tells of its failure there")]
    pub fn print(&self) {
        eprintln!("error: {self}");
        let mut cause = self.source();
        while let Some(error) = cause {
            eprintln!("  because: {error}");
            cause = error.source();
        }
    }
}
