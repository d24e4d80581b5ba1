//! The events that the derive and `list_event!` list, and where they stand in the source.

use std::fmt;

use event_log_catalog::{Catalog, Envelope};

use super::duplicate::DuplicateType;
use super::gap::GAP;
use super::owned;
use crate::schema::EventDescription;

/// What one derive, or one call of `list_event!`, lists.
///
/// The linker cannot collect constants, so each is submitted by a function that runs before `main`:
/// the one thing in the library that does, and only with the feature `catalog`.
#[derive(Debug)]
pub struct Listed {
    events: &'static [EventDescription],
    place: Place,
}

impl Listed {
    /// All types of event of one Rust type.
    #[must_use]
    pub const fn new(events: &'static [EventDescription], place: Place) -> Self {
        Self { events, place }
    }
}

inventory::collect!(Listed);

/// A line of a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    file: &'static str,
    line: u32,
}

impl Place {
    /// What `file!()` and `line!()` say.
    #[must_use]
    pub const fn new(file: &'static str, line: u32) -> Self {
        Self { file, line }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// The catalogue of everything that is listed.
pub(super) fn catalog() -> Result<Catalog, DuplicateType> {
    let of_user = inventory::iter::<Listed>.into_iter();
    let listed = of_user.chain([&GAP]);
    let mut events: Vec<(&EventDescription, Place)> = listed
        .flat_map(|Listed { events, place }| events.iter().map(|event| (event, *place)))
        .collect();
    // The linker's order is any.
    events.sort_by_key(|(event, place)| (event.event_type, *place));
    for (one, next) in events.iter().zip(events.iter().skip(1)) {
        if one.0.event_type == next.0.event_type {
            return Err(DuplicateType::new(one.0.event_type, one.1, next.1));
        }
    }
    let events = events.into_iter().map(|(event, _)| owned::event(event)).collect();
    Ok(Catalog { envelope: Envelope::default(), events })
}
