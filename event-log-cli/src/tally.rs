//! What events amount to: counts, sums and fingerprints by type and hour, whose order does not matter.
//!
//! `replicate` computes it from its plan, `verify` from what it reads; equal events give equal tallies.
//!
//! - [`sum`]: numbers as the decimals that they are, never rounded. [`users`]: how many were different.
//! - [`read`]: rows of a lake and lines of segments to a tally; [`parquet`]: rows of such files.

pub mod parquet;
pub mod read;
pub mod sum;
pub mod users;

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;
use xxhash_rust::xxh3::xxh3_64;

use crate::lake::layout::{By, Hour};
use crate::tally::sum::Sum;
use crate::tally::users::Users;

/// A map by name that is looked into once an event.
pub type ByName<T> = HashMap<Box<str>, T, RandomState>;

/// What some events amount to.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// By type.
    pub types: ByName<OfType>,
    /// All users.
    pub users: Users,
    /// The users of each day, by its first hour.
    pub days: BTreeMap<Hour, Users>,
}

/// What the events of one type amount to.
#[derive(Clone, Debug, Default)]
pub struct OfType {
    /// The users who have such events.
    pub users: Users,
    /// By the hour of the date, in UTC.
    pub hours: BTreeMap<Hour, OfHour>,
    /// The names of the fields that hold numbers, in the order in which they were met.
    pub fields: Vec<Box<str>>,
}

/// What the events of one type and hour amount to.
#[derive(Clone, Debug, Default)]
pub struct OfHour {
    /// How many.
    pub events: u64,
    /// The sum of the [`fingerprint`]s of their ids, modulo 2^64: it differs, but for a chance of one
    /// in 2^64, if one is missing and another is there twice.
    pub ids: u64,
    /// How many by country; `null` stands for none.
    pub countries: ByName<u64>,
    /// The numbers of each field, by its index in [`OfType::fields`].
    pub sums: Vec<Sum>,
}

/// What stands for an id in a sum.
#[must_use]
pub fn fingerprint(id: &str) -> u64 {
    xxh3_64(id.as_bytes())
}

/// Adds to the count under a name; allocates only for a new one.
pub fn count(counts: &mut ByName<u64>, name: &str, events: u64) {
    if let Some(count) = counts.get_mut(name) {
        *count += events;
    } else {
        counts.insert(name.into(), events);
    }
}

/// The index of a name among those of [`OfType::fields`]; see [`OfType::field`].
#[inline]
pub fn index_of(fields: &mut Vec<Box<str>>, name: &str, hint: usize) -> usize {
    if fields.get(hint).is_some_and(|field| **field == *name) {
        return hint;
    }
    fields.iter().position(|field| **field == *name).unwrap_or_else(|| {
        fields.push(name.into());
        fields.len() - 1
    })
}

impl Tally {
    /// The type of this name; allocates only for a new one.
    ///
    /// # Panics
    /// Never: it is put there.
    pub fn of_type(&mut self, event_type: &str) -> &mut OfType {
        if !self.types.contains_key(event_type) {
            self.types.insert(event_type.into(), OfType::default());
        }
        self.types.get_mut(event_type).expect("it was put there")
    }

    /// Enters a user, as its JSON text, with an event of a type on the day of this hour.
    pub fn user(&mut self, event_type: &str, hour: Hour, user_id: &str) {
        if user_id == "null" {
            return;
        }
        self.of_type(event_type).users.insert(user_id);
        self.days.entry(hour.start_of(By::Day)).or_default().insert(user_id);
        self.users.insert(user_id);
    }

    /// Adds what other events amount to.
    pub fn merge(&mut self, other: Self) {
        self.users.merge(other.users);
        for (day, users) in other.days {
            self.days.entry(day).or_default().merge(users);
        }
        for (name, of_type) in other.types {
            self.of_type(&name).merge(of_type);
        }
    }
}

impl OfType {
    /// The index of a field's name. `hint` is where it stands if the events are alike.
    #[inline]
    pub fn field(&mut self, name: &str, hint: usize) -> usize {
        index_of(&mut self.fields, name, hint)
    }

    fn merge(&mut self, other: Self) {
        self.users.merge(other.users);
        let fields: Vec<_> =
            other.fields.iter().enumerate().map(|(hint, name)| self.field(name, hint)).collect();
        for (hour, of_hour) in other.hours {
            let mine = self.hours.entry(hour).or_default();
            mine.events += of_hour.events;
            mine.ids = mine.ids.wrapping_add(of_hour.ids);
            for (country, events) in of_hour.countries {
                count(&mut mine.countries, &country, events);
            }
            for (sum, field) in of_hour.sums.into_iter().zip(&fields) {
                mine.sum(*field).merge(sum);
            }
        }
    }
}

impl OfHour {
    /// The sum of the field with this index.
    #[inline]
    pub fn sum(&mut self, field: usize) -> &mut Sum {
        if self.sums.len() <= field {
            self.sums.resize_with(field + 1, Sum::default);
        }
        &mut self.sums[field]
    }
}
