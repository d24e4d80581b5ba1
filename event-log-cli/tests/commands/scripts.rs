//! What scripts rely on, as `docs/command.md` says it: the exit codes, and the keys of `--json`.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::Value;

use crate::load::many;
use crate::replicate::TEMPLATE;
use crate::{event_log, event_log_json, line, write};

const DOCS: &str = include_str!("../../../docs/command.md");

/// The row of a table in the docs that begins with this cell.
fn row(first: &str) -> Vec<&'static str> {
    let row = DOCS.lines().find(|row| row.starts_with(&format!("| {first} |")));
    let row = row.unwrap_or_else(|| panic!("docs/command.md has no row for {first}"));
    row.trim_matches('|').split('|').map(str::trim).collect()
}

/// The keys of a report itself; of an array, those of its items.
fn own_keys(report: &Value) -> BTreeSet<String> {
    match report {
        Value::Object(members) => members.keys().cloned().collect(),
        Value::Array(items) => items.iter().flat_map(own_keys).collect(),
        _ => BTreeSet::new(),
    }
}

/// The keys at any depth.
fn all_keys(report: &Value) -> BTreeSet<String> {
    let below: Vec<&Value> = match report {
        Value::Object(members) => members.values().collect(),
        Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    below.into_iter().flat_map(all_keys).chain(own_keys(report)).collect()
}

/// Holds a report to the row of its command.
fn is_documented(command: &str, report: &Value) {
    let keys = row(&format!("`{command}`"))[2];
    let documented: BTreeSet<_> = keys.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let undocumented: Vec<_> = own_keys(report).difference(&documented).cloned().collect();
    assert_eq!(undocumented, [""; 0], "`{command}` has keys that docs/command.md does not know");
    let missing: Vec<_> = documented.difference(&all_keys(report)).cloned().collect();
    assert_eq!(missing, [""; 0], "docs/command.md has keys that `{command}` does not: {report}");
}

#[test]
fn every_key_of_every_report_is_documented_and_is_there() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (log, lake, template, lock) = (path("log"), path("lake"), path("template"), path("lock"));
    a_log_with_all_sorts_of_trouble(Path::new(&log));
    fs::write(&template, TEMPLATE).unwrap();
    fs::write(&lock, catalog(64)).unwrap();
    fs::write(path("narrow"), catalog(8)).unwrap();
    let (out, expected, narrow) = (path("out"), path("out/expected.json"), path("narrow"));
    let schema = path("schema");
    let runs: [(&str, &[&str], i32); 11] = [
        ("stats", &["stats", &format!("{log}/*.jsonl")], 1),
        ("ledger", &["ledger", &format!("{log}/*.jsonl")], 1),
        ("validate", &["validate", &format!("{log}/*.jsonl"), "--catalog", &lock], 1),
        ("recover", &["recover", &log], 0),
        ("load", &["load", &log, "--lake", &lake], 3),
        ("compact", &["compact", "--lake", &lake], 0),
        (
            "compact --to",
            &["compact", "--lake", &lake, "--to", "parquet", "--into", &path("other")],
            0,
        ),
        (
            "replicate",
            &[
                "replicate",
                "--template",
                &template,
                "--users",
                "2",
                "--from",
                "2024-01-01",
                "--out",
                &out,
            ],
            0,
        ),
        ("verify", &["verify", &expected, &format!("{log}/*.jsonl")], 1),
        ("schema", &["schema", "--catalog", &lock, "--out", &schema], 0),
        ("catalog diff", &["catalog", "diff", &lock, &narrow], 1),
    ];
    for (command, arguments, exits) in runs {
        let (code, report) = event_log_json(arguments);
        assert_eq!(code, Some(exits), "{command}: {report}");
        is_documented(command, &report);
    }
}

/// Good lines, a bad one, a gap line, and a compressed file that is cut.
fn a_log_with_all_sorts_of_trouble(log: &Path) {
    fs::create_dir_all(log.join(".spool")).unwrap();
    let date = "2021-09-16T05:57:27Z";
    let gap = r#"{"event_type":"ping","reason":"spool_full","events":1,"first_dropped":"2021-09-16T05:57:27.000Z","last_dropped":"2021-09-16T05:57:27.000Z"}"#;
    let trouble = [line(1_000, date, "event_log_gap", 1, gap), "{}".to_owned()];
    write(log, "events.jsonl", &[&many(10)[..], &trouble].concat());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&vec![b' '; 100_000]).unwrap();
    let gzip = gzip.finish().unwrap();
    fs::write(log.join("cut.jsonl.gz"), &gzip[..gzip.len() / 2]).unwrap();
}

/// A lock file with one field, an integer of so many bits.
fn catalog(bits: u8) -> String {
    format!(
        r#"{{"version":1,"envelope":{{"user_id":"integer"}},"events":[{{"type":"ping","fields":[{{"name":"n","type":{{"integer":{{"bits":{bits},"signed":true}}}}}}]}}]}}"#
    )
}

#[test]
fn every_exit_code_is_said_in_the_docs_the_help_and_the_manual() {
    for code in ["0", "1", "2", "3", "130"] {
        let meaning = row(code)[1].split(';').next().unwrap().replace('`', "");
        for texts in ["--help", "man"] {
            // The manual is in roff.
            let text = event_log(&[texts]).out.replace("\\-", "-");
            let is_said = text.lines().any(|line| {
                line.trim_start().starts_with(&format!("{code} ")) && line.contains(&meaning)
            });
            assert!(is_said, "{texts} does not say `{code}  {meaning}`:\n{text}");
        }
    }
}

#[test]
fn a_logger_that_drops_events_of_replicate_exits_with_1() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (template, log) = (path("template.jsonl"), path("log"));
    let params = format!(r#"{{"text":"{}"}}"#, "long".repeat(20_000));
    fs::write(&template, line(1, "2021-09-16T05:57:27Z", "upload", 1, &params) + "\n").unwrap();
    let arguments = [
        "replicate",
        "--template",
        &template,
        "--users",
        "3",
        "--from",
        "2024-01-01",
        "--emit",
        &log,
    ];
    let (code, report) = event_log_json(&arguments);
    assert_eq!((code, &report["events"]), (Some(1), &0.into()), "{report}");
    let dropped: u64 =
        report["dropped"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(dropped, 3);
}
