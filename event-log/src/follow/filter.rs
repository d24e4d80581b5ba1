//! Which lines are wanted, decided before they are parsed where that can be.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::follow::error::FollowError;
use crate::follow::line::Line;
use crate::follow::parse::type_of;
use crate::writer::gap::GAP_TYPE;

/// The types that are wanted; all if none are named. Gap lines are always wanted.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter(Option<BTreeSet<String>>);

impl Filter {
    pub(super) fn of(types: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(Some(types.into_iter().map(Into::into).collect()))
    }

    /// Parses the line if it is wanted.
    pub(super) fn line(
        &self,
        text: &[u8],
        path: &Arc<Path>,
        offset: u64,
    ) -> Option<Result<Line, FollowError>> {
        if self.0.is_some() && type_of(text).is_some_and(|name| !self.takes(name)) {
            return None;
        }
        let line = Line::parse(text, path, offset);
        let is_other = line.as_ref().is_ok_and(|line| !self.takes(line.event_type().as_bytes()));
        (!is_other).then_some(line)
    }

    fn takes(&self, event_type: &[u8]) -> bool {
        let Some(types) = &self.0 else { return true };
        let is_named = |name: &str| types.contains(name) || name == GAP_TYPE;
        str::from_utf8(event_type).is_ok_and(is_named)
    }
}
