//! Schemas of events, made at random.

use event_log_catalog::{EventSchema, Field, FieldType, ListItem};

use crate::random::Random;

/// A type of event with one to six fields.
#[must_use]
pub fn event(random: &mut Random, event_type: &str) -> EventSchema {
    EventSchema { fields: fields(random, 6, 2), ..empty(event_type) }
}

/// A type of event without fields.
#[must_use]
pub fn empty(event_type: &str) -> EventSchema {
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

/// One to `most` fields with different names.
#[must_use]
pub fn fields(random: &mut Random, most: u64, depth: u8) -> Vec<Field> {
    let count = 1 + random.below(most);
    (0..count).map(|number| field(random, &format!("f{number}"), depth)).collect()
}

/// A field of any type, one in three optional.
#[must_use]
pub fn field(random: &mut Random, name: &str, depth: u8) -> Field {
    let field_type = field_type(random, depth);
    plain(name, field_type, random.below(3) == 0)
}

/// A field of which nothing more is known.
#[must_use]
pub fn plain(name: &str, field_type: FieldType, optional: bool) -> Field {
    Field {
        name: name.to_owned(),
        field_type,
        optional,
        description: String::new(),
        personal: None,
        deprecated: None,
        renamed_from: None,
    }
}

/// Any type that nests at most `depth` deep.
#[must_use]
pub fn field_type(random: &mut Random, depth: u8) -> FieldType {
    match random.below(if depth == 0 { 10 } else { 14 }) {
        0 => FieldType::Boolean,
        1..=3 => integer(random),
        4 => FieldType::Float { bits: random.pick(&[32, 64]) },
        5 => decimal(random),
        6 => FieldType::String,
        7 => one_of(random),
        8 | 9 => random_scalar(random),
        10 | 11 => FieldType::List(Box::new(item(random, depth - 1))),
        12 => FieldType::Map(Box::new(item(random, depth - 1))),
        _ => FieldType::Record(fields(random, 3, depth - 1)),
    }
}

fn integer(random: &mut Random) -> FieldType {
    FieldType::Integer { bits: random.pick(&[8, 16, 32, 64, 128]), signed: random.below(2) == 0 }
}

fn decimal(random: &mut Random) -> FieldType {
    let (precision, scale) = random.pick(&[(10, 2), (12, 4), (12, 2), (20, 0), (38, 18), (50, 5)]);
    FieldType::Decimal { precision, scale }
}

fn one_of(random: &mut Random) -> FieldType {
    let count = 1 + random.below(3);
    FieldType::Enum((0..count).map(|number| format!("kind_{number}")).collect())
}

fn random_scalar(random: &mut Random) -> FieldType {
    match random.below(6) {
        0 => FieldType::Timestamp,
        1 => FieldType::Date,
        2 => FieldType::Time,
        3 => FieldType::DateTime,
        4 => FieldType::Uuid,
        _ => FieldType::Json,
    }
}

fn item(random: &mut Random, depth: u8) -> ListItem {
    ListItem { item_type: field_type(random, depth), optional: random.below(4) == 0 }
}
