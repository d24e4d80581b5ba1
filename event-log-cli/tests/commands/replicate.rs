//! `replicate`: many users do what one did, and what they amount to is known exactly.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{event_log, event_log_json};

/// What one user did: five events of four types within a quarter of an hour, two at one instant.
pub(crate) const TEMPLATE: &str = r#"{"id":"017bed2e-6958-7c2f-9a41-0f6e2b7d8c35","date":"2021-09-16T05:57:27Z","type":"user_registration","user_id":1,"locale":"ja","country_code":"JP","session_id":"s-1","params":{"provider":"twitter","referrer":null}}
{"id":"017bed2e-6958-7c2f-9a41-0f6e2b7d8c36","date":"2021-09-16T05:57:40Z","type":"lesson_started","user_id":1,"locale":"ja","country_code":"JP","session_id":"s-1","params":{"course":"漢字","lesson":1}}
{"id":"017bed2e-6958-7c2f-9a41-0f6e2b7d8c37","date":"2021-09-16T06:07:40Z","type":"lesson_cleared","user_id":1,"locale":"ja","country_code":"JP","session_id":"s-1","params":{"course":"漢字","lesson":1,"score":90.50,"seconds":600.25}}
{"id":"017bed2e-6958-7c2f-9a41-0f6e2b7d8c38","date":"2021-09-16T06:07:40Z","type":"lesson_started","user_id":1,"locale":"ja","country_code":"JP","session_id":"s-1","params":{"course":"漢字","lesson":2}}
{"id":"017bed2e-6958-7c2f-9a41-0f6e2b7d8c39","date":"2021-09-16T06:10:00Z","type":"plan_purchased","user_id":1,"locale":"ja","country_code":"JP","session_id":"s-1","params":{"plan":"pro","price":980,"buyer":1}}
"#;

const RULES: &str = r#"{
    "country_code": {"choose": [["JP", 7], ["US", 2], [null, 1]]},
    "plan_purchased.price": {"range": [100, 9900], "step": 100},
    "plan_purchased.buyer": {"user": true},
    "lesson_cleared.seconds": {"range": ["10.00", "900.00"]},
    "*.course": {"choose": [["漢字", 3], ["かな", 1]], "per": "user"}
}"#;

/// Writes template and rules, and replicates into `out` below the directory.
pub(crate) fn replicate(directory: &Path, out: &str, options: &[&str]) -> (PathBuf, Value) {
    let path = |name: &str| directory.join(name).to_str().unwrap().to_owned();
    fs::write(path("template.jsonl"), TEMPLATE).unwrap();
    fs::write(path("rules.json"), RULES).unwrap();
    let (template, rules) = (path("template.jsonl"), path("rules.json"));
    let inputs = ["replicate", "--template", &template, "--rules", &rules, "--from", "2024-02-28"];
    let (code, report) = event_log_json(&[&inputs, options].concat());
    assert_eq!(code, Some(0), "{report}");
    (directory.join(out), report)
}

fn replicate_files(directory: &Path, out: &str, options: &[&str]) -> BTreeMap<String, String> {
    let to = directory.join(out);
    let (out, _) = replicate(directory, out, &[&["--out", to.to_str().unwrap()], options].concat());
    let files = fs::read_dir(out).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(path).unwrap())
    });
    files.collect()
}

