//! Google BigQuery: external tables over the lake, and tables of its own.

use crate::column_type::{ColumnType, Member, one_line};
use crate::engine::{Engine, is_repeated};
use crate::json::Json;
use crate::model::{Catalog, EventSchema};
use crate::options::{Format, Options, Period};
use crate::outputs::sql;
use crate::table::{Column, Table, columns, tables};

/// `CREATE EXTERNAL TABLE` for every type: reads the lake where it is.
///
/// The partition columns are those of the directories, whatever the options' shape: BigQuery has no
/// other way to name them. Over Parquet the columns come from the files, which have the catalogue's types.
#[must_use]
pub fn external_tables(catalog: &Catalog, options: &Options) -> String {
    let parts = options.clone().shape(crate::Shape::Parts);
    let notes = "BigQuery reads gs://; s3:// only through BigLake, with a connection.";
    let statements = tables(catalog).into_iter().map(|table| external(&table, &parts));
    sql::head("BigQuery over the lake, by event-log.", notes, &parts)
        + &statements.collect::<Vec<_>>().join("\n")
}

/// `CREATE TABLE` for every type: for lines that are loaded into BigQuery.
#[must_use]
pub fn native_tables(catalog: &Catalog, options: &Options) -> String {
    let text = "BigQuery's own tables, by event-log. Load newline-delimited JSON of the lake's columns, with\n\
                ignore_unknown_values. Partitioned by the event's own date, whatever the lake's directories.";
    let statements = tables(catalog).into_iter().map(|table| native(&table, options));
    sql::comment(text) + &statements.collect::<Vec<_>>().join("\n")
}

/// The schema file of one type for `bq load --schema` and `bq mk --schema`.
#[must_use]
pub fn schema(catalog: &Catalog, event: &EventSchema) -> String {
    let columns = columns(&catalog.envelope, event);
    let column = |column: &Column| {
        let required = !column.nullable && is_envelope(&column.name);
        schema_field(
            &column.name,
            &column.column_type,
            (column.nullable, required),
            &column.description,
        )
    };
    Json::List(columns.iter().map(column).collect()).pretty()
}

/// Only these are `REQUIRED`: what any other field promises may be taken back by a later version of it.
fn is_envelope(name: &str) -> bool {
    matches!(name, "id" | "date" | "type")
}

fn external(table: &Table<'_>, options: &Options) -> String {
    let engine = Engine::BigQuery;
    let columns = match options.format {
        Format::Json => {
            let columns = table.columns.iter().map(|column| definition(column, false));
            format!(" (\n{}\n)", sql::indented(columns))
        }
        Format::Parquet => String::new(),
    };
    let keys = options.period(table.name).parts();
    let keys: Vec<_> = keys.iter().map(|key| format!("{} STRING", engine.quote(key))).collect();
    format!(
        "CREATE OR REPLACE EXTERNAL TABLE {}{columns}\nWITH PARTITION COLUMNS ({})\nOPTIONS (\n{}\n);\n",
        sql::table_name(engine, options, table.name),
        keys.join(", "),
        sql::indented(external_options(table, options)),
    )
}

fn external_options(table: &Table<'_>, options: &Options) -> Vec<String> {
    let text = |text: &str| Engine::BigQuery.text(text);
    let location = options.location_of(table.name);
    let format: &[&str] = match options.format {
        Format::Json => &["format = 'NEWLINE_DELIMITED_JSON'", "ignore_unknown_values = true"],
        Format::Parquet => &["format = 'PARQUET'", "enable_list_inference = true"],
    };
    let mut lines: Vec<_> = format.iter().map(|&line| line.to_owned()).collect();
    lines.push(format!("uris = [{}]", text(&format!("{location}/*"))));
    lines.push(format!("hive_partition_uri_prefix = {}", text(&location)));
    lines.push(format!("require_hive_partition_filter = {}", !options.full_scans));
    lines.push(format!("description = {}", text(&table.description)));
    lines
}

fn native(table: &Table<'_>, options: &Options) -> String {
    let columns = table.columns.iter().map(|column| definition(column, is_envelope(&column.name)));
    let unit = match options.period(table.name) {
        Period::Hour => "HOUR",
        Period::Day => "DAY",
    };
    format!(
        "CREATE TABLE IF NOT EXISTS {} (\n{}\n)\nPARTITION BY TIMESTAMP_TRUNC(`date`, {unit})\nOPTIONS (\n{}\n);\n",
        sql::table_name(Engine::BigQuery, options, table.name),
        sql::indented(columns),
        sql::indented([
            format!("require_partition_filter = {}", !options.full_scans),
            format!("description = {}", Engine::BigQuery.text(&table.description)),
        ]),
    )
}

fn definition(column: &Column, required: bool) -> String {
    let engine = Engine::BigQuery;
    let name = engine.quote(&column.name);
    let type_name = engine.nested(&column.column_type, column.nullable);
    let required = if required { " NOT NULL" } else { "" };
    let description = match column.description.as_str() {
        "" => String::new(),
        text => format!(" OPTIONS (description = {})", engine.text(text)),
    };
    format!("{name} {type_name}{required}{description}")
}

fn schema_field(
    name: &str,
    column_type: &ColumnType,
    (nullable, required): (bool, bool),
    description: &str,
) -> Json {
    let (mode, item) = match column_type {
        ColumnType::List { item, nullable: holes } if !nullable && is_repeated(item, *holes) => {
            ("REPEATED", &**item)
        }
        other => (if required { "REQUIRED" } else { "NULLABLE" }, other),
    };
    let mut field = Json::object([
        ("name", Json::from(name)),
        ("type", Json::from(schema_type(item, mode))),
        ("mode", Json::from(mode)),
    ]);
    field.insert_text("description", &one_line(description));
    if let &ColumnType::Decimal { precision, scale } = item {
        field.insert("precision", precision.to_string());
        field.insert("scale", scale.to_string());
    }
    if let ColumnType::Record(members) = item {
        field.insert("fields", Json::List(members.iter().map(schema_member).collect()));
    }
    field
}

fn schema_member(member: &Member) -> Json {
    schema_field(&member.name, &member.column_type, (member.nullable, false), &member.description)
}

/// The names of a schema file are the older ones, without parameters.
fn schema_type(column_type: &ColumnType, mode: &str) -> String {
    let nullable = mode != "REPEATED";
    let name = Engine::BigQuery.nested(column_type, nullable);
    match column_type {
        ColumnType::Boolean => "BOOLEAN".to_owned(),
        ColumnType::Integer { .. } => "INTEGER".to_owned(),
        ColumnType::Float { .. } => "FLOAT".to_owned(),
        ColumnType::Record(_) => "RECORD".to_owned(),
        ColumnType::Decimal { .. } => name.split('(').next().unwrap_or_default().to_owned(),
        _ => name,
    }
}
