//! `event-log schema`: what follows from a catalogue, as files: table definitions, schemas, a dictionary.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use event_log_catalog::{Catalog, Format, Options, Shape, lock, outputs};
use serde::Serialize;

use crate::commands::report;
use crate::failure::{Failure, Outcome};
use crate::lake::catalog;
use crate::lake::layout::By;
use crate::lake::local::LocalStore;
use crate::lake::settings::Settings;

/// The options of `schema`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The catalogue: a lock file.
    #[arg(long, value_name = "FILE", default_value = "events.lock.json")]
    pub catalog: PathBuf,
    /// A lake of Parquet on a local disk: its own catalogue, its format and how it is partitioned are taken.
    #[arg(long, value_name = "DIRECTORY", conflicts_with_all = ["catalog", "format", "by_day"])]
    pub lake: Option<PathBuf>,
    /// For whom; may be given several times.
    #[arg(long = "for", value_name = "WHOM", value_enum, default_value = "all")]
    pub whom: Vec<Whom>,
    /// The directory for the files; those that are there are replaced, others are left.
    #[arg(long, value_name = "DIRECTORY")]
    pub out: PathBuf,
    /// Where the lake is, as the engines name it: `s3://bucket/path`, `gs://bucket/path` or a directory.
    #[arg(long, value_name = "URL", default_value = "s3://bucket/lake")]
    pub location: String,
    /// The database, schema or data set that the tables are in.
    #[arg(long, value_name = "NAME", default_value = "events")]
    pub database: String,
    /// What the lake's files are.
    #[arg(long, value_enum, default_value_t)]
    pub format: Files,
    /// Which partition columns the tables have.
    #[arg(long, value_enum, default_value_t)]
    pub partitions: Partitions,
    /// The years that the partition projection of Athena and Trino looks into, as in `2020-2039`.
    #[arg(long, value_name = "FIRST-LAST", value_parser = years)]
    pub years: Option<(u16, u16)>,
    /// A type that is partitioned by days; may be given several times.
    #[arg(long, value_name = "TYPE")]
    pub by_day: Vec<String>,
    /// Leave out each engine's guard against queries without a filter on the partition.
    #[arg(long)]
    pub allow_full_scans: bool,
}

/// Who reads the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Whom {
    /// Everybody below.
    All,
    /// Athena: a statement a type.
    Athena,
    /// `BigQuery`: external tables, native ones, schemas for `bq load`.
    #[value(name = "bigquery")]
    BigQuery,
    /// Analysts: a page of HTML, and Markdown.
    Dictionary,
    /// `DuckDB`: views.
    #[value(name = "duckdb")]
    DuckDb,
    /// Hive.
    Hive,
    /// Programs that check lines: JSON Schema 2020-12, a file a type.
    JsonSchema,
    /// Spark.
    Spark,
    /// Terraform: the tables of Athena in Glue.
    Terraform,
    /// Trino.
    Trino,
}

impl Whom {
    /// Whether a file of [`outputs::all`] is for them.
    fn reads(self, path: &str) -> bool {
        match self {
            Self::All => true,
            Self::Athena => path.starts_with("athena/"),
            Self::BigQuery => path.starts_with("bigquery/"),
            Self::Dictionary => path.starts_with("dictionary."),
            Self::DuckDb => path == "duckdb.sql",
            Self::Hive => path == "hive.sql",
            Self::JsonSchema => path.starts_with("json-schema/"),
            Self::Spark => path == "spark.sql",
            Self::Terraform => path == "glue.tf",
            Self::Trino => path == "trino.sql",
        }
    }
}

/// What the lake's files are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Files {
    /// Lines of JSON, compressed or not.
    #[default]
    Json,
    /// Parquet.
    Parquet,
}

/// Which partition columns the tables have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Partitions {
    /// `year`, `month`, `day`, `hour`.
    #[default]
    Parts,
    /// One column `dt`: ranges are two comparisons.
    Dt,
}

fn years(text: &str) -> Result<(u16, u16), String> {
    let wanted = || format!("`{text}` is no range of years; write it as 2020-2039");
    let (first, last) = text.split_once('-').ok_or_else(wanted)?;
    match (first.parse(), last.parse()) {
        (Ok(first), Ok(last)) if first <= last => Ok((first, last)),
        _ => Err(wanted()),
    }
}

/// What was written.
#[derive(Debug, Serialize)]
struct Written {
    /// The files, below the directory.
    files: Vec<String>,
}

/// Writes the files, and prints their names.
///
/// # Errors
/// If the lock file or the lake cannot be read, or the directory not be written.
pub fn run(args: &Args, json: bool, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let (catalog, options) = match &args.lake {
        Some(lake) => of_lake(lake, args)?,
        None => {
            (lock::read(&args.catalog)?.catalog, options(args, args.format, args.by_day.clone()))
        }
    };
    let mut written = Written { files: Vec::new() };
    for (path, content) in outputs::all(&catalog, &options) {
        if args.whom.iter().any(|whom| whom.reads(&path)) {
            write(&args.out.join(&path), &content)?;
            written.files.push(path);
        }
    }
    if json {
        report::json(&written, out)?;
    } else {
        print(&written, &args.out, out).map_err(Failure::output)?;
    }
    Ok(Outcome::Done)
}

/// The catalogue of a lake, and its options.
fn of_lake(lake: &Path, args: &Args) -> Result<(Catalog, Options), Failure> {
    if !lake.join("_catalog").is_dir() {
        return Err(Failure::Argument(format!(
            "`{}` is no lake of Parquet on a local disk: it has no `_catalog`; give the lock file as \
             `--catalog`",
            lake.display()
        )));
    }
    let store = LocalStore::open(lake)?;
    let catalog = catalog::latest(&store)?.0;
    let layout = Settings::of(&store)?.layout;
    let types = catalog.events.iter().map(|event| event.event_type.clone());
    let by_day = types.filter(|event_type| layout.of(event_type) == By::Day).collect();
    let options = options(args, Files::Parquet, by_day);
    Ok((catalog, options))
}

fn options(args: &Args, format: Files, by_day: Vec<String>) -> Options {
    let format = match format {
        Files::Json => Format::Json,
        Files::Parquet => Format::Parquet,
    };
    let shape = match args.partitions {
        Partitions::Parts => Shape::Parts,
        Partitions::Dt => Shape::Dt,
    };
    let mut options = Options::new(args.location.as_str())
        .database(args.database.as_str())
        .format(format)
        .shape(shape)
        .by_day(by_day);
    if let Some((first, last)) = args.years {
        options = options.years(first..=last);
    }
    if args.allow_full_scans { options.allow_full_scans() } else { options }
}

fn write(path: &Path, content: &str) -> Result<(), Failure> {
    if let Some(directory) = path.parent() {
        let made = fs::create_dir_all(directory);
        made.map_err(Failure::file("create the directory", directory))?;
    }
    fs::write(path, content).map_err(Failure::file("write", path))
}

fn print(written: &Written, directory: &Path, out: &mut dyn Write) -> io::Result<()> {
    written.files.iter().try_for_each(|path| writeln!(out, "{}", directory.join(path).display()))
}
