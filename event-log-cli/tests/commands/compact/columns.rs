//! Joined files of Parquet whose columns differ, since the catalogue grew in between.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use serde_json::{Value, json};

use super::{compact, lake};
use crate::load::{events, in_memory, load};
use crate::parquet::{files, integer, rows, write_catalog};
use crate::{line, write};

const DATE: &str = "2021-09-16T05:57:27Z";

fn parquet_files(lake: &Path) -> Vec<PathBuf> {
    let is_parquet = |path: &PathBuf| path.extension().is_some_and(|end| end == "parquet");
    files(lake).into_keys().filter(is_parquet).collect()
}

#[test]
fn older_files_with_fewer_columns_are_joined_with_newer_ones() {
    let directory = in_memory();
    let (lake, inputs) = lake(directory.path(), "parquet", 2_000);
    let wider = line(5_000, "2021-09-16T00:00:00Z", "purchase", 1, r#"{"more":{"deep":[1]}}"#);
    write(&inputs, "wider.jsonl", &[wider]);
    load(&[&inputs], &lake, &["--format", "parquet"]);
    let before = rows(&lake);
    let report = compact(&lake, &[]);
    assert_eq!((before.len(), &report["into"]), (2_001, &21.into()));
    assert_eq!(parquet_files(&lake).len(), 21);
    assert!(rows(&lake) == before);
    assert_eq!(compact(&lake, &[])["joined"], 0);
}

/// Loads one event whose field has this value, with a catalogue in which it has this type.
fn load_one(directory: &Path, number: u32, field_type: &Value, value: &str) {
    let lock = directory.join("events.lock.json");
    let fields = json!([{"name": "n", "type": field_type, "optional": true}]);
    write_catalog(&lock, &json!([{"type": "ping", "fields": fields}]));
    let file = format!("events.{number}.jsonl");
    write(directory, &file, &[line(number, DATE, "ping", 1, &format!(r#"{{"n":{value}}}"#))]);
    let options = ["--format", "parquet", "--catalog", lock.to_str().unwrap()];
    let (_, report) = load(&[&directory.join(file)], &directory.join("lake"), &options);
    assert_eq!(events(&report), 1);
}

#[test]
fn values_of_a_widened_column_stay_what_they_are() {
    let directory = in_memory();
    let record = |bits| {
        let member = json!({"name": "deep", "type": integer(bits, true)});
        json!({"list": {"type": {"record": [member]}}})
    };
    for (narrow, wide, values) in [
        (integer(32, true), integer(64, true), ["-2147483648", "4294967296"]),
        (record(8), record(32), [r#"[{"deep":-128},{"deep":7}]"#, r#"[{"deep":70000}]"#]),
    ] {
        let directory = tempfile::tempdir_in(directory.path()).unwrap();
        load_one(directory.path(), 1, &narrow, values[0]);
        load_one(directory.path(), 2, &narrow, "null");
        load_one(directory.path(), 3, &wide, values[1]);
        let lake = directory.path().join("lake");
        let before = rows(&lake);
        let report = compact(&lake, &[]);
        assert_eq!((&report["joined"], &report["into"]), (&3.into(), &1.into()));
        assert_eq!(rows(&lake), before);
        let found: Vec<_> = before.iter().map(|row| row["n"].to_string()).collect();
        assert_eq!(found, [values[0], "null", values[1]]);
    }
}

#[test]
fn a_file_whose_values_its_table_does_not_hold_stays_apart() {
    let directory = in_memory();
    for number in 1..4 {
        load_one(directory.path(), number, &integer(64, true), "7");
    }
    let lake = directory.path().join("lake");
    let partition = lake.join("ping/year=2021/month=09/day=16/hour=05");
    let strange = partition.join("compact-00000000000000000000000000000000.parquet");
    let texts = |text: &str| Arc::new(StringArray::from(vec![text])) as ArrayRef;
    let batch = RecordBatch::try_from_iter([("id", texts("9")), ("n", texts("nine"))]).unwrap();
    let file = fs::File::create(&strange).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let before = rows(&lake);
    assert_eq!(compact(&lake, &[])["joined"], 3);
    assert!(strange.exists());
    assert_eq!((rows(&lake), parquet_files(&lake).len()), (before, 2));
}
