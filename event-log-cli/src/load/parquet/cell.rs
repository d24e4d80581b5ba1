//! One row of JSON to one checked value per column.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use event_log_catalog::{ColumnType, Member};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::line::Key;
use crate::load::parquet::TableSchema;

/// A value that fits its column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Absent, or null.
    Null,
    /// Of a boolean column.
    Boolean(bool),
    /// Of an integer column; it is in its range. Of a date column: days since 1970. Of a column of
    /// moments: microseconds since then.
    Integer(i64),
    /// Of a decimal column, without its point.
    Decimal(i128),
    /// Of a floating-point column.
    Float(f64),
    /// Of a column of texts, or of JSON.
    Text(Cow<'a, str>),
    /// Of a list column.
    List(Vec<Cell<'a>>),
    /// Of a map column.
    Map(Vec<(Cow<'a, str>, Cell<'a>)>),
    /// Of a record column: one for each member.
    Record(Vec<Cell<'a>>),
}

/// Reads a row.
///
/// # Errors
/// If a value contradicts the type of its column, or a key has no column; the reason names it.
pub fn row<'a>(schema: &TableSchema, text: &'a str) -> Result<Vec<Cell<'a>>, String> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let cells = deserializer.deserialize_map(Row(schema));
    cells.map_err(|error| reason(&error))
}

/// What serde says, without the place: it is that in a row, or in a part of one, which nobody sees.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line 1 column ") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    }
}

struct Row<'s>(&'s TableSchema);

impl<'de> Visitor<'de> for Row<'_> {
    type Value = Vec<Cell<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut cells = vec![Cell::Null; self.0.columns.len()];
        while let Some(Key(key)) = map.next_key()? {
            let value: &RawValue = map.next_value()?;
            let index = self.0.index(&key).ok_or_else(|| {
                A::Error::custom(format_args!("the catalogue has no field `{key}` of this type"))
            })?;
            set(&mut cells[index], &key, &self.0.columns[index].column_type, value)
                .map_err(A::Error::custom)?;
        }
        Ok(cells)
    }
}

/// Reads the value under a key. Under a key that stands there twice one value would be lost.
fn set<'a>(
    to: &mut Cell<'a>,
    key: &str,
    column_type: &ColumnType,
    value: &'a RawValue,
) -> Result<(), String> {
    if *to != Cell::Null {
        return Err(format!("the key `{key}` stands there twice"));
    }
    *to = cell(column_type, value).map_err(|reason| format!("`{key}`: {reason}"))?;
    Ok(())
}

/// A value against the type of its column.
fn cell<'a>(column_type: &ColumnType, value: &'a RawValue) -> Result<Cell<'a>, String> {
    let text = value.get();
    if text == "null" {
        return Ok(Cell::Null);
    }
    let cell = match column_type {
        ColumnType::Boolean => match text {
            "true" => Some(Cell::Boolean(true)),
            "false" => Some(Cell::Boolean(false)),
            _ => None,
        },
        ColumnType::Integer { bits } => integer(text, *bits).map(Cell::Integer),
        ColumnType::Float { bits } => float(text, *bits).map(Cell::Float),
        ColumnType::Decimal { precision, scale } => {
            let digits = string(text).unwrap_or(Cow::Borrowed(text));
            decimal(&digits, *precision, *scale).map(Cell::Decimal)
        }
        // Integers of 128 bits are texts in a lake and numbers in a line.
        ColumnType::Text if is_number(text) => Some(Cell::Text(Cow::Borrowed(text))),
        ColumnType::Text => string(text).map(Cell::Text),
        ColumnType::Json => Some(Cell::Text(Cow::Borrowed(text))),
        ColumnType::Timestamp => string(text).and_then(|text| moment(&text)).map(Cell::Integer),
        ColumnType::DateTime => string(text).and_then(|text| date_time(&text)).map(Cell::Integer),
        ColumnType::Date => string(text).and_then(|text| day(&text)).map(Cell::Integer),
        ColumnType::List { item, .. } => {
            return nested(text, column_type, List(item)).map(Cell::List);
        }
        ColumnType::Map { value, .. } => {
            return nested(text, column_type, Map(value)).map(Cell::Map);
        }
        ColumnType::Record(members) => {
            return nested(text, column_type, Record(members)).map(Cell::Record);
        }
        _ => None,
    };
    cell.ok_or_else(|| format!("{} is not {}", shortened(text), name(column_type)))
}

/// Reads a list, map or record, whose own values give their own reasons.
fn nested<'a, V>(text: &'a str, column_type: &ColumnType, visitor: V) -> Result<V::Value, String>
where
    V: Visitor<'a> + Nested,
{
    if !text.starts_with(V::BEGIN) {
        return Err(format!("{} is not {}", shortened(text), name(column_type)));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = if V::BEGIN == '[' {
        deserializer.deserialize_seq(visitor)
    } else {
        deserializer.deserialize_map(visitor)
    };
    value.map_err(|error| reason(&error))
}

/// What holds other values.
trait Nested {
    /// The first character of its JSON.
    const BEGIN: char;
}

struct List<'t>(&'t ColumnType);
struct Map<'t>(&'t ColumnType);
struct Record<'t>(&'t [Member]);

