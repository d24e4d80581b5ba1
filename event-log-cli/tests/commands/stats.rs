//! `stats`: the counts are those of the lines.

use serde_json::json;

use crate::{event_log, event_log_json, line, write};

#[test]
fn events_are_counted_by_type_and_by_hour() {
    let directory = tempfile::tempdir().unwrap();
    let lines = [
        line(1, "2021-09-16T05:57:27Z", "purchase", 42, "{}"),
        line(2, "2021-09-16T06:00:00Z", "purchase", 42, "{}"),
        line(3, "2021-09-16T06:00:00Z", "sign_up", 7, "{}"),
    ];
    write(directory.path(), "events.jsonl", &lines);
    let bytes = |from: usize, to: usize| -> usize {
        lines[from..to].iter().map(|line| line.len() + 1).sum()
    };
    let (code, report) = event_log_json(&["stats", directory.path().to_str().unwrap()]);
    let wanted = json!({
        "total": {"events": 3, "bytes": bytes(0, 3)},
        "by_type": {
            "purchase": {"events": 2, "bytes": bytes(0, 2)},
            "sign_up": {"events": 1, "bytes": bytes(2, 3)},
        },
        "by_hour": {
            "2021-09-16T05": {"events": 1, "bytes": bytes(0, 1)},
            "2021-09-16T06": {"events": 2, "bytes": bytes(1, 3)},
        },
        "files": 1, "malformed": 0, "unfinished": 0,
    });
    assert_eq!((code, report), (Some(0), wanted));
}

#[test]
fn a_line_without_a_date_is_malformed_and_a_torn_one_unfinished() {
    let directory = tempfile::tempdir().unwrap();
    let whole = line(1, "2021-09-16T05:57:27Z", "purchase", 42, "{}");
    let undated = line(2, "yesterday", "purchase", 42, "{}");
    let path = directory.path().join("events.jsonl");
    std::fs::write(&path, format!("{whole}\n{undated}\n{}", &whole[..20])).unwrap();
    let (code, report) = event_log_json(&["stats", path.to_str().unwrap()]);
    assert_eq!(code, Some(1));
    assert_eq!(
        [&report["malformed"], &report["unfinished"], &report["total"]["events"]],
        [1, 1, 1]
    );
}

#[test]
fn people_get_a_table_with_bars() {
    let directory = tempfile::tempdir().unwrap();
    let purchase = line(1, "2021-09-16T05:57:27Z", "purchase", 42, "{}");
    write(directory.path(), "events.jsonl", &[purchase]);
    let run = event_log(&["stats", directory.path().to_str().unwrap()]);
    assert!(run.out.starts_with("1 event, 118 B in 1 file\n"), "{}", run.out);
    let row = run.out.lines().find(|row| row.starts_with("purchase")).unwrap();
    assert!(row.ends_with(&"█".repeat(40)), "{row}");
}
