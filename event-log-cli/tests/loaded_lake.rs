//! DuckDB and Spark read what `event-log load` wrote, through the tables of `event-log schema`, and agree with a
//! plain script over the raw lines.
//!
//! `tests/engines/install` provides the engines. Without them this test says so and passes, unless
//! `EVENT_LOG_NO_SKIP=1` is set.

#![allow(clippy::unwrap_used, reason = "a test may")]
#![allow(clippy::print_stdout, reason = "the figures of a run are to be read")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};
use event_log::catalog::lock::{self, Lock};
use event_log::catalog::{self, Catalog, common_field};
use event_log::testing::SetClock;
use event_log::{Context, Event, EventField, Logger, Schema};
use serde::Serialize;
use serde_json::{Value, json};
use tests::catalog::engines::{python, run};

/// An exact amount, written as a text, as crates for decimals do.
#[derive(Serialize)]
struct Amount(String);

impl EventField for Amount {
    const SCHEMA: Schema = Schema::decimal(38, 18);
}

#[derive(Serialize, EventField)]
struct OrderLine {
    sku: &'static str,
    #[serde(rename = "unitPrice")]
    unit_price: Amount,
    count: u16,
    tags: Vec<&'static str>,
}

/// Fired when the payment is confirmed.
#[derive(Event)]
struct OrderPaid {
    #[event(rename = "orderNumber")]
    number: u64,
    total: Amount,
    price: f64,
    lines: Vec<OrderLine>,
    labels: BTreeMap<&'static str, Option<i32>>,
    is_gift: Option<bool>,
    #[event(skip_none)]
    note: Option<&'static str>,
    paid_at: DateTime<FixedOffset>,
    deliver_on: Option<NaiveDate>,
    shown_as: NaiveDateTime,
    #[event(json)]
    basket: Value,
}

/// A rare type, whose partitions are days.
#[derive(Event)]
struct Refund {
    #[event(user_id)]
    user: u64,
    amount: i64,
    units: u64,
    account: u128,
}

#[test]
fn duckdb_and_spark_read_of_a_loaded_lake_what_a_script_reads_in_the_raw_lines() {
    let Some(python) = python("duckdb_and_spark_read_of_a_loaded_lake") else { return };
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    let inputs = Inputs::write(root);
    // Parquet first: from it comes the catalogue of all, of which the foreign types are found in their lines.
    let parquet = inputs.load("parquet");
    let lock = lock_of(&parquet, root);
    let read = |format, lake: &Path, has_spark: bool| {
        let sql = schema(&lock, format, lake, root);
        let spark = has_spark.then(|| sql.join("spark.sql"));
        json!({"name": lake.file_name().unwrap().to_str(), "duckdb": sql.join("duckdb.sql"), "spark": spark})
    };
    let raw = [inputs.segments(), vec![inputs.foreign.clone()]].concat();
    let job = json!({
        "raw": raw,
        "by_day": ["refund"],
        "lakes": [
            read("parquet", &parquet, true),
            read("json", &inputs.load("json.gz"), true),
            read("json", &inputs.load("json"), false),
            read("json", &inputs.load("json.zst"), false),
        ],
    });
    let path = root.join("job.json");
    fs::write(&path, job.to_string()).unwrap();
    println!("{}", run(&python, "loaded_lake.py", &[&path]));
}

/// What is loaded: the segments of a service with its catalogue, and a file of somebody else's.
struct Inputs {
    root: PathBuf,
    log: PathBuf,
    lock: PathBuf,
    foreign: PathBuf,
}

impl Inputs {
    fn write(root: &Path) -> Self {
        let path = |name| root.join(name);
        let (root, log) = (root.to_owned(), path("log"));
        let (lock, foreign) = (path("events.lock.json"), path("foreign.jsonl"));
        emit(&log);
        lock::write(&lock, &Lock::new(service_catalog())).unwrap();
        fs::write(&foreign, foreign_lines()).unwrap();
        Self { root, log, lock, foreign }
    }

    fn segments(&self) -> Vec<PathBuf> {
        tests::segments(&self.log)
    }

    /// Loads both into a lake of this format.
    fn load(&self, format: &str) -> PathBuf {
        let lake = self.root.join(format!("lake-{format}"));
        let load = |input: &Path, catalog: Option<&Path>| {
            let mut load = event_log();
            load.arg("load").arg(input).arg("--lake").arg(&lake);
            load.args(["--format", format, "--by-type", "refund=day"]);
            // Many small batches, so that tables have many files.
            load.args(["--batch-bytes", "65536"]);
            load.args(
                catalog.map(|path| ["--catalog".as_ref(), path.as_os_str()]).iter().flatten(),
            );
            done(&mut load);
        };
        load(&self.log, (format == "parquet").then_some(self.lock.as_path()));
        load(&self.foreign, None);
        lake
    }
}

