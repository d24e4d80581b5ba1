//! What a process of any released version left when it was killed is recovered by this one.
//!
//! `bin/make_fixture.rs` made each directory of `fixtures` with the library of that version.

use std::fs;
use std::path::Path;

use event_log::Logger;
use tests::{gaps, lines};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (entry, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if entry.is_dir() {
            copy(&entry, &to);
        } else {
            fs::copy(&entry, &to).unwrap();
        }
    }
}

fn is_recovered(version: &str) {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(version);
    let directory = tempfile::tempdir().unwrap();
    copy(&fixture, directory.path());
    let expected = fs::read_to_string(directory.path().join("expected.jsonl")).unwrap();
    fs::remove_file(directory.path().join("expected.jsonl")).unwrap();

    let logger = Logger::builder(directory.path()).build().unwrap();
    assert!(logger.stats().recovered_lines > 0, "the fixture holds lines that were not drained");
    drop(logger);

    let mut found = lines(directory.path());
    found.retain(|line| !line.contains("event_log_gap"));
    assert_eq!(found, expected.lines().collect::<Vec<_>>());
    let told = gaps(directory.path());
    assert_eq!(told[&("fixture".to_owned(), "too_long".to_owned())], 1);
    assert_eq!(fs::read_dir(directory.path().join(".spool")).unwrap().count(), 0);
}

#[test]
fn a_spool_of_version_1_is_recovered() {
    is_recovered("v1");
}
