//! Options that belong to `#[derive(Event)]`, on types of fields.

use event_log::EventField;
use serde::Serialize;

#[derive(Serialize, EventField)]
#[event(type = "address", owner = "x")]
struct Address {
    #[event(rename = "street_name")]
    street: String,
    #[event(skip)]
    cache: u8,
    #[event(unit = "ms")]
    took: std::time::Duration,
    #[event(user_id)]
    owner: u64,
    #[event(jsn)]
    rest: u64,
}

#[derive(Serialize, EventField)]
enum Plan {
    #[event(rename = "m")]
    Monthly,
    #[event(skip)]
    Yearly,
    #[event(foo)]
    Lifetime,
}

#[derive(Serialize, EventField)]
struct Yen(#[event(renamed_from = "sum")] u64);

fn main() {}
