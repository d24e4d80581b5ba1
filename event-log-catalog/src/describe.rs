//! Types in words, as reports and the dictionary say them.

use std::fmt;

use crate::model::{FieldType, ListItem};

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean => f.write_str("boolean"),
            Self::Integer { bits, signed: true } => write!(f, "integer of {bits} bits"),
            Self::Integer { bits, signed: false } => write!(f, "unsigned integer of {bits} bits"),
            Self::Float { bits } => write!(f, "float of {bits} bits"),
            Self::Decimal { precision, scale } => write!(f, "decimal({precision},{scale})"),
            Self::String => f.write_str("text"),
            Self::Enum(values) => write!(f, "one of {}", values.join(", ")),
            Self::Timestamp => f.write_str("timestamp"),
            Self::Date => f.write_str("date"),
            Self::Time => f.write_str("time of day"),
            Self::DateTime => f.write_str("date and time"),
            Self::Uuid => f.write_str("UUID"),
            Self::Json => f.write_str("JSON"),
            Self::List(item) if matches!(item.item_type, Self::Record(_)) => {
                write!(f, "list of {}records", optional(item))
            }
            Self::List(item) => write!(f, "list of {item}"),
            Self::Map(item) => write!(f, "map from text to {item}"),
            Self::Record(_) => f.write_str("record"),
        }
    }
}

impl fmt::Display for ListItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", optional(self), self.item_type)
    }
}

fn optional(item: &ListItem) -> &'static str {
    if item.optional { "optional " } else { "" }
}
