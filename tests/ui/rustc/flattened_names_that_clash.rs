//! A flattened record that brings a name which is there already, but for its case.

use event_log::EventField;
use serde::Serialize;

#[derive(Serialize, EventField)]
struct Place {
    city: String,
}

#[derive(Serialize, EventField)]
#[serde(rename_all = "PascalCase")]
struct Address {
    city: String,
    #[serde(flatten)]
    place: Place,
}

fn main() {}
