//! The types of columns where there is no catalogue: what the lines themselves show.
//!
//! Lines cannot tell an id from a text, nor a moment: what is text stays text. Values that contradict one
//! another under one key make a column of JSON, which holds both as they are. So every line that was looked
//! at fits the columns that come of it.
//!
//! ```text
//!                        JSON
//!       ┌───────┬────────┼───────────┬────────────┐
//!    boolean  text    integer      float      list, record: by what they hold
//!                        └─────┬─────┘
//!              integer that a float holds too
//! ```

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use event_log_catalog::{
    Catalog, Envelope, EventSchema, Field, FieldType, ListItem, UserIdType, columns,
};
use serde_json::value::RawValue;

use crate::lake::layout::is_table_name;
use crate::line::{Key, Line, members_of_row};
use crate::load::flatten;

/// Values inside of so many others are JSON: no query goes so deep.
const MOST_DEPTH: u8 = 16;

/// A floating-point number of 64 bits is told from all others by so many digits.
const FLOAT_DIGITS: usize = 17;

/// What is known of the values under one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Guess {
    /// Nothing but null so far.
    #[default]
    Nothing,
    Boolean,
    /// Integers that a floating-point number holds too: up to 2^53.
    SmallInteger,
    /// Integers of 64 bits with a sign.
    Integer,
    Float,
    Text,
    List(Box<Guess>),
    Record(BTreeMap<String, Guess>),
    /// Anything.
    Json,
}

/// What lines have shown so far.
#[derive(Debug, Default)]
pub struct Guesses {
    user_id: Guess,
    common_fields: BTreeMap<String, Guess>,
    events: BTreeMap<String, BTreeMap<String, Guess>>,
}

impl Guesses {
    /// Looks at one line; what is none is for the quarantine later.
    pub fn look(&mut self, text: &[u8]) {
        let Ok(line) = Line::parse(text) else { return };
        // A type that names no table is for the quarantine, and would name files and columns elsewhere.
        if !is_table_name(&line.event_type) {
            return;
        }
        learn(&mut self.user_id, line.user_id.get());
        let event = self.events.entry(line.event_type.clone().into_owned()).or_default();
        for (index, (_, name, value)) in flatten::members(&line).enumerate() {
            let is_common = index < line.common_fields.len();
            let fields = if is_common { &mut self.common_fields } else { &mut *event };
            learn_field(fields, name, value.get());
        }
    }

    /// Looks at one row of a lake, whose params stand beside the envelope.
    pub fn look_at_row(&mut self, text: &[u8]) {
        let Ok(members) = members_of_row(text) else { return };
        let named = |wanted: &str| members.iter().find(|(key, _)| key.0 == wanted);
        let event_type =
            named("type").map(|(_, value)| serde_json::from_str::<Key<'_>>(value.get()));
        let Some(Ok(event_type)) = event_type else { return };
        if !is_table_name(&event_type.0) {
            return;
        }
        if let Some((_, user_id)) = named("user_id") {
            learn(&mut self.user_id, user_id.get());
        }
        let fields = self.events.entry(event_type.0.into_owned()).or_default();
        for (key, value) in &members {
            if !flatten::TAKEN.contains(&&*key.0) {
                learn_field(fields, Cow::Borrowed(&key.0), value.get());
            }
        }
    }

    /// Adds what the lines have shown beyond a catalogue; what that knows stays as it is.
    #[must_use]
    pub fn beyond(&self, known: &Catalog) -> Catalog {
        let mut catalog = known.clone();
        if known.events.is_empty() && known.envelope == Envelope::default() {
            catalog.envelope.user_id = match self.user_id {
                Guess::Nothing | Guess::SmallInteger | Guess::Integer => UserIdType::Integer,
                _ => UserIdType::String,
            };
        }
        add(&mut catalog.envelope.common_fields, &self.common_fields);
        for (event_type, params) in &self.events {
            let at = catalog.events.partition_point(|event| event.event_type < *event_type);
            if catalog.events.get(at).is_none_or(|event| event.event_type != *event_type) {
                catalog.events.insert(at, new_event(event_type));
            }
            // A row does not say what is a common field, so any column with the name is the key's.
            let columns = columns(&catalog.envelope, &catalog.events[at]);
            let is_column = |name: &str| columns.iter().any(|column| column.name == name);
            let beyond = params.iter().filter(|(name, _)| !is_column(name));
            let beyond = beyond.map(|(name, guess)| field(name, guess));
            catalog.events[at].fields.extend(beyond);
        }
        catalog
    }
}

fn new_event(event_type: &str) -> EventSchema {
    EventSchema {
        event_type: event_type.to_owned(),
        description: String::new(),
        owner: None,
        since: None,
        deprecated: None,
        renamed_from: None,
        fields: Vec::new(),
    }
}

/// Adds a field for each key that has none.
fn add(fields: &mut Vec<Field>, guesses: &BTreeMap<String, Guess>) {
    for (name, guess) in guesses {
        if !fields.iter().any(|field| field.name.eq_ignore_ascii_case(name)) {
            fields.push(field(name, guess));
        }
    }
}

fn field(name: &str, guess: &Guess) -> Field {
    Field {
        name: name.to_owned(),
        field_type: guess.field_type(),
        optional: true,
        description: String::new(),
        personal: None,
        deprecated: None,
        renamed_from: None,
    }
}

fn learn_field(fields: &mut BTreeMap<String, Guess>, name: Cow<'_, str>, json: &str) {
    if let Some(guess) = fields.get_mut(&*name) {
        learn(guess, json);
    } else {
        fields.insert(name.into_owned(), Guess::of(json, MOST_DEPTH));
    }
}

fn learn(guess: &mut Guess, json: &str) {
    if *guess != Guess::Json {
        *guess = std::mem::take(guess).and(Guess::of(json, MOST_DEPTH));
    }
}

impl Guess {
    fn of(json: &str, depth: u8) -> Self {
        match json.as_bytes().first() {
            Some(b'n') => Self::Nothing,
            Some(b't' | b'f') => Self::Boolean,
            Some(b'"') => Self::Text,
            Some(b'-' | b'0'..=b'9') => Self::of_number(json),
            Some(b'[') if depth > 0 => Self::of_list(json, depth - 1),
            Some(b'{') if depth > 0 => Self::of_record(json, depth - 1),
            _ => Self::Json,
        }
    }