/// Twenty hours over the end of a day.
fn emit(log: &Path) {
    let clock = SetClock::at("2021-09-16T14:07:27Z");
    let context = Context::new().locale("ja").unwrap().country_code("JP").unwrap();
    let context = context.field("app_version", "漢字 1.2").unwrap();
    let logger = Logger::builder(log).clock(clock.clone()).context(context).build().unwrap();
    for number in 0..120 {
        clock.advance(Duration::from_secs(600));
        logger.emit(order(number));
        if number.is_multiple_of(7) {
            let signed = i64::try_from(number).unwrap();
            logger.emit(Refund {
                user: number,
                amount: if number == 7 { i64::MAX } else { -signed },
                units: if number == 14 { u64::MAX } else { number },
                account: u128::MAX - u128::from(number),
            });
        }
    }
    logger.close(Duration::from_secs(60)).unwrap();
}

fn order(number: u64) -> OrderPaid {
    let amount = |text: &str| Amount(text.replace('N', &number.to_string()));
    let line = |sku, tags: &[&'static str]| OrderLine {
        sku,
        unit_price: amount("0.000000000000000N"),
        count: u16::MAX,
        tags: tags.to_vec(),
    };
    OrderPaid {
        number,
        total: amount("-12345678901234567N.123456789012345678"),
        price: [801.0, 1e5, 0.1, 600.25][usize::try_from(number % 4).unwrap()],
        lines: if number.is_multiple_of(5) {
            Vec::new()
        } else {
            vec![line("漢字の基礎\n\"1\"", &["new", "日本"]), line("", &[])]
        },
        labels: BTreeMap::from([("Color", Some(i32::MIN)), ("größe", None)]),
        is_gift: [None, Some(true), Some(false)][usize::try_from(number % 3).unwrap()],
        note: number.is_multiple_of(2).then_some("またね\\u0041 \u{1f389}"),
        paid_at: "2021-09-17T00:30:00.123456+09:00".parse().unwrap(),
        deliver_on: NaiveDate::from_ymd_opt(2024, 2, 29).filter(|_| !number.is_multiple_of(4)),
        shown_as: "2021-09-16T23:59:59.5".parse().unwrap(),
        basket: json!({"b": [1, null, "x"], "a": 1.5}),
    }
}

fn service_catalog() -> Catalog {
    let mut catalog = catalog::of_binary().unwrap();
    // A table needs a file, and nothing was dropped.
    catalog.events.retain(|event| event.event_type != "event_log_gap");
    catalog.envelope.common_fields = vec![common_field::<Option<&str>>("app_version", "")];
    catalog
}

/// Lines with what the derive lets nobody write.
fn foreign_lines() -> String {
    let mut lines = String::new();
    for number in 0..30 {
        let (day, hour) = (17 + number / 24, number % 24);
        let date = format!("2021-09-{day}T{hour:02}:30:00.{number:03}+09:00");
        let envelope = |event_type| {
            format!(
                r#""id":"foreign-{event_type}-{number}","date":"{date}","type":"{event_type}","user_id":9223372036854775807,"locale":null,"country_code":"TW""#
            )
        };
        let collides = r#""date":"2021-09-16","Hour":"late","id":801.0,"App_Version":2,"URL":"/漢字","url":"/second""#;
        let numbers = r#""price":801.0,"rate":1e5,"whole":9223372036854775807,"digits":0.12345678901234567890123456789,"huge":18446744073709551616"#;
        let others = r#""nothing":null,"list":[1,null,3],"nested":{"Deep":{"x":1.50},"y":null}"#;
        writeln!(
            lines,
            r#"{{{},"app_version":"1","params":{{{collides},{numbers},{others}}}}}"#,
            envelope("page_view")
        )
        .unwrap();
        // Another order of keys, and a type that has nothing.
        writeln!(lines, r#"{{"params":{{}},{}}}"#, envelope("sign_out")).unwrap();
    }
    lines
}

/// The lake's own catalogue as a lock file.
fn lock_of(lake: &Path, root: &Path) -> PathBuf {
    let text = fs::read_to_string(lake.join("_catalog/0002.json")).unwrap();
    let path = root.join("lake.lock.json");
    lock::write(&path, &Lock::new(serde_json::from_str(&text).unwrap())).unwrap();
    path
}

/// The tables over a lake, as files in a directory.
fn schema(lock: &Path, format: &str, lake: &Path, root: &Path) -> PathBuf {
    let out = root.join(format!("tables-of-{}", lake.file_name().unwrap().to_str().unwrap()));
    let mut schema = event_log();
    schema.args(["schema", "--for", "duckdb", "--for", "spark", "--by-day", "refund"]);
    schema.args(["--format", format, "--catalog"]).arg(lock).arg("--location").arg(lake);
    done(schema.arg("--out").arg(&out));
    out
}

fn event_log() -> Command {
    Command::new(env!("CARGO_BIN_EXE_event-log"))
}

fn done(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
