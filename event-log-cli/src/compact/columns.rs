//! Columns of an older file as those of its table: missing ones are null, narrower ones become wider.
//!
//! Only what no value is changed by: integers to wider ones, or to decimals and floating-point numbers that
//! hold each of them; floating-point numbers and decimals to wider ones; the same inside of lists, maps and
//! records.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, ListArray, MapArray, RecordBatch, StructArray,
    new_null_array,
};
use arrow_schema::{ArrowError, DataType, Field, Fields, SchemaRef};

/// Whether a table's columns hold each row of a file with these columns, exactly.
#[must_use]
pub fn hold(table: &SchemaRef, file: &SchemaRef) -> bool {
    all_held(table.fields(), file.fields())
}

/// The rows with the columns of their table, which hold them.
///
/// # Errors
/// If they do not.
pub fn fit(batch: &RecordBatch, table: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    if batch.schema_ref() == table {
        return Ok(batch.clone());
    }
    let fields = table.fields().iter();
    let columns =
        fields.map(|field| column(batch.column_by_name(field.name()), field, batch.num_rows()));
    RecordBatch::try_new(Arc::clone(table), columns.collect::<Result<_, _>>()?)
}

fn all_held(to: &Fields, from: &Fields) -> bool {
    from.iter().all(|field| {
        let found = to.find(field.name());
        found.is_some_and(|(_, to)| is_held(to.data_type(), field.data_type()))
    })
}

fn is_held(to: &DataType, from: &DataType) -> bool {
    use DataType::{Decimal128, Float32, Float64, Int8, Int16, Int32, Int64, List, Map, Struct};
    match (from, to) {
        (from, to) if from == to => true,
        (Int8, Int16 | Int32 | Int64 | Float32 | Float64)
        | (Int16, Int32 | Int64 | Float32 | Float64)
        | (Int32, Int64 | Float64)
        | (Float32, Float64) => true,
        (Decimal128(precision, scale), Decimal128(to, to_scale)) => {
            to_scale >= scale && before_point(*to, *to_scale) >= before_point(*precision, *scale)
        }
        (from, Decimal128(to, to_scale)) => {
            digits(from).is_some_and(|digits| before_point(*to, *to_scale) >= digits)
        }
        (List(from), List(to)) | (Map(from, _), Map(to, _)) => {
            is_held(to.data_type(), from.data_type())
        }
        (Struct(from), Struct(to)) => all_held(to, from),
        _ => false,
    }
}

fn before_point(precision: u8, scale: i8) -> i16 {
    i16::from(precision) - i16::from(scale)
}

/// How many digits an integer of this type can have.
fn digits(integer: &DataType) -> Option<i16> {
    match integer {
        DataType::Int8 => Some(3),
        DataType::Int16 => Some(5),
        DataType::Int32 => Some(10),
        DataType::Int64 => Some(19),
        _ => None,
    }
}

fn column(found: Option<&ArrayRef>, field: &Field, rows: usize) -> Result<ArrayRef, ArrowError> {
    match found {
        Some(array) => cast(array, field.data_type()),
        None => Ok(new_null_array(field.data_type(), rows)),
    }
}

fn cast(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, ArrowError> {
    match (array.data_type(), to) {
        (from, to) if from == to => Ok(Arc::clone(array)),
        (DataType::Int8, _) => integers::<Int8Type>(array, to),
        (DataType::Int16, _) => integers::<Int16Type>(array, to),
        (DataType::Int32, _) => integers::<Int32Type>(array, to),
        (DataType::Int64, _) => integers::<Int64Type>(array, to),
        (DataType::Float32, DataType::Float64) => {
            let values = array.as_primitive::<Float32Type>();
            Ok(Arc::new(values.unary::<_, Float64Type>(f64::from)))
        }
        (DataType::Decimal128(_, from), DataType::Decimal128(precision, scale)) => {
            let factor = power_of_ten(scale - from);
            let values = array.as_primitive::<Decimal128Type>();
            // Where there is null, anything may stand.
            let values = values.unary::<_, Decimal128Type>(|value| value.wrapping_mul(factor));
            Ok(Arc::new(values.with_precision_and_scale(*precision, *scale)?))
        }
        (DataType::List(_), DataType::List(item)) => {
            let (_, offsets, items, nulls) = array.as_list::<i32>().clone().into_parts();
            let items = cast(&items, item.data_type())?;
            Ok(Arc::new(ListArray::try_new(Arc::clone(item), offsets, items, nulls)?))
        }
        (DataType::Map(..), DataType::Map(entries, is_sorted)) => {
            let (_, offsets, pairs, nulls, _) = array.as_map().clone().into_parts();
            let pairs = cast(&(Arc::new(pairs) as ArrayRef), entries.data_type())?;
            let (entries, pairs) = (Arc::clone(entries), pairs.as_struct().clone());
            Ok(Arc::new(MapArray::try_new(entries, offsets, pairs, nulls, *is_sorted)?))
        }
        (DataType::Struct(_), DataType::Struct(fields)) => record(array.as_struct(), fields),
        (from, to) => Err(not_held(from, to)),
    }
}

fn not_held(from: &DataType, to: &DataType) -> ArrowError {
    ArrowError::CastError(format!("a column of {to} does not hold values of {from}"))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the column holds each integer, as `hold` says"
)]
#[expect(clippy::cast_precision_loss, reason = "the column holds each integer, as `hold` says")]
fn integers<A>(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, ArrowError>
where
    A: ArrowPrimitiveType,
    A::Native: Into<i64>,
{
    let values = array.as_primitive::<A>();
    let whole = |value: A::Native| -> i64 { value.into() };
    Ok(match to {
        DataType::Int16 => Arc::new(values.unary::<_, Int16Type>(|value| whole(value) as i16)),
        DataType::Int32 => Arc::new(values.unary::<_, Int32Type>(|value| whole(value) as i32)),
        DataType::Int64 => Arc::new(values.unary::<_, Int64Type>(whole)),
        DataType::Float32 => Arc::new(values.unary::<_, Float32Type>(|value| whole(value) as f32)),
        DataType::Float64 => Arc::new(values.unary::<_, Float64Type>(|value| whole(value) as f64)),
        DataType::Decimal128(precision, scale) => {
            let factor = power_of_ten(*scale);
            let units = |value| i128::from(whole(value)).wrapping_mul(factor);
            let values = values.unary::<_, Decimal128Type>(units);
            Arc::new(values.with_precision_and_scale(*precision, *scale)?)
        }
        to => return Err(not_held(array.data_type(), to)),
    })
}

fn power_of_ten(exponent: i8) -> i128 {
    10_i128.wrapping_pow(u32::try_from(exponent).unwrap_or_default())
}

fn record(array: &StructArray, fields: &Fields) -> Result<ArrayRef, ArrowError> {
    let members = fields.iter();
    let members =
        members.map(|field| column(array.column_by_name(field.name()), field, array.len()));
    let members = members.collect::<Result<_, _>>()?;
    let nulls = array.nulls().cloned();
    Ok(Arc::new(StructArray::try_new_with_length(fields.clone(), members, nulls, array.len())?))
}

#[cfg(test)]
mod tests;
