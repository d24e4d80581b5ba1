//! The description of the logger's own event.

use super::listed::{Listed, Place};
use crate::schema::{EventDescription, EventField, Member, Schema};
use crate::writer::gap::GAP_TYPE;

/// As [`crate::writer::gap::Gap`] writes it; `tests/catalog/registry.rs` compares them.
pub(super) static GAP: Listed = Listed::new(&EVENTS, Place::new(file!(), line!()));

const EVENTS: [EventDescription; 1] = [EventDescription {
    event_type: GAP_TYPE,
    description: "Written by the logger itself: so many events of one type were dropped for one reason.",
    owner: None,
    since: None,
    deprecated: None,
    renamed_from: None,
    params: &PARAMS,
    variant: None,
    fields: &[],
}];

const PARAMS: [Member; 5] = [
    Member::new(
        "event_type",
        "The type of the dropped events; null for those of more types than are told apart.",
        Schema::STRING.optional(),
    ),
    Member::new("reason", "Why they were dropped.", Schema::STRING.optional()),
    Member::new("events", "How many.", u64::SCHEMA),
    Member::new("first_dropped", "When the first of them was.", Schema::TIMESTAMP),
    Member::new("last_dropped", "When the last of them was.", Schema::TIMESTAMP),
];
