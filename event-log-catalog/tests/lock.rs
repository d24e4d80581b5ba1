//! The lock file: what a difference says, and what accepting it leaves behind.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::fs;
use std::path::Path;
use std::process::Command;

use event_log_catalog::change::{ChangeKind, Target, compare};
use event_log_catalog::lock::{self, Lock, LockError, Mismatch};
use event_log_catalog::{Catalog, EventSchema, Field, FieldType, Personal};

const TEXT: &str = r#""string""#;
const NUMBER: &str = r#"{"integer": {"bits": 32, "signed": true}}"#;

fn field(name: &str, field_type: &str) -> Field {
    serde_json::from_str(&format!(r#"{{"name": "{name}", "type": {field_type}}}"#)).unwrap()
}

fn event(event_type: &str, fields: Vec<Field>) -> EventSchema {
    let plain = format!(r#"{{"type": "{event_type}", "fields": []}}"#);
    EventSchema { fields, ..serde_json::from_str(&plain).unwrap() }
}

fn catalog(events: Vec<EventSchema>) -> Catalog {
    Catalog { events, ..Catalog::default() }
}

#[test]
fn a_catalogue_written_and_read_is_the_same_and_sorted() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.lock.json");
    let written = catalog(vec![event("b", vec![field("x", TEXT)]), event("a", Vec::new())]);
    lock::write(&path, &Lock::new(written.clone())).unwrap();

    let mut read = lock::read(&path).unwrap().catalog;
    assert_eq!(read.events[0].event_type, "a");
    read.events.reverse();
    assert_eq!(read, written);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("{\n  \"version\": 1,\n") && text.ends_with("}\n"), "{text}");
    let files = fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(files, 1, "the file in the making is gone");
}

#[test]
fn a_missing_lock_file_says_how_to_create_it() {
    let error = lock::check("no/such/events.lock.json", &Catalog::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no lock file `no/such/events.lock.json`; create it with EVENT_LOG_ACCEPT=1 cargo test, and commit \
         `no/such/events.lock.json`"
    );
}

#[test]
fn a_lock_file_that_is_none_is_told_from_one_of_another_version() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.lock.json");
    fs::write(&path, "<<<<<<< HEAD\n").unwrap();
    let error = lock::read(&path).unwrap_err();
    assert!(matches!(error, LockError::Malformed { .. }), "{error}");
    fs::write(&path, r#"{"version": 2, "tables": []}"#).unwrap();
    let error = lock::read(&path).unwrap_err();
    assert!(matches!(error, LockError::Version { found: 2, .. }), "{error}");
}

#[test]
fn the_report_says_whom_a_change_breaks_and_what_to_do_instead() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.lock.json");
    let old = catalog(vec![event("order", vec![field("amount", NUMBER), field("note", TEXT)])]);
    lock::write(&path, &Lock::new(old)).unwrap();
    let new = catalog(vec![
        event("order", vec![field("amount", TEXT), field("note", TEXT)]),
        event("sign_out", Vec::new()),
    ]);

    let Err(mismatch) = lock::check(&path, &new) else { panic!("it differs") };
    assert!(matches!(&mismatch, Mismatch::Changed(report) if report.changes.len() == 2));
    let wanted = include_str!("lock/report.txt").replace("PATH", &path.display().to_string());
    assert_eq!(mismatch.to_string(), wanted.trim_end());
}

#[test]
fn the_environment_variable_accepts_and_tells_of_what_breaks() {
    let test = "the_environment_variable_accepts_and_tells_of_what_breaks";
    let old = catalog(vec![event("order", vec![field("code", NUMBER), field("at", TEXT)])]);
    let new = catalog(vec![event("order", vec![field("at", TEXT)])]);
    // The child: the variable is set for it alone.
    if let Some(path) = std::env::var_os("LOCK_TO_ACCEPT") {
        return lock::check(path, &new).unwrap();
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.lock.json");
    lock::accept(&path, &old).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test])
        .env("EVENT_LOG_ACCEPT", "1")
        .env("LOCK_TO_ACCEPT", &path)
        .output()
        .unwrap();
    let told = String::from_utf8(child.stderr).unwrap();
    assert!(told.contains("BREAKING  order.code: the field is gone"), "{told}");
    assert_eq!(lock::read(&path).unwrap().catalog, new);
}

