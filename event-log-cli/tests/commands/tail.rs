//! `tail`: the chosen events, in order, as they stand in the files.

use crate::{event_log, line, write};

fn lines() -> [String; 3] {
    [
        line(1, "2021-09-16T05:57:27Z", "purchase", 42, r#"{"price":801.0}"#),
        line(2, "2021-09-16T05:57:28Z", "lesson_started", 42, r#"{"course":"kanji"}"#),
        line(3, "2021-09-16T06:00:00Z", "purchase", 7, r#"{"price":12}"#),
    ]
}

#[test]
fn events_come_in_the_order_of_the_segments_with_their_bytes() {
    let directory = tempfile::tempdir().unwrap();
    let [first, second, third] = lines();
    write(directory.path(), "events.2.jsonl", std::slice::from_ref(&third));
    write(directory.path(), "events.1.jsonl", &[first.clone(), second.clone()]);
    let run = event_log(&["tail", directory.path().to_str().unwrap()]);
    assert_eq!((run.code, run.out), (Some(0), format!("{first}\n{second}\n{third}\n")));
}

#[test]
fn types_and_values_choose_events() {
    let directory = tempfile::tempdir().unwrap();
    let [first, second, third] = lines();
    write(directory.path(), "events.jsonl", &[first.clone(), second.clone(), third.clone()]);
    let input = directory.path().to_str().unwrap();
    let tail = |options: &[&str]| event_log(&[&["tail", input], options].concat()).out;
    assert_eq!(tail(&["--type", "purchase"]), format!("{first}\n{third}\n"));
    assert_eq!(tail(&["--where", "user_id=42", "--where", "course!=kanji"]), format!("{first}\n"));
    assert_eq!(tail(&["--where", "price=801.0"]), format!("{first}\n"));
}

#[test]
fn pretty_spreads_an_event_over_rows_and_keeps_its_numbers() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "events.jsonl", &lines()[..1]);
    let run = event_log(&["tail", "--pretty", directory.path().to_str().unwrap()]);
    assert!(run.out.contains("\n  \"user_id\": 42,\n"), "{}", run.out);
    assert!(run.out.contains("\n    \"price\": 801.0\n"), "{}", run.out);
}

#[test]
fn a_malformed_line_is_told_and_the_rest_printed() {
    let directory = tempfile::tempdir().unwrap();
    let [first, second, _] = lines();
    write(directory.path(), "events.jsonl", &[first.clone(), "{}".to_owned(), second.clone()]);
    let run = event_log(&["tail", directory.path().to_str().unwrap()]);
    assert_eq!((run.code, run.out), (Some(1), format!("{first}\n{second}\n")));
    let file = directory.path().join("events.jsonl");
    let told = format!("{}:2: the key `id` is missing", file.display());
    assert!(run.err.starts_with(&told), "{}", run.err);
}

#[test]
fn an_input_that_leads_nowhere_is_named() {
    let run = event_log(&["tail", "/nowhere/events.jsonl"]);
    assert_eq!((run.code, run.out.as_str()), (Some(3), ""));
    assert!(run.err.starts_with("error: there is no event file at `/nowhere/events.jsonl`"));
}
