//! Options that say what a value looks like, in ways that cannot be.

use std::time::Duration;

use event_log::Event;

#[derive(Event)]
struct Request {
    #[event(json, as = "u64")]
    both: u64,
    #[event(as = "not a type")]
    unread: u64,
    #[event(unit = "minutes")]
    took: Duration,
    #[event(unit)]
    waited: Duration,
    #[event(skip, json)]
    skipped: u64,
}

fn main() {}
