//! A lake as a loader makes it of lines, in the plainest way.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use event_log_catalog::Catalog;
use serde_json::value::RawValue;

/// The members of a JSON object, in order, their values as they are written.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Members<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<'a>(std::marker::PhantomData<&'a ()>);
        impl<'de: 'a, 'a> serde::de::Visitor<'de> for Visitor<'a> {
            type Value = Members<'a>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Members<'a>, A::Error> {
                let mut members = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    members.push(entry);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor(std::marker::PhantomData))
    }
}

/// The line of the lake: `params` lifted beside the other keys, all keys in lower case.
///
/// # Panics
/// If the line is no line of a log.
#[must_use]
pub fn flattened(line: &str) -> String {
    let Members(members) = serde_json::from_str(line).expect("a line is an object");
    let mut seen = HashSet::new();
    let mut columns = Vec::new();
    for (key, value) in &members {
        if key != "params" {
            seen.insert(key.to_lowercase());
            columns.push(format!("\"{}\":{value}", key.to_lowercase()));
        }
    }
    let (_, params) = members.last().expect("params");
    let Members(params) = serde_json::from_str(params.get()).expect("params are an object");
    for (key, value) in params {
        let name = key.to_lowercase();
        let prefix = if seen.contains(&name) { "params_" } else { "" };
        columns.push(format!("\"{prefix}{name}\":{value}"));
    }
    format!("{{{}}}", columns.join(","))
}

/// Adds lines to the lake, as JSON, by the hour or day that they happened in.
///
/// # Panics
/// If the lake cannot be written to.
pub fn load(lake: &Path, lines: &[String], by_day: &[&str], file: &str) {
    for line in lines {
        let directory = lake.join(directory(line, by_day));
        fs::create_dir_all(&directory).expect("the lake is writable");
        let mut file = File::options()
            .append(true)
            .create(true)
            .open(directory.join(file))
            .expect("the lake is writable");
        writeln!(file, "{}", flattened(line)).expect("the lake is writable");
    }
}

/// `<type>/year=…/month=…/day=…/hour=…`.
fn directory(line: &str, by_day: &[&str]) -> PathBuf {
    let value: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
    let event_type = value["type"].as_str().expect("every line has a type");
    let date = value["date"].as_str().expect("every line has a date");
    let day =
        format!("{event_type}/year={}/month={}/day={}", &date[..4], &date[5..7], &date[8..10]);
    let hour = format!("hour={}", &date[11..13]);
    if by_day.contains(&event_type) { day.into() } else { Path::new(&day).join(hour) }
}

/// The catalogue that the outputs are shown with.
///
/// # Panics
/// If it cannot be read.
#[must_use]
pub fn demo() -> Catalog {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../event-log-catalog/tests/golden/events.lock.json");
    event_log_catalog::lock::read(path).expect("the demo is a lock file").catalog
}
