//! Options that do not exist, near to one that does or far from all.

use event_log::Event;

#[derive(Event)]
#[event(typ = "signed_up")]
struct UserRegistration {
    #[event(skip_non)]
    referrer: Option<String>,
    #[event(flatten)]
    more: u8,
    #[event(userid)]
    user: u8,
}

#[derive(Event)]
#[event(name = "x")]
enum Lesson {
    #[event(tag)]
    Started,
}

fn main() {}
