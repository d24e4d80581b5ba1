//! Every name that the logger writes itself, and what fills three of them.

use event_log::Event;

#[derive(Event)]
struct Reserved {
    id: u8,
    date: u8,
    r#type: u8,
    user_id: u8,
    locale: u8,
    country_code: u8,
    params: u8,
    #[event(rename = "id")]
    renamed_to_one: u8,
}

#[derive(Event)]
struct InAnotherCase {
    #[event(rename = "userName")]
    user_name: u8,
    #[event(rename = "Date")]
    occurred_on: u8,
}

fn main() {}
