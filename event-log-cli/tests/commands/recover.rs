//! `recover`: the spool of a dead process is emptied, that of a living one refused.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use event_log::{Event, Logger, SegmentFile, Storage};

use crate::{event_log, event_log_json};

#[derive(Event)]
struct Ping {
    number: u32,
}

/// A disk on which no segment can be created, so that lines stay in the spool.
struct NoSegments;

impl Storage for NoSegments {
    fn create(&self, _path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        Err(io::ErrorKind::StorageFull.into())
    }
}

/// A log directory as a kill leaves it: a spool that nobody holds, with lines in no segment yet. The
/// spool is a copy of a living logger's.
fn left_by_a_kill(directory: &Path, events: u32) {
    let living = tempfile::tempdir().unwrap();
    let logger = Logger::builder(living.path())
        .storage(NoSegments)
        .close_timeout(Duration::ZERO)
        .build()
        .unwrap();
    for number in 0..events {
        logger.emit(Ping { number });
    }
    let spool = fs::read_dir(living.path().join(".spool")).unwrap().next().unwrap().unwrap();
    fs::create_dir_all(directory.join(".spool")).unwrap();
    fs::copy(spool.path(), directory.join(".spool").join(spool.file_name())).unwrap();
}

fn lines(directory: &Path) -> usize {
    let segments = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let segments = segments.filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
    segments.map(|path| fs::read_to_string(path).unwrap().lines().count()).sum()
}

#[test]
fn what_a_dead_process_left_is_written_and_its_spool_removed() {
    let directory = tempfile::tempdir().unwrap();
    left_by_a_kill(directory.path(), 100);
    let (code, report) = event_log_json(&["recover", directory.path().to_str().unwrap()]);
    assert_eq!((code, &report["recovered_lines"]), (Some(0), &100.into()));
    assert_eq!(report["recovered_spools"].as_array().unwrap().len(), 1);
    assert_eq!(lines(directory.path()), 100);
    assert_eq!(fs::read_dir(directory.path().join(".spool")).unwrap().count(), 0);

    let again = event_log(&["recover", directory.path().to_str().unwrap()]);
    assert_eq!((again.code, &*again.out), (Some(0), "0 lines written from 0 spools\n"));
}

#[test]
fn the_spool_of_a_living_process_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let logger = Logger::builder(directory.path()).build().unwrap();
    logger.emit(Ping { number: 1 });
    let (code, report) = event_log_json(&["recover", directory.path().to_str().unwrap()]);
    assert_eq!((code, report["refused"].as_array().unwrap().len()), (Some(1), 1));
    logger.emit(Ping { number: 2 });
    logger.close(Duration::from_secs(10)).unwrap();
    assert_eq!(lines(directory.path()), 2);
}

#[test]
fn a_spool_that_cannot_be_read_is_kept_and_told_of() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join(".spool")).unwrap();
    fs::write(directory.path().join(".spool/events.00000001.spool"), vec![7; 20_480]).unwrap();
    let (code, report) = event_log_json(&["recover", directory.path().to_str().unwrap()]);
    assert_eq!(code, Some(1), "{report}");
    assert!(report["troubles"][0].as_str().unwrap().contains(".unreadable"), "{report}");
    assert!(directory.path().join(".spool/events.00000001.unreadable").exists());
}

#[test]
fn a_directory_without_a_log_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let run = event_log(&["recover", directory.path().to_str().unwrap()]);
    assert_eq!(run.code, Some(3));
    assert!(run.err.contains(".spool"), "{}", run.err);
}
