//! Types that cannot fill the key of the envelope that they are to fill.

use event_log::Event;

struct Account(u64);

#[derive(Event)]
struct Visit {
    #[event(user_id)]
    visitor: Account,
    #[event(locale)]
    language: String,
    #[event(country_code)]
    country: &'static str,
}

fn main() {}