fn lines(files: &BTreeMap<String, String>) -> Vec<Value> {
    let segments = files.iter().filter(|(name, _)| *name != "expected.json");
    let lines = segments.flat_map(|(_, text)| text.lines());
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn seconds(line: &Value) -> i64 {
    chrono::DateTime::parse_from_rfc3339(line["date"].as_str().unwrap()).unwrap().timestamp()
}

#[test]
fn every_user_does_what_was_recorded_once_a_day_in_its_order_and_with_its_gaps() {
    let directory = tempfile::tempdir().unwrap();
    let files = replicate_files(directory.path(), "out", &["--users", "300", "--days", "2"]);
    let mut by_user_and_day = HashMap::<_, Vec<Value>>::new();
    let mut ids = HashSet::new();
    for line in lines(&files) {
        let id: uuid::Uuid = line["id"].as_str().unwrap().parse().unwrap();
        assert!(ids.insert(id) && id.get_version_num() == 7);
        assert_eq!(id.as_u128() >> 80, u128::from(id_millis(&line)));
        let day = line["date"].as_str().unwrap()[..10].to_owned();
        by_user_and_day.entry((line["user_id"].as_u64().unwrap(), day)).or_default().push(line);
    }
    assert_eq!(by_user_and_day.len(), 600);
    let mut starts = HashSet::new();
    for ((user, day), mut lines) in by_user_and_day {
        assert!((1..=300).contains(&user) && ["2024-02-28", "2024-02-29"].contains(&&*day));
        lines.sort_by_key(|line| line["id"].as_str().unwrap().to_owned());
        let types: Vec<_> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
        let wanted = TEMPLATE.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let wanted: Vec<_> = wanted.collect();
        assert_eq!(types, wanted.iter().map(|line| &line["type"]).collect::<Vec<_>>());
        for (line, wanted_line) in lines.iter().zip(&wanted) {
            assert_eq!(
                seconds(line) - seconds(&lines[0]),
                seconds(wanted_line) - seconds(&wanted[0])
            );
            assert_eq!(line["country_code"], lines[0]["country_code"], "drawn once for a user");
        }
        assert_eq!(lines[1]["params"]["course"], lines[2]["params"]["course"]);
        assert_eq!(lines[4]["params"]["buyer"], user);
        let price = lines[4]["params"]["price"].as_u64().unwrap();
        assert!((100..=9_900).contains(&price) && price.is_multiple_of(100));
        starts.insert(seconds(&lines[0]));
    }
    assert!(starts.len() > 500, "the users begin at different times");
}

/// The milliseconds that the date of a line has, by its own precision of seconds.
fn id_millis(line: &Value) -> u64 {
    let id: uuid::Uuid = line["id"].as_str().unwrap().parse().unwrap();
    let millis = u64::try_from(id.as_u128() >> 80).unwrap();
    assert_eq!(millis / 1_000, u64::try_from(seconds(line)).unwrap());
    millis
}

#[test]
fn the_same_seed_gives_the_same_bytes_whatever_the_number_of_threads() {
    let directory = tempfile::tempdir().unwrap();
    let options = ["--users", "2000", "--curve", "daily", "--segment-bytes", "20000"];
    let one =
        replicate_files(directory.path(), "one", &[&options[..], &["--workers", "1"]].concat());
    let many =
        replicate_files(directory.path(), "many", &[&options[..], &["--workers", "7"]].concat());
    assert!(one == many, "the number of threads is seen in the files");
    let other =
        replicate_files(directory.path(), "other", &[&options[..], &["--seed", "2"]].concat());
    assert!(one["expected.json"] != other["expected.json"]);
    let segments: Vec<_> = one.keys().filter(|name| *name != "expected.json").collect();
    assert!(segments.len() > 50, "{}", segments.len());
    assert!(one.iter().all(|(name, text)| name == "expected.json" || text.len() <= 20_000));
    let name = regex_like(segments[0]);
    assert_eq!(name, "events.ddddddddTdddddd.dddZ.xxxxxxxx.dddddd.jsonl", "{}", segments[0]);
}

/// A segment's name with its digits replaced.
fn regex_like(name: &str) -> String {
    let mut parts: Vec<String> = name.split('.').map(str::to_owned).collect();
    for index in [1, 2, 4] {
        parts[index] = parts[index].replace(|c: char| c.is_ascii_digit(), "d");
    }
    parts[3] = parts[3].replace(|c: char| c.is_ascii_digit() || ('a'..='f').contains(&c), "x");
    parts.join(".")
}

#[test]
fn what_is_expected_is_what_the_lines_amount_to() {
    let directory = tempfile::tempdir().unwrap();
    let files = replicate_files(directory.path(), "out", &["--users", "500", "--days", "2"]);
    let expected: Value = serde_json::from_str(&files["expected.json"]).unwrap();
    let lines = lines(&files);
    assert_eq!((&expected["events"], &expected["users"]), (&json!(5_000), &json!(500)));
    assert_eq!(lines.len(), 5_000);
    let mut cents = HashMap::<(String, String), i64>::new();
    let mut events = HashMap::<(String, String), u64>::new();
    let mut countries = HashMap::<String, u64>::new();
    for line in &lines {
        let event_type = line["type"].as_str().unwrap().to_owned();
        let key = (event_type, line["date"].as_str().unwrap()[..13].to_owned());
        let country = line["country_code"].as_str().unwrap_or("null").to_owned();
        *countries.entry(country).or_default() += 1;
        *events.entry(key.clone()).or_default() += 1;
        if let Some(seconds) = line["params"].get("seconds") {
            #[expect(clippy::cast_possible_truncation, reason = "below 900, in hundredths")]
            let hundredths = (seconds.as_f64().unwrap() * 100.0).round() as i64;
            *cents.entry(key).or_default() += hundredths;
        }
    }
    for ((event_type, hour), count) in events {
        assert_eq!(expected["types"][event_type]["hours"][hour]["events"], count);
    }
    for ((event_type, hour), cents) in cents {
        let sum = &expected["types"][event_type]["hours"][hour]["sums"]["seconds"]["sum"];
        let sum = sum.as_str().unwrap().split_once('.').map_or_else(
            || sum.as_str().unwrap().to_owned() + "00",
            |(whole, fraction)| format!("{whole}{fraction:0<2}"),
        );
        assert_eq!(sum, cents.to_string());
    }
    for (country, count) in countries {
        assert_eq!(expected["countries"][country], count);
    }
    assert_eq!(expected["types"]["lesson_started"]["events"], 2_000);
    assert_eq!(expected["days"]["2024-02-29"], json!({"events": 2_500, "users": 500}));
}

#[test]
fn emitted_events_are_in_the_log_with_their_dates_and_as_expected() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let to = log.to_str().unwrap().to_owned();
    let options = ["--users", "200", "--emit", &to, "--rate", "100000"];
    let (_, report) = replicate(directory.path(), "log", &options);
    assert_eq!((&report["events"], &report["dropped"]), (&json!(1_000), &json!({})));
    let expected = log.join("expected.json");
    let run = event_log(&["verify", expected.to_str().unwrap(), &to]);
    assert_eq!(run.code, Some(0), "{}", run.out);
    let expected: Value = serde_json::from_str(&fs::read_to_string(expected).unwrap()).unwrap();
    assert_eq!(expected["days"]["2024-02-28"], json!({"events": 1_000, "users": 200}));
}

