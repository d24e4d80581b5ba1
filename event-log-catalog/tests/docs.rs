//! The tables in `docs/catalog.md` are what the code does. `EVENT_LOG_ACCEPT=1` writes them anew.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;

use event_log_catalog::change::{Target, Verdict, compare};
use event_log_catalog::{Catalog, ColumnType, Engine, EventSchema, FieldType};

const ENGINES: [Engine; 6] =
    [Engine::Athena, Engine::Hive, Engine::Spark, Engine::Trino, Engine::BigQuery, Engine::DuckDb];

/// What stands in the first column, and the type in JSON.
const TYPES: [(&str, &str); 24] = [
    ("`bool`", r#""boolean""#),
    ("`i8`", r#"{"integer": {"bits": 8, "signed": true}}"#),
    ("`i16`", r#"{"integer": {"bits": 16, "signed": true}}"#),
    ("`i32`", r#"{"integer": {"bits": 32, "signed": true}}"#),
    ("`i64`", r#"{"integer": {"bits": 64, "signed": true}}"#),
    ("`i128`", r#"{"integer": {"bits": 128, "signed": true}}"#),
    ("`u8`", r#"{"integer": {"bits": 8, "signed": false}}"#),
    ("`u16`", r#"{"integer": {"bits": 16, "signed": false}}"#),
    ("`u32`", r#"{"integer": {"bits": 32, "signed": false}}"#),
    ("`u64`", r#"{"integer": {"bits": 64, "signed": false}}"#),
    ("`u128`", r#"{"integer": {"bits": 128, "signed": false}}"#),
    ("`f32`", r#"{"float": {"bits": 32}}"#),
    ("`f64`", r#"{"float": {"bits": 64}}"#),
    ("decimal of 12 digits, 2 behind the point", r#"{"decimal": {"precision": 12, "scale": 2}}"#),
    ("decimal of 38 digits, 18 behind the point", r#"{"decimal": {"precision": 38, "scale": 18}}"#),
    ("text, enum, UUID, time of day", r#""string""#),
    ("timestamp", r#""timestamp""#),
    ("date and time without offset", r#""date_time""#),
    ("date", r#""date""#),
    ("opaque JSON, empty record", r#""json""#),
    ("list of `i64`", r#"{"list": {"type": {"integer": {"bits": 64, "signed": true}}}}"#),
    ("list of lists", r#"{"list": {"type": {"list": {"type": "string"}}}}"#),
    ("map to `bool`", r#"{"map": {"type": "boolean"}}"#),
    ("record", r#"{"record": [{"name": "a", "type": "string"}, {"name": "b", "type": "date"}]}"#),
];

#[test]
fn the_table_of_types_is_that_of_the_code() {
    let mut table = "| in the struct | Athena, Glue | Hive | Spark | Trino | BigQuery | DuckDB |\n\
                     | --- | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for (name, json) in TYPES {
        let field_type: FieldType = serde_json::from_str(json).unwrap();
        let column = ColumnType::from(&field_type);
        let cells = ENGINES.map(|engine| format!("`{}`", engine.type_name(&column)));
        writeln!(table, "| {name} | {} |", cells.join(" | ")).unwrap();
    }
    holds("types", &table);
}

/// What stands in the first column, the fields before, and the fields after.
const CHANGES: [(&str, &str, &str); 21] = [
    ("a field is added, optional", "", r#"{"name": "a", "type": "date", "optional": true}"#),
    ("a field is added, not optional", "", r#"{"name": "a", "type": "date"}"#),
    ("a field is removed", r#"{"name": "a", "type": "date"}"#, ""),
    (
        "a field is renamed, declared",
        r#"{"name": "a", "type": "date"}"#,
        r#"{"name": "b", "type": "date", "renamed_from": "a"}"#,
    ),
    (
        "a field becomes optional",
        r#"{"name": "a", "type": "date"}"#,
        r#"{"name": "a", "type": "date", "optional": true}"#,
    ),
    (
        "a field becomes required",
        r#"{"name": "a", "type": "date", "optional": true}"#,
        r#"{"name": "a", "type": "date"}"#,
    ),
    (
        "a list becomes optional",
        r#"{"name": "a", "type": {"list": {"type": "date"}}}"#,
        r#"{"name": "a", "type": {"list": {"type": "date"}}, "optional": true}"#,
    ),
    (
        "`i32` becomes `i64`",
        r#"{"name": "a", "type": {"integer": {"bits": 32, "signed": true}}}"#,
        r#"{"name": "a", "type": {"integer": {"bits": 64, "signed": true}}}"#,
    ),
    (
        "`i64` becomes `i32`",
        r#"{"name": "a", "type": {"integer": {"bits": 64, "signed": true}}}"#,
        r#"{"name": "a", "type": {"integer": {"bits": 32, "signed": true}}}"#,
    ),
    (
        "`u8` becomes `i16`",
        r#"{"name": "a", "type": {"integer": {"bits": 8, "signed": false}}}"#,
        r#"{"name": "a", "type": {"integer": {"bits": 16, "signed": true}}}"#,
    ),
    (
        "`i32` becomes `f64`",
        r#"{"name": "a", "type": {"integer": {"bits": 32, "signed": true}}}"#,
        r#"{"name": "a", "type": {"float": {"bits": 64}}}"#,
    ),
    (
        "`i64` becomes `f64`",
        r#"{"name": "a", "type": {"integer": {"bits": 64, "signed": true}}}"#,
        r#"{"name": "a", "type": {"float": {"bits": 64}}}"#,
    ),
    (
        "`f32` becomes `f64`",
        r#"{"name": "a", "type": {"float": {"bits": 32}}}"#,
        r#"{"name": "a", "type": {"float": {"bits": 64}}}"#,
    ),
    (
        "a decimal gets more digits on both sides",
        r#"{"name": "a", "type": {"decimal": {"precision": 10, "scale": 2}}}"#,
        r#"{"name": "a", "type": {"decimal": {"precision": 14, "scale": 4}}}"#,
    ),
    (
        "a number becomes a text",
        r#"{"name": "a", "type": {"integer": {"bits": 32, "signed": true}}}"#,
        r#"{"name": "a", "type": "string"}"#,
    ),
    (
        "a text becomes a number",
        r#"{"name": "a", "type": "string"}"#,
        r#"{"name": "a", "type": {"integer": {"bits": 32, "signed": true}}}"#,
    ),
    (
        "an enum gets a value",
        r#"{"name": "a", "type": {"enum": ["x"]}}"#,
        r#"{"name": "a", "type": {"enum": ["x", "y"]}}"#,
    ),
    (
        "an enum loses a value",
        r#"{"name": "a", "type": {"enum": ["x", "y"]}}"#,
        r#"{"name": "a", "type": {"enum": ["x"]}}"#,
    ),
    (
        "an enum becomes a text",
        r#"{"name": "a", "type": {"enum": ["x"]}}"#,
        r#"{"name": "a", "type": "string"}"#,
    ),
    (
        "a value becomes a list",
        r#"{"name": "a", "type": "string"}"#,
        r#"{"name": "a", "type": {"list": {"type": "string"}}}"#,
    ),
    (
        "opaque JSON becomes a text",
        r#"{"name": "a", "type": "json"}"#,
        r#"{"name": "a", "type": "string"}"#,
    ),
];

#[test]
fn the_table_of_changes_is_that_of_the_code() {
    let heads = Target::ALL.map(|target| target.to_string()).join(" | ");
    let mut table = format!("| change | {heads} |\n| --- | --- | --- | --- | --- | --- |\n");
    for (name, before, after) in CHANGES {
        let changes = compare(&catalog(before), &catalog(after));
        let [change] = changes.as_slice() else { panic!("{name}: {changes:?}") };
        let cells: Vec<_> = change.verdicts.iter().map(|(_, verdict)| word(verdict)).collect();
        writeln!(table, "| {name} | {} |", cells.join(" | ")).unwrap();
    }
    holds("changes", &table);
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Safe => "safe",
        Verdict::Note(_) => "note",
        Verdict::Breaking(_) => "**breaks**",
    }
}

fn catalog(fields: &str) -> Catalog {
    let event = format!(r#"{{"type": "order", "fields": [{fields}]}}"#);
    let event: EventSchema = serde_json::from_str(&event).unwrap();
    Catalog { events: vec![event], ..Catalog::default() }
}

/// Two tests write to one page.
static PAGE: Mutex<()> = Mutex::new(());

/// The page has `table` between the marks of `name`.
fn holds(name: &str, table: &str) {
    let _page = PAGE.lock().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/catalog.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = (format!("<!-- {name} -->\n\n"), format!("\n<!-- end of {name} -->"));
    let (before, rest) = page.split_once(&begin).expect("the mark is there");
    let (found, after) = rest.split_once(&end).expect("the mark is there");
    if std::env::var_os("EVENT_LOG_ACCEPT").is_some_and(|value| value == "1") {
        std::fs::write(&path, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(found, table, "the table of {name} in {}", path.display());
    }
}
