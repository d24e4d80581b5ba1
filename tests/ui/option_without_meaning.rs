//! Options that mean nothing beside another.

use event_log::Event;

#[derive(Event)]
struct Meaningless {
    #[event(skip, rename = "b", skip_none, json)]
    a: Option<u8>,
    #[event(user_id, skip)]
    c: u8,
    #[event(rename = "user", user_id)]
    d: u8,
    #[event(locale, country_code)]
    e: u8,
}

fn main() {}
