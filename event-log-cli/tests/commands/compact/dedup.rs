//! `compact --dedup`: of rows with the same id one stays.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{compact, has_leftovers, ids, start};
use crate::load::{events, files, in_memory, load, many, rows};
use crate::{event_log, line, parquet, write};

const DATE: &str = "2021-09-16T03:00:00Z";

/// A lake of 2,001 events in small files, 1,000 of which came twice, and one where each came once.
fn lakes(directory: &Path, format: &str) -> (PathBuf, PathBuf) {
    let [once, again] = ["once", "again"].map(|name| directory.join(name));
    for inputs in [&once, &again] {
        fs::create_dir_all(inputs).unwrap();
    }
    let lines = many(2_000);
    for (number, lines) in lines.chunks(500).enumerate() {
        write(&once, &format!("events.{number:02}.jsonl"), lines);
    }
    // An input is known by its first line.
    let own = line(10_000, DATE, "purchase", 1, r#"{"n":1,"text":""}"#);
    write(&once, "own.jsonl", std::slice::from_ref(&own));
    write(&again, "own.jsonl", &[&[own], &lines[500..1_500]].concat());
    let load_into = |name: &str, inputs: &[&Path]| {
        let lake = directory.join(format!("{name}-{format}"));
        let options = ["--batch-bytes", "65536", "--format", format];
        (lake.clone(), events(&load(inputs, &lake, &options).1))
    };
    let (wanted, count) = load_into("wanted", &[&once]);
    assert_eq!(count, 2_001);
    fs::remove_file(once.join("own.jsonl")).unwrap();
    let (lake, count) = load_into("lake", &[&once, &again]);
    assert_eq!(count, 3_001);
    (lake, wanted)
}

#[test]
fn of_rows_with_the_same_id_one_stays_in_every_format() {
    let directory = in_memory();
    for format in ["json", "json.gz", "json.zst"] {
        let (lake, wanted) = lakes(directory.path(), format);
        let report = compact(&lake, &["--dedup"]);
        assert_eq!((&report["duplicates"], &report["into"]), (&1_000.into(), &21.into()));
        assert!(rows(&lake) == rows(&wanted), "{format}");
        let after = files(&lake);
        let again = compact(&lake, &["--dedup"]);
        assert_eq!((&again["duplicates"], &again["joined"]), (&0.into(), &0.into()));
        assert!(files(&lake) == after, "{format}");
    }
    let (lake, wanted) = lakes(directory.path(), "parquet");
    let report = compact(&lake, &["--dedup", "--target-bytes", "1"]);
    assert_eq!(report["duplicates"], 1_000);
    assert!(parquet::rows(&lake) == parquet::rows(&wanted));
    let report = compact(&lake, &["--dedup"]);
    assert_eq!((&report["duplicates"], &report["into"]), (&0.into(), &21.into()));
    assert!(parquet::rows(&lake) == parquet::rows(&wanted));
}

#[test]
fn a_partition_without_small_files_is_written_again_only_if_ids_repeat() {
    let directory = in_memory();
    let lines = many(500);
    write(directory.path(), "a.jsonl", &lines);
    let own = line(10_000, DATE, "sign_up", 1, "{}");
    write(directory.path(), "b.jsonl", &[own, lines[3].clone(), lines[3].clone()]);
    let lake = directory.path().join("lake");
    let inputs = ["a.jsonl", "b.jsonl"].map(|name| directory.path().join(name));
    let inputs = [inputs[0].as_path(), inputs[1].as_path()];
    assert_eq!(events(&load(&inputs, &lake, &["--format", "json.gz", "--workers", "1"]).1), 502);
    let before = files(&lake);
    assert_eq!((before.len(), &compact(&lake, &[])["joined"]), (21, &0.into()));
    let run = event_log(&["compact", "--dedup", "--lake", lake.to_str().unwrap()]);
    let (first, second) = run.out.split_once('\n').unwrap();
    assert!(first.starts_with("1 file of 1 partition joined into 1, "), "{}", run.out);
    assert_eq!(second, "1 rows dropped: their id stood in the same partition before\n");
    let after = files(&lake);
    let changed: Vec<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    assert_eq!((after.len(), changed.len()), (21, 1));
    let text = &after[changed[0]];
    assert_eq!(text.lines().filter(|row| row.contains(r#""id":"3""#)).count(), 1);
    compact(&lake, &["--dedup"]);
    assert!(files(&lake) == after);
}

#[test]
fn a_row_without_an_id_stays_and_is_told() {
    let directory = in_memory();
    let (lake, wanted) = lakes(directory.path(), "json");
    let path = lake.join(files(&lake).first_key_value().unwrap().0);
    let strange = "{\"n\":1}\n{\"n\":1}\n";
    fs::File::options().append(true).open(&path).unwrap().write_all(strange.as_bytes()).unwrap();
    let report = compact(&lake, &["--dedup"]);
    assert_eq!((&report["duplicates"], &report["without_id"]), (&1_000.into(), &2.into()));
    let count = |lake: &Path| rows(lake).values().map(Vec::len).sum::<usize>();
    assert_eq!(count(&lake), count(&wanted) + 2);
}

#[test]
fn a_compaction_that_is_killed_while_it_drops_is_repaired_by_the_next_one() {
    let kills = std::env::var("EVENT_LOG_LOAD_KILLS").map_or(10, |count| count.parse().unwrap());
    let directory = in_memory();
    for round in 0..kills {
        let directory = directory.path().join(round.to_string());
        let (lake, wanted) = lakes(&directory, "json.zst");
        let mut child = start(&["compact", "--dedup"], &lake);
        std::thread::sleep(Duration::from_millis(3 + 3 * (round % 10)));
        child.kill().unwrap();
        child.wait().unwrap();
        compact(&lake, &["--dedup"]);
        assert!(rows(&lake) == rows(&wanted), "round {round}");
        assert!(!has_leftovers(&lake), "round {round}");
        fs::remove_dir_all(directory).unwrap();
    }
}

#[test]
fn who_reads_meanwhile_misses_no_event() {
    let directory = in_memory();
    let (lake, wanted) = lakes(directory.path(), "json");
    let count = |lake: &Path| -> BTreeMap<String, usize> {
        rows(lake).into_iter().map(|(directory, rows)| (directory, rows.len())).collect()
    };
    let (before, after) = (count(&lake), count(&wanted));
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut looks = 0;
            while !is_over.load(Ordering::Relaxed) || looks == 0 {
                for (partition, after) in &after {
                    let Some(mut ids) = ids(&lake.join(partition)) else { continue };
                    let all = ids.len();
                    ids.sort();
                    ids.dedup();
                    assert_eq!(ids.len(), *after, "{partition}");
                    assert!([before[partition], *after].contains(&all), "{partition}");
                    looks += 1;
                }
            }
        });
        compact(&lake, &["--dedup"]);
        is_over.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
    assert!(rows(&lake) == rows(&wanted));
}
