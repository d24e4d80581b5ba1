//! [`FollowerBuilder`]: what to follow, from where, and how to wait.

use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::builder::check::{PREFIX_RANGE, is_prefix};
use crate::follow::error::{OpenError, Unreadable};
use crate::follow::filter::Filter;
use crate::follow::follower::Follower;
use crate::follow::position::Position;
use crate::follow::position_file::PositionFile;
use crate::follow::reader::Reader;
use crate::follow::stop::StopHandle;
use crate::follow::survey::Source;
use crate::follow::watch::Watch;

/// Where a follower begins that has no stored position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Start {
    /// With the first line of the oldest segment that is there. The default.
    #[default]
    Beginning,
    /// Behind the last whole line of each segment that is there when the follower is built.
    End,
    /// Behind what an earlier follower had read.
    At(Position),
}

/// Builds a [`Follower`].
///
/// | option | default | range |
/// | --- | --- | --- |
/// | [`prefix`](Self::prefix) | `events` | as that of the logger |
/// | [`types`](Self::types) | all | |
/// | [`start`](Self::start) | [`Start::Beginning`] | |
/// | [`position_file`](Self::position_file) | none | |
/// | [`poll_interval`](Self::poll_interval) | 250 ms | 1 ms to 1 hour |
/// | [`inotify`](Self::inotify) | where it works | |
///
/// ```
/// use std::time::Duration;
/// use event_log::follow::{Follower, Start};
///
/// # let directory = tempfile::tempdir()?;
/// let follower = Follower::builder(directory.path())
///     .types(["lesson_started", "lesson_cleared"])
///     .start(Start::End)
///     .poll_interval(Duration::from_secs(1))
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct FollowerBuilder {
    directory: PathBuf,
    prefix: String,
    filter: Filter,
    start: Start,
    position_file: Option<PathBuf>,
    poll_interval: Duration,
    inotify: bool,
}

const POLL_INTERVAL: RangeInclusive<Duration> =
    Duration::from_millis(1)..=Duration::from_secs(3_600);

impl FollowerBuilder {
    pub(super) fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            prefix: "events".to_owned(),
            filter: Filter::default(),
            start: Start::default(),
            position_file: None,
            poll_interval: Duration::from_millis(250),
            inotify: true,
        }
    }

    /// The prefix of the segments, as the logger was given it. `events` by default.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Yields only events of these types, and gap lines. Other lines are passed over without being
    /// parsed, so a damaged one among them may go unnoticed. By default all types.
    pub fn types(mut self, types: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.filter = Filter::of(types);
        self
    }

    /// Where to begin, unless the [`position_file`](Self::position_file) says otherwise.
    /// [`Start::Beginning`] by default.
    pub fn start(mut self, start: Start) -> Self {
        self.start = start;
        self
    }

    /// Begins at the position in this file if it exists, and has
    /// [`commit`](Follower::commit) write to it. The file must not lie in the log directory under a
    /// segment's name; `.lock` and `.tmp` are added to its name for two more. Its directory must
    /// exist. By default there is none.
    ///
    /// The file is locked while the follower is there. A forked child that neither calls `exec` nor ends
    /// keeps the lock if its parent is killed, not if the parent drops the follower.
    pub fn position_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.position_file = Some(path.into());
        self
    }

    /// How often to look where inotify does not work: on remote file systems, where the system has no
    /// more watches, and while the directory does not exist. 250 ms by default; 1 ms to 1 hour.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.poll_interval = interval;
        self
    }

    /// Whether to be woken by inotify where it works. True by default; if false, only the
    /// [`poll_interval`](Self::poll_interval) counts, as for a file system that is remote and does
    /// not say so.
    pub fn inotify(mut self, inotify: bool) -> Self {
        self.inotify = inotify;
        self
    }

    /// Reads the position, if there is one, and looks at the directory. It need not exist yet.
    ///
    /// # Errors
    /// If an option is out of its range, the directory cannot be read, or the position cannot be
    /// read, is damaged, in use, or of another prefix.
    pub fn build(self) -> Result<Follower, OpenError> {
        self.check()?;
        let directory = std::path::absolute(&self.directory)
            .map_err(|source| Unreadable::new("find", &self.directory, source))?;
        if directory.exists() && !directory.is_dir() {
            let source = io::ErrorKind::NotADirectory.into();
            return Err(Unreadable::new("list", &directory, source).into());
        }
        let (position_file, stored) = match &self.position_file {
            Some(path) => PositionFile::open(path).map(|(file, stored)| (Some(file), stored))?,
            None => (None, None),
        };
        let (position, is_end) = match (stored, self.start) {
            (Some(position), _) | (None, Start::At(position)) => (position, false),
            (None, start) => (Position::new(&self.prefix), start == Start::End),
        };
        if position.prefix() != self.prefix {
            let (found, wanted) = (position.prefix().to_owned(), self.prefix);
            return Err(OpenError::OtherPrefix { found, wanted });
        }
        let stop = StopHandle::new().map_err(|source| OpenError::Wait { source })?;
        let mut watch =
            Watch::new(directory.clone(), self.poll_interval, self.inotify, stop.clone());
        // Before the first look, so that nothing falls between the two.
        watch.renew();
        let source = Source { directory, prefix: self.prefix };
        let mut reader = Reader::new(source, self.filter, position);
        reader.first_survey()?;
        if is_end {
            reader.skip_to_end()?;
        }
        Ok(Follower::new(reader, watch, stop, position_file))
    }

    fn check(&self) -> Result<(), OpenError> {
        if !is_prefix(&self.prefix) {
            let (got, range) = (self.prefix.clone(), PREFIX_RANGE.to_owned());
            return Err(OpenError::Option { option: "prefix", got, range });
        }
        if !POLL_INTERVAL.contains(&self.poll_interval) {
            let range = format!("{:?} to {:?}", POLL_INTERVAL.start(), POLL_INTERVAL.end());
            let got = format!("{:?}", self.poll_interval);
            return Err(OpenError::Option { option: "poll_interval", got, range });
        }
        Ok(())
    }
}
