//! `load` and what it should not meet: lines without end, inputs and lakes that may not be touched, a full
//! disk. A clear error or quarantine, never a panic, nothing half-written.

use std::env;
use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::load::{SMALL_BATCHES, files, in_memory, load, many};
use crate::{line, write};

/// The user `nobody`, as whom a test runs that root would pass.
const NOBODY: u32 = 65_534;

/// The command, run by a user whom permissions concern.
fn without_privileges(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_event-log"));
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        // The program may lie where nobody else may go.
        let program = directory.join("event-log");
        fs::copy(env!("CARGO_BIN_EXE_event-log"), &program).unwrap();
        command = Command::new(program);
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// A directory that everybody may enter.
fn open_directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    directory
}

fn told(command: &mut Command) -> (Option<i32>, String) {
    let output = loop {
        match command.output() {
            // A child that another test was starting has held the copy of the program open for a moment.
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            output => break output.unwrap(),
        }
    };
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_line_longer_than_memory_should_be_is_quarantined_in_little_memory() {
    // EVENT_LOG_LONG_LINE_BYTES=1073741824 is the run of the issue.
    let length =
        env::var("EVENT_LOG_LONG_LINE_BYTES").map_or(192 << 20, |text| text.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let input = directory.path().join("events.jsonl");
    let good = line(1, "2021-09-16T05:57:27Z", "ping", 1, "{}");
    let mut file = fs::File::create(&input).unwrap();
    file.write_all(format!("{good}\n").as_bytes()).unwrap();
    // A hole: it takes no room on the disk.
    file.seek(SeekFrom::Current(length)).unwrap();
    file.write_all(format!("\n{}\n", good.replacen("\"1\"", "\"2\"", 1)).as_bytes()).unwrap();
    let lake = directory.path().join("lake");
    let mut child = Command::new(env!("CARGO_BIN_EXE_event-log"))
        .args(["load", "--json", input.to_str().unwrap(), "--lake", lake.to_str().unwrap()])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut most_kilobytes = 0;
    let code = loop {
        if let Ok(status) = fs::read_to_string(format!("/proc/{}/status", child.id())) {
            let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let peak = peak.and_then(|peak| peak.split_whitespace().next()?.parse::<u64>().ok());
            most_kilobytes = most_kilobytes.max(peak.unwrap_or(0));
        }
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    };
    assert_eq!(code, Some(1), "it is found, and the others are loaded");
    let files = files(&lake);
    let quarantined = files.iter().find(|(path, _)| path.starts_with("_quarantine")).unwrap().1;
    let entry: serde_json::Value = serde_json::from_str(quarantined.trim()).unwrap();
    assert_eq!((&entry["line"], &entry["bytes"]), (&2.into(), &(length + 1).into()));
    let rows = files.iter().filter(|(path, _)| path.starts_with("ping"));
    assert_eq!(rows.map(|(_, text)| text.lines().count()).sum::<usize>(), 2);
    println!("a line of {} MiB: at most {} MiB of memory", length >> 20, most_kilobytes >> 10);
    assert!(most_kilobytes < 128 << 10, "{most_kilobytes} KiB");
}

#[test]
fn what_is_no_file_is_told_and_nobody_waits_for_it() {
    let directory = tempfile::tempdir().unwrap();
    let lake = directory.path().join("lake");
    let pipe = directory.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for input in [pipe.as_path(), Path::new("/dev/zero")] {
        for format in ["json", "parquet"] {
            let lake = lake.join(format);
            let (code, report) = load(&[input], &lake, &["--format", format]);
            assert_eq!(code, Some(3));
            let reason = report["failed"][0]["reason"].as_str().unwrap();
            assert!(reason.contains("it is no file"), "{reason}");
        }
    }
}

#[test]
fn a_name_that_is_not_utf_8_is_told() {
    use std::os::unix::ffi::OsStrExt;
    let directory = tempfile::tempdir().unwrap();
    let inputs = directory.path().join("inputs");
    fs::create_dir(&inputs).unwrap();
    write(&inputs, "good.jsonl", &many(10));
    let name = std::ffi::OsStr::from_bytes(b"caf\xE9.jsonl");
    fs::copy(inputs.join("good.jsonl"), inputs.join(name)).unwrap();
    let (code, report) = load(&[&inputs], &directory.path().join("lake"), &[]);
    assert_eq!((code, &report["events"]), (Some(3), &10.into()));
    assert!(report["failed"][0]["reason"].as_str().unwrap().contains("not UTF-8"), "{report}");
}

#[test]
fn a_zstd_file_that_is_cut_is_told_and_loaded_once_it_is_whole_and_holds_nobody_up() {
    let directory = tempfile::tempdir().unwrap();
    let lake = directory.path().join("lake");
    let input = directory.path().join("events.jsonl.zst");
    let text: String = many(1_000).into_iter().map(|line| line + "\n").collect();
    let whole = zstd::encode_all(text.as_bytes(), 0).unwrap();
    write(directory.path(), "good.jsonl", &[line(9_999, "2021-09-16T05:57:27Z", "ping", 1, "{}")]);
    let good = directory.path().join("good.jsonl");
    for format in ["json", "parquet"] {
        let lake = lake.join(format);
        fs::write(&input, &whole[..whole.len() / 2]).unwrap();
        let (code, report) = load(&[&input, &good], &lake, &["--format", format]);
        assert_eq!((code, &report["events"]), (Some(3), &1.into()));
        assert!(report["failed"][0]["reason"].as_str().unwrap().starts_with("it cannot be read"));
        fs::write(&input, &whole).unwrap();
        let (code, report) = load(&[&input], &lake, &["--format", format]);
        assert_eq!((code, &report["events"]), (Some(0), &1_000.into()));
    }
}

#[test]
fn values_nested_without_end_are_quarantined() {
    let directory = tempfile::tempdir().unwrap();
    let lake = directory.path().join("lake");
    let deep = |depth: usize| format!(r#"{{"deep":{}1{}}}"#, "[".repeat(depth), "]".repeat(depth));
    let lines = [(1, 50), (2, 400_000)]
        .map(|(id, depth)| line(id, "2021-09-16T05:57:27Z", "ping", 1, &deep(depth)));
    write(directory.path(), "events.jsonl", &lines);
    let (code, report) = load(&[&directory.path().join("events.jsonl")], &lake, &[]);
    let sum = report["events"].as_u64().unwrap() + report["quarantined"].as_u64().unwrap();
    assert_eq!((sum, report["events"].as_u64().unwrap() > 0), (2, true), "{code:?}");
}

#[test]
fn a_directory_that_may_not_be_read_is_named() {
    let directory = open_directory();
    let closed = directory.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let lake = directory.path().join("lake");
    let mut command = without_privileges(directory.path());
    let (code, err) =
        told(command.args(["load", closed.to_str().unwrap(), "--lake", lake.to_str().unwrap()]));
    assert_eq!(code, Some(3));
    assert!(err.contains("cannot read the directory") && err.contains("closed"), "{err}");
    assert!(err.contains("ermission denied"), "{err}");
}

#[test]
fn a_lake_that_may_not_be_written_is_named() {
    let directory = open_directory();
    write(directory.path(), "events.jsonl", &many(10));
    let input = directory.path().join("events.jsonl");
    fs::set_permissions(&input, fs::Permissions::from_mode(0o644)).unwrap();
    let lake = directory.path().join("lake");
    fs::create_dir(&lake).unwrap();
    fs::set_permissions(&lake, fs::Permissions::from_mode(0o555)).unwrap();
    let mut command = without_privileges(directory.path());
    let (code, err) =
        told(command.args(["load", input.to_str().unwrap(), "--lake", lake.to_str().unwrap()]));
    assert_eq!(code, Some(3));
    assert!(err.contains("cannot create the directory") && err.contains("lake"), "{err}");
    assert!(err.contains("ermission denied"), "{err}");
}

/// A file system of a few hundred kilobytes, as long as it is held.
struct SmallDisk {
    directory: tempfile::TempDir,
}

impl SmallDisk {
    /// `None` if this user may not mount one.
    fn new() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=300k", "tmpfs"]).arg(directory.path());
        let is_mounted = mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        is_mounted.then_some(Self { directory })
    }

    fn enlarge(&self) {
        let mut mount = Command::new("mount");
        mount.args(["-o", "remount,size=20m"]).arg(self.directory.path());
        assert!(mount.status().unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.directory.path()).status();
    }
}

#[test]
fn a_full_disk_is_told_and_loading_again_with_room_finishes_the_lake() {
    let Some(disk) = SmallDisk::new() else {
        let must = env::var_os("EVENT_LOG_NO_SKIP").is_some_and(|v| v == "1");
        assert!(!must, "no small file system can be mounted; run as root");
        println!("SKIPPED: no small file system can be mounted; run as root");
        return;
    };
    let directory = in_memory();
    write(directory.path(), "events.jsonl", &many(6_000));
    let input = directory.path().join("events.jsonl");
    let unharmed = directory.path().join("lake");
    load(&[&input], &unharmed, &SMALL_BATCHES);
    let wanted = files(&unharmed);
    let lake = disk.directory.path().join("lake");
    let mut command = Command::new(env!("CARGO_BIN_EXE_event-log"));
    command.args(["load", input.to_str().unwrap(), "--lake", lake.to_str().unwrap()]);
    let (code, err) = told(command.args(SMALL_BATCHES));
    assert_eq!(code, Some(3));
    assert!(err.contains("of the lake") && err.contains("No space left"), "{err}");
    for (path, text) in files(&lake) {
        assert_eq!(Some(&text), wanted.get(&path), "{} is not whole", path.display());
    }
    disk.enlarge();
    assert_eq!(load(&[&input], &lake, &SMALL_BATCHES).0, Some(0));
    assert!(files(&lake) == wanted, "the repeat gave other files");
}
