//! Whatever an event holds, its line is valid JSON or the event is refused, and the next is unharmed.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use event_log::{Context, DropReason, EmitError, Event, LogError, Logger};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tests::wait::PATIENCE;
use tests::{checked, gaps, lines, params_of, params_text_of};

#[derive(Event)]
struct Holds<T> {
    before: u32,
    #[event(json)]
    value: T,
    after: u32,
}

fn holds<T>(value: T) -> Holds<T> {
    Holds { before: 1, value, after: 2 }
}

/// Emits a good event, the bad one and another good one; checks that the bad one is refused, counted,
/// reported and told of, and the good ones are unharmed. Returns why it was refused.
#[track_caller]
fn assert_refused<E: Event>(bad: E, reason: DropReason) -> EmitError {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let reported: Arc<Mutex<Vec<String>>> = Arc::default();
    let report_to = Arc::clone(&reported);
    let logger = Logger::builder(directory.path())
        .on_error(move |error| {
            let LogError::Dropped(error) = error else { panic!("{error:?}") };
            report_to.lock().expect("no panic under the lock").push(error.to_string());
        })
        .build()
        .expect("a logger");
    logger.emit(holds("good"));
    let error = logger.try_emit(bad).expect_err("the event cannot be a line");
    logger.emit(holds("good"));
    logger.close(PATIENCE).expect("a healthy disk");

    assert_eq!(error.reason(), reason, "{error:?}");
    assert_eq!(error.event_type(), "holds");
    let stats = logger.stats();
    assert_eq!(stats.dropped, [(reason, 1)].into());
    assert_eq!(stats.by_type["holds"].written, 2);
    assert_eq!(stats.by_type["holds"].dropped, 1);
    assert_eq!(*reported.lock().expect("no panic under the lock"), [error.to_string()]);
    let key = ("holds".to_owned(), reason.name().to_owned());
    assert_eq!(gaps(directory.path()), [(key, 1)].into());
    let good: Vec<Value> = tests::values(directory.path());
    let good: Vec<&Value> = good.iter().filter(|value| value["type"] == "holds").collect();
    assert_eq!(good.len(), 2);
    for value in good {
        assert_eq!(value["params"], json!({"before": 1, "value": "good", "after": 2}));
    }
    error
}

struct Fails;

impl Serialize for Fails {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("no words for it"))
    }
}

struct Panics;

impl Serialize for Panics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let _half = serializer.serialize_seq(None)?;
        panic!("as the test wants it")
    }
}

struct PanicsWithABomb;

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a payload that panics when it is dropped")
    }
}

impl Serialize for PanicsWithABomb {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        std::panic::panic_any(Bomb)
    }
}

#[test]
fn a_field_that_fails_is_named() {
    let error = assert_refused(holds(Fails), DropReason::NotSerializable);
    assert!(error.to_string().contains("`value`"), "{error}");
    let source = std::error::Error::source(&error).expect("what the field said").to_string();
    assert!(source.contains("no words for it"), "{source}");
}

#[test]
fn a_field_that_panics_is_survived() {
    assert_refused(holds(Panics), DropReason::Panicked);
    assert_refused(holds(PanicsWithABomb), DropReason::Panicked);
}

#[test]
fn a_line_beyond_the_limit_is_refused_and_the_limit_is_named() {
    let error = assert_refused(holds("x".repeat(40_000)), DropReason::TooLong);
    assert!(error.to_string().contains("longer than 32000 bytes"), "{error}");
    assert!(error.to_string().contains("`max_line_bytes`"), "{error}");
    assert_refused(holds(vec!["x"; 100_000_000 / 1_000]), DropReason::TooLong);
}

#[test]
fn a_line_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let logger = Logger::builder(directory.path()).max_line_bytes(1_024).build().unwrap();
    logger.emit(holds(""));
    logger.flush(PATIENCE).unwrap();
    let room = 1_024 - 1 - lines(directory.path())[0].len();
    logger.try_emit(holds("x".repeat(room))).unwrap();
    assert!(logger.try_emit(holds("x".repeat(room + 1))).is_err());
    // Each escape takes six bytes.
    assert!(logger.try_emit(holds("\u{1}".repeat(room / 6))).is_ok());
    assert!(logger.try_emit(holds("\u{1}".repeat(room / 6 + 1))).is_err());
    logger.flush(PATIENCE).unwrap();
    let longest = lines(directory.path()).iter().map(String::len).max();
    assert_eq!(longest, Some(1_023));
}

