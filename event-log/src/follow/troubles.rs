//! Trouble that waits to be yielded.

use std::collections::{BTreeSet, VecDeque};

use crate::follow::error::{FollowError, Unreadable};

/// Trouble in the order in which it came; what fails again and again is told once.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    told: VecDeque<FollowError>,
    /// What was told and still fails.
    failing: BTreeSet<String>,
}

impl Troubles {
    pub(super) fn next(&mut self) -> Option<FollowError> {
        self.told.pop_front()
    }

    pub(super) fn tell(&mut self, trouble: FollowError) {
        self.told.push_back(trouble);
    }

    /// Tells of a failure unless this was told and is not [over](Self::is_over).
    pub(super) fn tell_once(&mut self, what: String, trouble: Unreadable) {
        if self.failing.insert(what) {
            self.tell(trouble.into());
        }
    }

    pub(super) fn is_over(&mut self, what: &str) {
        self.failing.remove(what);
    }
}
