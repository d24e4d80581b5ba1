//! Trino's Hive connector: external tables whose partitions are projected.

use crate::engine::Engine;
use crate::model::Catalog;
use crate::options::{Format, Options};
use crate::outputs::projection::{self, Projection};
use crate::outputs::sql;
use crate::table::{self, Table};

/// `CREATE TABLE … WITH (external_location = …)` for every type, in the catalog `hive`.
#[must_use]
pub fn tables(catalog: &Catalog, options: &Options) -> String {
    let statements = table::tables(catalog).into_iter().map(|table| statement(&table, options));
    head(options) + &statements.collect::<Vec<_>>().join("\n")
}

fn head(options: &Options) -> String {
    let projection = "The connector needs hive.partition-projection-enabled = true; without it, register the partitions:\n\
                      CALL hive.system.sync_partition_metadata(schema, table, 'ADD').";
    let guard = "\nSet hive.query-partition-filter-required = true in the connector, or in each session\n\
                 SET SESSION hive.query_partition_filter_required = true: then no query reads without a filter.";
    let notes = projection.to_owned() + if options.full_scans { "" } else { guard };
    sql::head("Trino, by event-log.", &notes, options)
}

fn statement(table: &Table<'_>, options: &Options) -> String {
    let engine = Engine::Trino;
    let keys = projection::of(options, table.name);
    let columns = table.columns.iter().map(|column| sql::column(engine, column, usize::MAX));
    let columns = columns.chain(keys.iter().map(|(key, projection)| partition(key, projection)));
    let names: Vec<_> = keys.iter().map(|(key, _)| engine.text(key)).collect();
    format!(
        "CREATE TABLE IF NOT EXISTS hive.{} (\n{}\n)\nCOMMENT {}\nWITH (\n{}\n);\n",
        sql::table_name(engine, options, table.name),
        sql::indented(columns),
        engine.text(&table.description),
        sql::indented(properties(table.name, &names.join(", "), options)),
    )
}

fn properties(event_type: &str, keys: &str, options: &Options) -> [String; 5] {
    let text = |text: &str| Engine::Trino.text(text);
    let format = match options.format {
        Format::Json => "OPENX_JSON",
        Format::Parquet => "PARQUET",
    };
    [
        format!("format = '{format}'"),
        format!("external_location = {}", text(&format!("{}/", options.location_of(event_type)))),
        format!("partitioned_by = ARRAY[{keys}]"),
        "partition_projection_enabled = true".to_owned(),
        format!(
            "partition_projection_location_template = {}",
            text(&projection::location_template(options, event_type))
        ),
    ]
}

fn partition(key: &str, projection: &Projection) -> String {
    let text = |text: &str| Engine::Trino.text(text);
    let settings = match projection {
        Projection::Named => "partition_projection_type = 'INJECTED'".to_owned(),
        Projection::Numbers { first, last, digits } => format!(
            "partition_projection_type = 'INTEGER', partition_projection_range = ARRAY['{first}', '{last}'], \
             partition_projection_digits = {digits}"
        ),
        Projection::Moments { format, first, unit } => format!(
            "partition_projection_type = 'DATE', partition_projection_format = {}, \
             partition_projection_range = ARRAY[{}, 'NOW'], partition_projection_interval = 1, \
             partition_projection_interval_unit = '{unit}'",
            text(format),
            text(first),
        ),
    };
    format!("{} VARCHAR WITH ({settings})", Engine::Trino.quote(key))
}
