//! `verify`: a copy that is equal is said to be, and each difference is named with its type and hour.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::replicate::replicate;
use crate::{event_log, event_log_json};

/// Segments of 100 users, and their lake.
fn lake(directory: &Path, format: &str) -> (PathBuf, PathBuf) {
    let to = format!("{}/out", directory.display());
    let (out, _) = replicate(directory, "out", &["--users", "100", "--out", &to]);
    let lake = directory.join("lake");
    let arguments = ["load", &to, "--lake", lake.to_str().unwrap(), "--format", format];
    assert_eq!(event_log(&arguments).code, Some(0));
    (out, lake)
}

fn verify(out: &Path, lake: &Path) -> (Option<i32>, Value) {
    let expected = out.join("expected.json");
    event_log_json(&["verify", expected.to_str().unwrap(), "--lake", lake.to_str().unwrap()])
}

/// A file of the lake of this type that has several rows, and its hour as `2024-02-28T05`.
fn file_of(lake: &Path, event_type: &str) -> (PathBuf, String) {
    let day = lake.join(event_type).join("year=2024/month=02/day=28");
    let mut hours: Vec<_> = fs::read_dir(day).unwrap().map(|entry| entry.unwrap().path()).collect();
    hours.sort();
    let files = hours.iter().map(|hour| {
        let file = fs::read_dir(hour).unwrap().next().unwrap().unwrap().path();
        let number = hour.file_name().unwrap().to_str().unwrap().strip_prefix("hour=").unwrap();
        (file, format!("2024-02-28T{number}"))
    });
    let mut files = files.filter(|(file, _)| fs::read_to_string(file).unwrap().lines().count() > 1);
    files.next().unwrap()
}

fn differences(report: &Value) -> Vec<String> {
    let all = report["differences"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or("all").to_owned();
    all.map(|d| format!("{} {} {}", text(&d["type"]), text(&d["time"]), text(&d["what"]))).collect()
}

#[test]
fn a_lake_of_every_format_is_equal_to_what_was_loaded() {
    for format in ["json", "json.gz", "json.zst", "parquet"] {
        let directory = tempfile::tempdir().unwrap();
        let (out, lake) = lake(directory.path(), format);
        let (code, report) = verify(&out, &lake);
        assert_eq!((code, differences(&report).len()), (Some(0), 0), "{report}");
        assert_eq!(report["events"], 500);
    }
}

#[test]
fn a_line_that_was_removed_doubled_or_replaced_is_named_with_its_type_and_hour() {
    let directory = tempfile::tempdir().unwrap();
    let (out, lake) = lake(directory.path(), "json");
    let (file, hour) = file_of(&lake, "lesson_cleared");
    let text = fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let at = |what: &str| format!("lesson_cleared {hour} {what}");

    fs::write(&file, lines[1..].join("\n") + "\n").unwrap();
    let (code, removed) = verify(&out, &lake);
    assert_eq!((code, &differences(&removed)[0]), (Some(1), &at("events")));
    assert!(differences(&removed).contains(&at("sum of score")));

    fs::write(&file, format!("{text}{}\n", lines[0])).unwrap();
    let (code, doubled) = verify(&out, &lake);
    assert_eq!((code, &differences(&doubled)[0]), (Some(1), &at("events")));

    fs::write(&file, [&[lines[0], lines[0]], &lines[2..]].concat().join("\n") + "\n").unwrap();
    let (code, replaced) = verify(&out, &lake);
    assert_eq!((code, &differences(&replaced)[0]), (Some(1), &at("ids")), "the count is right");
}

#[test]
fn a_changed_number_is_named_however_small() {
    let directory = tempfile::tempdir().unwrap();
    let (out, lake) = lake(directory.path(), "json");
    let (file, hour) = file_of(&lake, "lesson_cleared");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("\"score\":90.50", "\"score\":90.5000000000000000001", 1))
        .unwrap();
    let (_, report) = verify(&out, &lake);
    assert_eq!(differences(&report), [format!("lesson_cleared {hour} sum of score")]);
    fs::write(&file, text.replace("\"score\":90.50", "\"score\":90.5")).unwrap();
    assert_eq!(verify(&out, &lake).0, Some(0), "the same number written otherwise");
}

#[test]
fn a_row_in_the_wrong_place_or_that_is_none_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let (out, lake) = lake(directory.path(), "json");
    let (file, _) = file_of(&lake, "lesson_cleared");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{{}}\n{text}")).unwrap();
    let (code, report) = verify(&out, &lake);
    assert_eq!((code, &report["bad"][0]["reason"]), (Some(1), &"the key `id` is missing".into()));
    fs::write(&file, &text).unwrap();

    let elsewhere = file.parent().unwrap().with_file_name("hour=99");
    fs::rename(file.parent().unwrap(), elsewhere).unwrap();
    let (code, report) = verify(&out, &lake);
    let reason = report["bad"][0]["reason"].as_str().unwrap();
    assert!(code == Some(1) && reason.ends_with("lies in another place"), "{reason}");
}

#[test]
fn what_segments_hold_is_written_down_and_their_lake_held_against_it() {
    let directory = tempfile::tempdir().unwrap();
    let (out, lake) = lake(directory.path(), "json.gz");
    let written = directory.path().join("written.json");
    let [out, lake, written] = [&out, &lake, &written].map(|path| path.to_str().unwrap());
    assert_eq!(event_log(&["verify", "--write", written, out]).code, Some(0));
    let run = event_log(&["verify", written, "--lake", lake]);
    assert_eq!(run.code, Some(0), "{}", run.out);
    let texts = [written, &format!("{out}/expected.json")].map(|path| fs::read(path).unwrap());
    assert!(texts[0] == texts[1], "counted otherwise than computed");
}

#[test]
fn people_are_told_each_difference_in_a_line() {
    let directory = tempfile::tempdir().unwrap();
    let (out, lake) = lake(directory.path(), "json");
    let (file, hour) = file_of(&lake, "plan_purchased");
    let count = fs::read_to_string(&file).unwrap().lines().count();
    fs::remove_file(file).unwrap();
    let expected = out.join("expected.json");
    let run = event_log(&["verify", expected.to_str().unwrap(), "--lake", lake.to_str().unwrap()]);
    let told = format!("plan_purchased, {hour}: events: expected {count}, found 0\n");
    assert!(run.code == Some(1) && run.out.contains(&told), "{}", run.out);
    assert!(run.out.trim_end().ends_with("differences, 0 bad lines"), "{}", run.out);
}

#[test]
fn what_is_no_expectation_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("expected.json");
    fs::write(&path, "{}").unwrap();
    let run = event_log(&["verify", path.to_str().unwrap(), path.to_str().unwrap()]);
    assert_eq!(run.code, Some(3));
    assert!(run.err.contains("is not what `replicate` or `verify --write` writes"), "{}", run.err);
}
