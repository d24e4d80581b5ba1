//! Two params of one name, or of names that query engines take for one.

use event_log::Event;

#[derive(Event)]
struct Clashing {
    #[event(rename = "userName")]
    user_name: u8,
    #[event(rename = "username")]
    login: u8,
    amount: u8,
    #[event(rename = "amount")]
    total: u8,
}

fn main() {}
