//! A directory that cannot be used is a [`BuildError`] that names the path and the way out.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use event_log::{BuildError, Logger, Storage, StoredFile};
use tests::sys::is_root;
use tests::wait::skipped;

#[track_caller]
fn error_of(directory: &Path) -> (BuildError, String) {
    let error = Logger::builder(directory).build().expect_err("the directory cannot be used");
    let text = error.to_string();
    let path = directory.to_str().expect("a path of text");
    assert!(text.contains(path), "`{path}` is not in: {text}");
    (error, text)
}

#[test]
fn a_directory_under_a_file_names_itself_and_the_way_out() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("file"), "").unwrap();
    let (error, text) = error_of(&place.path().join("file/log"));
    assert!(matches!(error, BuildError::CreateDirectory { .. }), "{error:?}");
    assert!(text.contains("pass a writable one"), "{text}");
}

#[test]
fn a_path_of_a_file_is_called_no_directory() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("events.log");
    fs::write(&path, "dear").unwrap();
    let (error, text) = error_of(&path);
    assert!(matches!(error, BuildError::NotADirectory { .. }), "{error:?}");
    assert!(text.contains("pass the path of a directory"), "{text}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "dear");
}

#[test]
fn a_spool_directory_that_is_a_file_names_itself() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join(".spool"), "").unwrap();
    let (error, _) = error_of(place.path());
    assert!(matches!(error, BuildError::CreateDirectory { .. }), "{error:?}");
}

/// A mount, undone on drop.
struct Mounted<'a>(&'a Path);

impl<'a> Mounted<'a> {
    fn new(place: &'a Path, arguments: &[&str]) -> Option<Self> {
        let mount = |arguments: &[&str]| {
            let output = Command::new("mount").args(arguments).arg(place).output();
            output.is_ok_and(|output| output.status.success())
        };
        (is_root() && mount(arguments)).then_some(Self(place))
    }
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn a_read_only_directory_names_itself_and_the_way_out() {
    let place = tempfile::tempdir().unwrap();
    let Some(_mounted) = Mounted::new(place.path(), &["-t", "tmpfs", "-o", "ro", "none"]) else {
        return skipped("a read-only directory", "needs root and the right to mount");
    };
    let (error, text) = error_of(place.path());
    assert!(matches!(error, BuildError::CreateDirectory { .. }), "{error:?}");
    assert!(text.contains("pass a writable one"), "{text}");
}

#[test]
fn a_full_disk_names_the_spool_its_size_and_the_way_out() {
    let place = tempfile::tempdir().unwrap();
    let Some(_mounted) = Mounted::new(place.path(), &["-t", "tmpfs", "-o", "size=1m", "none"])
    else {
        return skipped("a full disk", "needs root and the right to mount");
    };
    let (error, text) = error_of(place.path());
    assert!(matches!(error, BuildError::CreateSpool { .. }), "{error:?}");
    for part in ["8388608 bytes", "free that much", "smaller `spool_bytes`"] {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
    let left = fs::read_dir(place.path().join(".spool")).unwrap().count();
    assert_eq!(left, 0, "what was begun is removed");
    let small = Logger::builder(place.path()).spool_bytes(256 << 10).build();
    small.expect("the way out works").emit(tests::Tick::new(1));
    assert_eq!(tests::numbers(place.path()), [1]);
}

/// On a real full disk: torn lines are completed, and nothing is lost or doubled.
#[test]
fn a_disk_that_fills_up_and_is_freed_gets_every_line_once() {
    let place = tempfile::tempdir().unwrap();
    let Some(_mounted) = Mounted::new(place.path(), &["-t", "tmpfs", "-o", "size=512k", "none"])
    else {
        return skipped("a disk that fills up", "needs root and the right to mount");
    };
    let ballast = place.path().join("ballast");
    fs::write(&ballast, vec![0; 150 << 10]).unwrap();
    let logger = Logger::builder(place.path()).spool_bytes(256 << 10).build().unwrap();
    for number in 0..700 {
        logger.emit(tests::Tick::new(number));
    }
    tests::wait::wait_until("the disk is full", || logger.stats().io_errors > 0);
    fs::remove_file(ballast).unwrap();
    logger.flush(tests::wait::PATIENCE).unwrap();
    assert_eq!(tests::numbers(place.path()), (0..700).collect::<Vec<_>>());
    assert_eq!(tests::segments(place.path()).len(), 1, "the torn line ends in its segment");
}

/// A directory that takes no new file, for root neither, until the drop.
struct Immutable<'a>(&'a Path);

impl<'a> Immutable<'a> {
    fn new(path: &'a Path) -> Option<Self> {
        let status = Command::new("chattr").arg("+i").arg(path).status();
        status.is_ok_and(|status| status.success()).then_some(Self(path))
    }
}

impl Drop for Immutable<'_> {
    fn drop(&mut self) {
        let _ = Command::new("chattr").arg("-i").arg(self.0).status();
    }
}

#[test]
fn a_directory_that_takes_no_file_for_a_while_gets_every_line_once() {
    let place = tempfile::tempdir().unwrap();
    let logger = Logger::builder(place.path()).build().unwrap();
    let Some(immutable) = Immutable::new(place.path()) else {
        return skipped("a directory without permissions", "needs root, and chattr on this disk");
    };
    for number in 0..700 {
        logger.emit(tests::Tick::new(number));
    }
    tests::wait::wait_until("the segment is refused", || logger.stats().io_errors > 0);
    assert_eq!(logger.stats().total.in_spool, 700);
    drop(immutable);
    logger.flush(tests::wait::PATIENCE).unwrap();
    assert_eq!(tests::numbers(place.path()), (0..700).collect::<Vec<_>>());
}

#[test]
fn a_relative_directory_counts_from_where_the_logger_was_built() {
    let place = tempfile::tempdir_in(".").unwrap();
    let relative = Path::new(place.path().file_name().unwrap());
    let logger = Logger::builder(relative).build().unwrap();
    assert!(logger.directory().is_absolute());
    assert_eq!(logger.directory().canonicalize().unwrap(), place.path().canonicalize().unwrap());
}

/// A disk whose directories cannot be read.
struct Unreadable;

impl Storage for Unreadable {
    fn list(&self, _directory: &Path) -> io::Result<Vec<StoredFile>> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

#[test]
fn a_build_that_fails_leaves_no_spool_behind() {
    let place = tempfile::tempdir().unwrap();
    let error = Logger::builder(place.path()).storage(Unreadable).build().unwrap_err();
    assert!(matches!(error, BuildError::ReadDirectory { .. }), "{error:?}");
    assert_eq!(fs::read_dir(place.path().join(".spool")).unwrap().count(), 0);
}
