//! A lake in a bucket: equal to one in a directory, whatever happens on the way.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use super::load;
use super::server::{Bucket, bucket};
use crate::load::{SMALL_BATCHES, files, in_memory, load as load_local, many, sorted};
use crate::parquet::{self, write_catalog_of_many};
use crate::write;

/// Some thousand events in some dozen files.
fn inputs(directory: &Path, count: u32) -> PathBuf {
    let inputs = directory.join("inputs");
    fs::create_dir(&inputs).unwrap();
    for (number, lines) in many(count).chunks(150).enumerate() {
        write(&inputs, &format!("events.{number:02}.jsonl"), lines);
    }
    inputs
}

fn rows(bucket: &Bucket, lake: &str) -> BTreeMap<String, Vec<String>> {
    sorted(bucket.files(lake))
}

fn start(bucket: &Bucket, inputs: &Path, lake: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_event-log"))
        .args(["load", inputs.to_str().unwrap(), "--lake", &bucket.address(lake)])
        .args(SMALL_BATCHES)
        .envs(bucket.variables().iter().cloned())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_lake_in_a_bucket_equals_one_in_a_directory_file_by_file() {
    let Some(bucket) = bucket() else { return };
    let directory = in_memory();
    let inputs = inputs(directory.path(), 8_000);
    for format in ["json", "json.gz"] {
        let options = ["--batch-bytes", "65536", "--format", format];
        let lake = directory.path().join(format);
        assert_eq!(load_local(&[&inputs], &lake, &options).0, Some(0));
        let remote = bucket.address(format);
        let (code, report, err) =
            load(bucket.variables(), &[inputs.to_str().unwrap()], &remote, &options);
        assert_eq!((code, &report["events"]), (Some(0), &8_000.into()), "{err}");
        assert!(bucket.files(format) == files(&lake), "{format}");
    }
}

#[test]
fn parquet_in_a_bucket_equals_parquet_in_a_directory_byte_by_byte() {
    let Some(bucket) = bucket() else { return };
    let directory = in_memory();
    let inputs = inputs(directory.path(), 3_000);
    let lock = directory.path().join("lock.json");
    write_catalog_of_many(&lock);
    // With a catalogue, and with the types that the lines show.
    let given = ["--catalog", lock.to_str().unwrap()];
    for (name, catalog) in [("given", &given[..]), ("found", &[])] {
        let options = [&["--batch-bytes", "65536", "--format", "parquet"], catalog].concat();
        let lake = directory.path().join(name);
        assert_eq!(load_local(&[&inputs], &lake, &options).0, Some(0));
        for events in [3_000, 0] {
            let remote = bucket.address(name);
            let (code, report, err) =
                load(bucket.variables(), &[inputs.to_str().unwrap()], &remote, &options);
            assert_eq!((code, &report["events"]), (Some(0), &events.into()), "{err}");
        }
        let mut wanted = parquet::files(&lake);
        wanted.remove(Path::new("_lake.json"));
        assert!(bucket.objects(name) == wanted, "{name}");
        assert_eq!(bucket.parquet_rows(name).len(), 3_000);
    }
}

#[test]
fn what_was_loaded_into_a_bucket_is_not_loaded_again() {
    let Some(bucket) = bucket() else { return };
    let directory = in_memory();
    let inputs = inputs(directory.path(), 1_000);
    let inputs = inputs.to_str().unwrap();
    load(bucket.variables(), &[inputs], &bucket.address("lake"), &SMALL_BATCHES);
    let before = bucket.files("lake");
    let (code, report, _) =
        load(bucket.variables(), &[inputs], &bucket.address("lake"), &SMALL_BATCHES);
    assert_eq!((code, &report["events"]), (Some(0), &0.into()));
    assert!(bucket.files("lake") == before);
}

#[test]
fn loads_into_one_bucket_at_the_same_time_add_each_event_once() {
    let Some(bucket) = bucket() else { return };
    let directory = in_memory();
    let inputs = inputs(directory.path(), 8_000);
    let alone = directory.path().join("alone");
    load_local(&[&inputs], &alone, &SMALL_BATCHES);
    let mut loads: Vec<_> = (0..4).map(|_| start(&bucket, &inputs, "lake")).collect();
    for child in &mut loads {
        assert!(child.wait().unwrap().success());
    }
    assert!(rows(&bucket, "lake") == sorted(files(&alone)), "four loads gave other rows than one");
}

#[test]
fn a_load_into_a_bucket_that_is_killed_is_repaired_by_loading_again() {
    let Some(bucket) = bucket() else { return };
    let kills = std::env::var("EVENT_LOG_LOAD_KILLS").map_or(6, |count| count.parse().unwrap());
    let directory = in_memory();
    let inputs = inputs(directory.path(), 10_000);
    let begun = Instant::now();
    assert!(start(&bucket, &inputs, "unharmed").wait().unwrap().success());
    let usual = begun.elapsed();
    let wanted = bucket.files("unharmed");
    let mut interrupted = 0;
    for round in 0..kills {
        let lake = format!("lake-{round}");
        let mut child = start(&bucket, &inputs, &lake);
        std::thread::sleep(usual.mul_f64(f64::from(round % 10 + 1) / 11.0));
        child.kill().unwrap();
        child.wait().unwrap();
        let (code, report, err) = load(
            bucket.variables(),
            &[inputs.to_str().unwrap()],
            &bucket.address(&lake),
            &SMALL_BATCHES,
        );
        assert_eq!(code, Some(0), "{err}");
        interrupted += report["resumed"].as_u64().unwrap();
        assert!(bucket.files(&lake) == wanted, "round {round} gave other files");
    }
    println!("{kills} kills, {interrupted} batches interrupted, every lake equal to one without");
}
