//! One row of JSON to one checked value per column.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use event_log_catalog::{ColumnType, Member};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::json::Cursor;
use crate::line::Key;
use crate::load::parquet::TableSchema;
use crate::load::parquet::scalar::{
    date_time, day, decimal, float, integer, is_number, moment, string,
};

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
    if let Some(cells) = plain_row(schema, text) {
        return cells;
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let cells = deserializer.deserialize_map(Row(schema));
    cells.map_err(|error| reason(&error))
}

/// The same for a row in the form that `load` writes, which are nearly all; `None` for another.
fn plain_row<'a>(schema: &TableSchema, text: &'a str) -> Option<Result<Vec<Cell<'a>>, String>> {
    let mut cursor = Cursor::new(text);
    let mut cells = vec![Cell::Null; schema.columns.len()];
    // Lines of one type mostly have the same keys in the same order, which is that of the columns.
    let mut next = 0;
    cursor.literal(b"{")?;
    loop {
        let key = cursor.string().filter(|key| key.is_plain)?.raw;
        cursor.literal(b":")?;
        let value = cursor.value()?;
        match schema.set(&mut cells, next, key, value) {
            Ok(index) => next = index + 1,
            Err(reason) => return Some(Err(reason)),
        }
        if cursor.is_next(b'}') {
            break;
        }
        cursor.literal(b",")?;
    }
    // The newline is not there in every test.
    cursor.is_next(b'\n');
    cursor.is_end().then_some(Ok(cells))
}

impl TableSchema {
    /// Reads the value under a key, which is perhaps that of the column `next`; the column's index.
    fn set<'a>(
        &self,
        cells: &mut [Cell<'a>],
        next: usize,
        key: &str,
        value: &'a str,
    ) -> Result<usize, String> {
        let is_next = self.columns.get(next).is_some_and(|column| column.name == key);
        let index = if is_next { Some(next) } else { self.index(key) };
        let index =
            index.ok_or_else(|| format!("the catalogue has no field `{key}` of this type"))?;
        set(&mut cells[index], key, &self.columns[index].column_type, value)?;
        Ok(index)
    }
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
            self.0.set(&mut cells, 0, &key, value.get()).map_err(A::Error::custom)?;
        }
        Ok(cells)
    }
}

/// Reads the value under a key. Under a key that stands there twice one value would be lost.
fn set<'a>(
    to: &mut Cell<'a>,
    key: &str,
    column_type: &ColumnType,
    value: &'a str,
) -> Result<(), String> {
    if !matches!(to, Cell::Null) {
        return Err(format!("the key `{key}` stands there twice"));
    }
    *to = cell(column_type, value).map_err(|reason| format!("`{key}`: {reason}"))?;
    Ok(())
}

/// A value against the type of its column.
fn cell<'a>(column_type: &ColumnType, text: &'a str) -> Result<Cell<'a>, String> {
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
            cells.push(cell(self.0, value.get()).map_err(A::Error::custom)?);
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
            cells.push((key, cell(self.0, value.get()).map_err(A::Error::custom)?));
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
            set(&mut cells[index], &key, &self.0[index].column_type, value.get())
                .map_err(A::Error::custom)?;
        }
        Ok(cells)
    }
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
