//! Names of types that are not snake_case, too long, or kept for the logger.

use event_log::Event;

#[derive(Event)]
#[event(type = "UserRegistration")]
struct Capitals;

#[derive(Event)]
#[event(type = "")]
struct Empty;

#[derive(Event)]
struct Größe;

#[derive(Event)]
enum Lesson {
    #[event(type = "lesson-started")]
    Started,
    #[event(type = "lesson__ended")]
    Ended,
}

#[derive(Event)]
#[event(type = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
struct Long;

#[derive(Event)]
struct EventLogGap;

fn main() {}
