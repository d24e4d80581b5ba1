//! `ledger`: what gap lines tell, added up. The gap lines are a real logger's.

use std::time::Duration;

use event_log::{Event, Logger};

use crate::{event_log, event_log_json, line, write};

#[derive(Event)]
struct Upload {
    name: String,
}

#[test]
fn the_drops_of_a_log_are_told_with_type_reason_and_time() {
    let directory = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let logger = Logger::builder(directory.path()).max_line_bytes(1_024).build().unwrap();
        logger.emit(Upload { name: "short".to_owned() });
        logger.emit(Upload { name: "long".repeat(1_000) });
        logger.close(Duration::from_secs(10)).unwrap();
    }
    let input = directory.path().to_str().unwrap();
    let (code, report) = event_log_json(&["ledger", input]);
    assert_eq!((code, &report["events"]), (Some(1), &2.into()));
    let [hole] = &report["dropped"].as_array().unwrap()[..] else { panic!("{report}") };
    assert_eq!([&hole["event_type"], &hole["reason"]], ["upload", "too_long"]);
    assert_eq!(hole["events"], 2);
    assert!(hole["first_dropped"].as_str() <= hole["last_dropped"].as_str());

    let run = event_log(&["ledger", input]);
    assert!(run.out.starts_with("2 events in the files, 2 dropped\n"), "{}", run.out);
    assert!(run.out.contains("the line was longer than max_line_bytes"), "{}", run.out);
}

#[test]
fn a_log_without_drops_is_whole() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "events.jsonl", &[line(1, "2021-09-16T05:57:27Z", "upload", 1, "{}")]);
    let run = event_log(&["ledger", directory.path().to_str().unwrap()]);
    assert_eq!((run.code, &*run.out), (Some(0), "1 event in the files, 0 dropped\n"));
}
