//! Rows of a lake, and lines of segments, to a tally.
//!
//! [`lake_file`] is the one place that knows what the files of a lake are.

mod members;

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use crate::failure::Failure;
use crate::input::lines::{Found, Lines};
use crate::lake::layout::Hour;
use crate::line::Line;
use crate::load::flatten;
use crate::load::scan::Scanned;
use crate::tally::read::members::{MEMBERS, members};
use crate::tally::{OfType, Tally, count, fingerprint, index_of, parquet};

/// The ends of the names of a lake's files that [`lake_file`] can read.
pub const LAKE_ENDINGS: [&str; 4] = [".json", ".json.gz", ".json.zst", ".parquet"];

/// The library's own types begin so: they tell of the log, not of the business.
const OWN_TYPES: &str = "event_log_";

/// Something that is no event, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Bad {
    /// The file.
    pub file: String,
    /// The number of the line in it, from 1.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
}

/// What was read beside the events.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Read {
    /// Files that were read.
    pub files: u64,
    /// Their bytes; of JSON uncompressed.
    pub bytes: u64,
    /// Lines of the log's own types, which tell of dropped events; they are in no count.
    pub own_lines: u64,
    /// What is no event, or lies in the wrong place: the first few.
    pub bad: Vec<Bad>,
    /// How many there are.
    pub bad_lines: u64,
}

impl Read {
    /// So many are told of one by one.
    const MOST_BAD: usize = 100;

    fn bad(&mut self, path: &Path, line: u64, reason: String) {
        self.bad_lines += 1;
        if self.bad.len() < Self::MOST_BAD {
            self.bad.push(Bad { file: path.display().to_string(), line, reason });
        }
    }

    /// Adds what another thread read.
    pub fn merge(&mut self, other: Self) {
        let Self { files, bytes, own_lines, bad, bad_lines } = other;
        self.files += files;
        self.bytes += bytes;
        self.own_lines += own_lines;
        self.bad.extend(bad);
        self.bad_lines += bad_lines;
    }
}

/// Adds the rows of one file of a lake. `partition` is the path of its directory below the lake.
///
/// # Errors
/// If it cannot be read.
pub fn lake_file(
    path: &Path,
    partition: &str,
    tally: &mut Tally,
    read: &mut Read,
) -> Result<(), Failure> {
    if path.extension().is_some_and(|extension| extension == "parquet") {
        return parquet_file(path, partition, tally, read);
    }
    each_line(path, read, |text, own_lines| row(&members(text)?, Some(partition), tally, own_lines))
}

fn parquet_file(
    path: &Path,
    partition: &str,
    tally: &mut Tally,
    read: &mut Read,
) -> Result<(), Failure> {
    read.files += 1;
    read.bytes += fs::metadata(path).map_or(0, |metadata| metadata.len());
    let mut number = 0;
    parquet::each_row(path, |members| {
        number += 1;
        if let Err(reason) = row(members, Some(partition), tally, &mut read.own_lines) {
            read.bad(path, number, reason);
        }
    })
}

/// Adds the lines of a segment, or of another input that `load` takes.
///
/// # Errors
/// If it cannot be read.
pub fn segment(path: &Path, tally: &mut Tally, read: &mut Read) -> Result<(), Failure> {
    each_line(path, read, |text, own_lines| line(text, tally, own_lines))
}

/// Adds a line, as the row that `load` makes of it.
fn line(text: &str, tally: &mut Tally, own_lines: &mut u64) -> Result<(), String> {
    let (mut user_id, mut country) = ("null", "null");
    let mut numbers = Vec::with_capacity(MEMBERS);
    let scanned = Scanned::each(text, |key, value| {
        if key == "user_id" {
            user_id = value;
            return;
        }
        if key == "country_code" {
            country = value;
        }
        if is_number(value) {
            numbers.push((key, value));
        }
    });
    if let Some(Scanned { id, date, event_type, .. }) = scanned {
        let event = Event { id, date, event_type, user_id, country, numbers };
        return event.add_to(tally, None, own_lines);
    }
    let line = Line::parse(text.as_bytes()).map_err(|malformed| malformed.reason)?;
    let mut space = Vec::new();
    flatten::row(&line, &mut space, |_, _| ());
    let text = str::from_utf8(&space).map_err(|error| error.to_string())?;
    row(&members(text.trim_ascii_end())?, None, tally, own_lines)
}

