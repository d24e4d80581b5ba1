//! `unit` on a type that is not a span of time.

use event_log::Event;

#[derive(Event)]
struct Request {
    #[event(unit = "ms")]
    took: u64,
}

fn main() {}
