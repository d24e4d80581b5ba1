//! A `Secret` in every place where a value could lie.

use std::collections::HashMap;

use event_log::Event;
use event_log::pii::Secret;
use serde::Serialize;

type Alias = Secret<u64>;

#[derive(Event)]
struct LoggedIn<'a> {
    plain: Secret<String>,
    optional: Option<Secret<String>>,
    listed: Vec<Option<Secret<u8>>>,
    mapped: HashMap<String, Box<Secret<u8>>>,
    borrowed: &'a Secret<String>,
    paired: (u8, Secret<u8>),
    alias: Alias,
    #[event(user_id)]
    user: Secret<u64>,
    #[event(json)]
    json: Secret<u64>,
}

#[derive(Serialize)]
struct Inner {
    secret: Secret<String>,
}

fn main() {}
