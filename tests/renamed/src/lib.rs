//! Compiles only if `#[event(crate = "...")]` reaches every path of the expansion: here is no
//! `::event_log`.

#![deny(warnings)]

use std::time::Duration;

use renamed::{AsUserId, CountryCode, Event, EventField, Locale, UserId};
use serde::Serialize;

/// An event that uses everything that an expansion can name.
#[derive(Debug, Event)]
#[event(crate = "renamed")]
pub struct Purchase<T> {
    #[event(user_id)]
    buyer: Buyer<T>,
    #[event(locale)]
    language: Option<Locale>,
    #[event(country_code)]
    country: Option<CountryCode>,
    #[event(pii = "hash")]
    email: &'static str,
    #[event(pii = "mask")]
    card: T,
    goods: Vec<T>,
    #[event(skip_none)]
    discount: Option<T>,
    address: Address,
    #[event(unit = "ms")]
    took: Duration,
}

renamed::list_event!(Purchase<u8>);

/// A record that uses everything that the other expansion can name.
#[derive(Debug, EventField, Serialize)]
#[event(crate = "renamed")]
pub struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    street: Option<String>,
    #[serde(flatten)]
    kind: Kind,
}

/// A record of one text.
#[derive(Clone, Copy, Debug, EventField, Serialize)]
#[event(crate = "renamed")]
#[serde(tag = "kind")]
pub enum Kind {
    /// Of a house.
    House,
}

/// A private type in a bound of the impl, of which rustc must not warn.
#[derive(Debug)]
struct Buyer<T>(T);

impl<T: AsUserId> AsUserId for Buyer<T> {
    fn as_user_id(&self) -> Option<UserId<'_>> {
        self.0.as_user_id()
    }
}

/// Events by way of a re-export.
#[derive(Debug, reexported::Event)]
#[event(crate = "crate::reexported")]
pub enum Lesson {
    /// Has begun.
    Started,
    /// Has got so many stars.
    Rated {
        /// From one to five.
        stars: u8,
    },
}

/// What a framework over event-log would do.
pub mod reexported {
    pub use ::renamed::*;
}

#[cfg(test)]
mod tests {
    use super::{Address, Buyer, Duration, Event, Kind, Lesson, Purchase};

    #[test]
    fn the_derived_events_are_events_of_the_renamed_crate() {
        let (buyer, goods) = (Buyer(1), vec![1, 2]);
        let address = Address { street: None, kind: Kind::House };
        let (email, card) = ("ada@example.com", 3);
        let (language, country, discount, took) = (None, None, None, Duration::ZERO);
        let event =
            Purchase { buyer, language, country, email, card, goods, discount, address, took };
        assert_eq!(event.event_type().name(), "purchase");
        assert_eq!(Lesson::Rated { stars: 5 }.event_type().name(), "rated");
    }
}
