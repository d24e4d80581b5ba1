//! An enum that has no value.

use event_log::Event;

#[derive(Event)]
enum Nothing {}

fn main() {}
