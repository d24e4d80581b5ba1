//! A `Pii` in an event of which nobody said what becomes of it.

use event_log::{Event, pii::Pii};
use serde::Serialize;

#[derive(Event)]
struct Registered {
    email: Pii<String>,
    phones: Vec<Option<Pii<String>>>,
    #[event(user_id)]
    user: Pii<u64>,
}

#[derive(Serialize)]
struct Address {
    street: Pii<String>,
}

fn main() {}
