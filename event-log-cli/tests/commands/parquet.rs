//! `load --format parquet`: what another reader of Parquet finds is what the lines hold.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use event_log_catalog::{Catalog, lock};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use serde_json::{Value, json};

use crate::load::{events, in_memory, load, many};
use crate::{event_log, line, write};

/// Every file of a lake but those of its ledger, by its path.
pub(crate) fn files(lake: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut directories = vec![lake.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && name != "_ledger" && name != "_tmp" {
                directories.push(path);
            } else if path.is_file() {
                files.insert(path.strip_prefix(lake).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// The rows of a lake, sorted by their ids, as JSON without what is null.
pub(crate) fn rows(lake: &Path) -> Vec<Value> {
    let is_parquet = |path: &PathBuf| path.extension().is_some_and(|end| end == "parquet");
    let mut rows = Vec::new();
    for path in files(lake).into_keys().filter(is_parquet) {
        let file = fs::File::open(lake.join(path)).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        rows.extend(reader.get_row_iter(None).unwrap().map(|row| object(&row.unwrap())));
    }
    rows.sort_by_key(|row| row["id"].as_str().unwrap().parse::<u32>().unwrap());
    rows
}

fn object(row: &Row) -> Value {
    let columns = row.get_column_iter().map(|(name, field)| (name.clone(), value(field)));
    Value::Object(columns.filter(|(_, value)| !value.is_null()).collect())
}

fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => json!(value),
        Field::Byte(value) => json!(value),
        Field::Short(value) => json!(value),
        Field::Int(value) => json!(value),
        Field::Long(value) => json!(value),
        // Through its text: 0.1 of 32 bits is not that of 64.
        Field::Float(value) => value.to_string().parse().unwrap(),
        Field::Double(value) => json!(value),
        Field::Str(value) => json!(value),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        Field::MapInternal(map) => {
            let key = |key: &Field| value(key).as_str().unwrap().to_owned();
            Value::Object(map.entries().iter().map(|(k, v)| (key(k), value(v))).collect())
        }
        Field::Group(row) => object(row),
        // Decimals, days and moments as the reader shows them; it ends a decimal without a fraction with a point.
        shown => json!(shown.to_string().trim_end_matches('.')),
    }
}

/// A lock file of these types of events, each with its fields.
pub(crate) fn write_catalog(path: &Path, events: &Value) {
    let catalog = json!({"envelope": {"user_id": "integer"}, "events": events});
    let catalog: Catalog = serde_json::from_value(catalog).unwrap();
    lock::write(path, &lock::Lock::new(catalog)).unwrap();
}

/// A lock file of the events of [`many`].
pub(crate) fn write_catalog_of_many(path: &Path) {
    let fields =
        json!([{"name": "n", "type": integer(64, true)}, {"name": "text", "type": "string"}]);
    let events = ["lesson_started", "purchase", "sign_up"]
        .map(|name| json!({"type": name, "fields": fields}));
    write_catalog(path, &json!(events));
}

pub(crate) fn integer(bits: u8, signed: bool) -> Value {
    json!({"integer": {"bits": bits, "signed": signed}})
}

/// The reasons in the quarantine of a lake.
pub(crate) fn reasons(lake: &Path) -> Vec<String> {
    let kept = files(lake).into_iter().filter(|(path, _)| path.starts_with("_quarantine"));
    let text = kept.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect::<String>();
    let reason = |line: &str| serde_json::from_str::<Value>(line).unwrap()["reason"].clone();
    text.lines().map(|line| reason(line).as_str().unwrap().to_owned()).collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table with a line for each type")]
fn a_value_of_every_type_is_read_back_as_it_stood_in_the_line() {
    let directory = tempfile::tempdir().unwrap();
    // Name, type, value in the line, value in the file where that is shown in another way.
    let fields: &[(&str, Value, &str, Option<Value>)] = &[
        ("boolean", json!("boolean"), "true", None),
        ("i8", integer(8, true), "-128", None),
        ("i16", integer(16, true), "32767", None),
        ("i32", integer(32, true), "-2147483648", None),
        ("i64", integer(64, true), "9223372036854775807", None),
        ("u8", integer(8, false), "255", None),
        ("u16", integer(16, false), "65535", None),
        ("u32", integer(32, false), "4294967295", None),
        ("u64", integer(64, false), "18446744073709551615", Some(json!("18446744073709551615"))),
        (
            "i128",
            integer(128, true),
            "-170141183460469231731687303715884105728",
            Some(json!("-170141183460469231731687303715884105728")),
        ),
        ("f32", json!({"float": {"bits": 32}}), "0.1", None),
        ("f64", json!({"float": {"bits": 64}}), "0.30000000000000004", None),
        (
            "decimal",
            json!({"decimal": {"precision": 38, "scale": 2}}),
            r#""-123456789012345678901234567890123456.78""#,
            Some(json!("-123456789012345678901234567890123456.78")),
        ),
        ("text", json!("string"), r#""\"漢字\"\n\\""#, None),
        ("closed", json!({"enum": ["a", "b"]}), r#""a""#, None),
        (
            "moment",
            json!("timestamp"),
            r#""2021-09-16T14:57:27.123456+09:00""#,
            Some(json!("2021-09-16 05:57:27.123456 +00:00")),
        ),
        ("holiday", json!("date"), r#""2021-09-16""#, None),
        ("time", json!("time"), r#""05:57:27""#, None),
        (
            "local",
            json!("date_time"),
            r#""2021-09-16T05:57:27.5""#,
            Some(json!("2021-09-16 05:57:27.500000 +00:00")),
        ),
        ("uuid", json!("uuid"), r#""01923a4b-0000-7000-8000-000000000000""#, None),
        (
            "any",
            json!("json"),
            r#"{"b": 1.0, "a": [18446744073709551616]}"#,
            Some(json!(r#"{"b": 1.0, "a": [18446744073709551616]}"#)),
        ),
        ("list", json!({"list": {"type": integer(8, true), "optional": true}}), "[1,null,3]", None),
        ("map", json!({"map": {"type": integer(8, true)}}), r#"{"x":1,"é":2}"#, None),
        (
            "records",
            json!({"list": {"type": {"record": [
                {"name": "sku", "type": "string"},
                {"name": "Tags", "type": {"list": {"type": "string"}}, "optional": true},
            ]}}}),
            r#"[{"sku":"a","Tags":["x","y"]},{"sku":"b","Tags":null}]"#,
            Some(json!([{"sku": "a", "tags": ["x", "y"]}, {"sku": "b"}])),
        ),
        ("Capital", integer(8, true), "1", None),
    ];
    let schema: Vec<_> = fields
        .iter()
        .map(|(name, field_type, ..)| json!({"name": name, "type": field_type, "optional": true}))
        .collect();
    let lock = directory.path().join("events.lock.json");
    write_catalog(&lock, &json!([{"type": "every_type", "fields": schema}]));
    let members: Vec<_> =
        fields.iter().map(|(name, _, text, _)| format!(r#""{name}":{text}"#)).collect();
    let date = "2021-09-16T05:57:27Z";
    let lines = [
        line(1, date, "every_type", 42, &format!("{{{}}}", members.join(","))),
        line(2, date, "every_type", 42, "{}"),
        line(3, date, "every_type", 42, r#"{"list":[],"map":{},"records":[],"text":""}"#),
    ];
    write(directory.path(), "events.jsonl", &lines);
    let lake = directory.path().join("lake");
    let options = ["--format", "parquet", "--catalog", lock.to_str().unwrap()];
    let (code, report) = load(&[&directory.path().join("events.jsonl")], &lake, &options);
    assert_eq!((code, events(&report)), (Some(0), 3), "{:?}", reasons(&lake));

    let envelope = |id: u32| {
        json!({
            "id": id.to_string(), "date": "2021-09-16 05:57:27.000000 +00:00", "type": "every_type",
            "user_id": 42, "locale": "ja", "country_code": "JP",
        })
    };
    let mut first = envelope(1);
    for (name, _, text, shown) in fields {
        let wanted = shown.clone().unwrap_or_else(|| serde_json::from_str(text).unwrap());
        first[name.to_lowercase()] = wanted;
    }
    let mut third = envelope(3);
    for (name, value) in [("list", json!([])), ("map", json!({})), ("records", json!([]))] {
        third[name] = value;
    }
    third["text"] = json!("");
    let found = rows(&lake);
    for (name, wanted) in first.as_object().unwrap() {
        assert_eq!(found[0].get(name), Some(wanted), "{name}");
    }
    assert_eq!(found, [first, envelope(2), third]);
}

#[test]
fn what_contradicts_the_catalogue_is_quarantined_with_the_reason_and_the_rest_is_loaded() {
    let directory = tempfile::tempdir().unwrap();
    let lock = directory.path().join("events.lock.json");
    write_catalog(
        &lock,
        &json!([{"type": "purchase", "fields": [{"name": "price", "type": {"float": {"bits": 64}}}]}]),
    );
    let date = "2021-09-16T05:57:27Z";
    let lines = [
        line(1, date, "purchase", 1, r#"{"price":801.0}"#),
        line(2, date, "purchase", 1, r#"{"price":"801"}"#),
        line(3, date, "purchase", 1, r#"{"price":9007199254740993}"#),
        line(4, date, "purchase", 1, r#"{"price":1,"vat":1}"#),
        line(5, date, "refund", 1, "{}"),
    ];
    write(directory.path(), "events.jsonl", &lines);
    let lake = directory.path().join("lake");
    let options = ["--format", "parquet", "--catalog", lock.to_str().unwrap()];
    let (code, report) = load(&[&directory.path().join("events.jsonl")], &lake, &options);
    assert_eq!((code, events(&report), &report["quarantined"]), (Some(1), 1, &json!(4)));
    let number = "a number that 64 bits of floating point hold without rounding an integer";
    assert_eq!(
        reasons(&lake),
        [
            format!(r#"`price`: "801" is not {number}"#),
            format!("`price`: 9007199254740993 is not {number}"),
            "the catalogue has no field `vat` of this type".to_owned(),
            "the catalogue has no type `refund`; load with one that has it".to_owned(),
        ]
    );
    assert_eq!(rows(&lake)[0]["price"], json!(801.0));
}

#[test]
fn types_that_the_lines_show_hold_for_later_loads() {
    let directory = tempfile::tempdir().unwrap();
    let lake = directory.path().join("lake");
    let date = "2021-09-16T05:57:27Z";
    let step = |number: u32, params: &str| {
        let name = format!("events.{number}.jsonl");
        write(directory.path(), &name, &[line(number, date, "ping", 1, params)]);
        load(&[&directory.path().join(name)], &lake, &["--format", "parquet"])
    };
    assert_eq!(step(1, r#"{"n":1,"r":{"a":[0.5]}}"#).0, Some(0));
    assert_eq!(step(2, r#"{"n":2,"later":"x"}"#).0, Some(0), "a new field joins the catalogue");
    let (code, report) = step(3, r#"{"n":"three"}"#);
    assert_eq!((code, &report["quarantined"]), (Some(1), &json!(1)));
    assert_eq!(reasons(&lake), [r#"`n`: "three" is not an integer of 64 bits"#]);
    let found = rows(&lake);
    assert_eq!((&found[0]["r"], &found[1]["later"]), (&json!({"a": [0.5]}), &json!("x")));
}

#[test]
fn a_wider_catalogue_is_accepted_and_a_breaking_one_refused() {
    let directory = tempfile::tempdir().unwrap();
    let lake = directory.path().join("lake");
    let lock = directory.path().join("events.lock.json");
    let date = "2021-09-16T05:57:27Z";
    let step = |number: u32, name: &str, field_type: Value, value: &str| {
        let fields = json!([{"name": "n", "type": field_type}]);
        write_catalog(&lock, &json!([{"type": name, "fields": fields}]));
        let file = format!("events.{number}.jsonl");
        let params = format!(r#"{{"n":{value}}}"#);
        write(directory.path(), &file, &[line(number, date, name, 1, &params)]);
        let input = directory.path().join(file);
        let (input, lake) = (input.to_str().unwrap(), lake.to_str().unwrap());
        let lock = lock.to_str().unwrap();
        event_log(&["load", input, "--lake", lake, "--format", "parquet", "--catalog", lock])
    };
    assert_eq!(step(1, "ping", integer(32, true), "1").code, Some(0));
    assert_eq!(step(2, "ping", integer(64, true), "4294967296").code, Some(0));
    assert_eq!(step(3, "of_another_service", integer(8, true), "3").code, Some(0));
    let refused = step(4, "ping", json!("string"), r#""x""#);
    assert_eq!(refused.code, Some(3));
    assert!(refused.err.contains("ping.n: "), "{}", refused.err);
    let found: Vec<_> = rows(&lake).iter().map(|row| row["n"].clone()).collect();
    assert_eq!(found, [json!(1), json!(4_294_967_296_u64), json!(3)]);
}

/// Many batches of a little input.
const SMALL_BATCHES: [&str; 4] = ["--batch-bytes", "65536", "--format", "parquet"];

fn start(inputs: &Path, lake: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_event-log"))
        .args(["load", inputs.to_str().unwrap(), "--lake", lake.to_str().unwrap()])
        .args(SMALL_BATCHES)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn loads_at_the_same_time_agree_on_types_and_add_each_event_once() {
    let directory = in_memory();
    let [left, right] = ["left", "right"].map(|name| directory.path().join(name));
    for (number, (inputs, lines)) in
        [(&left, &many(3_000)[..1_500]), (&right, &many(3_000)[1_500..])].into_iter().enumerate()
    {
        fs::create_dir(inputs).unwrap();
        let date = "2021-09-16T05:57:27Z";
        let params = format!(r#"{{"only_{number}":true}}"#);
        let own = line(10_000 + u32::try_from(number).unwrap(), date, "purchase", 1, &params);
        write(inputs, "events.jsonl", &[lines, &[own]].concat());
    }
    let lake = directory.path().join("lake");
    let inputs = [&left, &right, &left, &right];
    let mut loads: Vec<_> = inputs.iter().map(|inputs| start(inputs, &lake)).collect();
    for child in &mut loads {
        assert!(child.wait().unwrap().success());
    }
    let found = rows(&lake);
    assert_eq!(found.len(), 3_002);
    for (index, row) in found[..3_000].iter().enumerate() {
        assert_eq!((&row["id"], &row["n"]), (&json!(index.to_string()), &json!(index)));
    }
    assert_eq!((&found[3_000]["only_0"], &found[3_001]["only_1"]), (&json!(true), &json!(true)));
}

#[test]
fn a_load_that_is_killed_gives_the_same_files_when_it_is_repeated() {
    let kills = std::env::var("EVENT_LOG_LOAD_KILLS").map_or(6, |count| count.parse().unwrap());
    let directory = in_memory();
    let inputs = directory.path().join("inputs");
    fs::create_dir(&inputs).unwrap();
    for (number, lines) in many(6_000).chunks(150).enumerate() {
        write(&inputs, &format!("events.{number:02}.jsonl"), lines);
    }
    let unharmed = directory.path().join("unharmed");
    let begun = std::time::Instant::now();
    load(&[&inputs], &unharmed, &SMALL_BATCHES);
    let usual = begun.elapsed();
    let wanted = files(&unharmed);
    for round in 0..kills {
        let lake = directory.path().join(format!("lake-{round}"));
        let mut child = start(&inputs, &lake);
        std::thread::sleep(usual.mul_f64(f64::from(round % 6) / 6.0));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(load(&[&inputs], &lake, &SMALL_BATCHES).0, Some(0));
        assert!(files(&lake) == wanted, "round {round} gave other files");
        fs::remove_dir_all(lake).unwrap();
    }
}

#[test]
fn a_line_that_lacks_only_its_newline_has_columns_too() {
    let directory = in_memory();
    let input = directory.path().join("events.jsonl");
    fs::write(&input, line(1, "2021-09-16T05:57:27Z", "purchase", 7, r#"{"price":8}"#)).unwrap();
    let lake = directory.path().join("lake");
    let (code, report) = load(&[&input], &lake, &["--format", "parquet"]);
    assert_eq!((code, events(&report)), (Some(0), 1), "{report}");
    assert_eq!(rows(&lake)[0]["price"], 8);
}

#[test]
fn a_line_that_its_columns_refuse_is_the_first_of_its_id_wherever_chunks_end() {
    let directory = in_memory();
    let catalog = directory.path().join("lock.json");
    let price = json!({"name": "n", "type": integer(64, true)});
    write_catalog(&catalog, &json!([{"type": "t", "fields": [price]}]));
    let date = "2021-09-16T05:57:27Z";
    let padding: Vec<_> = (10..2_000).map(|id| line(id, date, "t", 1, r#"{"n":1}"#)).collect();
    let refused = line(1, date, "t", 1, r#"{"n":"none"}"#);
    let again = line(1, date, "t", 1, r#"{"n":2}"#);
    let lines = [vec![refused], padding, vec![again]].concat();
    let input = directory.path().join("events.jsonl");
    write(directory.path(), "events.jsonl", &lines);
    for batch_bytes in ["65536", "33554432"] {
        let lake = directory.path().join(batch_bytes);
        let options = ["--format", "parquet", "--batch-bytes", batch_bytes, "--catalog"];
        let options = [&options[..], &[catalog.to_str().unwrap()]].concat();
        let (code, report) = load(&[&input], &lake, &options);
        let counts = ["events", "duplicates", "quarantined"].map(|key| report[key].as_u64());
        assert_eq!((code, counts), (Some(1), [Some(1_990), Some(1), Some(1)]), "{batch_bytes}");
    }
}
