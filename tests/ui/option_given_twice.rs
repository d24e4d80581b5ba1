//! The same option twice, in one list or in two.

use event_log::Event;

#[derive(Event)]
#[event(type = "a")]
#[event(type = "b")]
struct Twice {
    #[event(skip, skip)]
    a: u8,
}

fn main() {}
