//! Fields of types that do not serialize.

use event_log::{Event, EventField};
use serde::Serialize;

#[derive(EventField)]
struct Cents(u64);

#[derive(EventField, Serialize)]
struct Currency(String);

#[derive(Event)]
struct Purchase {
    amount: Cents,
    #[event(skip_none)]
    discount: Option<Cents>,
}

#[derive(Event)]
struct Basket<T> {
    goods: Vec<T>,
    currency: Currency,
    sum: Cents,
}

fn main() {}
