//! `schema`, `validate` and `catalog diff`: files from a lock file, lines against one, and what differs between two.

use std::fs;
use std::path::Path;

use crate::{event_log, event_log_json};

const LOCK: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../event-log-catalog/tests/golden/events.lock.json");

fn golden(set: &str, path: &str) -> String {
    let golden = Path::new(LOCK).parent().unwrap();
    fs::read_to_string(golden.join(set).join(path)).unwrap()
}

#[test]
fn each_reader_gets_its_files_and_all_get_all() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().to_str().unwrap();
    let files = |whom: &str| {
        let arguments = ["schema", "--catalog", LOCK, "--out", out, "--for", whom];
        let (code, report) = event_log_json(&arguments);
        assert_eq!(code, Some(0), "{whom}");
        let names = report["files"].as_array().unwrap().clone();
        assert!(!names.is_empty(), "{whom}");
        for name in &names {
            assert!(directory.path().join(name.as_str().unwrap()).is_file(), "{name}");
        }
        names.len()
    };
    let readers = [
        "athena",
        "bigquery",
        "dictionary",
        "duckdb",
        "hive",
        "json-schema",
        "spark",
        "terraform",
        "trino",
    ];
    let each: usize = readers.iter().map(|whom| files(whom)).sum();
    assert_eq!(each, files("all"));
}

