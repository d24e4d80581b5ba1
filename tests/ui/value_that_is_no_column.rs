//! Types of fields whose values make no column.

use event_log::EventField;
use serde::Serialize;

#[derive(Serialize, EventField)]
struct Marker;

#[derive(Serialize, EventField)]
struct Point(f64, f64);

#[derive(EventField)]
union Bits {
    float: f32,
    integer: u32,
}

#[derive(Serialize, EventField)]
enum Never {}

#[derive(Serialize, EventField)]
struct Hidden {
    #[serde(skip)]
    cache: u8,
}

#[derive(Serialize, EventField)]
#[serde(untagged)]
enum Nulls {
    One,
    Two,
}

fn main() {}
