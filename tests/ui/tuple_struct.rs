//! A struct whose fields have no names.

use event_log::Event;

#[derive(Event)]
struct UserRegistration(String, #[event(skip)] u8);

fn main() {}
