//! Values that have no one text to hash.

use event_log::Event;
use event_log::pii::Pii;

struct Email(String);

#[derive(Event)]
struct Registered {
    #[event(pii = "hash")]
    email: Email,
    #[event(pii = "hash")]
    phones: Vec<String>,
    #[event(pii = "hash")]
    weight: Pii<f64>,
    #[event(user_id, pii = "hash")]
    user: Email,
}

fn main() {}
