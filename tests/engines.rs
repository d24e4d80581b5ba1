//! Real engines take the generated tables and read through them what is in the lines: DuckDB and Spark read, and parsers
//! of the dialects of Athena, Hive, Spark, Trino and BigQuery take the definitions.
//!
//! `tests/engines/install` provides the engines. Without them these tests say so and pass, unless
//! `EVENT_LOG_NO_SKIP=1` is set.

#![allow(clippy::unwrap_used, reason = "a test may")]
#![allow(clippy::print_stdout, reason = "the figures of a run are to be read")]

use std::fs;
use std::path::{Path, PathBuf};

use event_log_catalog::{
    Catalog, Engine, EventSchema, Field, FieldType, Format, Options, Shape, columns, example_query,
    outputs,
};
use serde_json::{Value, json};
use tests::catalog::engines::{python, run};
use tests::catalog::lake::{demo, flattened, load};
use tests::catalog::values::{Moment, line};
use tests::random::Random;

const LINES_OF_A_TYPE: u64 = 100;

/// Hours since the first one, over the end of a day.
const HOURS: [u64; 6] = [0, 1, 9, 23, 24, 34];

/// The types whose partitions are days.
const BY_DAY: [&str; 1] = ["sign_out"];

/// What every line has, with the types of the catalogue.
const ENVELOPE: [(&str, &str); 6] = [
    ("id", "\"uuid\""),
    ("date", "\"timestamp\""),
    ("type", "\"string\""),
    ("user_id", r#"{"integer": {"bits": 64, "signed": true}}"#),
    ("locale", "\"string\""),
    ("country_code", "\"string\""),
];

#[test]
fn duckdb_and_spark_read_through_the_tables_what_the_lines_hold() {
    let Some(python) = python("duckdb_and_spark_read_through_the_tables") else { return };
    let root = tempfile::tempdir().unwrap();
    let lake = TestLake::new(root.path(), demo());
    let job = root.path().join("job.json");
    fs::write(&job, lake.job().to_string()).unwrap();
    println!("{}", run(&python, "read_lake.py", &[&job]));
}

#[test]
fn parsers_of_each_dialect_take_the_definitions() {
    let Some(python) = python("parsers_of_each_dialect_take_the_definitions") else { return };
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../event-log-catalog/tests/golden");
    println!("{}", run(&python, "parse.py", &[&golden]));
}

/// Lines of every type, and the lake that they make.
struct TestLake {
    root: PathBuf,
    catalog: Catalog,
    /// The types as they were before they were renamed.
    former: Vec<EventSchema>,
}

impl TestLake {
    fn new(root: &Path, catalog: Catalog) -> Self {
        let mut random = Random::new(1);
        let mut lines = Vec::new();
        let former: Vec<_> = catalog.events.iter().filter_map(before).collect();
        for event in catalog.events.iter().chain(&former) {
            for number in 0..LINES_OF_A_TYPE {
                let at = Moment { number, hour: random.pick(&HOURS) };
                lines.push(line(&mut random, &catalog, event, at));
            }
        }
        load(&root.join("json"), &lines, &BY_DAY, "segment.json");
        let flat: Vec<_> = lines.iter().map(|line| flattened(line)).collect();
        fs::write(root.join("raw.jsonl"), lines.join("\n")).unwrap();
        fs::write(root.join("flat.jsonl"), flat.join("\n")).unwrap();
        Self { root: root.to_owned(), catalog, former }
    }

    fn job(&self) -> Value {
        let tables = self.catalog.events.iter().map(|event| (event, event));
        let renamed = self.catalog.events.iter().filter(|event| event.renamed_from.is_some());
        let tables = tables.chain(renamed.zip(&self.former));
        let tables =
            tables.map(|(event, lines)| (lines.event_type.clone(), self.table(event, lines)));
        let sets = [
            (Format::Json, Shape::Parts),
            (Format::Json, Shape::Dt),
            (Format::Parquet, Shape::Parts),
            (Format::Parquet, Shape::Dt),
        ];
        json!({
            "raw": self.root.join("raw.jsonl"),
            "flat": self.root.join("flat.jsonl"),
            "json_lake": self.root.join("json"),
            "parquet_lake": self.root.join("parquet"),
            "tables": tables.collect::<serde_json::Map<_, _>>(),
            "sets": sets.map(|(format, shape)| self.set(format, shape)),
        })
    }

    /// What the table of `event` holds where the lines are as `lines` says: the types of the catalogue, and
    /// those of DuckDB.
    fn table(&self, event: &EventSchema, lines: &EventSchema) -> Value {
        let columns = columns(&self.catalog.envelope, event);
        let types = columns
            .iter()
            .map(|column| json!([column.name, Engine::DuckDb.type_name(&column.column_type)]));
        let mut kinds = serde_json::Map::new();
        for (name, kind) in ENVELOPE {
            kinds.insert(name.to_owned(), serde_json::from_str(kind).unwrap());
        }
        // First what no line holds, then what these lines hold.
        for column in &columns {
            kinds.entry(&column.name).or_insert_with(|| json!("string"));
        }
        let common = &self.catalog.envelope.common_fields;
        for field in common {
            kinds.insert(field.name.to_lowercase(), json!(field.field_type));
        }
        for field in &lines.fields {
            let name = field.name.to_lowercase();
            let is_common = common.iter().any(|common| common.name == field.name);
            let prefix = if is_common { "params_" } else { "" };
            kinds.insert(format!("{prefix}{name}"), json!(field.field_type));
        }
        json!({
            "columns": types.collect::<Vec<_>>(),
            "kinds": kinds,
            "has_hours": !BY_DAY.contains(&event.event_type.as_str()),
        })
    }

    fn set(&self, format: Format, shape: Shape) -> Value {
        let (name, directory) = match format {
            Format::Parquet => ("Parquet", "parquet"),
            _ => ("JSON", "json"),
        };
        let lake = self.root.join(directory);
        let options =
            Options::new(lake.to_str().unwrap()).format(format).shape(shape).by_day(BY_DAY);
        let remote = Options::new(format!("file://{}", lake.display()))
            .format(format)
            .shape(shape)
            .by_day(BY_DAY);
        // Where the partitions are the directories, MSCK REPAIR has found them.
        let registered = |engine| match shape {
            Shape::Dt => self.partitions(engine, &remote),
            _ => String::new(),
        };
        // Spark has no JSON SerDe of Hive's.
        let hive = (format == Format::Parquet)
            .then(|| outputs::hive::tables(&self.catalog, &remote) + &registered(Engine::Hive));
        let examples = self.catalog.events.iter();
        let examples =
            examples.map(|event| (event.event_type.clone(), json!(example_query(event, &options))));
        json!({
            "name": format!("{name} by {shape:?}"),
            "shape": if shape == Shape::Dt { "dt" } else { "parts" },
            "duckdb": outputs::duckdb::views(&self.catalog, &options),
            "spark": outputs::spark::tables(&self.catalog, &remote) + &registered(Engine::Spark),
            "hive": hive,
            "example_queries": examples.collect::<serde_json::Map<_, _>>(),
        })
    }

    /// The statements that register each directory, as a loader runs them.
    fn partitions(&self, engine: Engine, options: &Options) -> String {
        let mut statements = String::from("\n");
        for event in self.catalog.events.iter().chain(&self.former) {
            let table = self.root.join("json").join(&event.event_type);
            let depth = if BY_DAY.contains(&event.event_type.as_str()) { 3 } else { 4 };
            for directory in directories(&table, depth) {
                let directory =
                    directory.strip_prefix(&table).unwrap().to_str().unwrap().to_owned();
                statements +=
                    &outputs::hive::add_partition(engine, options, &event.event_type, &directory);
                statements.push('\n');
            }
        }
        statements
    }
}

fn directories(root: &Path, depth: usize) -> Vec<PathBuf> {
    if depth == 0 {
        return vec![root.to_owned()];
    }
    let entries = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| directories(&path, depth - 1)).collect()
}

/// The event as it was before it and its fields were renamed.
fn before(event: &EventSchema) -> Option<EventSchema> {
    let event_type = event.renamed_from.clone()?;
    Some(EventSchema { event_type, fields: fields_before(&event.fields), ..event.clone() })
}

fn fields_before(fields: &[Field]) -> Vec<Field> {
    let before = |field: &Field| {
        let name = field.renamed_from.clone().unwrap_or_else(|| field.name.clone());
        let field_type = match &field.field_type {
            FieldType::Record(fields) => FieldType::Record(fields_before(fields)),
            other => other.clone(),
        };
        Field { name, field_type, renamed_from: None, ..field.clone() }
    };
    fields.iter().map(before).collect()
}
