//! `compact --to parquet --into`: a lake of JSON as one of Parquet.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;
use serde_json::{Value, json};

use super::{compact, lake, start};
use crate::load::{events, files, in_memory, load, many, rows};
use crate::parquet::{integer, reasons, write_catalog};
use crate::{event_log, event_log_json, line, parquet as other_reader, write};

const DATE: &str = "2021-09-16T05:57:27Z";

fn convert(lake: &Path, into: &Path, options: &[&str]) -> (Option<i32>, Value) {
    let (lake, into) = (lake.to_str().unwrap(), into.to_str().unwrap());
    let arguments = ["compact", "--lake", lake, "--to", "parquet", "--into", into];
    event_log_json(&[&arguments, options].concat())
}

/// The numbers of a report.
fn numbers<const N: usize>(report: &Value, names: [&str; N]) -> [u64; N] {
    names.map(|name| report[name].as_u64().unwrap())
}

#[test]
fn its_rows_are_those_that_a_load_of_parquet_would_have_given() {
    let directory = in_memory();
    for format in ["json", "json.gz", "json.zst"] {
        let (json, inputs) = lake(directory.path(), format, 2_000);
        let before = files(&json);
        let into = directory.path().join(format!("made-{format}"));
        let (code, report) = convert(&json, &into, &[]);
        assert_eq!(code, Some(0), "{report}");
        let found = numbers(&report, ["partitions", "unchanged", "files", "into", "rows"]);
        assert_eq!(found, [21, 0, before.len() as u64, 21, 2_000]);
        let loaded = directory.path().join(format!("loaded-{format}"));
        load(&[&inputs], &loaded, &["--format", "parquet"]);
        assert!(other_reader::rows(&into) == other_reader::rows(&loaded), "{format}");
        assert!(files(&json) == before, "the lake of JSON stays");

        let again = convert(&json, &into, &["--dedup"]).1;
        assert_eq!(
            numbers(&again, ["partitions", "duplicates"]),
            [21, 0],
            "ids were not looked at before"
        );
        let made = other_reader::files(&into);
        assert_eq!(numbers(&convert(&json, &into, &[]).1, ["partitions", "unchanged"]), [0, 21]);
        assert!(other_reader::files(&into) == made);
        let expected = directory.path().join("expected.json");
        for options in [&["--write"][..], &[]] {
            let lake = if options.is_empty() { &into } else { &json };
            let (expected, lake) = (expected.to_str().unwrap(), lake.to_str().unwrap());
            let run = event_log(&[&["verify", expected, "--lake", lake], options].concat());
            assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
        }
    }
}