#[test]
fn user_ids_of_every_kind_are_mapped_one_to_one() {
    let directory = tempfile::tempdir().unwrap();
    for (index, (id, like)) in [
        ("\"student\"", "\"student-"),
        ("\"6fa459ea-ee8a-4ca4-894e-db77e160355e\"", "\""),
        ("null", "null"),
    ]
    .into_iter()
    .enumerate()
    {
        let template = directory.path().join("kind.jsonl");
        fs::write(&template, TEMPLATE.replace("\"user_id\":1", &format!("\"user_id\":{id}")))
            .unwrap();
        let out = directory.path().join(index.to_string());
        let [template, to] = [&template, &out].map(|path| path.to_str().unwrap());
        let arguments =
            ["replicate", "--template", template, "--users", "50", "--from", "2024-01-01"];
        let run = event_log(&[&arguments[..], &["--out", to]].concat());
        assert_eq!(run.code, Some(0), "{}", run.err);
        let expected = format!("{to}/expected.json");
        assert_eq!(event_log(&["verify", &expected, to]).code, Some(0), "{id}");
        let ids: HashSet<String> = fs::read_dir(&out)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().unwrap() == "jsonl")
            .flat_map(|path| {
                let text = fs::read_to_string(path).unwrap();
                let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
                lines.map(|line| line["user_id"].to_string()).collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(ids.len(), if id == "null" { 1 } else { 50 });
        assert!(ids.iter().all(|found| found.starts_with(like) && found != id || id == "null"));
    }
}

#[test]
fn a_wrong_template_or_rule_is_told_with_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (template, rules, out) = (path("t.jsonl"), path("r.json"), path("out"));
    let other_user = TEMPLATE.replacen("\"user_id\":1", "\"user_id\":2", 1);
    let long = TEMPLATE.replacen("2021-09-16T05", "2021-09-15T05", 1);
    for (lines, rules_text, told) in [
        ("", "{}", "it holds no event"),
        ("{}\n", "{}", "line 1: the key `id` is missing"),
        (&*other_user, "{}", "it holds events of the users 2 and 1"),
        (&*long, "{}", "record less than a day of one user"),
        (TEMPLATE, r#"{"purchase.price":{"user":true}}"#, "the rule `purchase.price` fits nothing"),
        (TEMPLATE, r#"{"*.price":{"range":[2,1]}}"#, "`*.price`: the second end of the range"),
        (TEMPLATE, "{\n  \"*.price\": {\"rnage\": []}}", "line 2 column"),
    ] {
        fs::write(&template, lines).unwrap();
        fs::write(&rules, rules_text).unwrap();
        let inputs = ["replicate", "--template", &template, "--rules", &rules, "--users", "2"];
        let run = event_log(&[&inputs[..], &["--from", "2024-01-01", "--out", &out]].concat());
        assert_eq!(run.code, Some(3));
        assert!(run.err.contains(told), "{}", run.err);
    }
}

#[test]
fn a_directory_with_events_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let (out, _) = replicate(
        directory.path(),
        "out",
        &["--users", "1", "--out", &format!("{}/out", directory.path().display())],
    );
    let template = directory.path().join("template.jsonl");
    let [template, out] = [&template, &out].map(|path| path.to_str().unwrap());
    let run = event_log(&[
        "replicate",
        "--template",
        template,
        "--users",
        "1",
        "--from",
        "2024-01-01",
        "--out",
        out,
    ]);
    assert_eq!(run.code, Some(3));
    assert!(run.err.contains("holds event files"), "{}", run.err);
}
