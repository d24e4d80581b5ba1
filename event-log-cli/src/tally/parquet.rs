//! Rows of a Parquet file to the members that the same row has as JSON.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::path::Path;

use chrono::DateTime;
use num_bigint::BigInt;
use parquet::data_type::Decimal;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use crate::failure::Failure;
use crate::tally::sum::with_point;

/// Hands over each row as its names and JSON texts, without nulls and nested values: these are in no
/// count. A float has the shortest text that reads back as the same.
///
/// # Errors
/// If the file cannot be read.
pub fn each_row(path: &Path, mut take: impl FnMut(&[(Cow<'_, str>, &str)])) -> Result<(), Failure> {
    let file = File::open(path).map_err(Failure::file("open", path))?;
    let unreadable =
        |error: ParquetError| Failure::file("read", path)(io::Error::other(error.to_string()));
    let reader = SerializedFileReader::new(file).map_err(unreadable)?;
    for row in reader.get_row_iter(None).map_err(unreadable)? {
        let row = row.map_err(unreadable)?;
        let texts = row.get_column_iter().filter_map(|(name, field)| Some((name, text(field)?)));
        let texts: Vec<(&String, String)> = texts.collect();
        let members: Vec<_> =
            texts.iter().map(|(name, text)| (Cow::Borrowed(name.as_str()), &**text)).collect();
        take(&members);
    }
    Ok(())
}

/// The JSON text of a value; `None` for those that no tally asks for.
fn text(field: &Field) -> Option<String> {
    Some(match field {
        Field::Byte(number) => number.to_string(),
        Field::Short(number) => number.to_string(),
        Field::Int(number) => number.to_string(),
        Field::Long(number) => number.to_string(),
        Field::UByte(number) => number.to_string(),
        Field::UShort(number) => number.to_string(),
        Field::UInt(number) => number.to_string(),
        Field::ULong(number) => number.to_string(),
        Field::Float(number) => number.to_string(),
        Field::Double(number) => number.to_string(),
        Field::Decimal(decimal) => decimal_text(decimal),
        Field::Str(text) => serde_json::Value::from(text.as_str()).to_string(),
        Field::TimestampMicros(micros) => {
            let date = DateTime::from_timestamp_micros(*micros)?;
            format!("\"{}\"", date.format("%Y-%m-%dT%H:%M:%S%.6fZ"))
        }
        _ => return None,
    })
}

fn decimal_text(decimal: &Decimal) -> String {
    let units = BigInt::from_signed_bytes_be(decimal.data());
    with_point(&units, usize::try_from(decimal.scale()).unwrap_or_default())
}
