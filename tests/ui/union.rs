//! A union.

use event_log::Event;

#[derive(Event)]
union Amount {
    whole: u64,
    fraction: f64,
}

fn main() {}
