//! The outputs for a catalogue that has every type, nesting, reserved words, deprecated and renamed things are
//! those in `tests/golden`. `EVENT_LOG_ACCEPT=1` writes them anew.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::collections::BTreeSet;
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
    same_as_file(&path, &fs::read_to_string(copied).unwrap());
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn holds(set: &str, options: &Options) {
    let directory = golden().join(set);
    let catalog = lock::read(golden().join("events.lock.json")).unwrap().catalog;
    let mut expected = BTreeSet::new();
    for (path, content) in outputs::all(&catalog, options) {
        let path = directory.join(path);
        same_as_file(&path, &content);
        expected.insert(path);
    }
    for stale in files(&directory).difference(&expected) {
        assert!(accepts(), "no output makes {} any more", stale.display());
        fs::remove_file(stale).unwrap();
    }
}

fn same_as_file(path: &Path, content: &str) {
    if accepts() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        return;
    }
    let committed = fs::read_to_string(path).unwrap_or_default();
    let differs = committed.lines().zip(content.lines()).position(|(a, b)| a != b);
    assert!(
        committed == content,
        "{} is not what the catalogue gives, from line {}; if it should be, run EVENT_LOG_ACCEPT=1 cargo test -p event-log-catalog",
        path.display(),
        differs.unwrap_or_else(|| committed.lines().count().min(content.lines().count())) + 1,
    );
}

fn accepts() -> bool {
    std::env::var_os("EVENT_LOG_ACCEPT").is_some_and(|value| value == "1")
}

fn files(directory: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path);
        }
    }
    found
}
