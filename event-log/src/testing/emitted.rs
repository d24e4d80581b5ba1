//! [`Emitted`]: a recorded event together with its line.

use std::fmt;
use std::ops::Deref;

use crate::testing::line::Line;

/// An event that was read back, and the line that it was read from. It derefs to the event, and is
/// compared and shown like it.
#[derive(Clone)]
pub struct Emitted<'r, E> {
    event: E,
    line: Line<'r>,
}

impl<'r, E> Emitted<'r, E> {
    pub(super) fn new(event: E, line: Line<'r>) -> Self {
        Self { event, line }
    }

    /// The line, which has the envelope too: id, date, user, locale, country and common fields.
    #[must_use]
    pub fn line(&self) -> &Line<'r> {
        &self.line
    }

    /// The event itself.
    #[must_use]
    pub fn into_event(self) -> E {
        self.event
    }
}

impl<E> Deref for Emitted<'_, E> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.event
    }
}

impl<E: PartialEq> PartialEq<E> for Emitted<'_, E> {
    fn eq(&self, event: &E) -> bool {
        self.event == *event
    }
}

impl<E: fmt::Debug> fmt::Debug for Emitted<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.event.fmt(f)
    }
}
