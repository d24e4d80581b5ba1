//! Every name of a partition column.

use event_log::Event;

#[derive(Event)]
struct Reserved {
    year: u8,
    month: u8,
    day: u8,
    hour: u8,
    dt: u8,
    #[event(rename = "Year")]
    renamed_to_one: u8,
}

fn main() {}
