//! `flatten` of types that bring names that nobody knows.

use std::collections::HashMap;

use event_log::EventField;
use serde::Serialize;

#[derive(Serialize, EventField)]
struct Address {
    street: String,
    #[serde(flatten)]
    rest: HashMap<String, String>,
}

fn main() {}
