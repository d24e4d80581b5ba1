//! The errors of following a log: those that are yielded and stop nothing, and those of a start.

use std::io;
use std::path::{Path, PathBuf};

use crate::follow::position::PositionError;

/// Trouble that a follower met. It is yielded in its place among the lines, and following goes on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FollowError {
    /// A line that no logger wrote, or that was damaged. It was passed over.
    #[error("the line at byte {offset} of `{path}` is no event and was passed over: {reason}")]
    Malformed {
        /// The segment.
        path: PathBuf,
        /// Where the line begins in it, in bytes.
        offset: u64,
        /// What is wrong with it.
        reason: Malformed,
    },
    /// The segment ends within a line that nobody will complete: the disk failed, or a power cut took
    /// the rest. The whole line stands in a later segment, if it could be written.
    #[error(
        "`{path}` ends for good within a line: {bytes} bytes from byte {offset} on were passed over"
    )]
    Abandoned {
        /// The segment.
        path: PathBuf,
        /// Where the half line begins in it, in bytes.
        offset: u64,
        /// How long the half line is.
        bytes: u64,
    },
    /// The segment was removed before it was read to its end, and nothing that it was compressed into is
    /// there. Its last lines may be missed: keep segments longer than the follower is ever late.
    #[error(
        "`{path}` was removed before it was read from byte {offset} on; \
         keep segments longer than this reader is late"
    )]
    Removed {
        /// The segment.
        path: PathBuf,
        /// How far it was read, in bytes.
        offset: u64,
    },
    /// The segment was compressed before it was read to its end, and this program cannot read what it was
    /// compressed into: a feature of this crate is off. Its lines from there on were passed over.
    #[error(
        "`{path}` was compressed before byte {offset} of its lines was read, and the rest was passed over; \
         switch on the feature `{feature}` of event-log in this reader, or compress later"
    )]
    Compressed {
        /// The compressed file.
        path: PathBuf,
        /// How far the segment was read, in bytes of its lines.
        offset: u64,
        /// The feature that knows this form.
        feature: &'static str,
    },
    /// A compressed segment cannot be decoded. Its lines from there on were passed over.
    #[error(
        "`{path}` is damaged: its lines were read up to byte {offset}, and the rest was passed over"
    )]
    Damaged {
        /// The compressed file.
        path: PathBuf,
        /// How far the segment was read, in bytes of its lines.
        offset: u64,
        /// What the decoder said.
        source: io::Error,
    },
    /// Numbers between a logger's segments are missing: segments were removed before they were begun,
    /// or were never filled, as while a disk fails.
    #[error(
        "{segments} segments that came before `{path}` are not there: they were never filled, or \
         removed before they were read; keep segments longer than this reader is late"
    )]
    Missing {
        /// The first later segment that is there.
        path: PathBuf,
        /// How many numbers are missing.
        segments: u32,
    },
    /// Somebody cut the segment: it is shorter than it was. It is read on from its new end.
    #[error("`{path}` was read up to byte {offset}, and is now {found_bytes} bytes long")]
    Truncated {
        /// The segment.
        path: PathBuf,
        /// How far it was read, in bytes.
        offset: u64,
        /// Its length now.
        found_bytes: u64,
    },
    /// A file or the directory cannot be read at the moment. It is tried again; later segments of the
    /// same logger wait for it.
    #[error("cannot {operation} `{path}`; it is tried again")]
    Read {
        /// What was being done, as in "cannot … the file".
        operation: &'static str,
        /// To which file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What cannot be read: trouble while following, an error at the start.
#[derive(Debug)]
pub(super) struct Unreadable {
    operation: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl Unreadable {
    pub(super) fn new(operation: &'static str, path: &Path, source: io::Error) -> Self {
        Self { operation, path: path.to_owned(), source }
    }
}

impl From<Unreadable> for FollowError {
    fn from(Unreadable { operation, path, source }: Unreadable) -> Self {
        Self::Read { operation, path, source }
    }
}

impl From<Unreadable> for OpenError {
    fn from(Unreadable { operation, path, source }: Unreadable) -> Self {
        Self::Read { operation, path, source }
    }
}

/// What is wrong with a line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// It is not UTF-8.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// It is not a JSON object.
    #[error("it is no JSON object: {0}")]
    NotJson(serde_json::Error),
    /// A key that every line has is missing, or is there twice.
    #[error("its key `{0}` is missing or there twice")]
    Key(String),
    /// The value of a key is not of its kind.
    #[error("the value of its key `{key}` is {found}")]
    Value {
        /// The key.
        key: &'static str,
        /// The value, at most 100 characters of it.
        found: String,
    },
    /// It is longer than any logger writes.
    #[error("it is {bytes} bytes long, and no logger writes more than 1,048,576")]
    TooLong {
        /// Its length, newline included.
        bytes: u64,
    },
}

/// Why a log cannot be followed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// An option is outside its range.
    #[error("`{option}` is {got}, but must be {range}")]
    Option {
        /// The name of the builder's method.
        option: &'static str,
        /// What it was given.
        got: String,
        /// What it takes.
        range: String,
    },
    /// The log directory, or a segment in it, cannot be read, or is none.
    #[error(
        "cannot {operation} `{path}`; let this user enter the log directory and read its files"
    )]
    Read {
        /// What was being done, as in "cannot … the directory".
        operation: &'static str,
        /// The directory or the file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The position belongs to segments with another prefix.
    #[error(
        "the position is one in segments with the prefix `{found}`, not `{wanted}`; \
         give each prefix a position of its own"
    )]
    OtherPrefix {
        /// The prefix of the position.
        found: String,
        /// The prefix that was to be followed.
        wanted: String,
    },
    /// The position file cannot be read, locked or created.
    #[error("cannot use the position file `{path}`; let this user write it and its directory")]
    PositionFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another follower uses the position file.
    #[error(
        "the position file `{path}` is in use; give each follower one of its own, \
         or stop the other one"
    )]
    PositionInUse {
        /// The file.
        path: PathBuf,
    },
    /// What the position file holds is no position.
    #[error("the position file `{path}` cannot be understood; remove it to start anew")]
    Position {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: PositionError,
    },
    /// The thread of a stream cannot be started.
    #[error("cannot start the thread that waits for lines; raise this user's limit on threads")]
    StartThread {
        /// What the system said.
        source: io::Error,
    },
    /// The system refuses a descriptor for waking up.
    #[error("cannot make a descriptor to wait with; raise this user's limit on open files")]
    Wait {
        /// What the system said.
        source: io::Error,
    },
}

/// Why a position was not stored. The one stored before still stands.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// The follower was built without a position file.
    #[error("there is no position file; pass one to the builder's `position_file`")]
    NoPositionFile,
    /// The file cannot be written, synced or renamed.
    #[error("cannot {operation} `{path}`; the position stored before still stands")]
    Write {
        /// What was being done, as in "cannot … the file".
        operation: &'static str,
        /// To which file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Why a value in a line is not what it was asked for as.
#[derive(Debug, thiserror::Error)]
#[error("`{what}` of the `{event_type}` event at byte {offset} of `{path}` is not as asked for")]
#[non_exhaustive]
pub struct ValueError {
    /// `params`, or the name of the common field.
    pub what: String,
    /// The type of the event.
    pub event_type: String,
    /// The segment.
    pub path: PathBuf,
    /// Where the line begins in it, in bytes.
    pub offset: u64,
    /// What serde said.
    pub source: serde_json::Error,
}
