//! The inputs: events of 20 types of 3 to 10 params of mixed types, with Japanese text, over 72 hours.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::json;

use crate::Error;

/// So many types there are.
pub(crate) const TYPES: u64 = 20;
const HOURS: u64 = 72;
/// 2021-09-16T00:00:00Z.
const FROM_SECONDS: u64 = 1_631_750_400;

const COURSES: [&str; 6] = [
    "漢字の基礎",
    "ひらがな入門",
    "日本の歴史と文化",
    "English for travellers",
    "数学Ⅰ・A",
    "プログラミング",
];
const COMMENTS: [&str; 5] = [
    "とても分かりやすかったです。次の授業も楽しみにしています！",
    "Great lesson, thank you",
    "先生の説明が少し速かったので、もう一度見直します。",
    "音が\\\"途切れました\\\"",
    "",
];
const PLANS: [&str; 4] = ["free", "basic", "pro", "family"];
const LOCALES: [(&str, &str); 4] =
    [("ja", "JP"), ("en-US", "US"), ("zh-Hant-TW", "TW"), ("ko", "KR")];

/// The name of a type.
pub(crate) fn name(event_type: u64) -> String {
    format!("event_{event_type:02}")
}

/// The params of a type: their names, and their types as DuckDB calls them.
pub(crate) fn params(event_type: u64) -> Vec<(String, &'static str)> {
    let kinds =
        ["BIGINT", "VARCHAR", "DOUBLE", "BOOLEAN", "VARCHAR", "VARCHAR", "BIGINT", "DOUBLE"];
    let count = 3 + event_type % 8;
    let kind = |param: u64| kinds[usize::try_from((param + event_type) % 8).unwrap_or_default()];
    (0..count).map(|param| (format!("param_{param}"), kind(param))).collect()
}

/// A catalogue of these types: the lock file that `load --catalog` takes.
pub(crate) fn catalog(types: u64) -> String {
    let field = |(name, kind): (String, &str)| {
        let field_type = match kind {
            "BIGINT" => json!({"integer": {"bits": 64, "signed": true}}),
            "DOUBLE" => json!({"float": {"bits": 64}}),
            "BOOLEAN" => json!("boolean"),
            _ => json!("string"),
        };
        json!({"name": name, "type": field_type})
    };
    let event = |event_type| {
        let fields: Vec<_> = params(event_type).into_iter().map(field).collect();
        json!({"type": name(event_type), "fields": fields})
    };
    let events: Vec<_> = (0..types).map(event).collect();
    json!({"version": 1, "envelope": {"user_id": "integer"}, "events": events}).to_string()
}

/// Writes the events in the order of time, and returns their bytes.
pub(crate) fn write(path: &Path, events: u64) -> Result<u64, Error> {
    let mut random = 1;
    let kinds: Vec<_> = (0..TYPES).map(params).collect();
    write_each(path, events, |number, out| {
        let event_type = next(&mut random) % TYPES;
        let millis = FROM_SECONDS * 1_000 + number * HOURS * 3_600_000 / events;
        event(&mut random, (event_type, &kinds[usize::try_from(event_type)?]), millis, out)
    })
}

/// Writes one event of each type in each hour, in no order, and returns their bytes.
pub(crate) fn scatter(path: &Path, types: u64, hours: u64) -> Result<u64, Error> {
    let mut random = 1;
    let kinds: Vec<_> = (0..types).map(params).collect();
    let mut places: Vec<u64> = (0..types * hours).collect();
    for index in (1..places.len()).rev() {
        places.swap(index, usize::try_from(next(&mut random) % (index as u64 + 1))?);
    }
    write_each(path, types * hours, |number, out| {
        let place = places[usize::try_from(number)?];
        let (event_type, hour) = (place % types, place / types);
        let millis = FROM_SECONDS * 1_000 + hour * 3_600_000;
        event(&mut random, (event_type, &kinds[usize::try_from(event_type)?]), millis, out)
    })
}

fn write_each(
    path: &Path,
    events: u64,
    mut one: impl FnMut(u64, &mut BufWriter<File>) -> Result<(), Error>,
) -> Result<u64, Error> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    (0..events).try_for_each(|number| one(number, &mut out))?;
    out.into_inner()?.sync_all()?;
    Ok(fs::metadata(path)?.len())
}

/// Writes one event of a type, given with its params.
fn event(
    random: &mut u64,
    (event_type, params): (u64, &[(String, &'static str)]),
    millis: u64,
    out: &mut impl Write,
) -> Result<(), Error> {
    let user = next(random) % 1_000_000;
    let (locale, country) = pick(&LOCALES, user);
    let (high, low) = (next(random) & 0xFFF, next(random));
    write!(
        out,
        "{{\"id\":\"{:08x}-{:04x}-7{high:03x}-{:04x}-{:012x}\",\"date\":\"{}\",\"type\":\"{}\",\"user_id\":{user},\
         \"locale\":\"{locale}\",\"country_code\":\"{country}\",\"params\":{{",
        millis >> 16,
        millis & 0xFFFF,
        0x8000 | low >> 50,
        low & 0xFFFF_FFFF_FFFF,
        date(millis / 1_000),
        name(event_type),
    )?;
    for (index, (name, kind)) in params.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        write!(out, "{comma}\"{name}\":")?;
        value(kind, index, next(random), out)?;
    }
    Ok(out.write_all(b"}}\n")?)
}

fn value(kind: &str, index: usize, random: u64, out: &mut impl Write) -> Result<(), Error> {
    match (kind, index % 3) {
        ("BIGINT", _) => write!(out, "{}", random % 1_000_000)?,
        ("DOUBLE", _) => write!(out, "{}.{:02}", random % 10_000, random % 90 + 10)?,
        ("BOOLEAN", _) => write!(out, "{}", random.is_multiple_of(2))?,
        (_, 0) => write!(out, "\"{}\"", pick(&PLANS, random))?,
        (_, 1) => write!(out, "\"{}\"", pick(&COURSES, random))?,
        _ => write!(out, "\"{}\"", pick(&COMMENTS, random))?,
    }
    Ok(())
}

fn pick<T: Copy>(all: &[T], random: u64) -> T {
    all[usize::try_from(random % all.len() as u64).unwrap_or_default()]
}

/// RFC 3339 of a second within September or October 2021.
fn date(second: u64) -> String {
    let of_day = second % 86_400;
    let day = 15 + (second - FROM_SECONDS) / 86_400;
    let (month, day) = (9 + day / 30, day % 30 + 1);
    format!(
        "2021-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        of_day / 3_600,
        of_day / 60 % 60,
        of_day % 60
    )
}

/// splitmix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*state ^ *state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}

/// Cuts an input into files of whole lines, about as many as wanted.
pub(crate) fn cut(input: &Path, directory: &Path, files: u64) -> Result<(), Error> {
    fs::create_dir_all(directory)?;
    let text = fs::read(input)?;
    let bytes = text.len() / usize::try_from(files)?.max(1);
    let mut rest = &text[..];
    for number in 0.. {
        if rest.is_empty() {
            break;
        }
        let from = bytes.min(rest.len() - 1);
        let end = rest[from..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(rest.len(), |at| from + at + 1);
        fs::write(directory.join(format!("events.{number:06}.jsonl")), &rest[..end])?;
        rest = &rest[end..];
    }
    Ok(())
}
