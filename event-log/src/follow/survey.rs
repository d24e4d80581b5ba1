//! What lies in a log directory: the segments of one prefix, and whose loggers are alive.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::PathBuf;

use crate::follow::error::Unreadable;
use crate::spool::directory::{self, InJournals};
use crate::writer::name::SegmentName;

/// Which log is followed.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) directory: PathBuf,
    pub(super) prefix: String,
}

impl Source {
    pub(super) fn path_of(&self, name: &SegmentName) -> PathBuf {
        self.directory.join(name.file_name(&self.prefix))
    }

    fn spools(&self) -> PathBuf {
        self.directory.join(directory::NAME)
    }

    /// The names of the segments, in whatever form they are there; none if there is no directory.
    fn list(&self) -> Result<BTreeSet<SegmentName>, Unreadable> {
        let failed = |source| Unreadable::new("list", &self.directory, source);
        let entries = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            entries => entries.map_err(failed)?,
        };
        let mut names = BTreeSet::new();
        for entry in entries {
            let name = entry.map_err(failed)?.file_name();
            let parse = |name| SegmentName::parse_in_any_form(&self.prefix, name);
            names.extend(name.to_str().and_then(parse).map(|(name, _)| name));
        }
        Ok(names)
    }

    /// The segments that may be completed by a recovery, or are written now.
    fn named(&self) -> Result<BTreeSet<SegmentName>, Unreadable> {
        let InJournals { segments, unread } =
            directory::segments_in_journals(&self.spools(), &self.prefix);
        if let Some((path, source)) = unread
            // Without a directory there is no spool.
            && source.kind() != io::ErrorKind::NotFound
        {
            return Err(Unreadable::new("read", &path, source));
        }
        let parse = |name: &String| SegmentName::parse(&self.prefix, name);
        Ok(segments.iter().filter_map(parse).collect())
    }
}

/// One look at a log directory.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Every segment that may be begun now, in order.
    pub(super) segments: BTreeSet<SegmentName>,
    /// The last segment of each logger.
    newest: BTreeMap<u32, SegmentName>,
    /// The loggers that have a spool; `None` if that cannot be told.
    alive: Option<BTreeSet<u32>>,
    /// The segments that a journal names; `None` if that cannot be told.
    named: Option<BTreeSet<SegmentName>>,
    /// Why it cannot be told which loggers have a spool, or what their journals name.
    pub(super) trouble: Option<Unreadable>,
}

impl Survey {
    /// Looks at the directory.
    ///
    /// The segments are listed before the spools and, if there are new ones, again after them. A
    /// logger whose segment is missing in the first list, though its name comes before one that is
    /// not, has then a spool, or is in the second list: its segment is not passed over. Nor is one that is
    /// compressed during the first list, which may see neither the segment any more nor the new file yet.
    ///
    /// # Errors
    /// If the directory is there and cannot be read.
    pub(super) fn take(
        source: &Source,
        is_new: impl Fn(&SegmentName) -> bool,
    ) -> Result<Self, Unreadable> {
        let mut segments = source.list()?;
        let spools = source.spools();
        let (alive, mut trouble) = match directory::tokens(&spools, &source.prefix) {
            Ok(tokens) => (Some(tokens.into_iter().collect()), None),
            Err(source) => (None, Some(Unreadable::new("list", &spools, source))),
        };
        if segments.iter().any(is_new)
            && let Some(last) = segments.last().cloned()
        {
            segments.extend(source.list()?.into_iter().filter(|name| *name <= last));
        }
        let newest = segments.iter().map(|name| (name.token, name.clone())).collect();
        // Last: a segment that was there and that no journal names by now is complete for ever.
        let named = match source.named() {
            Ok(named) => Some(named),
            Err(unreadable) => {
                trouble.get_or_insert(unreadable);
                None
            }
        };
        Ok(Self { segments, newest, alive, named, trouble })
    }

    /// Whether a logger is alive, or died and was not recovered yet, or that cannot be told.
    pub(super) fn is_alive(&self, token: u32) -> bool {
        self.alive.as_ref().is_none_or(|alive| alive.contains(&token))
    }

    /// The loggers that are known to have a spool.
    pub(super) fn alive(&self) -> impl Iterator<Item = u32> {
        self.alive.iter().flatten().copied()
    }

    /// Whether nobody will ever append to a segment, as far as that was certain at this look. What is
    /// read to its end after it is all there is.
    pub(super) fn is_final(&self, name: &SegmentName) -> bool {
        let may_be_active = self.is_last(name) && self.is_alive(name.token);
        !may_be_active && self.named.as_ref().is_some_and(|named| !named.contains(name))
    }

    /// Whether no later segment of the same logger is there.
    pub(super) fn is_last(&self, name: &SegmentName) -> bool {
        self.newest.get(&name.token).is_none_or(|newest| newest <= name)
    }

    /// The last segments of loggers, in order.
    pub(super) fn last_segments(&self) -> BTreeSet<SegmentName> {
        self.newest.values().cloned().collect()
    }
}
