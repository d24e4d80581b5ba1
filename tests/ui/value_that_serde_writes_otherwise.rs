//! Attributes of serde with which nobody knows what is written.

use event_log::EventField;

#[derive(EventField)]
struct Order {
    #[serde(with = "cents")]
    price: u64,
    #[serde(serialize_with = "cents::serialize")]
    #[event(as = "String")]
    known: u64,
    #[serde(getter = "Order::sum")]
    sum: u64,
    #[serde(encrypted)]
    secret: String,
}

#[derive(EventField)]
#[serde(remote = "other::Order")]
struct OrderDef {
    price: u64,
}

#[derive(EventField)]
#[serde(rename_all = "camel_case", shiny)]
enum Plan {
    #[serde(serialize_with = "plan::serialize")]
    Monthly,
}

#[derive(EventField)]
struct Price(#[serde(with = "cents")] u64);

fn main() {}
