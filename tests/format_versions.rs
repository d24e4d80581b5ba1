//! What a process of any released version left when it was killed is recovered by this one.
//!
//! `bin/make_fixture.rs` made each directory of `fixtures` with the library of that version.

use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;

use event_log::Logger;
use tests::{gaps, lines};

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), &to)?;
        }
    }
    Ok(())
}

fn check_recovery(version: &str) -> Result<(), Box<dyn Error>> {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(version);
    let directory = tempfile::tempdir()?;
    copy(&fixture, directory.path())?;
    let expected = fs::read_to_string(directory.path().join("expected.jsonl"))?;
    fs::remove_file(directory.path().join("expected.jsonl"))?;

    let logger = Logger::builder(directory.path()).build()?;
    assert!(logger.stats().recovered_lines > 0, "the fixture holds lines that were not drained");
    drop(logger);

    let mut found = lines(directory.path());
    found.retain(|line| !line.contains("event_log_gap"));
    assert_eq!(found, expected.lines().collect::<Vec<_>>());
    let told = gaps(directory.path());
    assert_eq!(told[&("fixture".to_owned(), "too_long".to_owned())], 1);
    assert_eq!(fs::read_dir(directory.path().join(".spool"))?.count(), 0);
    Ok(())
}

#[test]
fn a_spool_of_version_1_is_recovered() -> Result<(), Box<dyn Error>> {
    check_recovery("v1")
}
