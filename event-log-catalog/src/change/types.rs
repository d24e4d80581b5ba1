//! What a change of a type does: whether each old value is, exactly, a value of the new type, and whether
//! the target can read it as one.

use super::meaning::{breaking, note};
use super::{Change, ChangeKind, Target, Verdict};
use crate::column_type::ColumnType;
use crate::model::FieldType;

/// The change from `old` to `new`, which differ in more than what is inside them.
pub(super) fn changed(place: &str, old: &FieldType, new: &FieldType) -> Change {
    let kind = ChangeKind::TypeChanged { from: old.to_string(), to: new.to_string() };
    let columns = (ColumnType::from(old), ColumnType::from(new));
    Change::new(place, kind, |target| match target {
        Target::JsonReaders => for_readers(old, new),
        Target::Athena => in_json(&columns.0, &columns.1, target),
        Target::DuckDb => in_json(&columns.0, &columns.1, target),
        Target::Parquet => in_parquet(&columns.0, &columns.1),
        Target::BigQuery => in_big_query(&columns.0, &columns.1),
    })
    .way_out("leave the field as it is and add a new one of the new type beside it, or make a new type of event")
}

const WIDER: &str =
    "change the readers and tables before the first new line: a narrower type does not hold it";

/// A program that reads JSON as the new type says.
fn for_readers(old: &FieldType, new: &FieldType) -> Verdict {
    let is_text = |field_type: &FieldType| {
        use FieldType::{Date, DateTime, Enum, String, Time, Timestamp, Uuid};
        matches!(field_type, String | Enum(_) | Uuid | Date | Time | Timestamp | DateTime)
    };
    match (old, new) {
        (FieldType::Enum(old), FieldType::Enum(new)) => for_readers_of_enum(old, new),
        (_, FieldType::Json) => note("readers must take any JSON from now on"),
        (_, FieldType::String) if is_text(old) => {
            note("it stays a text, and may be any from now on")
        }
        (
            &FieldType::Integer { bits, signed },
            &FieldType::Integer { bits: to, signed: to_signed },
        ) => {
            let fits = if signed == to_signed { to >= bits } else { to_signed && to > bits };
            if fits {
                note(WIDER)
            } else {
                breaking("older lines hold values that the new type does not")
            }
        }
        _ if is_within(&numeric(old), &numeric(new)) => note(WIDER),
        _ => breaking("readers of the new type refuse the older values, or change them"),
    }
}

fn for_readers_of_enum(old: &[String], new: &[String]) -> Verdict {
    match (old.iter().all(|value| new.contains(value)), new.iter().all(|value| old.contains(value)))
    {
        (true, true) => Verdict::Safe,
        (true, false) => note("readers must take the added values"),
        (false, _) => breaking("older lines hold the values that are gone"),
    }
}

/// The column type of numbers only: to a program, a text that holds a date is no date.
fn numeric(field_type: &FieldType) -> ColumnType {
    match field_type {
        FieldType::Integer { .. } | FieldType::Float { .. } | FieldType::Decimal { .. } => {
            ColumnType::from(field_type)
        }
        _ => ColumnType::Json,
    }
}

fn in_json(old: &ColumnType, new: &ColumnType, target: Target) -> Verdict {
    let is_string = |column: &ColumnType| matches!(column, ColumnType::Text | ColumnType::Json);
    if old == new {
        Verdict::Safe
    } else if is_within(old, new) {
        note(WIDER)
    } else if is_string(old) && is_string(new) && target == Target::Athena {
        Verdict::Safe
    } else {
        breaking(match target {
            Target::Athena => "older values become NULL or another value, and nothing says so",
            _ => "the query fails at the older values, or changes them",
        })
    }
}

fn in_parquet(old: &ColumnType, new: &ColumnType) -> Verdict {
    let is_string = |column: &ColumnType| matches!(column, ColumnType::Text | ColumnType::Json);
    if old == new || is_string(old) && is_string(new) {
        Verdict::Safe
    } else if is_within(old, new) {
        note(WIDER)
    } else {
        breaking("the older files hold another type, which engines refuse or change")
    }
}

fn in_big_query(old: &ColumnType, new: &ColumnType) -> Verdict {
    let (name, other) =
        (crate::Engine::BigQuery.type_name(old), crate::Engine::BigQuery.type_name(new));
    if name == other {
        Verdict::Safe
    } else if is_within(old, new) {
        note("ALTER TABLE … ALTER COLUMN … SET DATA TYPE before the first new line is loaded")
    } else {
        breaking("the column cannot be altered to the new type")
    }
}

/// Whether each value of `old` is exactly a value of `new`.
fn is_within(old: &ColumnType, new: &ColumnType) -> bool {
    match (old, new) {
        (ColumnType::Integer { bits }, ColumnType::Integer { bits: to }) => to >= bits,
        (ColumnType::Integer { bits }, ColumnType::Float { bits: to }) => to > bits && *bits < 64,
        (&ColumnType::Integer { bits }, &ColumnType::Decimal { precision, scale }) => {
            precision - scale >= digits(bits)
        }
        (ColumnType::Float { bits }, ColumnType::Float { bits: to }) => to >= bits,
        (
            &ColumnType::Decimal { precision, scale },
            &ColumnType::Decimal { precision: to, scale: to_scale },
        ) => to_scale >= scale && to - to_scale >= precision - scale,
        _ => false,
    }
}

/// How many digits an integer of so many bits can have.
fn digits(bits: u8) -> u8 {
    match bits {
        ..=8 => 3,
        ..=16 => 5,
        ..=32 => 10,
        _ => 19,
    }
}
