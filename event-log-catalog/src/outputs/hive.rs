//! Apache Hive, and Spark through Hive's words: external tables, whose partitions must be registered.

use crate::engine::Engine;
use crate::model::Catalog;
use crate::options::{Format, Options, Shape};
use crate::outputs::sql;
use crate::partition;
use crate::table::{self, Table};

/// `CREATE EXTERNAL TABLE` for every type, and how its partitions are registered.
#[must_use]
pub fn tables(catalog: &Catalog, options: &Options) -> String {
    let statements = table::tables(catalog).into_iter().map(|table| statement(&table, options));
    head(options) + &statements.collect::<Vec<_>>().join("\n")
}

fn head(options: &Options) -> String {
    let guard = if options.full_scans {
        ""
    } else {
        "In each session of Hive: SET hive.strict.checks.no.partition.filter = true;\n\
         a query without a filter on the partition then fails."
    };
    sql::head(
        "Apache Hive, by event-log. JSON needs Hive 4, or 3 with hive-hcatalog-core.",
        guard,
        options,
    )
}

fn statement(table: &Table<'_>, options: &Options) -> String {
    let engine = Engine::Hive;
    let columns = table.columns.iter().map(|column| sql::column(engine, column, usize::MAX));
    let keys = partition::keys(options, table.name);
    let keys: Vec<_> = keys.iter().map(|key| format!("{} string", engine.quote(key))).collect();
    format!(
        "CREATE EXTERNAL TABLE IF NOT EXISTS {name} (\n{}\n)\nCOMMENT {}\nPARTITIONED BY ({})\n{}\nLOCATION {};\n{}",
        sql::indented(columns),
        engine.text(&table.description),
        keys.join(", "),
        stored_as(options.format),
        engine.text(&format!("{}/", options.location_of(table.name))),
        register(engine, table.name, options),
        name = sql::table_name(engine, options, table.name),
    )
}

fn stored_as(format: Format) -> &'static str {
    match format {
        Format::Json => {
            "ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'\n\
             WITH SERDEPROPERTIES ('timestamp.formats' = \"yyyy-MM-dd'T'HH:mm:ss'Z',yyyy-MM-dd'T'HH:mm:ss.SSS'Z',\
             yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'\")\n\
             STORED AS TEXTFILE"
        }
        Format::Parquet => "STORED AS PARQUET",
    }
}

/// The statement that registers what is there, or an example of the one that registers a partition.
pub(crate) fn register(engine: Engine, event_type: &str, options: &Options) -> String {
    let name = sql::table_name(engine, options, event_type);
    match options.shape {
        Shape::Parts => format!("MSCK REPAIR TABLE {name};\n"),
        Shape::Dt => {
            let example = options.period(event_type).start_of(*options.years.start());
            sql::comment(&format!(
                "For each new directory: {}",
                add_partition(engine, options, event_type, &example)
            ))
        }
    }
}

/// `ALTER TABLE … ADD PARTITION` for one directory of the lake, as in
/// `year=2021/month=09/day=16/hour=00`: what a loader runs after it has made the directory.
///
/// ```
/// use event_log_catalog::outputs::hive;
/// use event_log_catalog::{Engine, Options};
///
/// let options = Options::new("s3://bucket/lake");
/// let directory = "year=2021/month=09/day=16/hour=00";
/// assert_eq!(
///     hive::add_partition(Engine::Hive, &options, "signup", directory),
///     "ALTER TABLE `events`.`signup` ADD IF NOT EXISTS PARTITION \
///      (`year` = '2021', `month` = '09', `day` = '16', `hour` = '00') \
///      LOCATION 's3://bucket/lake/signup/year=2021/month=09/day=16/hour=00/';",
/// );
/// ```
#[must_use]
pub fn add_partition(
    engine: Engine,
    options: &Options,
    event_type: &str,
    directory: &str,
) -> String {
    let assign = |key: &str, value: &str| format!("{} = {}", engine.quote(key), engine.text(value));
    let values = match options.shape {
        Shape::Dt => assign("dt", directory),
        Shape::Parts => {
            let parts = directory.split('/').filter_map(|part| part.split_once('='));
            parts.map(|(key, value)| assign(key, value)).collect::<Vec<_>>().join(", ")
        }
    };
    format!(
        "ALTER TABLE {} ADD IF NOT EXISTS PARTITION ({values}) LOCATION {};",
        sql::table_name(engine, options, event_type),
        engine.text(&format!("{}/{directory}/", options.location_of(event_type))),
    )
}
