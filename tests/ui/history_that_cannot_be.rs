//! Notes that say nothing, and earlier names that never were.

use event_log::{Event, EventField};
use serde::Serialize;

#[derive(Event)]
#[event(owner = "", since = " ", renamed_from = "UserRegistration")]
struct UserRegistration {
    #[event(renamed_from = "provider")]
    provider: String,
    #[event(renamed_from = "a-b", deprecated = "")]
    referrer: String,
}

#[derive(Event)]
#[event(renamed_from = "lesson")]
enum Lesson {
    #[event(renamed_from = "started")]
    Started,
}

#[derive(Serialize, EventField)]
struct Address {
    #[event(renamed_from = "größe")]
    size: u8,
}

fn main() {}