#[test]
fn a_map_whose_keys_are_no_strings_is_refused() {
    assert_refused(holds(HashMap::from([(vec![1], 1)])), DropReason::NotSerializable);
    assert_refused(holds(HashMap::from([((1, 2), 1)])), DropReason::NotSerializable);
    assert_refused(holds(HashMap::from([(None::<u8>, 1)])), DropReason::NotSerializable);
    assert_refused(holds(BTreeMap::from([((), 1)])), DropReason::NotSerializable);
}

#[test]
fn a_path_that_is_no_text_is_refused() {
    let path = Path::new(OsStr::from_bytes(b"/tmp/\xFF"));
    assert_refused(holds(path), DropReason::NotSerializable);
}

#[test]
fn not_a_number_and_the_infinities_become_null() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(params_of(&holds(number)), json!({"before": 1, "value": null, "after": 2}));
    }
    #[expect(clippy::cast_possible_truncation, reason = "it stays what it is")]
    let small = f64::NAN as f32;
    assert_eq!(params_of(&holds(small))["value"], Value::Null);
    assert_eq!(params_of(&holds(-0.0))["value"], json!(-0.0));
    let largest = params_text_of(&holds(u128::MAX));
    assert!(largest.contains("340282366920938463463374607431768211455"), "{largest}");
}

#[test]
fn any_text_stays_what_it_was_on_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let context =
        Context::new().user_id("a\n\"b\"\u{2028}").field("session", "\r\n\t\0\\").unwrap();
    let logger = Logger::builder(directory.path()).context(context).build().unwrap();
    let mut texts: Vec<String> = (0..=0x7F).map(|code| char::from(code).to_string()).collect();
    texts.extend(
        [
            "\"",
            "\\",
            "\\\"",
            "\u{2028}\u{2029}",
            "🦀👩‍👩‍👧‍👦",
            "\u{FEFF}",
            "\u{FFFF}",
            "e\u{301}",
            "\u{85}",
            "",
            "\",\"params\":{}}\n{\"id\":\"1\"}",
        ]
        .map(str::to_owned),
    );
    texts.push((0..=0x1F).map(char::from).collect());
    for text in &texts {
        logger.try_emit(holds(text)).unwrap();
    }
    drop(logger);
    let lines = lines(directory.path());
    assert_eq!(lines.len(), texts.len());
    for (line, text) in lines.iter().zip(&texts) {
        let value = checked(line);
        assert_eq!(value["params"]["value"], **text, "{line}");
        assert_eq!(value["user_id"], "a\n\"b\"\u{2028}");
        assert_eq!(value["session"], "\r\n\t\0\\");
        assert!(!line.bytes().any(|byte| byte < b' '), "{line:?}");
    }
}

#[test]
fn raw_json_with_line_breaks_stays_on_one_line() {
    let raw =
        RawValue::from_string("{\n  \"a\": [1,\r\n\t2],\n  \"b\": \"\\n\"\n}".to_owned()).unwrap();
    let params = params_of(&holds(raw));
    assert_eq!(params["value"], json!({"a": [1, 2], "b": "\n"}));
}

/// The limit holds for the line as it is written, not for the text before it was escaped.
#[test]
fn deep_and_wide_values_are_lines_or_refused() {
    let mut deep = json!(0);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    assert_eq!(params_of(&holds(&deep))["value"], deep);
    assert_refused(holds(vec![json!({"key": "value"}); 10_000]), DropReason::TooLong);
}

#[test]
fn bytes_and_units_and_options_have_their_json() {
    #[derive(Serialize)]
    struct Unit;
    assert_eq!(params_of(&holds(Unit))["value"], Value::Null);
    assert_eq!(params_of(&holds(&[1_u8, 255][..]))["value"], json!([1, 255]));
    assert_eq!(params_of(&holds(Some(Some(()))))["value"], Value::Null);
    assert_eq!(params_of(&holds('\u{1F980}'))["value"], json!("🦀"));
}
