//! What is wrong with a [`FailingDisk`](super::FailingDisk) at the moment: pure decisions, no file.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// What a logger asks of its disk; see [`Storage`](crate::Storage) and
/// [`SegmentFile`](crate::SegmentFile).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// The log directory is created.
    CreateDirectory,
    /// A segment is created.
    Create,
    /// A segment is opened again.
    Open,
    /// Bytes are appended to a segment.
    Append,
    /// A segment is synced.
    Sync,
    /// A segment is asked for its length and its names.
    Status,
    /// A segment is read: a dead logger's, or one to be compressed.
    Read,
    /// The log directory is listed.
    List,
    /// A segment is removed.
    Remove,
    /// A compressed segment gets its name.
    Rename,
    /// The log directory is synced.
    SyncDirectory,
}

/// How many there are.
const OPERATIONS: usize = Operation::SyncDirectory as usize + 1;

/// What a [`FailingDisk`](super::FailingDisk) fails with: an [`io::ErrorKind`], or the system's
/// number of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskError(Number);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Number {
    Kind(io::ErrorKind),
    System(i32),
}

impl From<io::ErrorKind> for DiskError {
    fn from(kind: io::ErrorKind) -> Self {
        Self(Number::Kind(kind))
    }
}

impl From<i32> for DiskError {
    fn from(number: i32) -> Self {
        Self(Number::System(number))
    }
}

impl From<DiskError> for io::Error {
    fn from(DiskError(number): DiskError) -> Self {
        match number {
            Number::Kind(kind) => kind.into(),
            Number::System(number) => Self::from_raw_os_error(number),
        }
    }
}

/// Everything that is wrong, and what was asked for.
#[derive(Debug, Default)]
pub(super) struct Faults {
    operations: [State; OPERATIONS],
    /// So many bytes can be appended, then the disk is full; `None`: no limit.
    pub(super) room: Option<u64>,
    /// An append takes no more at once.
    pub(super) append_at_most: Option<usize>,
    pub(super) synced: Vec<PathBuf>,
}

/// One operation.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) count: u64,
    pub(super) rule: Rule,
    pub(super) hangs: bool,
    pub(super) hook: Option<Hook>,
}

/// Which of the coming operations fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Rule {
    #[default]
    Works,
    Nth {
        left: u64,
        error: DiskError,
    },
    Every {
        n: u64,
        seen: u64,
        error: DiskError,
    },
}

#[derive(Clone)]
pub(super) struct Hook(pub(super) Arc<dyn Fn() + Send + Sync>);

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

impl Faults {
    pub(super) fn on(&mut self, operation: Operation) -> &mut State {
        &mut self.operations[operation as usize]
    }

    /// Takes everything away but what was counted.
    pub(super) fn heal(&mut self) {
        (self.room, self.append_at_most) = (None, None);
        for state in &mut self.operations {
            *state = State { count: state.count, ..State::default() };
        }
    }

    /// How many of these bytes an append takes now.
    ///
    /// # Errors
    /// If the disk is full.
    pub(super) fn room_for(&self, bytes: usize) -> io::Result<usize> {
        if self.room == Some(0) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let room = self.room.and_then(|room| usize::try_from(room).ok());
        Ok(bytes.min(room.unwrap_or(usize::MAX)).min(self.append_at_most.unwrap_or(usize::MAX)))
    }

    /// Notes that so many bytes were appended.
    pub(super) fn fill(&mut self, bytes: usize) {
        if let Some(room) = &mut self.room {
            *room = room.saturating_sub(bytes as u64);
        }
    }
}

impl Rule {
    /// Counts one operation.
    ///
    /// # Errors
    /// If it is one that fails.
    pub(super) fn check(&mut self) -> io::Result<()> {
        match self {
            Self::Works => Ok(()),
            Self::Nth { left: 1, error } => {
                let error = *error;
                *self = Self::Works;
                Err(error.into())
            }
            Self::Nth { left, .. } => {
                *left -= 1;
                Ok(())
            }
            Self::Every { n, seen, error } => {
                *seen += 1;
                if seen.is_multiple_of(*n) { Err((*error).into()) } else { Ok(()) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of the next nine operations fail.
    fn failing(mut rule: Rule) -> Vec<usize> {
        (1..=9).filter(|_| rule.check().is_err()).collect()
    }

    #[test]
    fn a_rule_fails_the_nth_or_every_nth_operation() {
        let error = DiskError::from(io::ErrorKind::StorageFull);
        assert!(failing(Rule::Works).is_empty());
        assert_eq!(failing(Rule::Nth { left: 4, error }), [4]);
        assert_eq!(failing(Rule::Every { n: 3, seen: 0, error }), [3, 6, 9]);
        assert_eq!(failing(Rule::Every { n: 1, seen: 0, error }).len(), 9);
    }

    #[test]
    fn an_append_takes_what_fits_and_then_the_disk_is_full() {
        let mut faults = Faults { room: Some(10), append_at_most: Some(8), ..Faults::default() };
        assert_eq!(faults.room_for(100).unwrap(), 8);
        faults.fill(8);
        assert_eq!(faults.room_for(100).unwrap(), 2);
        faults.fill(2);
        assert_eq!(faults.room_for(1).unwrap_err().kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn an_error_is_the_one_that_was_given() {
        let error = io::Error::from(DiskError::from(5));
        assert_eq!(error.raw_os_error(), Some(5));
        let error = io::Error::from(DiskError::from(io::ErrorKind::QuotaExceeded));
        assert_eq!(error.kind(), io::ErrorKind::QuotaExceeded);
    }
}
