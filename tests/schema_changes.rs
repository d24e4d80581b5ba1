//! A change that breaks a read is classified as breaking: 1,000 pairs of schemas made at random, lines of each read by the
//! definition of the other, by DuckDB and, for a sample, by Spark.
//!
//! `EVENT_LOG_PAIRS` and `EVENT_LOG_SPARK_PAIRS` set how many, `EVENT_LOG_SEED` which ones. `tests/engines/install`
//! provides the engines; without them the test says so and passes, unless `EVENT_LOG_NO_SKIP=1` is set.

#![allow(clippy::unwrap_used, reason = "a test may")]
#![allow(clippy::print_stdout, reason = "the figures of a run are to be read")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use event_log_catalog::change::{Change, Target, Verdict, compare};
use event_log_catalog::{Catalog, Engine, EventSchema, Format, Options, columns, outputs};
use serde_json::{Value, json};
use tests::catalog::engines::{python, run};
use tests::catalog::lake::load;
use tests::catalog::values::{Moment, line};
use tests::catalog::{mutations, schemas};
use tests::random::Random;

const PAIRS: u64 = 1_000;
const SPARK_PAIRS: u64 = 60;
const LINES: u64 = 6;

/// How many of the pairs that are called breaking may be harmless, in percent.
const FALSE_ALARMS_PERCENT: f64 = 1.0;

#[test]
fn every_pair_of_schemas_that_breaks_a_read_is_classified_as_breaking() {
    let Some(python) = python("every_pair_of_schemas_that_breaks_a_read") else { return };
    let root = tempfile::tempdir().unwrap();
    let mut random = Random::new(number("EVENT_LOG_SEED", 6));
    let pairs: Vec<_> = (0..number("EVENT_LOG_PAIRS", PAIRS))
        .map(|number| Pair::new(&mut random, root.path(), number))
        .collect();
    let (job, results) = (root.path().join("job.json"), root.path().join("results.json"));
    let list: Vec<_> = pairs.iter().map(Pair::job).collect();
    let spark_pairs = number("EVENT_LOG_SPARK_PAIRS", SPARK_PAIRS);
    fs::write(&job, json!({ "pairs": list, "spark_pairs": spark_pairs }).to_string()).unwrap();
    let printed = run(&python, "pairs.py", &[&job, &results]);
    print!("{printed}");

    let results: Value = serde_json::from_slice(&fs::read(results).unwrap()).unwrap();
    let mut tally = Tally::default();
    for pair in &pairs {
        pair.judge(&results[&pair.name], &mut tally);
    }
    tally.print();
    tally.assert();
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().expect("a number"))
}

/// Which engines show what a change does to a target.
const SHOWN_BY: [(Target, &[&str]); 4] = [
    (Target::JsonReaders, &["JSON readers"]),
    (Target::Parquet, &["DuckDB Parquet", "Spark Parquet"]),
    (Target::Athena, &["Spark JSON"]),
    (Target::DuckDb, &["DuckDB JSON"]),
];

/// Two versions of a schema, and lines of each.
struct Pair {
    name: String,
    root: PathBuf,
    versions: [Catalog; 2],
}

impl Pair {
    fn new(random: &mut Random, root: &Path, number: u64) -> Self {
        let name = format!("p{number:04}");
        let old = schemas::event(random, &name);
        let mut new = old.clone();
        for _ in 0..=random.below(2) {
            new.fields = mutations::changed(random, &new.fields);
        }
        let catalog = |event| Catalog { events: vec![event], ..Catalog::default() };
        let pair = Self { name, root: root.to_owned(), versions: [catalog(old), catalog(new)] };
        for side in 0..2 {
            pair.write_lines(random, side);
        }
        pair
    }

    fn event(&self, side: usize) -> &EventSchema {
        &self.versions[side].events[0]
    }

    fn lake(&self, side: usize, format: &str) -> PathBuf {
        self.root.join(format!("{format}-{side}"))
    }

    fn write_lines(&self, random: &mut Random, side: usize) {
        let lines = (0..LINES).map(|number| {
            line(random, &self.versions[side], self.event(side), Moment { number, hour: 0 })
        });
        let lines: Vec<_> = lines.collect();
        load(&self.lake(side, "json"), &lines, &[&self.name], "segment.json");
        fs::write(self.root.join(format!("{}-{side}.jsonl", self.name)), lines.join("\n")).unwrap();
    }

    fn job(&self) -> Value {
        json!({ "name": self.name, "a": self.side(0), "b": self.side(1) })
    }

    fn side(&self, side: usize) -> Value {
        let (catalog, event) = (&self.versions[side], self.event(side));
        let columns = columns(&catalog.envelope, event);
        let columns = columns
            .iter()
            .map(|column| json!([column.name, Engine::DuckDb.type_name(&column.column_type)]));
        let partition = format!("{}/year=2021/month=09/day=16", self.name);
        let schema = outputs::json_schema::schema(catalog, event);
        json!({
            "fields": event.fields,
            "columns": columns.collect::<Vec<_>>(),
            "raw": self.root.join(format!("{}-{side}.jsonl", self.name)),
            "json": self.lake(side, "json").join(&partition).join("segment.json"),
            "parquet": self.lake(side, "parquet").join(&partition).join("segment.parquet"),
            "schema": serde_json::from_str::<Value>(&schema).unwrap(),
            "duckdb": self.definitions(side, outputs::duckdb::views, ""),
            "spark": self.definitions(side, outputs::spark::tables, "file://"),
        })
    }

