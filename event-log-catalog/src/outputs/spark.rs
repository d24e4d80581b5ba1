//! Apache Spark: tables of its own readers, which keep the case of nested names.

use crate::engine::Engine;
use crate::model::Catalog;
use crate::options::{Format, Options};
use crate::outputs::{hive, sql};
use crate::partition;
use crate::table::{self, Table};

/// `CREATE TABLE … USING JSON` or `PARQUET` for every type, and how its partitions are registered.
#[must_use]
pub fn tables(catalog: &Catalog, options: &Options) -> String {
    let notes = "Spark has no guard against queries without a filter on the partition.\n\
                 Times are shown in the session's zone: SET spark.sql.session.timeZone = UTC;";
    let statements = table::tables(catalog).into_iter().map(|table| statement(&table, options));
    sql::head("Apache Spark, by event-log.", notes, options)
        + &statements.collect::<Vec<_>>().join("\n")
}

fn statement(table: &Table<'_>, options: &Options) -> String {
    let engine = Engine::Spark;
    let keys = partition::keys(options, table.name);
    let columns = table.columns.iter().map(|column| sql::column(engine, column, usize::MAX));
    let columns = columns.chain(keys.iter().map(|key| format!("{} STRING", engine.quote(key))));
    let keys: Vec<_> = keys.iter().map(|key| engine.quote(key)).collect();
    let format = match options.format {
        Format::Json => "JSON",
        Format::Parquet => "PARQUET",
    };
    format!(
        "CREATE TABLE IF NOT EXISTS {} (\n{}\n)\nUSING {format}\nPARTITIONED BY ({})\nLOCATION {}\nCOMMENT {};\n{}",
        sql::table_name(engine, options, table.name),
        sql::indented(columns),
        keys.join(", "),
        engine.text(&format!("{}/", options.location_of(table.name))),
        engine.text(&table.description),
        hive::register(engine, table.name, options),
    )
}