fn each_line(
    path: &Path,
    read: &mut Read,
    mut take: impl FnMut(&str, &mut u64) -> Result<(), String>,
) -> Result<(), Failure> {
    read.files += 1;
    let mut lines = Lines::open_file(path)?;
    while let Some(found) = lines.read().map_err(Failure::file("read", path))? {
        let taken = match found {
            Found::Whole(bytes) | Found::Unfinished(bytes) if bytes.trim_ascii().is_empty() => {
                Ok(())
            }
            Found::Whole(bytes) => {
                read.bytes += bytes.len() as u64 + 1;
                let text = simdutf8::basic::from_utf8(bytes);
                let text = text.map_err(|_| "it is not UTF-8".to_owned());
                text.and_then(|text| take(text, &mut read.own_lines))
            }
            Found::Unfinished(_) => Err("the line lacks its newline".to_owned()),
            Found::TooLong(length) => Err(format!("a line of {length} bytes is none")),
        };
        if let Err(reason) = taken {
            read.bad(path, lines.number(), reason);
        }
    }
    Ok(())
}

/// Adds one row, which is checked to lie in its partition.
fn row(
    members: &[(Cow<'_, str>, &str)],
    partition: Option<&str>,
    tally: &mut Tally,
    own_lines: &mut u64,
) -> Result<(), String> {
    let (mut id, mut date, mut event_type) = (None, None, None);
    let (mut user_id, mut country) = ("null", "null");
    let mut numbers = Vec::with_capacity(MEMBERS);
    for (key, value) in members {
        match &**key {
            "id" => id = Some(*value),
            "date" => date = Some(*value),
            "type" => event_type = Some(*value),
            "user_id" => user_id = value,
            "country_code" => country = value,
            _ => {}
        }
        if is_number(value) && key != "user_id" {
            numbers.push((&**key, *value));
        }
    }
    let (id, date) = (wanted(id, "id")?, wanted(date, "date")?);
    let event_type = wanted(event_type, "type")?;
    let event = Event { id: &id, date: &date, event_type: &event_type, user_id, country, numbers };
    event.add_to(tally, partition, own_lines)
}

fn is_number(value: &str) -> bool {
    value.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

/// What a tally asks of an event.
struct Event<'a> {
    id: &'a str,
    date: &'a str,
    event_type: &'a str,
    /// As JSON.
    user_id: &'a str,
    /// As JSON.
    country: &'a str,
    /// The fields that hold numbers, but for the user.
    numbers: Vec<(&'a str, &'a str)>,
}

impl Event<'_> {
    fn add_to(
        &self,
        tally: &mut Tally,
        partition: Option<&str>,
        own_lines: &mut u64,
    ) -> Result<(), String> {
        let Self { id, date, event_type, user_id, country, numbers } = self;
        let hour = Hour::of(date).ok_or_else(|| format!("the date `{date}` is none"))?;
        if event_type.starts_with(OWN_TYPES) {
            *own_lines += 1;
            return Ok(());
        }
        if partition.is_some_and(|partition| !lies_in(event_type, hour, partition)) {
            return Err(format!(
                "the event is a `{event_type}` of {date}, and lies in another place"
            ));
        }
        tally.user(event_type, hour, user_id);
        let OfType { hours, fields, .. } = tally.of_type(event_type);
        let of_hour = hours.entry(hour).or_default();
        of_hour.events += 1;
        of_hour.ids = of_hour.ids.wrapping_add(fingerprint(id));
        let country = unquoted(country);
        count(&mut of_hour.countries, country.as_deref().unwrap_or("null"), 1);
        for (hint, (key, number)) in numbers.iter().enumerate() {
            of_hour.sum(index_of(fields, key, hint)).add(number);
        }
        Ok(())
    }
}

/// Whether an event belongs into the directory of this path: of its type, and its hour or day.
fn lies_in(event_type: &str, hour: Hour, partition: &str) -> bool {
    let mut parts = partition.split('/');
    let value = |part: Option<&str>, key: &str, wanted: u16| {
        let value = part.and_then(|part| part.strip_prefix(key));
        value.and_then(|value| value.parse().ok()) == Some(wanted)
    };
    let Hour { year, month, day, hour } = hour;
    parts.next() == Some(event_type)
        && value(parts.next(), "year=", year)
        && value(parts.next(), "month=", month.into())
        && value(parts.next(), "day=", day.into())
        && parts.next().is_none_or(|part| value(Some(part), "hour=", hour.into()))
}

/// The text of a key that must be there.
fn wanted<'a>(value: Option<&'a str>, key: &str) -> Result<Cow<'a, str>, String> {
    let value = value.ok_or_else(|| format!("the key `{key}` is missing"))?;
    unquoted(value).ok_or_else(|| format!("`{key}` is {value}, not a string"))
}

/// The text of a JSON string; `None` for another value.
fn unquoted(value: &str) -> Option<Cow<'_, str>> {
    let raw = value.strip_prefix('"')?.strip_suffix('"')?;
    if raw.contains('\\') {
        return serde_json::from_str(value).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(raw))
}

#[cfg(test)]
mod tests;
