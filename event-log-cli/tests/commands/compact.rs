//! `compact`: fewer files, the same rows, at every moment and whatever happens on the way.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::load::{events, files, in_memory, load, many, rows};
use crate::{event_log_json, write};

mod columns;
mod convert;
mod dedup;

fn compact(lake: &Path, options: &[&str]) -> Value {
    let arguments = [&["compact", "--lake", lake.to_str().unwrap()], options].concat();
    let (code, report) = event_log_json(&arguments);
    assert_eq!(code, Some(0), "{report}");
    report
}

/// A lake of some events in many small files, and the directory of the inputs.
fn lake(directory: &Path, format: &str, count: u32) -> (std::path::PathBuf, std::path::PathBuf) {
    let inputs = directory.join("inputs");
    fs::create_dir_all(&inputs).unwrap();
    for (number, lines) in many(count).chunks(500).enumerate() {
        write(&inputs, &format!("events.{number:02}.jsonl"), lines);
    }
    let lake = directory.join(format!("lake-{format}"));
    let options = ["--batch-bytes", "65536", "--format", format];
    assert_eq!(events(&load(&[&inputs], &lake, &options).1), u64::from(count));
    (lake, inputs)
}

#[test]
fn rows_are_the_same_in_one_file_a_partition_and_a_load_adds_nothing() {
    let directory = in_memory();
    for format in ["json", "json.gz", "json.zst"] {
        let (lake, inputs) = lake(directory.path(), format, 2_000);
        let (before, small) = (rows(&lake), files(&lake).len());
        let report = compact(&lake, &[]);
        assert_eq!(report["joined"], small);
        assert!(rows(&lake) == before, "{format}");
        assert_eq!((&report["into"], files(&lake).len()), (&21.into(), 21));
        let again = compact(&lake, &[]);
        assert_eq!((&again["joined"], &again["repaired"]), (&0.into(), &0.into()));
        let options = ["--batch-bytes", "65536", "--format", format];
        assert_eq!(events(&load(&[&inputs], &lake, &options).1), 0);
        assert!(rows(&lake) == before, "{format}");
    }
}

#[test]
fn no_joined_file_is_longer_than_the_target() {
    let directory = in_memory();
    let (lake, _) = lake(directory.path(), "json", 4_000);
    let before = rows(&lake);
    let report = compact(&lake, &["--target-bytes", "20000"]);
    assert!(report["into"].as_u64().unwrap() > 21, "{report}");
    let longest = files(&lake).values().map(String::len).max().unwrap();
    assert!((10_000..=20_000).contains(&longest), "{longest}");
    assert!(rows(&lake) == before);
}

#[test]
fn partitions_that_are_not_over_and_batches_that_are_not_done_are_left() {
    let directory = in_memory();
    let (lake, _) = lake(directory.path(), "json", 1_000);
    let before = files(&lake);
    // The events are of 2021: a hundred years later they are over.
    let report = compact(&lake, &["--closed-after", "876000"]);
    assert_eq!(report["joined"], 0);
    for done in fs::read_dir(lake.join("_ledger/done")).unwrap() {
        fs::remove_file(done.unwrap().path()).unwrap();
    }
    assert_eq!(compact(&lake, &[])["joined"], 0);
    assert!(files(&lake) == before);
}

#[test]
fn a_file_that_comes_back_after_it_was_joined_is_removed() {
    let directory = in_memory();
    let (lake, _) = lake(directory.path(), "json", 1_000);
    let (before, small) = (rows(&lake), files(&lake));
    compact(&lake, &[]);
    let (path, text) = small.first_key_value().unwrap();
    fs::write(lake.join(path), text).unwrap();
    assert_eq!(compact(&lake, &[])["stale"], 1);
    assert!(rows(&lake) == before);
}

