//! A variant whose fields have no names.

use event_log::Event;

#[derive(Event)]
enum Lesson {
    Started { lesson: u64 },
    Ended(u64),
}

fn main() {}
