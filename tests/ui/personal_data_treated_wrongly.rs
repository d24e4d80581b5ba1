//! Treatments that do not exist, or not there.

use event_log::Event;
use event_log::pii::{Pii, Secret};

#[derive(Event)]
struct Unknown {
    #[event(pii = "hashed")]
    near: String,
    #[event(pii = "encrypt")]
    far: String,
    #[event(pii = "Hash")]
    case: String,
    #[event(pii = "")]
    empty: String,
    #[event(pii)]
    missing: String,
    #[event(pii = hash)]
    unquoted: String,
}

#[derive(Event)]
#[event(pii = "drop")]
struct OnTheStruct;

#[derive(Event)]
struct MaskedUser {
    #[event(user_id, pii = "mask")]
    user: u64,
}

#[derive(Event)]
struct DroppedUser {
    #[event(user_id, pii = "drop")]
    user: u64,
}

#[derive(Event)]
struct WithoutMeaning {
    #[event(locale, pii = "hash")]
    locale: Option<event_log::Locale>,
    #[event(skip, pii = "drop")]
    twice: String,
    #[event(pii = "drop", rename = "other")]
    renamed: String,
    #[event(pii = "drop", skip_none)]
    skipped: Option<String>,
    #[event(json, pii = "hash")]
    json: String,
}

#[derive(Event)]
struct TreatedSecret {
    #[event(pii = "hash")]
    hashed: Secret<String>,
    #[event(pii = "mask")]
    masked: Option<Vec<event_log::pii::Secret<String>>>,
    #[event(pii = "drop")]
    dropped: (u8, Pii<Secret<u8>>),
}

fn main() {}
