//! The segments that are open.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use crate::follow::position::Position;
use crate::follow::tail::{NotOpened, Tail};
use crate::writer::name::SegmentName;

/// The segments that are open: those that may grow.
#[derive(Debug, Default)]
pub(super) struct Tails(BTreeMap<SegmentName, Tail>);

impl Tails {
    /// The open segment of this name; opened if it was not.
    pub(super) fn open(
        &mut self,
        name: &SegmentName,
        path: &Path,
        offset: u64,
    ) -> Result<&mut Tail, NotOpened> {
        Ok(match self.0.entry(name.clone()) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(closed) => closed.insert(Tail::open(path, offset)?),
        })
    }

    pub(super) fn get_mut(&mut self, name: &SegmentName) -> Option<&mut Tail> {
        self.0.get_mut(name)
    }

    pub(super) fn close(&mut self, name: &SegmentName) {
        self.0.remove(name);
    }

    /// Closes what has no place any more.
    pub(super) fn retain(&mut self, position: &Position) {
        self.0.retain(|name, _| position.place(name).is_some());
    }
}
