//! Rows to arrays of values.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Decimal128Builder, PrimitiveBuilder, StringBuilder};
use arrow_array::types::{
    Date32Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType,
};
use arrow_array::{ArrayRef, ListArray, MapArray, StructArray};
use arrow_buffer::{NullBufferBuilder, OffsetBuffer};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, TimeUnit};
use event_log_catalog::ColumnType;

use crate::load::parquet::cell::Cell;

/// The type of an array.
#[must_use]
pub fn data_type(column_type: &ColumnType) -> DataType {
    match column_type {
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Integer { bits: ..=8 } => DataType::Int8,
        ColumnType::Integer { bits: ..=16 } => DataType::Int16,
        ColumnType::Integer { bits: ..=32 } => DataType::Int32,
        ColumnType::Integer { .. } => DataType::Int64,
        ColumnType::Float { bits: ..=32 } => DataType::Float32,
        ColumnType::Float { .. } => DataType::Float64,
        ColumnType::Decimal { precision, scale } => {
            DataType::Decimal128(*precision, i8::try_from(*scale).unwrap_or(i8::MAX))
        }
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnType::DateTime => DataType::Timestamp(TimeUnit::Microsecond, None),
        ColumnType::Date => DataType::Date32,
        ColumnType::List { item, .. } => DataType::List(field("element", item)),
        ColumnType::Map { value, .. } => DataType::Map(entries(value), false),
        ColumnType::Record(members) => DataType::Struct(
            members
                .iter()
                .map(|member| field(&member.name.to_lowercase(), &member.column_type))
                .collect(),
        ),
        // Texts, JSON, and what later versions of the catalogue may add.
        _ => DataType::Utf8,
    }
}

/// Every column may be null: an older line may lack what a newer type of event always has.
#[must_use]
pub fn field(name: &str, column_type: &ColumnType) -> FieldRef {
    Arc::new(Field::new(name, data_type(column_type), true))
}

fn entries(value: &ColumnType) -> FieldRef {
    let key = Field::new("key", DataType::Utf8, false);
    let fields = Fields::from(vec![Arc::new(key), field("value", value)]);
    Arc::new(Field::new("key_value", DataType::Struct(fields), false))
}

/// The values of one column so far.
#[derive(Debug)]
pub enum Values {
    /// Of a boolean column.
    Boolean(BooleanBuilder),
    /// Of an integer column of 8 bits.
    Int8(PrimitiveBuilder<Int8Type>),
    /// Of 16 bits.
    Int16(PrimitiveBuilder<Int16Type>),
    /// Of 32 bits.
    Int32(PrimitiveBuilder<Int32Type>),
    /// Of 64 bits.
    Int64(PrimitiveBuilder<Int64Type>),
    /// Of a floating-point column of 32 bits.
    Float32(PrimitiveBuilder<Float32Type>),
    /// Of 64 bits.
    Float64(PrimitiveBuilder<Float64Type>),
    /// Of a decimal column.
    Decimal(Decimal128Builder),
    /// Of a column of moments, with or without an offset.
    Moment(PrimitiveBuilder<TimestampMicrosecondType>),
    /// Of a date column.
    Date(PrimitiveBuilder<Date32Type>),
    /// Of a column of texts.
    Text(StringBuilder),
    /// Of a column of lists, maps or records.
    Nested(Box<Nested>),
}

/// The values of a column of lists, maps or records.
#[derive(Debug)]
pub struct Nested {
    data_type: DataType,
    /// Of a list its items; of a map its keys and values; of a record its members.
    children: Vec<Values>,
    /// Where each list or map ends.
    ends: Vec<i32>,
    present: NullBufferBuilder,
}

impl Values {
    /// An empty column. It takes no room yet: most types of a lake are rare in a batch.
    #[must_use]
    pub fn new(column_type: &ColumnType) -> Self {
        let data_type = data_type(column_type);
        match column_type {
            ColumnType::Boolean => Self::Boolean(BooleanBuilder::with_capacity(0)),
            ColumnType::Integer { bits: ..=8 } => Self::Int8(PrimitiveBuilder::with_capacity(0)),
            ColumnType::Integer { bits: ..=16 } => Self::Int16(PrimitiveBuilder::with_capacity(0)),
            ColumnType::Integer { bits: ..=32 } => Self::Int32(PrimitiveBuilder::with_capacity(0)),
            ColumnType::Integer { .. } => Self::Int64(PrimitiveBuilder::with_capacity(0)),
            ColumnType::Float { bits: ..=32 } => Self::Float32(PrimitiveBuilder::with_capacity(0)),
            ColumnType::Float { .. } => Self::Float64(PrimitiveBuilder::with_capacity(0)),
            ColumnType::Decimal { .. } => {
                Self::Decimal(Decimal128Builder::with_capacity(0).with_data_type(data_type))
            }
            ColumnType::Timestamp | ColumnType::DateTime => {
                Self::Moment(PrimitiveBuilder::with_capacity(0).with_data_type(data_type))
            }
            ColumnType::Date => Self::Date(PrimitiveBuilder::with_capacity(0)),
            ColumnType::List { item, .. } => Self::nested(data_type, vec![Self::new(item)]),
            ColumnType::Map { value, .. } => Self::nested(
                data_type,
                vec![Self::Text(StringBuilder::with_capacity(0, 0)), Self::new(value)],
            ),
            ColumnType::Record(members) => {
                let children =
                    members.iter().map(|member| Self::new(&member.column_type)).collect();
                Self::nested(data_type, children)
            }
            _ => Self::Text(StringBuilder::with_capacity(0, 0)),
        }
    }