    fn of_number(json: &str) -> Self {
        if json.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return match json.parse::<i64>() {
                Ok(value) if value.unsigned_abs() <= 1 << 53 => Self::SmallInteger,
                Ok(_) => Self::Integer,
                Err(_) => Self::Json,
            };
        }
        // More digits are a decimal number that would be rounded.
        let is_kept = json.parse().is_ok_and(f64::is_finite) && digits(json) <= FLOAT_DIGITS;
        if is_kept { Self::Float } else { Self::Json }
    }

    fn of_list(json: &str, depth: u8) -> Self {
        let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(json) else { return Self::Json };
        let items = items.iter().map(|item| Self::of(item.get(), depth));
        Self::List(Box::new(items.fold(Self::Nothing, Self::and)))
    }

    fn of_record(json: &str, depth: u8) -> Self {
        let members = serde_json::from_str::<BTreeMap<String, &RawValue>>(json);
        let Ok(members) = members else { return Self::Json };
        let members = members.into_iter();
        Self::record(members.map(|(name, value)| (name, Self::of(value.get(), depth))).collect())
    }

    /// A record, if the members have names that engines can tell from one another.
    fn record(members: BTreeMap<String, Self>) -> Self {
        let names: HashSet<_> = members.keys().map(|name| name.to_lowercase()).collect();
        if names.len() < members.len() || names.contains("") {
            return Self::Json;
        }
        Self::Record(members)
    }

    /// What holds both.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, known) | (known, Self::Nothing) => known,
            (one, other) if one == other => one,
            (Self::List(one), Self::List(other)) => Self::List(Box::new(one.and(*other))),
            (Self::Record(mut one), Self::Record(other)) => {
                for (key, guess) in other {
                    let known = one.entry(key).or_default();
                    *known = std::mem::take(known).and(guess);
                }
                Self::record(one)
            }
            (Self::SmallInteger, number @ (Self::Integer | Self::Float))
            | (number @ (Self::Integer | Self::Float), Self::SmallInteger) => number,
            // Among them a float and an integer that it would round.
            _ => Self::Json,
        }
    }

    fn field_type(&self) -> FieldType {
        match self {
            Self::Nothing | Self::Json => FieldType::Json,
            Self::Boolean => FieldType::Boolean,
            Self::SmallInteger | Self::Integer => FieldType::Integer { bits: 64, signed: true },
            Self::Float => FieldType::Float { bits: 64 },
            Self::Text => FieldType::String,
            Self::List(item) => {
                FieldType::List(Box::new(ListItem { item_type: item.field_type(), optional: true }))
            }
            Self::Record(members) => {
                FieldType::Record(members.iter().map(|(name, guess)| field(name, guess)).collect())
            }
        }
    }
}

/// The digits of a number without its exponent and the zeros that it begins with.
fn digits(number: &str) -> usize {
    let mantissa = number.split(['e', 'E']).next().unwrap_or_default();
    let digits = mantissa.bytes().filter(u8::is_ascii_digit);
    digits.skip_while(|digit| *digit == b'0').count()
}

#[cfg(test)]
mod tests;
