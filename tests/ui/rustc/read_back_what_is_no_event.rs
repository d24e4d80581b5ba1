//! A type without the derive, read back.

use event_log::testing;

#[derive(serde::Deserialize)]
struct Purchase {
    amount: u64,
}

fn main() {
    let (_logger, recorded) = testing::recorder();
    recorded.of::<Purchase>();
}