#[test]
fn a_partition_that_got_late_files_is_made_again_and_no_other() {
    let directory = in_memory();
    let (json, inputs) = lake(directory.path(), "json", 1_000);
    let into = directory.path().join("made");
    convert(&json, &into, &[]);
    let before = other_reader::files(&into);
    let late = line(5_000, "2021-09-16T00:00:00Z", "purchase", 1, r#"{"n":1,"late":true}"#);
    write(&inputs, "late.jsonl", &[late]);
    load(&[&inputs], &json, &["--batch-bytes", "65536", "--format", "json"]);
    let report = convert(&json, &into, &[]).1;
    assert_eq!(numbers(&report, ["partitions", "unchanged"]), [1, 20]);
    let found = other_reader::rows(&into);
    assert_eq!((found.len(), &found[1_000]["late"]), (1_001, &json!(true)));
    let after = other_reader::files(&into);
    let gone: Vec<_> = before.keys().filter(|path| !after.contains_key(*path)).collect();
    assert_eq!(gone.len(), 1, "{gone:?}");
    assert!(gone[0].starts_with("purchase/year=2021/month=09/day=16/hour=00"));

    // Joined files are others, of the same rows.
    compact(&json, &[]);
    let report = convert(&json, &into, &[]).1;
    assert_eq!(numbers(&report, ["partitions", "unchanged"]), [21, 0]);
    assert!(other_reader::rows(&into) == found);
}

#[test]
fn rows_that_contradict_the_catalogue_are_kept_with_the_reason_until_they_fit() {
    let directory = in_memory();
    let json = directory.path().join("json");
    let lines = [
        line(1, DATE, "ping", 1, r#"{"n":1}"#),
        line(2, DATE, "ping", 1, r#"{"n":"two"}"#),
        line(3, DATE, "pong", 1, "{}"),
    ];
    write(directory.path(), "events.jsonl", &lines);
    load(&[&directory.path().join("events.jsonl")], &json, &["--format", "json"]);
    let lock = directory.path().join("events.lock.json");
    let fields = json!([{"name": "n", "type": integer(64, true)}]);
    write_catalog(&lock, &json!([{"type": "ping", "fields": fields}]));
    let into = directory.path().join("made");
    let options = ["--catalog", lock.to_str().unwrap()];
    let (code, report) = convert(&json, &into, &options);
    assert_eq!((code, numbers(&report, ["rows", "quarantined"])), (Some(1), [1, 2]));
    let mut kept = Vec::new();
    for entry in fs::read_dir(into.join("_quarantine")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        kept.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    kept.sort_by_key(|entry| entry["text"].to_string());
    let row = fs::read_to_string(kept[0]["file"].as_str().unwrap()).unwrap();
    assert_eq!(kept[0]["text"].as_str(), row.lines().nth(1));
    assert_eq!(
        (&kept[0]["line"], kept[0]["offset"].as_u64()),
        (&json!(2), row.find('\n').map(|at| at as u64 + 1))
    );
    let mut found = reasons(&into);
    found.sort();
    let no_type = "the catalogue has no type `pong`; load with one that has it";
    assert_eq!(found, [r#"`n`: "two" is not an integer of 64 bits"#, no_type]);
    assert_eq!(numbers(&convert(&json, &into, &options).1, ["partitions", "unchanged"]), [0, 2]);

    write_catalog(
        &lock,
        &json!([{"type": "ping", "fields": fields}, {"type": "pong", "fields": []}]),
    );
    let report = convert(&json, &into, &options).1;
    assert_eq!(numbers(&report, ["partitions", "rows", "quarantined"]), [2, 2, 1]);
    assert_eq!(reasons(&into).len(), 1);
    assert_eq!(other_reader::rows(&into).len(), 2);
}

#[test]
fn files_have_about_the_target_size_and_repeated_ids_are_dropped_if_asked() {
    let directory = in_memory();
    let (json, inputs) = lake(directory.path(), "json.gz", 4_000);
    let again = [&[line(9_000, DATE, "purchase", 1, "{}")], &many(4_000)[..700]].concat();
    write(&inputs, "again.jsonl", &again);
    load(&[&inputs], &json, &["--batch-bytes", "65536", "--format", "json.gz"]);
    let into = directory.path().join("made");
    let report = convert(&json, &into, &["--target-bytes", "6000", "--dedup"]).1;
    assert_eq!(numbers(&report, ["rows", "duplicates", "without_id"]), [4_001, 700, 0]);
    assert!(report["into"].as_u64().unwrap() > 40, "{report}");
    let made = other_reader::files(&into);
    let longest =
        made.iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "parquet"));
    assert!(longest.map(|(_, bytes)| bytes.len()).max().unwrap() < 12_000);
    let ids: BTreeSet<_> =
        other_reader::rows(&into).iter().map(|row| row["id"].to_string()).collect();
    assert_eq!(ids.len(), 4_001);

    // What was made can be joined further; what comes later takes the place of that too.
    let before = other_reader::rows(&into);
    assert_eq!(compact(&into, &[])["into"], 21);
    assert!(other_reader::rows(&into) == before);
    assert_eq!(numbers(&convert(&json, &into, &[]).1, ["partitions", "unchanged"]), [0, 21]);
    write(&inputs, "late.jsonl", &[line(9_500, DATE, "purchase", 1, "{}")]);
    load(&[&inputs], &json, &["--batch-bytes", "65536", "--format", "json.gz"]);
    assert_eq!(
        numbers(&convert(&json, &into, &["--dedup"]).1, ["partitions", "duplicates"]),
        [1, 33]
    );
    compact(&into, &["--dedup"]);
    assert_eq!(other_reader::rows(&into).len(), 4_002);
}

#[test]
fn a_partition_whose_sources_are_gone_is_left_and_told() {
    let directory = in_memory();
    let (json, inputs) = lake(directory.path(), "json", 1_000);
    let into = directory.path().join("made");
    convert(&json, &into, &[]);
    let partition = "purchase/year=2021/month=09/day=16/hour=00";
    fs::remove_dir_all(json.join(partition)).unwrap();
    assert_eq!(numbers(&convert(&json, &into, &[]).1, ["partitions", "unchanged"]), [0, 20]);
    let late = line(5_000, "2021-09-16T00:00:00Z", "purchase", 1, "{}");
    write(&inputs, "late.jsonl", &[late]);
    load(&[&inputs], &json, &["--batch-bytes", "65536", "--format", "json"]);
    let (code, report) = convert(&json, &into, &[]);
    assert_eq!((code, &report["left"]), (Some(1), &json!([partition])));
    assert_eq!(other_reader::rows(&into).len(), 1_000);
}

#[test]
fn what_would_mix_or_replace_other_tables_is_refused() {
    let directory = in_memory();
    let (json, inputs) = lake(directory.path(), "json", 100);
    let lake_of = |path: &Path| path.to_str().unwrap().to_owned();
    let refused = |arguments: &[&str], wanted: &str| {
        let run = event_log(arguments);
        assert_eq!(run.code, Some(3), "{}{}", run.out, run.err);
        assert!(run.err.contains(wanted), "{}", run.err);
    };
    let at = lake_of(&json);
    refused(&["compact", "--lake", &at, "--to", "parquet"], "needs `--into DIRECTORY`");
    let into = |lake: &str, into: &str, wanted: &str| {
        refused(&["compact", "--lake", lake, "--to", "parquet", "--into", into], wanted);
    };
    into(&at, &format!("{at}/below"), "are not apart");
    assert!(!json.join("below").exists());
    into(&at, "s3://bucket/lake", "is in a bucket");
    let made = lake_of(&directory.path().join("made"));
    assert_eq!(convert(&json, Path::new(&made), &[]).0, Some(0));
    into(&made, &lake_of(&directory.path().join("other")), "are Parquet already");
    let moved = directory.path().join("moved");
    fs::rename(&json, &moved).unwrap();
    into(&lake_of(&moved), &made, "if the lake of JSON has moved");
    let loaded = lake_of(&directory.path().join("loaded"));
    load(&[&inputs], Path::new(&loaded), &["--format", "parquet"]);
    into(&lake_of(&moved), &loaded, "events were loaded into the lake");
    let inputs = lake_of(&inputs);
    refused(&["load", &inputs, "--lake", &made, "--format", "parquet"], "load into that one");
}

/// The ids in a partition of Parquet, as an engine reads them; `None` if a file or all was gone by then.
fn ids(partition: &Path) -> Option<Vec<String>> {
    let mut ids = Vec::new();
    let gone = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    let listed: Vec<PathBuf> = match fs::read_dir(partition) {
        Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
        Err(error) if gone(&error) => return None,
        Err(error) => panic!("{error}"),
    };
    for path in listed {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if gone(&error) => return None,
            Err(error) => panic!("{error}"),
        };
        for row in SerializedFileReader::new(file).unwrap().get_row_iter(None).unwrap() {
            ids.push(row.unwrap().get_string(0).unwrap().clone());
        }
    }
    ids.sort();
    Some(ids)
}

/// The ids of each partition of a lake of JSON.
fn ids_of_json(lake: &Path) -> BTreeMap<String, Vec<String>> {
    let id = |row: &String| {
        serde_json::from_str::<Value>(row).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let sorted = |rows: Vec<String>| {
        let mut ids: Vec<_> = rows.iter().map(id).collect();
        ids.sort();
        ids
    };
    rows(lake).into_iter().map(|(partition, rows)| (partition, sorted(rows))).collect()
}

#[test]
fn a_partition_is_whole_or_not_there_whenever_it_is_killed() {
    let kills = std::env::var("EVENT_LOG_LOAD_KILLS").map_or(10, |count| count.parse().unwrap());
    let directory = in_memory();
    let (json, inputs) = lake(directory.path(), "json", 1_000);
    let first = ids_of_json(&json);
    let unharmed = directory.path().join("unharmed");
    let begun = Instant::now();
    convert(&json, &unharmed, &[]);
    let usual = begun.elapsed();
    let late: Vec<_> = many(1_100)[1_000..].to_vec();
    let mut whole = 0;
    for round in 0..kills {
        let directory = directory.path().join(round.to_string());
        let (json, _) = lake(&directory, "json", 1_000);
        let into = directory.join("made");
        let options = ["compact", "--to", "parquet", "--into", into.to_str().unwrap()];
        let is_made_again = round % 2 == 1;
        if is_made_again {
            convert(&json, &into, &[]);
            write(&inputs, "late.jsonl", &late);
            load(&[&inputs.join("late.jsonl")], &json, &["--format", "json"]);
        }
        let last = ids_of_json(&json);
        let mut child = start(&options, &json);
        std::thread::sleep(usual.mul_f64(f64::from(round % 10 + 1) / 11.0));
        child.kill().unwrap();
        child.wait().unwrap();
        for (partition, ids_now) in &last {
            let found = ids(&into.join(partition));
            whole += u32::from(found.is_some());
            let is_first = is_made_again && found.as_ref() == first.get(partition);
            let is_whole = found.as_ref().is_none_or(|found| found == ids_now);
            assert!(is_first || is_whole && (found.is_some() || !is_made_again), "{partition}");
        }
        assert_eq!(convert(&json, &into, &[]).0, Some(0));
        for (partition, ids_now) in &last {
            assert_eq!(ids(&into.join(partition)).as_ref(), Some(ids_now), "{partition}");
        }
        assert_eq!(fs::read_dir(into.join("_compact")).map_or(0, Iterator::count), 0);
        fs::remove_dir_all(directory).unwrap();
    }
    println!("{kills} kills, {whole} partitions were there and whole");
}

#[test]
fn who_reads_while_it_is_made_again_sees_the_old_rows_or_the_new_ones() {
    let directory = in_memory();
    let (json, inputs) = lake(directory.path(), "json", 1_000);
    let into = directory.path().join("made");
    convert(&json, &into, &[]);
    let before = ids_of_json(&json);
    write(&inputs, "late.jsonl", &many(3_000)[1_000..]);
    let report = load(&[&inputs], &json, &["--batch-bytes", "65536", "--format", "json"]).1;
    assert_eq!(events(&report), 2_000);
    let after = ids_of_json(&json);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut looks = 0;
            while !is_over.load(Ordering::Relaxed) || looks == 0 {
                for (partition, after) in &after {
                    let Some(found) = ids(&into.join(partition)) else { continue };
                    assert!(found == before[partition] || found == *after, "{partition}");
                    looks += 1;
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            looks
        });
        assert_eq!(numbers(&convert(&json, &into, &[]).1, ["partitions"]), [21]);
        is_over.store(true, Ordering::Relaxed);
        println!("{} looks at partitions", reader.join().unwrap());
    });
}
