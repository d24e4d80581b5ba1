//! `load --follow`, and Ctrl-C.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::load::{SMALL_BATCHES, files, in_memory, load, many, start};
use crate::parquet::{rows as parquet_rows, write_catalog_of_many};
use crate::{event_log, write};

fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

fn follow(inputs: &[&Path], lake: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_event-log"))
        .arg("load")
        .args(inputs)
        .args(["--lake", lake.to_str().unwrap(), "--follow", "--every", "1", "--format", "json"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until the lake has so many rows.
fn wait_for(lake: &Path, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(60);
    let rows = || files(lake).values().map(|text| text.lines().count()).sum::<usize>();
    while !lake.join("_lake.json").exists() || rows() < count {
        assert!(Instant::now() < deadline, "{} of {count} rows came", rows());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(rows(), count);
}

#[test]
fn what_is_written_while_it_follows_is_in_the_lake_until_ctrl_c_ends_it() {
    let directory = in_memory();
    let log = directory.path().join("log");
    fs::create_dir(&log).unwrap();
    let lines = many(900);
    write(&log, "events.0.jsonl", &lines[..300]);
    let lake = directory.path().join("lake");
    let mut child = follow(&[&log], &lake);
    let wait_for = |count| wait_for(&lake, count);
    wait_for(300);
    // One grows, another appears.
    let mut grown = fs::File::options().append(true).open(log.join("events.0.jsonl")).unwrap();
    for line in &lines[300..600] {
        writeln!(grown, "{line}").unwrap();
    }
    wait_for(600);
    write(&log, "events.1.jsonl", &lines[600..]);
    wait_for(900);
    interrupt(&child);
    assert!(child.wait().unwrap().success());
}

#[test]
fn an_input_that_goes_away_ends_nothing() {
    let directory = in_memory();
    let lines = many(300);
    let [one, other] = ["one.jsonl", "other.jsonl"].map(|name| directory.path().join(name));
    write(directory.path(), "one.jsonl", &lines[..100]);
    write(directory.path(), "other.jsonl", &lines[100..200]);
    let lake = directory.path().join("lake");
    let mut child = follow(&[&one, &other], &lake);
    wait_for(&lake, 200);
    fs::remove_file(&one).unwrap();
    write(directory.path(), "other.jsonl", &lines[100..]);
    wait_for(&lake, 300);
    interrupt(&child);
    assert!(child.wait().unwrap().success());
}

#[test]
fn following_with_parquet_needs_a_catalogue() {
    let directory = tempfile::tempdir().unwrap();
    let [log, lake] = ["log", "lake"].map(|name| directory.path().join(name));
    fs::create_dir(&log).unwrap();
    let arguments = ["load", log.to_str().unwrap(), "--lake", lake.to_str().unwrap()];
    let run = event_log(&[&arguments[..], &["--follow", "--format", "parquet"]].concat());
    assert_eq!((run.code, run.out.as_str()), (Some(3), ""));
    assert!(
        run.err.contains("`--follow` with `--format parquet` needs `--catalog`"),
        "{}",
        run.err
    );
}

#[test]
fn with_a_catalogue_parquet_follows_and_what_it_does_not_know_is_quarantined() {
    let directory = in_memory();
    let [log, lake, lock] = ["log", "lake", "lock.json"].map(|name| directory.path().join(name));
    fs::create_dir(&log).unwrap();
    write_catalog_of_many(&lock);
    let lines = many(600);
    write(&log, "events.0.jsonl", &lines[..300]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_event-log"))
        .args(["load", log.to_str().unwrap(), "--lake", lake.to_str().unwrap()])
        .args(["--follow", "--every", "1", "--format", "parquet", "--catalog"])
        .arg(&lock)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let wait_for = |count: usize| {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !lake.join("_lake.json").exists() || parquet_rows(&lake).len() < count {
            assert!(Instant::now() < deadline, "{count} rows did not come");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    wait_for(300);
    let unknown = lines[300].replace("\"type\":\"purchase\"", "\"type\":\"unheard_of\"");
    write(
        &log,
        "events.1.jsonl",
        &[&lines[300..], &[unknown.replace("\"300\"", "\"x\"")]].concat(),
    );
    wait_for(600);
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(1), "a line is in the quarantine");
    let found: Vec<_> = parquet_rows(&lake).iter().map(|row| row["n"].as_u64().unwrap()).collect();
    assert_eq!(found, (0..600).collect::<Vec<_>>());
}

#[test]
fn ctrl_c_ends_a_load_after_its_batches_and_leaves_nothing_half_written() {
    let directory = in_memory();
    let inputs = directory.path().join("inputs");
    fs::create_dir(&inputs).unwrap();
    for (number, lines) in many(10_000).chunks(150).enumerate() {
        write(&inputs, &format!("events.{number:02}.jsonl"), lines);
    }
    let unharmed = directory.path().join("unharmed");
    load(&[&inputs], &unharmed, &SMALL_BATCHES);
    let wanted = files(&unharmed);
    let lake = directory.path().join("lake");
    let mut child = start(&inputs, &lake);
    let done = || fs::read_dir(lake.join("_ledger/done")).map_or(0, Iterator::count);
    while done() == 0 && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    interrupt(&child);
    let code = child.wait().unwrap().code();
    assert!(matches!(code, Some(0 | 3)), "{code:?}");
    let planned = fs::read_dir(lake.join("_ledger/batches")).unwrap().count();
    assert_eq!(done(), planned, "what was begun is done");
    assert_eq!(fs::read_dir(lake.join("_tmp")).unwrap().count(), 0);
    let (code, report) = load(&[&inputs], &lake, &SMALL_BATCHES);
    assert_eq!((code, &report["resumed"]), (Some(0), &0.into()));
    assert!(files(&lake) == wanted);
}