#[test]
fn a_removed_field_may_come_back_with_its_type_and_with_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.lock.json");
    let with = |fields| catalog(vec![event("order", fields)]);
    lock::accept(&path, &with(vec![field("code", NUMBER), field("at", TEXT)])).unwrap();
    let changes = lock::accept(&path, &with(vec![field("at", TEXT)])).unwrap();
    assert_eq!(changes[0].to_string(), "order.code: the field is gone");
    assert_eq!(lock::read(&path).unwrap().removed.fields[0].place, "order.code");

    let changes = differences(&path, &with(vec![field("at", TEXT), field("code", TEXT)]));
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert_eq!(changes[0].kind, ChangeKind::FieldReturned);
    assert!(changes[1].breaks(Target::Athena));

    let same = with(vec![field("at", TEXT), field("code", NUMBER)]);
    assert!(differences(&path, &same).iter().all(|change| !change.is_breaking()));
    lock::accept(&path, &same).unwrap();
    assert!(lock::read(&path).unwrap().removed.is_empty());
}

#[test]
fn a_removed_event_is_remembered_with_its_fields() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("events.lock.json");
    lock::accept(&path, &catalog(vec![event("order", vec![field("code", NUMBER)])])).unwrap();
    lock::accept(&path, &catalog(Vec::new())).unwrap();
    let changes = differences(&path, &catalog(vec![event("order", vec![field("code", TEXT)])]));
    assert_eq!(changes[0].kind, ChangeKind::EventReturned);
    assert!(changes[1].is_breaking(), "{changes:?}");
}

#[test]
fn a_rename_that_is_declared_breaks_no_table_and_one_that_is_not_does() {
    let old = catalog(vec![event("order", vec![field("code", NUMBER)])]);
    let renamed = |renamed_from: Option<&str>| {
        let renamed_from = renamed_from.map(str::to_owned);
        catalog(vec![event("order", vec![Field { renamed_from, ..field("number", NUMBER) }])])
    };
    let declared = compare(&old, &renamed(Some("code")));
    assert_eq!(declared.len(), 1);
    assert_eq!(declared[0].kind, ChangeKind::FieldRenamed { from: "code".to_owned() });
    assert!(!declared[0].breaks(Target::Athena) && declared[0].breaks(Target::JsonReaders));
    assert!(compare(&old, &renamed(None)).iter().any(|change| change.breaks(Target::Athena)));
}

#[test]
fn a_field_that_is_hashed_from_now_on_becomes_a_text() {
    let old = catalog(vec![event("order", vec![field("account", NUMBER)])]);
    let mut new = old.clone();
    new.events[0].fields[0].personal = Some(Personal::Hash);
    let changes = compare(&old, &new);
    assert_eq!(changes[0].kind, ChangeKind::PersonalChanged);
    assert!(changes[1].breaks(Target::Athena), "{changes:?}");
}

#[test]
fn every_difference_of_two_catalogues_is_a_change() {
    let old = catalog(vec![event("order", vec![field("a", NUMBER), field("b", TEXT)])]);
    let mut reordered = old.clone();
    reordered.events[0].fields.reverse();
    let mut described = old.clone();
    described.events[0].owner = Some("shop".to_owned());
    let mut common = old.clone();
    common.envelope.common_fields.push(field("session", TEXT));
    let mut nested = old.clone();
    nested.events[0].fields[1].field_type = FieldType::Record(vec![field("c", TEXT)]);
    for new in [reordered, described, common, nested] {
        assert!(!compare(&old, &new).is_empty(), "{new:?}");
    }
    assert!(compare(&old, &old.clone()).is_empty());
}

fn differences(path: &Path, current: &Catalog) -> Vec<event_log_catalog::change::Change> {
    match lock::check(path, current) {
        Err(Mismatch::Changed(report)) => report.changes,
        other => panic!("{other:?}"),
    }
}