impl Nested for List<'_> {
    const BEGIN: char = '[';
}

impl Nested for Map<'_> {
    const BEGIN: char = '{';
}

impl Nested for Record<'_> {
    const BEGIN: char = '{';
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = Vec<Cell<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut cells = Vec::new();
        while let Some(value) = list.next_element::<&RawValue>()? {
            cells.push(cell(self.0, value).map_err(A::Error::custom)?);
        }
        Ok(cells)
    }
}

impl<'de> Visitor<'de> for Map<'_> {
    type Value = Vec<(Cow<'de, str>, Cell<'de>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut cells = Vec::new();
        let mut keys = HashSet::new();
        while let Some((Key(key), value)) = map.next_entry::<Key<'de>, &RawValue>()? {
            if !keys.insert(key.clone()) {
                return Err(A::Error::custom(format_args!("the key `{key}` stands there twice")));
            }
            cells.push((key, cell(self.0, value).map_err(A::Error::custom)?));
        }
        Ok(cells)
    }
}

impl<'de> Visitor<'de> for Record<'_> {
    type Value = Vec<Cell<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut cells = vec![Cell::Null; self.0.len()];
        while let Some((Key(key), value)) = map.next_entry::<Key<'de>, &RawValue>()? {
            let index = self.0.iter().position(|member| member.name == key).ok_or_else(|| {
                A::Error::custom(format_args!("the catalogue has no member `{key}` of it"))
            })?;
            set(&mut cells[index], &key, &self.0[index].column_type, value)
                .map_err(A::Error::custom)?;
        }
        Ok(cells)
    }
}

fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

fn integer(text: &str, bits: u8) -> Option<i64> {
    let value: i64 = text.parse().ok()?;
    let unused = 64 - u32::from(bits);
    // What survives the way to the column's width and back is in its range.
    ((value << unused) >> unused == value).then_some(value)
}

/// The number of the column's width that is nearest to a fraction; an integer that it would round is none.
fn float(text: &str, bits: u8) -> Option<f64> {
    if !is_number(text) {
        return None;
    }
    let (value, whole_to) = match bits {
        ..=32 => (f64::from(text.parse::<f32>().ok()?), 2_f64.powi(24)),
        _ => (text.parse().ok()?, 2_f64.powi(53)),
    };
    let is_whole = !text.contains(['.', 'e', 'E']);
    #[expect(clippy::cast_possible_truncation, reason = "2^53 and less are whole")]
    let is_exact = || value.abs() <= whole_to && text.parse() == Ok(value as i64);
    (value.is_finite() && (!is_whole || is_exact())).then_some(value)
}

/// The text of a JSON string.
fn string(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        return serde_json::from_str(json).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(inner))
}

/// A number without an exponent, as an integer that counts the last digit behind the point.
fn decimal(text: &str, precision: u8, scale: u8) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    // Zeros at the end say nothing; other digits beyond the scale would be lost.
    let fraction = fraction.trim_end_matches('0');
    let missing = usize::from(scale).checked_sub(fraction.len())?;
    let all = format!("{whole}{fraction}{}", "0".repeat(missing));
    let is_digits = !whole.is_empty() && all.bytes().all(|byte| byte.is_ascii_digit());
    let value: i128 = if is_digits { all.parse().ok()? } else { return None };
    (value < 10_i128.checked_pow(u32::from(precision))?).then_some(sign * value)
}

fn moment(text: &str) -> Option<i64> {
    Some(DateTime::parse_from_rfc3339(text).ok()?.timestamp_micros())
}

fn date_time(text: &str) -> Option<i64> {
    Some(text.parse::<NaiveDateTime>().ok()?.and_utc().timestamp_micros())
}

fn day(text: &str) -> Option<i64> {
    let date: NaiveDate = text.parse().ok()?;
    // The default is the first day of 1970.
    Some(date.signed_duration_since(NaiveDate::default()).num_days())
}

/// What a column holds, in words.
fn name(column_type: &ColumnType) -> String {
    match column_type {
        ColumnType::Boolean => "true or false".to_owned(),
        ColumnType::Integer { bits } => format!("an integer of {bits} bits"),
        ColumnType::Float { bits } => {
            format!("a number that {bits} bits of floating point hold without rounding an integer")
        }
        ColumnType::Decimal { precision, scale } => {
            format!("a decimal number of {precision} digits, {scale} of them behind the point")
        }
        ColumnType::Text => "a text".to_owned(),
        ColumnType::Timestamp => "a moment as in 2021-09-16T05:57:27Z".to_owned(),
        ColumnType::DateTime => "a date and time as in 2021-09-16T05:57:27".to_owned(),
        ColumnType::Date => "a day as in 2021-09-16".to_owned(),
        ColumnType::List { .. } => "a list".to_owned(),
        ColumnType::Map { .. } => "a map".to_owned(),
        ColumnType::Record(_) => "a record".to_owned(),
        _ => "of its type".to_owned(),
    }
}

/// The beginning of a value, for a message.
fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
