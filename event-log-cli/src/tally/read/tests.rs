//! What lines amount to does not depend on the way through which they are read.

use super::*;
use crate::expected::Expected;

const LINES: [&str; 5] = [
    r#"{"id":"a","date":"2021-09-16T05:57:27Z","type":"purchase","user_id":1,"locale":"ja","country_code":"JP","params":{"price":801.0,"plan":"b","days":-3}}"#,
    r#"{"id":"b","date":"2021-09-16T05:57:28Z","type":"purchase","user_id":"x","locale":null,"country_code":null,"session":7,"params":{"nested":{"price":2},"price":1e2}}"#,
    r#"{"id":"c","date":"2021-09-17T00:00:00+09:00","type":"sign_up","user_id":null,"locale":null,"country_code":"K\u0052","params":{}}"#,
    r#"{"id":"d","date":"2021-09-16T06:00:00Z","type":"event_log_gap","user_id":null,"locale":null,"country_code":null,"params":{"events":3}}"#,
    r#"{"id":"e","date":"2021-09-16T06:00:00Z","type":"purchase","user_id":1,"locale":null,"country_code":null,"params":{"hour":5,"Price":7,"price":8}}"#,
];

fn read_lines(text: &str) -> (Expected, Read) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("segment.jsonl");
    fs::write(&path, text).unwrap();
    let (mut tally, mut read) = (Tally::default(), Read::default());
    segment(&path, &mut tally, &mut read).unwrap();
    read.bytes = 0;
    for bad in &mut read.bad {
        bad.file.clear();
    }
    (Expected::of(&tally), read)
}

#[test]
fn a_line_with_white_space_amounts_to_the_same_as_one_without() {
    for line in LINES {
        let spaced = line.replace("\":", "\" : ");
        assert_eq!(read_lines(&format!("{line}\n")), read_lines(&format!("{spaced}\n")), "{line}");
    }
    let (all, read) = read_lines(&(LINES.join("\n") + "\n"));
    assert_eq!((all.events, read.own_lines, read.bad_lines), (4, 1, 0));
    let hour = &all.types["purchase"].hours["2021-09-16T05"];
    assert_eq!((hour.events, hour.sums["price"].sum.as_str()), (2, "901"));
    let renamed = &all.types["purchase"].hours["2021-09-16T06"].sums;
    assert_eq!(renamed.keys().collect::<Vec<_>>(), ["Price", "params_hour", "params_price"]);
}

#[test]
fn half_a_line_adds_nothing() {
    let half = &LINES[0][..LINES[0].len() - 5];
    let (all, read) = read_lines(&format!("{half}\n{}\n", LINES[1]));
    assert_eq!((all.events, read.bad_lines, read.bad[0].line), (1, 1, 1));
    assert!(!all.countries.contains_key("JP"));
}
