//! The lines that a contender left in its files.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;

use memchr::memmem;
use serde_json::Value;

use crate::Error;

const BUFFER_BYTES: usize = 1 << 20;

/// Whole lines of the bench's event, in all files of the directory but not below it.
pub(crate) fn count(directory: &Path) -> Result<u64, Error> {
    let ours = memmem::Finder::new("lesson_cleared");
    let mut count = 0;
    each(directory, |line| count += u64::from(ours.find(line).is_some()))?;
    Ok(count)
}

/// The numbers of the events that are there, and how many are there once more.
pub(crate) fn numbers(directory: &Path) -> Result<(HashSet<u32>, u64), Error> {
    let key = memmem::Finder::new("\"lesson\":");
    let (mut numbers, mut again) = (HashSet::new(), 0);
    each(directory, |line| {
        let Some(at) = key.find(line) else { return };
        let digits =
            line[at + key.needle().len()..].iter().take_while(|byte| byte.is_ascii_digit());
        let number = digits.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
        again += u64::from(!numbers.insert(number));
    })?;
    Ok((numbers, again))
}

fn each(directory: &Path, mut see: impl FnMut(&[u8])) -> Result<(), Error> {
    let mut line = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if !entry.file_type()?.is_file() {
            continue;
        }
        let mut file = BufReader::with_capacity(BUFFER_BYTES, File::open(entry.path())?);
        while file.read_until(b'\n', &mut line)? > 0 {
            if line.ends_with(b"\n") {
                see(&line);
            }
            line.clear();
        }
    }
    Ok(())
}

/// Checks that each line is JSON with the values of the events 0, 1, 2…; returns one.
pub(crate) fn check(directory: &Path, events: u64) -> Result<String, Error> {
    let mut lines = Vec::new();
    each(directory, |line| lines.push(String::from_utf8_lossy(line).into_owned()))?;
    if lines.len() as u64 != events {
        return Err(format!("{} lines instead of {events}", lines.len()).into());
    }
    for (number, line) in lines.iter().enumerate() {
        // ftlog puts a time before.
        let json = line.find('{').map_or("", |start| &line[start..]);
        let value: Value = serde_json::from_str(json)?;
        check_one(&value, number).map_err(|what| format!("{what} in {line}"))?;
    }
    Ok(lines.swap_remove(0))
}

fn check_one(line: &Value, number: usize) -> Result<(), String> {
    let wanted = [
        ("type", "lesson_cleared".into()),
        ("user_id", 123_456_789.into()),
        ("locale", "ja-JP".into()),
        ("country_code", "JP".into()),
        ("course", "japanese-for-beginners".into()),
        ("lesson", number.into()),
        ("score", 87.5.into()),
        ("first_try", number.is_multiple_of(2).into()),
        ("badge", "seven_days_in_a_row".into()),
    ];
    // The params are an object of their own where the peer has such.
    let get = |key: &str| line.get(key).or_else(|| line.get("params")?.get(key));
    if let Some((key, value)) = wanted.iter().find(|(key, value)| get(key) != Some(value)) {
        return Err(format!("`{key}` is not {value}"));
    }
    if get("id").and_then(Value::as_str).is_none_or(|id| id.len() != 36) {
        return Err("there is no id".to_owned());
    }
    if !["date", "timestamp", "ts"].into_iter().any(|key| get(key).is_some()) {
        return Err("there is no date".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_its_end_and_a_line_below_the_directory_do_not_count() {
        let directory = tempfile::tempdir().expect("a directory");
        fs::create_dir(directory.path().join("spool")).expect("a directory");
        let whole = "{\"type\":\"lesson_cleared\",\"params\":{\"lesson\":12}}\n";
        for (file, text) in [("a", whole.repeat(2) + whole.trim_end()), ("spool/b", whole.into())] {
            fs::write(directory.path().join(file), text).expect("a file");
        }
        assert_eq!(count(directory.path()).expect("it can be read"), 2);
        let (numbers, again) = numbers(directory.path()).expect("it can be read");
        assert_eq!((numbers, again), (HashSet::from([12]), 1));
    }

    #[test]
    fn a_line_with_another_value_is_refused() {
        let directory = tempfile::tempdir().expect("a directory");
        let line = "{\"id\":\"0\",\"type\":\"lesson_started\"}\n";
        fs::write(directory.path().join("a"), line).expect("a file");
        let error = check(directory.path(), 1).expect_err("the type is another one");
        assert!(error.to_string().starts_with("`type` is not"), "{error}");
    }
}
