//! Random values of hundreds of generated events: each line is what the schema of its type says, and
//! the schema says no more than what occurs.
//!
//! More, and others: `EVENT_LOG_SCHEMA_TYPES=2000 EVENT_LOG_SCHEMA_SEED=7 EVENT_LOG_SCHEMA_VALUES=500`.
#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in its helpers")]

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::time::Duration;

use event_log::catalog::{self, Catalog, FieldType};
use event_log::pii::PiiKey;
use event_log::{Event, Logger};
use serde_json::Value;
use tests::random::Random;

/// The generated types.
#[allow(dead_code, deprecated, unused, non_camel_case_types, non_snake_case)]
#[allow(clippy::all, clippy::pedantic, clippy::allow_attributes_without_reason)]
#[allow(missing_docs, missing_debug_implementations, unreachable_pub)]
mod generated {
    use tests_catalog::{Arbitrary, Nothing, Random, as_text, choose};

    include!(concat!(env!("OUT_DIR"), "/generated.rs"));
}

fn number(variable: &str, default: u64) -> u64 {
    env::var(variable).map_or(default, |text| text.parse().expect("a number"))
}

/// Lines of every generated type.
fn lines_of_each(values: u64) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let key = PiiKey::new(b"an example, and not random at all").unwrap();
    let builder = Logger::builder(directory.path()).max_line_bytes(1 << 20).pii_key(key);
    let logger = builder.build().unwrap();
    let mut random = Random::new(number("EVENT_LOG_SCHEMA_SEED", 20_210_916));
    for _ in 0..values {
        let mut emit = |event: &dyn Event| {
            if let Err(error) = logger.try_emit(event) {
                panic!("{error}: {error:?}");
            }
        };
        generated::emit_each(&mut random, &mut emit);
    }
    logger.close(Duration::from_secs(60)).unwrap();
    tests::lines(directory.path())
}

#[test]
fn every_line_is_what_its_schema_says_and_the_schema_no_more() {
    let catalog = catalog::of_binary().unwrap();
    let lines = lines_of_each(number("EVENT_LOG_SCHEMA_VALUES", 100));
    let mut seen = Seen::default();
    for line in &lines {
        if let Err(invalid) = catalog.validate(line) {
            panic!("{invalid}\n{line}");
        }
        seen.add(line);
    }
    println!("{} lines of {} types hold", lines.len(), seen.lines.len());
    seen.check(&catalog);
}

/// What occurred in the params of each type.
#[derive(Default)]
struct Seen {
    lines: BTreeMap<String, usize>,
    present: BTreeMap<(String, String), usize>,
    texts: BTreeMap<(String, String), BTreeSet<String>>,
}

impl Seen {
    fn add(&mut self, line: &str) {
        let line: Value = serde_json::from_str(line).unwrap();
        let event_type = line["type"].as_str().unwrap();
        *self.lines.entry(event_type.to_owned()).or_default() += 1;
        for (name, value) in line["params"].as_object().unwrap() {
            let key = (event_type.to_owned(), name.clone());
            *self.present.entry(key).or_default() += usize::from(!value.is_null());
            if let Some(text) = value.as_str() {
                let key = (event_type.to_owned(), name.clone());
                self.texts.entry(key).or_default().insert(text.to_owned());
            }
        }
    }

    /// What is optional was absent once, and each text of a closed set was there in some param.
    fn check(&self, catalog: &Catalog) {
        let mut sets = BTreeMap::<&Vec<String>, BTreeSet<&String>>::new();
        for event in catalog.events.iter().filter(|event| {
            event.event_type.starts_with("event") && event.event_type != "event_log_gap"
        }) {
            let lines = self.lines[&event.event_type];
            for field in &event.fields {
                let key = (event.event_type.clone(), field.name.clone());
                let present = self.present.get(&key).copied().unwrap_or_default();
                // Any JSON may be null.
                if field.optional && field.field_type != FieldType::Json {
                    assert!(present < lines, "{key:?} is never absent");
                }
                assert!(present > 0, "{key:?} is never there");
                if let FieldType::Enum(texts) = &field.field_type {
                    sets.entry(texts)
                        .or_default()
                        .extend(self.texts.get(&key).into_iter().flatten());
                }
            }
        }
        for (texts, seen) in sets {
            assert_eq!(texts.len(), seen.len(), "of {texts:?} only {seen:?} occur");
        }
    }
}
