//! Two events of one name.

use super::listed::Place;

/// Two types of event in one binary have one name, so their rows could not be told apart.
#[derive(Clone, Debug, thiserror::Error)]
#[error(
    "`{event_type}` is the type of two events, at {first} and at {second}; name one of them otherwise \
     with #[event(type = \"...\")], list one instance only of a generic one, or keep one out of the \
     catalogue with #[event(unlisted)]"
)]
pub struct DuplicateType {
    event_type: &'static str,
    first: Place,
    second: Place,
}

impl DuplicateType {
    pub(super) const fn new(event_type: &'static str, first: Place, second: Place) -> Self {
        Self { event_type, first, second }
    }

    /// The name that both have.
    #[must_use]
    pub fn event_type(&self) -> &str {
        self.event_type
    }

    /// The places of both, each as `file:line`.
    #[must_use]
    pub fn places(&self) -> [String; 2] {
        [self.first, self.second].map(|place| place.to_string())
    }
}