fn start(command: &[&str], lake: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_event-log"))
        .args(command)
        .args(["--lake", lake.to_str().unwrap()])
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_compaction_that_is_killed_is_repaired_by_the_next_one() {
    let kills = std::env::var("EVENT_LOG_LOAD_KILLS").map_or(10, |count| count.parse().unwrap());
    let directory = in_memory();
    let mut repaired = 0;
    for round in 0..kills {
        let directory = directory.path().join(round.to_string());
        let (lake, _) = lake(&directory, "json", 1_000);
        let before = rows(&lake);
        let mut child = start(&["compact"], &lake);
        std::thread::sleep(std::time::Duration::from_millis(3 + 2 * (round % 10)));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(rows(&lake) == before || has_leftovers(&lake), "round {round}, after the kill");
        repaired += compact(&lake, &[])["repaired"].as_u64().unwrap();
        assert!(rows(&lake) == before, "round {round}, repaired");
        assert!(!has_leftovers(&lake), "round {round}");
        fs::remove_dir_all(directory).unwrap();
    }
    println!("{kills} kills, {repaired} compactions repaired");
}

/// `rows` looks into `_compact` as well, where a kill leaves what was made or replaced.
fn has_leftovers(lake: &Path) -> bool {
    fs::read_dir(lake.join("_compact")).is_ok_and(|mut entries| entries.next().is_some())
}

#[test]
fn who_reads_meanwhile_sees_each_row_once() {
    let directory = in_memory();
    let (lake, inputs) = lake(directory.path(), "json", 3_000);
    let wanted: BTreeMap<_, _> =
        rows(&lake).into_iter().map(|(directory, rows)| (directory, rows.len())).collect();
    let is_over = AtomicBool::new(false);
    let looks = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut looks = 0;
            while !is_over.load(Ordering::Relaxed) || looks == 0 {
                for (directory, count) in &wanted {
                    let Some(ids) = ids(&lake.join(directory)) else { continue };
                    let different: HashSet<_> = ids.iter().collect();
                    assert_eq!((ids.len(), different.len()), (*count, *count), "{directory}");
                    looks += 1;
                }
            }
            looks
        });
        // A load finds everything known while the files move.
        let mut again = start(
            &["load", inputs.to_str().unwrap(), "--batch-bytes", "65536", "--format", "json"],
            &lake,
        );
        compact(&lake, &["--target-bytes", "4000"]);
        compact(&lake, &[]);
        assert!(again.wait().unwrap().success());
        is_over.store(true, Ordering::Relaxed);
        reader.join().unwrap()
    });
    assert!(looks > 0);
    println!("{looks} looks at partitions while two compactions ran");
}

/// The ids in a partition, as an engine reads them: it lists, then opens; `None` if a file was gone by then.
fn ids(partition: &Path) -> Option<Vec<String>> {
    let mut ids = Vec::new();
    let listed: Vec<_> =
        fs::read_dir(partition).unwrap().map(|entry| entry.unwrap().path()).collect();
    for path in listed {
        match fs::read_to_string(path) {
            Ok(text) => ids.extend(text.lines().map(|line| {
                serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned()
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => panic!("{error}"),
        }
    }
    Some(ids)
}

#[test]
fn loads_that_run_at_the_same_time_lose_nothing() {
    let directory = in_memory();
    let (lake, inputs) = lake(directory.path(), "json", 1_500);
    for (number, lines) in many(12_000)[1_500..].chunks(500).enumerate() {
        write(&inputs, &format!("later.{number:02}.jsonl"), lines);
    }
    let mut load = start(
        &["load", inputs.to_str().unwrap(), "--batch-bytes", "65536", "--format", "json"],
        &lake,
    );
    while load.try_wait().unwrap().is_none() {
        compact(&lake, &[]);
    }
    assert!(load.wait().unwrap().success());
    compact(&lake, &[]);
    assert_eq!(rows(&lake).values().map(Vec::len).sum::<usize>(), 12_000);
    assert_eq!(files(&lake).len(), 21);
}

#[test]
fn what_is_no_lake_is_refused() {
    let run = crate::event_log(&["compact", "--lake", "s3://bucket/lake"]);
    assert_eq!(run.code, Some(3));
    assert!(run.err.contains("cannot be compacted in place"), "{}", run.err);
}
