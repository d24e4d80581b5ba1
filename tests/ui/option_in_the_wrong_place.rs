//! Options that exist, but not here.

use event_log::Event;

#[derive(Event)]
#[event(rename = "signed_up", skip)]
struct UserRegistration {
    #[event(type = "provider")]
    provider: String,
    #[event(crate = "event_log")]
    referrer: String,
}

#[derive(Event)]
#[event(type = "lesson", rename = "lesson")]
enum Lesson {
    #[event(rename = "lesson_started", user_id, crate = "event_log")]
    Started,
}

fn main() {}
