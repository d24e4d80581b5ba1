//! What a lake stores: the few types that every engine and Parquet have in common.

use crate::model::{Field, FieldType, ListItem};

/// The type of a column, or of a value inside one: what [`FieldType`] becomes in a lake.
///
/// | [`FieldType`] | column |
/// | --- | --- |
/// | integers that are signed, of 8 to 64 bits | an integer of as many bits |
/// | integers without a sign, of 8, 16, 32 bits | the next wider integer |
/// | integers without a sign, of 64 bits | [`Decimal`](Self::Decimal) of 20 digits |
/// | integers of 128 bits | [`Text`](Self::Text): no engine has 39 digits |
/// | decimals of more than 38 digits | [`Text`](Self::Text) |
/// | texts, enums, UUIDs, times of day | [`Text`](Self::Text) |
/// | a record without members | [`Json`](Self::Json): no engine has an empty struct |
///
/// So no value is ever rounded, and each column of a table has the same type in every file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnType {
    /// `true` or `false`.
    Boolean,
    /// A signed integer.
    Integer {
        /// 8, 16, 32 or 64.
        bits: u8,
    },
    /// A floating-point number.
    Float {
        /// 32 or 64.
        bits: u8,
    },
    /// An exact decimal number.
    Decimal {
        /// How many digits in all, at most 38.
        precision: u8,
        /// How many of them stand behind the point.
        scale: u8,
    },
    /// A text.
    Text,
    /// Any JSON, as its text.
    Json,
    /// A moment, in UTC, in microseconds.
    Timestamp,
    /// A date and a time of day without an offset, in microseconds.
    DateTime,
    /// A day.
    Date,
    /// Values in order.
    List {
        /// The type of each.
        item: Box<ColumnType>,
        /// Whether one may be null.
        nullable: bool,
    },
    /// Values under texts.
    Map {
        /// The type of each value.
        value: Box<ColumnType>,
        /// Whether one may be null.
        nullable: bool,
    },
    /// Named values.
    Record(Vec<Member>),
}

/// One value of a [`ColumnType::Record`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Member {
    /// The key as it stands in the line, in its case.
    pub name: String,
    /// What the value is.
    pub column_type: ColumnType,
    /// Whether the value may be null.
    pub nullable: bool,
    /// What the doc comment says; empty if there is none.
    pub description: String,
}

/// The widest decimal that Parquet, Athena, Spark, Trino and DuckDB have.
const WIDEST_DECIMAL: u8 = 38;

impl From<&FieldType> for ColumnType {
    fn from(field_type: &FieldType) -> Self {
        match field_type {
            FieldType::Boolean => Self::Boolean,
            &FieldType::Integer { bits, signed } => integer(bits, signed),
            &FieldType::Float { bits } => Self::Float { bits },
            &FieldType::Decimal { precision, scale } if precision <= WIDEST_DECIMAL => {
                Self::Decimal { precision, scale }
            }
            FieldType::Timestamp => Self::Timestamp,
            FieldType::DateTime => Self::DateTime,
            FieldType::Date => Self::Date,
            FieldType::Decimal { .. }
            | FieldType::String
            | FieldType::Enum(_)
            | FieldType::Time
            | FieldType::Uuid => Self::Text,
            FieldType::Json => Self::Json,
            FieldType::List(item) => {
                Self::List { item: Box::new(of_item(item)), nullable: item.optional }
            }
            FieldType::Map(item) => {
                Self::Map { value: Box::new(of_item(item)), nullable: item.optional }
            }
            FieldType::Record(fields) if fields.is_empty() => Self::Json,
            FieldType::Record(fields) => Self::Record(with_former_names(fields, Member::of)),
        }
    }
}

fn integer(bits: u8, signed: bool) -> ColumnType {
    match (bits, signed) {
        (..=64, true) => ColumnType::Integer { bits },
        (..=32, false) => ColumnType::Integer { bits: bits * 2 },
        (..=64, false) => ColumnType::Decimal { precision: 20, scale: 0 },
        _ => ColumnType::Text,
    }
}

fn of_item(item: &ListItem) -> ColumnType {
    ColumnType::from(&item.item_type)
}

impl Member {
    fn of(field: &Field, name: &str, description: String) -> Self {
        Self {
            name: name.to_owned(),
            column_type: ColumnType::from(written(field)),
            nullable: field.optional,
            description,
        }
    }
}

/// What stands in the line: a hash or a mask of personal data is a text, whatever was hashed.
pub(crate) fn written(field: &Field) -> &FieldType {
    if field.personal.is_some() { &FieldType::String } else { &field.field_type }
}

/// Each field by `make`, and behind them the names that renamed ones had before: older lines hold those.
pub(crate) fn with_former_names<T>(
    fields: &[Field],
    make: impl Fn(&Field, &str, String) -> T,
) -> Vec<T> {
    let now = fields.iter().map(|field| make(field, &field.name, described(field)));
    let before = fields.iter().filter_map(|field| {
        let former = field.renamed_from.as_deref()?;
        let taken = fields.iter().any(|other| other.name.eq_ignore_ascii_case(former));
        (!taken).then(|| make(field, former, format!("Renamed to {}.", field.name)))
    });
    now.chain(before).collect()
}

/// The description, and what else a reader of the table must know, in one line.
fn described(field: &Field) -> String {
    let mut text = one_line(&field.description);
    if let Some(reason) = &field.deprecated {
        let gap = if text.is_empty() { "" } else { " " };
        text = format!("{text}{gap}Deprecated: {}", one_line(reason));
    }
    text
}

/// A doc comment without its line breaks.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_without_a_sign_never_meets_a_type_that_cannot_hold_it() {
        let column = |bits, signed| ColumnType::from(&FieldType::Integer { bits, signed });
        assert_eq!(column(8, false), ColumnType::Integer { bits: 16 });
        assert_eq!(column(32, false), ColumnType::Integer { bits: 64 });
        assert_eq!(column(64, true), ColumnType::Integer { bits: 64 });
        assert_eq!(column(64, false), ColumnType::Decimal { precision: 20, scale: 0 });
        assert_eq!(column(128, true), ColumnType::Text);
    }
}
