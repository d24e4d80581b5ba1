//! Values that are missing, of the wrong kind, or not wanted.

use event_log::Event;

#[derive(Event)]
#[event(type = 3)]
struct Number;

#[derive(Event)]
#[event(type)]
struct Missing;

#[derive(Event)]
#[event(type =)]
struct MissingBehindEquals;

#[derive(Event)]
#[event(type("parentheses"))]
struct Parentheses;

#[derive(Event)]
#[event(crate = "event log")]
struct NoPath;

#[derive(Event)]
struct Fields {
    #[event(skip = true)]
    a: u8,
    #[event(rename = name)]
    b: u8,
    #[event(rename = b"name")]
    c: u8,
    #[event(rename = "one" "two")]
    d: u8,
    #[event(user_id("e"))]
    e: u8,
}

fn main() {}
