//! A disk that fails on command, and a logger that writes to it all the same.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use event_log::testing::{FailingDisk, Operation};
use event_log::{Logger, Storage};
use tests::wait::PATIENCE;
use tests::{Tick, lines, numbers};

/// Emits ten events one by one, each into a write of its own.
fn ten_writes(directory: &Path, disk: &FailingDisk) -> Logger {
    let builder = Logger::builder(directory).storage(disk.clone());
    let logger = builder.build().expect("a logger in a fresh directory");
    for number in 0..10 {
        logger.emit(Tick::new(number));
        logger.flush(PATIENCE).expect("the disk works again in the end");
    }
    logger
}

#[test]
fn the_nth_append_alone_fails() {
    let (directory, disk) = (tempfile::tempdir().unwrap(), FailingDisk::new());
    disk.fail_nth(Operation::Append, 3, io::ErrorKind::StorageFull);
    let logger = ten_writes(directory.path(), &disk);
    assert_eq!(logger.stats().io_errors, 1);
    assert_eq!(disk.count(Operation::Append), 11);
    assert_eq!(numbers(directory.path()), (0..10).collect::<Vec<_>>());
}

#[test]
fn every_nth_append_fails_until_it_is_freed() {
    let (directory, disk) = (tempfile::tempdir().unwrap(), FailingDisk::new());
    disk.fail_every(Operation::Append, 2, io::ErrorKind::StorageFull);
    let logger = ten_writes(directory.path(), &disk);
    assert_eq!(logger.stats().io_errors, 9, "between ten that succeed");
    disk.free(Operation::Append);
    logger.emit(Tick::new(10));
    logger.flush(PATIENCE).unwrap();
    assert_eq!(logger.stats().io_errors, 9);
    assert_eq!(numbers(directory.path()), (0..=10).collect::<Vec<_>>());
}

#[test]
fn lines_are_whole_though_an_append_takes_a_few_bytes_only() {
    let (directory, disk) = (tempfile::tempdir().unwrap(), FailingDisk::new());
    disk.append_at_most(7);
    drop(ten_writes(directory.path(), &disk));
    let bytes: usize = lines(directory.path()).iter().map(|line| line.len() + 1).sum();
    assert!(disk.count(Operation::Append) >= bytes as u64 / 7);
    assert_eq!(numbers(directory.path()), (0..10).collect::<Vec<_>>());
}

/// Asks for this operation, in a directory with one file.
fn ask(disk: &FailingDisk, operation: Operation, directory: &Path) -> io::Result<()> {
    let (old, new) = (directory.join("old"), directory.join("new"));
    match operation {
        Operation::CreateDirectory => disk.create_directory(&new),
        Operation::Create => disk.create(&new).map(drop),
        Operation::Open => disk.open(&old).map(drop),
        Operation::Append => disk.open(&old)?.append(b"x").map(drop),
        Operation::Sync => disk.open(&old)?.sync(),
        Operation::Status => disk.open(&old)?.status().map(drop),
        Operation::Read => disk.read_from(&old, 0).map(drop),
        Operation::List => disk.list(directory).map(drop),
        Operation::Remove => disk.remove(&old),
        Operation::Rename => disk.rename(&old, &old),
        Operation::SyncDirectory => disk.sync_directory(directory),
        other => panic!("{other:?} is not tested"),
    }
}

#[test]
fn each_operation_is_counted_hooked_and_fails_by_itself() {
    for operation in [
        Operation::CreateDirectory,
        Operation::Create,
        Operation::Open,
        Operation::Append,
        Operation::Sync,
        Operation::Status,
        Operation::Read,
        Operation::List,
        Operation::Remove,
        Operation::Rename,
        Operation::SyncDirectory,
    ] {
        let (directory, disk) = (tempfile::tempdir().unwrap(), FailingDisk::new());
        std::fs::write(directory.path().join("old"), "").unwrap();
        let asked = Arc::new(AtomicU64::new(0));
        let by_hook = Arc::clone(&asked);
        disk.before(operation, move || {
            by_hook.fetch_add(1, Ordering::Relaxed);
        });
        disk.fail(operation, io::ErrorKind::PermissionDenied);

        let error = ask(&disk, operation, directory.path()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied, "{operation:?}");
        disk.free(operation);
        ask(&disk, operation, directory.path()).unwrap();

        assert_eq!((disk.count(operation), asked.load(Ordering::Relaxed)), (2, 2), "{operation:?}");
        assert_eq!(disk.synced().len(), usize::from(operation == Operation::Sync));
    }
}
