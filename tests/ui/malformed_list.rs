//! Lists of options that are none.

use event_log::Event;

#[derive(Event)]
#[event]
struct Bare;

#[derive(Event)]
#[event = "name"]
struct Value;

#[derive(Event)]
struct Fields {
    #[event(skip,, json)]
    a: u8,
    #[event("rename")]
    b: u8,
    #[event(= "b")]
    c: u8,
}

fn main() {}
