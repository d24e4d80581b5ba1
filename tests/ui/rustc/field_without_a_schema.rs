//! Fields of types that serialize, but do not say what they look like in a table.

use std::collections::HashMap;
use std::marker::PhantomData;

use event_log::{Event, EventField};
use serde::Serialize;

#[derive(Serialize)]
struct Cents(u64);

#[derive(Event)]
struct Purchase<T> {
    amount: Cents,
    goods: Vec<Option<Cents>>,
    place: (f64, f64),
    marker: PhantomData<u8>,
    #[event(json)]
    opaque: Cents,
    #[event(as = "u64")]
    told: Cents,
    #[event(as = "Cents")]
    told_wrong: u64,
    of_parameter: Option<T>,
}

#[derive(Serialize, EventField)]
struct Basket {
    sum: Cents,
    by_price: HashMap<(u8, u8), u8>,
}

fn main() {}
