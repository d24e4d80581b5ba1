//! `skip_none` on a type that has no `None`.

use event_log::Event;

#[derive(Event)]
struct UserRegistration {
    #[event(skip_none)]
    referrer: String,
}

fn main() {}