    fn nested(data_type: DataType, children: Vec<Self>) -> Self {
        let (ends, present) = (Vec::new(), NullBufferBuilder::new(0));
        Self::Nested(Box::new(Nested { data_type, children, ends, present }))
    }

    /// Appends a value. One of another type than the column cannot come from [`row`](super::cell::row),
    /// and is taken as null.
    pub fn push(&mut self, cell: &Cell<'_>) {
        let integer = match cell {
            Cell::Integer(value) => Some(*value),
            _ => None,
        };
        let float = match cell {
            Cell::Float(value) => Some(*value),
            _ => None,
        };
        match self {
            Self::Boolean(values) => values.append_option(match cell {
                Cell::Boolean(value) => Some(*value),
                _ => None,
            }),
            Self::Int8(values) => {
                values.append_option(integer.and_then(|value| value.try_into().ok()));
            }
            Self::Int16(values) => {
                values.append_option(integer.and_then(|value| value.try_into().ok()));
            }
            Self::Int32(values) => {
                values.append_option(integer.and_then(|value| value.try_into().ok()));
            }
            Self::Date(values) => {
                values.append_option(integer.and_then(|value| value.try_into().ok()));
            }
            Self::Int64(values) => values.append_option(integer),
            Self::Moment(values) => values.append_option(integer),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the column has 32 bits, as the field has"
            )]
            Self::Float32(values) => values.append_option(float.map(|value| value as f32)),
            Self::Float64(values) => values.append_option(float),
            Self::Decimal(values) => values.append_option(match cell {
                Cell::Decimal(value) => Some(*value),
                _ => None,
            }),
            Self::Text(values) => values.append_option(match cell {
                Cell::Text(value) => Some(value),
                _ => None,
            }),
            Self::Nested(nested) => nested.push(cell),
        }
    }

    /// The array of all values; the column is empty again.
    ///
    /// # Errors
    /// If there are more values in lists than an array can count.
    pub fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Boolean(values) => Arc::new(values.finish()),
            Self::Int8(values) => Arc::new(values.finish()),
            Self::Int16(values) => Arc::new(values.finish()),
            Self::Int32(values) => Arc::new(values.finish()),
            Self::Int64(values) => Arc::new(values.finish()),
            Self::Float32(values) => Arc::new(values.finish()),
            Self::Float64(values) => Arc::new(values.finish()),
            Self::Decimal(values) => Arc::new(values.finish()),
            Self::Moment(values) => Arc::new(values.finish()),
            Self::Date(values) => Arc::new(values.finish()),
            Self::Text(values) => Arc::new(values.finish()),
            Self::Nested(nested) => nested.finish()?,
        })
    }
}

impl Nested {
    fn push(&mut self, cell: &Cell<'_>) {
        self.present.append(!matches!(cell, Cell::Null));
        match cell {
            Cell::List(items) => items.iter().for_each(|item| self.children[0].push(item)),
            Cell::Map(entries) => {
                for (key, value) in entries {
                    self.children[0].push(&Cell::Text(key.as_ref().into()));
                    self.children[1].push(value);
                }
            }
            Cell::Record(members) => {
                for (child, member) in self.children.iter_mut().zip(members) {
                    child.push(member);
                }
            }
            // A list or a map has no value then; a record has one of each all the same.
            _ if matches!(self.data_type, DataType::Struct(_)) => {
                self.children.iter_mut().for_each(|child| child.push(&Cell::Null));
            }
            _ => {}
        }
        let length = match cell {
            Cell::List(items) => items.len(),
            Cell::Map(entries) => entries.len(),
            _ => 0,
        };
        let end = self.ends.last().copied().unwrap_or_default();
        // A batch is far from 2^31 values.
        self.ends.push(end.saturating_add(i32::try_from(length).unwrap_or(i32::MAX)));
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let mut children = Vec::with_capacity(self.children.len());
        for child in &mut self.children {
            children.push(child.finish()?);
        }
        let ends = std::mem::take(&mut self.ends);
        let offsets = || OffsetBuffer::new([0].into_iter().chain(ends.iter().copied()).collect());
        let present = self.present.finish();
        Ok(match &self.data_type {
            DataType::List(item) => {
                let items = children.remove(0);
                Arc::new(ListArray::try_new(Arc::clone(item), offsets(), items, present)?)
            }
            DataType::Map(entries, _) => {
                let DataType::Struct(fields) = entries.data_type() else {
                    return Err(ArrowError::SchemaError("a map has entries".to_owned()));
                };
                let pairs = StructArray::try_new(fields.clone(), children, None)?;
                Arc::new(MapArray::try_new(Arc::clone(entries), offsets(), pairs, present, false)?)
            }
            DataType::Struct(fields) => Arc::new(StructArray::try_new_with_length(
                fields.clone(),
                children,
                present,
                ends.len(),
            )?),
            other => return Err(ArrowError::SchemaError(format!("{other} holds no values"))),
        })
    }
}
