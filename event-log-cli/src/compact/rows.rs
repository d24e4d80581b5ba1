//! The rows of a file of a lake, one by one: as lines, or their ids alone.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use ::parquet::arrow::ProjectionMask;
use arrow_array::Array;
use arrow_array::cast::AsArray;
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_128;

use crate::compact::parquet;
use crate::input::lines;
use crate::lake::settings::Format;

/// Hands over each line of a file of JSON with its newline and its number, from 0.
///
/// # Errors
/// If the file cannot be read, or with the error of `take`.
pub fn each_line(
    path: &Path,
    mut take: impl FnMut(u32, &[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut input = lines::open_file(path, &crate::progress::Progress::none())?;
    let mut number = Number::default();
    // A line that goes on behind what was read at once.
    let mut begun = Vec::new();
    loop {
        let available = input.fill_buf()?;
        let length = available.len();
        if length == 0 {
            break;
        }
        let mut rest = available;
        while let Some(newline) = memchr::memchr(b'\n', rest) {
            let (line, behind) = rest.split_at(newline + 1);
            if begun.is_empty() {
                take(number.next()?, line)?;
            } else {
                begun.extend_from_slice(line);
                take(number.next()?, &begun)?;
                begun.clear();
            }
            rest = behind;
        }
        begun.extend_from_slice(rest);
        input.consume(length);
    }
    if begun.is_empty() { Ok(()) } else { take(number.next()?, &begun) }
}

/// Hands over the hash of each row's id, and the row's number; `None` if it has no id that can be read. An
/// empty line is no row.
///
/// # Errors
/// If the file cannot be read.
pub fn each_id(
    path: &Path,
    format: Format,
    mut take: impl FnMut(u32, Option<u128>),
) -> io::Result<()> {
    if format == Format::Parquet {
        return each_id_of_parquet(path, take);
    }
    each_line(path, |number, line| {
        if !line.trim_ascii().is_empty() {
            take(number, id(line));
        }
        Ok(())
    })
}

fn each_id_of_parquet(path: &Path, mut take: impl FnMut(u32, Option<u128>)) -> io::Result<()> {
    let builder = parquet::open(path)?;
    let ids = ProjectionMask::columns(builder.parquet_schema(), ["id"]);
    let mut number = Number::default();
    for batch in builder.with_projection(ids).with_batch_size(parquet::BATCH_ROWS).build()? {
        let batch = batch.map_err(io::Error::other)?;
        let texts = batch.column_by_name("id").and_then(|column| column.as_string_opt::<i32>());
        for row in 0..batch.num_rows() {
            let text = texts.filter(|texts| texts.is_valid(row)).map(|texts| texts.value(row));
            take(number.next()?, text.map(|text| xxh3_128(text.as_bytes())));
        }
    }
    Ok(())
}

/// The hash of the id of a row of JSON. It is the first key of the rows that a load writes.
fn id(line: &[u8]) -> Option<u128> {
    #[derive(Deserialize)]
    struct Row<'a> {
        #[serde(borrow)]
        id: Cow<'a, str>,
    }

    if let Some(rest) = line.strip_prefix(b"{\"id\":\"")
        && let Some(end) = memchr::memchr2(b'"', b'\\', rest)
        && rest[end] == b'"'
    {
        return Some(xxh3_128(&rest[..end]));
    }
    let row: Row<'_> = serde_json::from_slice(line).ok()?;
    Some(xxh3_128(row.id.as_bytes()))
}

/// The numbers of rows, from 0.
#[derive(Default)]
struct Number(u32);

impl Number {
    fn next(&mut self) -> io::Result<u32> {
        let number = self.0;
        let next = number.checked_add(1);
        self.0 = next.ok_or_else(|| io::Error::other("a file of 2^32 rows cannot be joined"))?;
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_wherever_what_is_read_at_once_ends() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("rows.json");
        let lines: Vec<String> = (0..60_000).map(|n| format!("{{\"n\":{n}}}\n")).collect();
        let text = lines.concat() + "{}";
        for bytes in [text.as_bytes(), &zstd::encode_all(text.as_bytes(), 0).unwrap()] {
            std::fs::write(&path, bytes).unwrap();
            let mut found = Vec::new();
            each_line(&path, |number, line| {
                assert_eq!(number as usize, found.len());
                found.push(String::from_utf8(line.to_vec()).unwrap());
                Ok(())
            })
            .unwrap();
            assert_eq!(found.pop().as_deref(), Some("{}"));
            assert!(found == lines);
        }
    }

    #[test]
    fn an_id_is_found_wherever_it_stands_and_however_it_is_written() {
        let wanted = Some(xxh3_128(b"a"));
        for line in [r#"{"id":"a","n":1}"#, r#"{"n":1,"id":"a"}"#, r#"{ "id" : "\u0061"}"#] {
            assert_eq!(id(line.as_bytes()), wanted, "{line}");
        }
        for line in
            [r#"{"n":1}"#, r#"{"id":1}"#, r#"{"id":"a"#, "[]", r#"{"n":1,"id":"a","id":"b"}"#]
        {
            assert_eq!(id(line.as_bytes()), None, "{line}");
        }
    }
}
