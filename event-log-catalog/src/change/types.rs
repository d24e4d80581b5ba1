//! What a change of a type does: whether each old value is, exactly, a value of the new type, and whether
//! the target can read it as one.

use super::meaning::{breaking, note};
use super::{Change, ChangeKind, Target, Verdict};
use crate::column_type::ColumnType;
use crate::engine::Engine;
use crate::model::FieldType;

/// The change from `old` to `new`, which differ in more than what is inside them.
pub(super) fn changed(place: &str, old: &FieldType, new: &FieldType) -> Change {
    let kind = ChangeKind::TypeChanged { from: old.to_string(), to: new.to_string() };
    let columns = (&ColumnType::from(old), &ColumnType::from(new));
    let fits = columns.0 == columns.1 || holds(columns.1, old);
    Change::new(place, kind, |target| match (target, columns) {
        (Target::JsonReaders, _) => for_readers(old, new),
        (Target::BigQuery, (old, new)) => in_big_query(old, new, fits),
        (_, (before, after)) if before == after && is_alike(old, new) => Verdict::Safe,
        (_, (before, after)) if before == after => note(SAME_COLUMN),
        (Target::Parquet, (old, new)) if fits && !spark_converts(old, new) => {
            breaking("Spark refuses to read the older files as the new type")
        }
        _ if fits => note(WIDER),
        (_, (ColumnType::Json, ColumnType::Text)) => note(JSON_AS_TEXT),
        (Target::Athena, (ColumnType::Text, ColumnType::Json)) => note(TEXT_AS_JSON),
        (Target::Athena, _) => breaking("older values become NULL or another value, and nothing says so"),
        (Target::Parquet, _) => breaking("the older files hold another type, which engines refuse or change"),
        _ => breaking("the query fails at the older values, or changes them"),
    })
    .way_out("leave the field as it is and add a new one of the new type beside it, or make a new type of event")
}

const WIDER: &str =
    "change the readers and tables before the first new line: a narrower type does not hold it";
const SAME_COLUMN: &str = "the column stays as it is, and its values mean something else";
const JSON_AS_TEXT: &str = "older objects and lists are read as their text";
const TEXT_AS_JSON: &str = "older texts are no JSON: functions that look inside give NULL or fail";

/// Whether both are integers or both are texts, so that the values of a common column are of one kind.
fn is_alike(old: &FieldType, new: &FieldType) -> bool {
    use FieldType::{Enum, Integer, String, Time, Uuid};
    let is_text = |field_type| matches!(field_type, &(String | Enum(_) | Time | Uuid));
    let is_integer = |field_type| matches!(field_type, &Integer { .. });
    is_text(old) && is_text(new) || is_integer(old) && is_integer(new)
}

/// A program that reads JSON as the new type says.
fn for_readers(old: &FieldType, new: &FieldType) -> Verdict {
    use FieldType::{Date, DateTime, Decimal, Enum, Integer, Json, String, Time, Timestamp, Uuid};
    let fits = match (old, new) {
        (Enum(old), Enum(new)) => return for_readers_of_enum(old, new),
        (_, Json) => return note("readers must take any JSON from now on"),
        (Enum(_) | Uuid | Date | Time | Timestamp | DateTime, String) => {
            return note("it stays a text, and may be any from now on");
        }
        (&Integer { bits, signed }, &Integer { bits: to, signed: to_signed }) => {
            if signed == to_signed { to >= bits } else { to_signed && to > bits }
        }
        (_, Integer { .. }) => false,
        // The digits count, not what a column has room for.
        (_, &Decimal { precision, scale }) => decimal_holds(precision, scale, old),
        _ => holds(&ColumnType::from(new), old),
    };
    if fits {
        note(WIDER)
    } else {
        breaking("readers of the new type refuse the older values, or change them")
    }
}

fn for_readers_of_enum(old: &[String], new: &[String]) -> Verdict {
    let has_all = |of: &[String], wanted: &[String]| wanted.iter().all(|value| of.contains(value));
    match (has_all(new, old), has_all(old, new)) {
        (true, true) => Verdict::Safe,
        (true, false) => note("readers must take the added values"),
        (false, _) => breaking("older lines hold the values that are gone"),
    }
}

fn in_big_query(old: &ColumnType, new: &ColumnType, fits: bool) -> Verdict {
    let name = |column: &ColumnType| Engine::BigQuery.type_name(column);
    if name(old) == name(new) {
        Verdict::Safe
    } else if fits {
        note("ALTER TABLE … ALTER COLUMN … SET DATA TYPE before the first new line is loaded")
    } else {
        breaking("the column cannot be altered to the new type")
    }
}

/// Whether each number of type `old` is exactly a number of the column `new`.
fn holds(new: &ColumnType, old: &FieldType) -> bool {
    match (new, old) {
        (&ColumnType::Integer { bits: to }, &FieldType::Integer { bits, signed }) => {
            if signed {
                to >= bits
            } else {
                to > bits
            }
        }
        // The bits of their mantissas.
        (&ColumnType::Float { bits: to }, &FieldType::Integer { bits, .. }) => {
            bits <= if to == 32 { 24 } else { 53 }
        }
        (&ColumnType::Float { bits: to }, &FieldType::Float { bits }) => to >= bits,
        (&ColumnType::Decimal { precision, scale }, _) => decimal_holds(precision, scale, old),
        _ => false,
    }
}

/// Whether Spark reads a column of Parquet as another type that has room for it. It asks what the file's
/// integers of 32 or 64 bits could hold, not what they do.
fn spark_converts(old: &ColumnType, new: &ColumnType) -> bool {
    match (old, new) {
        (ColumnType::Integer { bits }, ColumnType::Float { bits: to }) => *bits <= 32 && *to == 64,
        (ColumnType::Integer { bits }, ColumnType::Decimal { precision, scale }) => {
            precision.saturating_sub(*scale) >= if *bits <= 32 { 10 } else { 20 }
        }
        _ => true,
    }
}

fn decimal_holds(precision: u8, scale: u8, old: &FieldType) -> bool {
    match *old {
        FieldType::Integer { bits, signed } => {
            precision.saturating_sub(scale) >= digits(bits, signed)
        }
        FieldType::Decimal { precision: whole, scale: fraction } => {
            scale >= fraction && precision.saturating_sub(scale) >= whole.saturating_sub(fraction)
        }
        _ => false,
    }
}

/// How many digits an integer of so many bits can have.
fn digits(bits: u8, signed: bool) -> u8 {
    match (bits, signed) {
        (..=8, _) => 3,
        (..=16, _) => 5,
        (..=32, _) => 10,
        (..=64, true) => 19,
        (..=64, false) => 20,
        _ => 39,
    }
}