#[test]
fn the_options_lead_to_the_definitions_that_the_catalogue_gives_for_them() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().to_str().unwrap();
    let arguments = ["schema", "--catalog", LOCK, "--out", out, "--for", "json-schema"];
    assert_eq!(event_log(&arguments).code, Some(0));
    let written = fs::read_to_string(directory.path().join("json-schema/order.json")).unwrap();
    assert_eq!(written, golden("json", "json-schema/order.json"));
    let run = event_log(&[
        "schema",
        "--catalog",
        LOCK,
        "--out",
        out,
        "--for",
        "duckdb",
        "--for",
        "athena",
        "--location",
        "s3://ours/lake",
        "--database",
        "facts",
        "--format",
        "parquet",
        "--partitions",
        "dt",
        "--by-day",
        "order",
        "--years",
        "2021-2022",
        "--allow-full-scans",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let views = fs::read_to_string(directory.path().join("duckdb.sql")).unwrap();
    for wanted in ["\"facts\".\"order\"", "'s3://ours/lake/order/", "read_parquet", "AS \"dt\""] {
        assert!(views.contains(wanted), "{wanted} is not in\n{views}");
    }
}

#[test]
fn a_lock_file_that_is_not_there_is_named() {
    let run = event_log(&["schema", "--catalog", "/nowhere.json", "--out", "/nowhere"]);
    assert_eq!(run.code, Some(3));
    assert!(run.err.contains("there is no lock file `/nowhere.json`"), "{}", run.err);
    assert_eq!(event_log(&["schema", "--out", "x", "--years", "2030-2020"]).code, Some(2));
}

#[test]
fn each_bad_line_is_told_with_file_line_field_and_reason() {
    let directory = tempfile::tempdir().unwrap();
    let lock = directory.path().join("events.lock.json");
    fs::write(
        &lock,
        r#"{"version":1,"envelope":{"user_id":"integer"},"events":[{"type":"ping","fields":[{"name":"n","type":{"integer":{"bits":8,"signed":true}}}]}]}"#,
    )
    .unwrap();
    let line = |params: &str| {
        format!(
            r#"{{"id":"01923a4b-0000-7000-8000-000000000000","date":"2021-09-16T05:57:27Z","type":"ping","user_id":1,"locale":null,"country_code":null,"params":{params}}}"#
        )
    };
    let gap = line("{}").replace("ping", "event_log_gap");
    let lines = [line(r#"{"n":1}"#), line(r#"{"n":128}"#), gap, line("{}")];
    crate::write(directory.path(), "events.jsonl", &lines);
    let input = directory.path().join("events.jsonl");
    let input = input.to_str().unwrap();
    let arguments = ["validate", input, "--catalog", lock.to_str().unwrap()];
    let (code, report) = event_log_json(&arguments);
    assert_eq!((code, &report["valid"], &report["malformed"]), (Some(1), &2.into(), &2.into()));
    let bad = &report["bad"][0];
    assert_eq!((&bad["file"], &bad["line"]), (&input.into(), &2.into()));
    assert!(bad["reason"].as_str().unwrap().starts_with("params.n: 128"), "{bad}");
    let run = event_log(&arguments);
    assert_eq!(run.code, Some(1));
    assert!(run.out.contains(&format!("{input}:4: params.n: ")), "{}", run.out);
    assert!(run.out.ends_with("2 valid lines, 2 bad lines\n"), "{}", run.out);
}

#[test]
fn a_breaking_change_is_told_with_whom_it_breaks_and_exits_with_1() {
    let directory = tempfile::tempdir().unwrap();
    let lock = |name: &str, fields: &str| {
        let path = directory.path().join(name);
        let text = format!(
            r#"{{"version":1,"envelope":{{"user_id":"integer"}},"events":[{{"type":"ping","fields":[{fields}]}}]}}"#
        );
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let old = lock("old.json", r#"{"name":"n","type":{"integer":{"bits":32,"signed":true}}}"#);
    let wider = lock(
        "wider.json",
        r#"{"name":"n","type":{"integer":{"bits":64,"signed":true}}},{"name":"m","type":"string","optional":true}"#,
    );
    let (code, report) = event_log_json(&["catalog", "diff", &old, &wider]);
    assert_eq!((code, report.as_array().unwrap().len()), (Some(0), 2), "{report}");
    assert!(report.as_array().unwrap().iter().all(|change| change["breaking"] == false));
    let back = event_log(&["catalog", "diff", &wider, &old]);
    assert_eq!(back.code, Some(1));
    for wanted in
        ["BREAKING  ping.n: ", "BREAKING  ping.m: the field is gone", "  breaks Parquet: "]
    {
        assert!(back.out.contains(wanted), "{}", back.out);
    }
    let same = event_log(&["catalog", "diff", &old, &old]);
    assert_eq!((same.code, same.out.as_str()), (Some(0), "0 changes, 0 breaking\n"));
}

#[test]
fn a_lake_of_parquet_says_its_catalogue_and_how_it_is_cut() {
    let directory = tempfile::tempdir().unwrap();
    let [lake, by_lake, by_lock] =
        ["lake", "by_lake", "by_lock"].map(|name| directory.path().join(name));
    let [lake, by_lake, by_lock] = [&lake, &by_lake, &by_lock].map(|path| path.to_str().unwrap());
    let input = directory.path().join("events.jsonl");
    fs::write(&input, "").unwrap();
    let load = ["load", input.to_str().unwrap(), "--lake", lake, "--format", "parquet"];
    let run = event_log(&[&load[..], &["--catalog", LOCK, "--by-type", "order=day"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.err);
    let run = event_log(&["schema", "--lake", lake, "--out", by_lake]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let of_lock = ["schema", "--catalog", LOCK, "--format", "parquet", "--by-day", "order"];
    assert_eq!(event_log(&[&of_lock[..], &["--out", by_lock]].concat()).code, Some(0));
    for file in ["spark.sql", "trino.sql", "duckdb.sql"] {
        let [lake, lock] =
            [by_lake, by_lock].map(|out| fs::read_to_string(Path::new(out).join(file)));
        assert_eq!(lake.unwrap(), lock.unwrap(), "{file}");
    }
    let run = event_log(&["schema", "--lake", by_lake, "--out", by_lock]);
    assert_eq!(run.code, Some(3));
    assert!(run.err.contains("no lake of Parquet"), "{}", run.err);
}