    /// This side's definitions over the other side's lines.
    fn definitions(
        &self,
        side: usize,
        output: fn(&Catalog, &Options) -> String,
        scheme: &str,
    ) -> Value {
        let mut catalog = self.versions[side].clone();
        catalog.events[0].renamed_from = None;
        let of = |format, directory| {
            let lake = format!("{scheme}{}", self.lake(1 - side, directory).display());
            output(&catalog, &Options::new(lake).format(format).by_day([self.name.as_str()]))
        };
        json!({ "JSON": of(Format::Json, "json"), "Parquet": of(Format::Parquet, "parquet") })
    }

    /// Holds the classification of both directions against what was read.
    fn judge(&self, results: &Value, tally: &mut Tally) {
        let [old, new] = &self.versions;
        for (target, engines) in SHOWN_BY {
            let outcomes: Vec<_> =
                engines.iter().filter_map(|engine| results.get(engine)).collect();
            let is_complete = outcomes.len() == engines.len();
            let broke = |key: &str| {
                outcomes.iter().find_map(|outcome| outcome[key].as_str()).map(str::to_owned)
            };
            for (changes, key) in [(compare(old, new), "a_by_b"), (compare(new, old), "b_by_a")] {
                let is_breaking = changes.iter().any(|change| change.breaks(target));
                let finding = Finding { target, pair: &self.name, changes: &changes, is_complete };
                tally.enter(&finding, is_breaking, broke(key));
                let is_forward = key == "a_by_b" && !outcomes.is_empty();
                if is_forward && changes.iter().all(|change| is_safe(change, target)) {
                    tally.enter_safe(&finding, broke("b_known_a"));
                }
            }
        }
    }
}

fn is_safe(change: &Change, target: Target) -> bool {
    change.verdicts.iter().all(|(of, verdict)| *of != target || *verdict == Verdict::Safe)
}

/// One classification that was tried.
struct Finding<'a> {
    target: Target,
    pair: &'a str,
    changes: &'a [Change],
    /// Whether each engine that shows the target has tried it.
    is_complete: bool,
}

impl Finding<'_> {
    fn told(&self, what: &str) -> String {
        let changes: Vec<_> = self.changes.iter().map(ToString::to_string).collect();
        format!("{} {}: {what}; changes: {}", self.target, self.pair, changes.join(" | "))
    }
}

/// What came out, by target.
#[derive(Default)]
struct Tally {
    counts: BTreeMap<String, Counts>,
    missed: Vec<String>,
    false_alarms: Vec<String>,
}

#[derive(Default)]
struct Counts {
    tried: u32,
    broke: u32,
    complete: u32,
    false_alarms: u32,
    safe: u32,
}

impl Tally {
    fn enter(&mut self, finding: &Finding<'_>, is_breaking: bool, broke: Option<String>) {
        if !finding.is_complete && broke.is_none() && finding.target == Target::Athena {
            return;
        }
        let counts = self.counts.entry(finding.target.to_string()).or_default();
        counts.tried += 1;
        counts.complete += u32::from(finding.is_complete);
        counts.broke += u32::from(broke.is_some());
        match (is_breaking, broke) {
            (false, Some(reason)) => self.missed.push(finding.told(&reason)),
            (true, None) if finding.is_complete => {
                counts.false_alarms += 1;
                self.false_alarms.push(finding.told("nothing broke"));
            }
            _ => {}
        }
    }

    fn enter_safe(&mut self, finding: &Finding<'_>, broke: Option<String>) {
        self.counts.entry(finding.target.to_string()).or_default().safe += 1;
        self.missed.extend(broke.map(|reason| finding.told(&format!("not safe: {reason}"))));
    }

    fn print(&self) {
        for (target, counts) in &self.counts {
            let Counts { tried, broke, complete, false_alarms, safe } = counts;
            println!(
                "{target}: {tried} changes tried, {broke} broke a read, {false_alarms} false alarms in {complete}, \
                 {safe} called safe both ways"
            );
        }
        for text in self.missed.iter().chain(&self.false_alarms).take(40) {
            println!("{text}");
        }
    }

    fn assert(&self) {
        assert!(
            self.missed.is_empty(),
            "{} changes break a read and are not called breaking",
            self.missed.len()
        );
        let complete: u32 = self.counts.values().map(|counts| counts.complete).sum();
        let alarms: u32 = self.counts.values().map(|counts| counts.false_alarms).sum();
        assert!(complete > 0, "nothing was tried");
        let percent = f64::from(alarms) * 100.0 / f64::from(complete);
        println!("false alarms: {alarms} of {complete}, {percent:.2} %");
        assert!(percent <= FALSE_ALARMS_PERCENT, "{percent:.2} % false alarms");
    }
}
