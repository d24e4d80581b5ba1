//! The types of columns where there is no catalogue: what the lines themselves show.
//!
//! Lines cannot tell an id from a text, nor a moment: what is text stays text. Values that contradict one
//! another under one key make a column of JSON, which holds both as they are.

use std::collections::BTreeMap;

use event_log_catalog::{Catalog, Envelope, EventSchema, Field, FieldType, ListItem, UserIdType};
use serde_json::Value;

use crate::line::Line;

/// What is known of the values under one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Guess {
    /// Nothing but null so far.
    #[default]
    Nothing,
    Boolean,
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
        learn(&mut self.user_id, line.user_id.get());
        for (key, value) in &line.common_fields {
            learn(self.common_fields.entry(key.0.clone().into_owned()).or_default(), value.get());
        }
        let event = self.events.entry(line.event_type.clone().into_owned()).or_default();
        for (key, value) in &line.params {
            if let Some(guess) = event.get_mut(&*key.0) {
                learn(guess, value.get());
            } else {
                let mut guess = Guess::Nothing;
                learn(&mut guess, value.get());
                event.insert(key.0.clone().into_owned(), guess);
            }
        }
    }

    /// Adds what the lines have shown beyond a catalogue; what that knows stays as it is.
    #[must_use]
    pub fn beyond(&self, known: &Catalog) -> Catalog {
        let mut catalog = known.clone();
        if known.events.is_empty() && known.envelope == Envelope::default() {
            catalog.envelope.user_id = match self.user_id {
                Guess::Nothing | Guess::Integer => UserIdType::Integer,
                _ => UserIdType::String,
            };
        }
        add(&mut catalog.envelope.common_fields, &self.common_fields);
        for (event_type, params) in &self.events {
            let at = catalog.events.partition_point(|event| event.event_type < *event_type);
            if catalog.events.get(at).is_none_or(|event| event.event_type != *event_type) {
                catalog.events.insert(at, new_event(event_type));
            }
            add(&mut catalog.events[at].fields, params);
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

fn learn(guess: &mut Guess, json: &str) {
    let Ok(value) = serde_json::from_str(json) else { return };
    *guess = std::mem::take(guess).and(Guess::of(&value, json));
}

impl Guess {
    fn of(value: &Value, json: &str) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_i64() => Self::Integer,
            // A greater integer would be rounded.
            Value::Number(_) if json.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => {
                Self::Json
            }
            Value::Number(number) if number.is_f64() => Self::Float,
            Value::Number(_) => Self::Json,
            Value::String(_) => Self::Text,
            Value::Array(items) => {
                let item = |item: &Value| Self::of(item, &item.to_string());
                let joined = items.iter().map(item).fold(Self::Nothing, Self::and);
                Self::List(Box::new(joined))
            }
            Value::Object(members) => Self::Record(
                members
                    .iter()
                    .map(|(key, value)| (key.clone(), Self::of(value, &value.to_string())))
                    .collect(),
            ),
        }
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
                Self::Record(one)
            }
            // An integer beyond 53 bits is refused by a column of floats, not rounded.
            (Self::Integer, Self::Float) | (Self::Float, Self::Integer) => Self::Float,
            _ => Self::Json,
        }
    }

    fn field_type(&self) -> FieldType {
        match self {
            Self::Nothing | Self::Json => FieldType::Json,
            Self::Boolean => FieldType::Boolean,
            Self::Integer => FieldType::Integer { bits: 64, signed: true },
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
