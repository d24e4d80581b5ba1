//! Members of a record and texts of a closed set whose names would not do in a table.

use event_log::EventField;
use serde::Serialize;

#[derive(Serialize, EventField)]
#[serde(rename_all = "kebab-case")]
struct Address {
    street_name: String,
    #[serde(rename = "größe")]
    size: u8,
    #[serde(rename = "")]
    none: u8,
    #[serde(rename = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    long: u8,
}

#[derive(Serialize, EventField)]
#[serde(tag = "Kind")]
struct Clashing {
    kind: u8,
    amount: u8,
    #[serde(rename = "amount")]
    sum: u8,
}

#[derive(Serialize, EventField)]
#[serde(rename_all = "lowercase")]
enum Plan {
    Monthly,
    MONTHLY,
}

fn main() {}
