//! Names that some query engine does not take for a column.

use event_log::Event;

#[derive(Event)]
struct Odd {
    größe: u8,
    #[event(rename = "")]
    empty: u8,
    #[event(rename = "2nd")]
    digit: u8,
    #[event(rename = "first name")]
    space: u8,
    #[event(rename = "a\"b")]
    quote: u8,
    #[event(
        rename = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    )]
    long: u8,
}

fn main() {}
