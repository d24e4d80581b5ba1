//! An enum that is no closed set of texts.

use event_log::{Event, EventField};
use serde::Serialize;

#[derive(Serialize, EventField)]
enum Payment {
    Cash,
    Card { number: String },
    Voucher(u32),
}

// One mistake reads as one error.
#[derive(Event)]
struct Purchase {
    payment: Payment,
}

fn main() {}
