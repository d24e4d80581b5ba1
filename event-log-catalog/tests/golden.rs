//! The outputs for a catalogue that has every type, nesting, reserved words, deprecated and renamed things are
//! those in `tests/golden`. `EVENT_LOG_ACCEPT=1` writes them anew.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::fs;
use std::path::{Path, PathBuf};

use event_log_catalog::{Format, Options, Shape, lock, outputs};

const LAKE: &str = "s3://bucket/lake";

#[test]
fn the_outputs_over_json_are_those_committed() {
    holds("json", &Options::new(LAKE).by_day(["sign_out"]));
}

#[test]
fn the_outputs_over_parquet_with_one_date_key_are_those_committed() {
    holds(
        "parquet-dt",
        &Options::new(LAKE).format(Format::Parquet).shape(Shape::Dt).by_day(["sign_out"]),
    );
}

#[test]
fn the_demo_is_written_as_the_library_writes_it() {
    let path = golden().join("events.lock.json");
    let lock = lock::read(&path).unwrap();
    let copy = tempfile::tempdir().unwrap();
    let copied = copy.path().join("events.lock.json");
    lock::write(&copied, &lock).unwrap();
    let [committed, written] = [&path, &copied].map(|path| fs::read_to_string(path).unwrap());
    assert_eq!(committed, written);
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn holds(set: &str, options: &Options) {
    let catalog = lock::read(golden().join("events.lock.json")).unwrap().catalog;
    outputs::check(golden().join(set), &catalog, options).unwrap_or_else(|stale| panic!("{stale}"));
}
