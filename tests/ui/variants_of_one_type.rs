//! Two variants that would be one type of event.

use event_log::Event;

#[derive(Event)]
enum Payment {
    PaymentReceived,
    #[event(type = "payment_received")]
    Received,
}

fn main() {}
