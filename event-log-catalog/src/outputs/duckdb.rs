//! DuckDB: views over the files, with the types that the catalogue declares.

use crate::column_type::ColumnType;
use crate::engine::Engine;
use crate::model::Catalog;
use crate::options::{Format, Options, Shape};
use crate::outputs::sql;
use crate::table::{Column, Table, tables};

const NOTES: &str = "A view needs one file of its type at least when it is made: make it again once there is one.\n\
                     DuckDB has no guard against queries without a filter on the partition.";

/// `CREATE OR REPLACE VIEW` for every type.
#[must_use]
pub fn views(catalog: &Catalog, options: &Options) -> String {
    let database = Engine::DuckDb.quote(&options.database);
    let statements = tables(catalog).into_iter().map(|table| view(&table, options));
    sql::head("DuckDB, by event-log.", NOTES, options)
        + &format!("CREATE SCHEMA IF NOT EXISTS {database};\n\n")
        + &statements.collect::<Vec<_>>().join("\n")
}

fn view(table: &Table<'_>, options: &Options) -> String {
    let engine = Engine::DuckDb;
    let name = sql::table_name(engine, options, table.name);
    let columns = table.columns.iter().map(|column| selected(column, options.format));
    let source = match options.format {
        Format::Json => read_json(table, options),
        Format::Parquet => read_parquet(table, options),
    };
    let comments = table.columns.iter().filter(|column| !column.description.is_empty());
    let comments = comments.map(|column| {
        let text = engine.text(&column.description);
        format!("COMMENT ON COLUMN {name}.{} IS {text};\n", engine.quote(&column.name))
    });
    format!(
        "CREATE OR REPLACE VIEW {name} AS\nSELECT\n{}\nFROM {source};\nCOMMENT ON VIEW {name} IS {};\n{}",
        sql::indented(columns.chain(keys(table.name, options))),
        engine.text(&table.description),
        comments.collect::<String>(),
    )
}

/// The reader of JSON gives the declared types; that of Parquet the files'.
fn selected(column: &Column, format: Format) -> String {
    let name = Engine::DuckDb.quote(&column.name);
    match format {
        Format::Json => name,
        Format::Parquet => {
            let type_name = Engine::DuckDb.type_name(&column.column_type);
            format!("CAST({name} AS {type_name}) AS {name}")
        }
    }
}

fn keys(event_type: &str, options: &Options) -> Vec<String> {
    let parts = options.period(event_type).parts();
    match options.shape {
        Shape::Parts => parts.iter().map(|part| Engine::DuckDb.quote(part)).collect(),
        Shape::Dt => {
            let part = |part: &&str| format!("'{part}=' || {}", Engine::DuckDb.quote(part));
            let value = parts.iter().map(part).collect::<Vec<_>>().join(" || '/' || ");
            vec![format!("{value} AS \"dt\"")]
        }
    }
}

fn read_json(table: &Table<'_>, options: &Options) -> String {
    let column = |column: &Column| {
        let type_name = Engine::DuckDb.type_name(&column.column_type);
        format!("  {}: {}", Engine::DuckDb.quote(&column.name), Engine::DuckDb.text(&type_name))
    };
    let columns: Vec<_> = table.columns.iter().map(column).collect();
    format!(
        "read_json(\n  {},\n  format = 'newline_delimited',\n  columns = {{\n  {}\n  }},\n  hive_partitioning = true,\n  {}\n)",
        files(table.name, "*.json*", options),
        columns.join(",\n  "),
        hive_types(table.name, options),
    )
}

/// The first, empty part of the union names every column: a file may lack some, and the oldest lack the newest.
fn read_parquet(table: &Table<'_>, options: &Options) -> String {
    let column = |column: &Column| {
        let type_name = Engine::DuckDb.type_name(&stored(&column.column_type));
        format!("    CAST(NULL AS {type_name}) AS {}", Engine::DuckDb.quote(&column.name))
    };
    let columns: Vec<_> = table.columns.iter().map(column).collect();
    format!(
        "(\n  SELECT\n{}\n  WHERE false\n  UNION ALL BY NAME\n  SELECT * FROM read_parquet(\n    {},\n    union_by_name = true,\n    hive_partitioning = true,\n    {}\n  )\n)",
        columns.join(",\n"),
        files(table.name, "*.parquet", options),
        hive_types(table.name, options),
    )
}

/// Parquet holds JSON as text.
fn stored(column_type: &ColumnType) -> ColumnType {
    match column_type {
        ColumnType::Json => ColumnType::Text,
        other => other.clone(),
    }
}

fn files(event_type: &str, name: &str, options: &Options) -> String {
    let directories = options.period(event_type).directories(|_| "*".to_owned());
    let location = options.location_of(event_type);
    Engine::DuckDb.text(&format!("{location}/{directories}/{name}"))
}

/// Without it DuckDB guesses each: day=16 would be a number and hour=00 a text.
fn hive_types(event_type: &str, options: &Options) -> String {
    let types = options.period(event_type).parts().iter().map(|part| format!("'{part}': VARCHAR"));
    let types = types.collect::<Vec<_>>().join(", ");
    format!("hive_types = {{{types}}}")
}
