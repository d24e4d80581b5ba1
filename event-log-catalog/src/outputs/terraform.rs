//! Terraform: the tables of Athena in the Glue catalogue.

use std::fmt::Write as _;

use crate::engine::Engine;
use crate::model::Catalog;
use crate::options::{Format, Options};
use crate::outputs::athena::{LONGEST_COMMENT, properties};
use crate::outputs::sql::shortened;
use crate::partition;
use crate::table::{Column, Table, tables};

/// The longest description of a table that Glue stores, in bytes.
const LONGEST_DESCRIPTION: usize = 2048;

/// One `aws_glue_catalog_table` for every type, and variables for the lake and the database.
///
/// In Glue a type is no SQL, so that reserved words inside a struct need no quotes.
#[must_use]
pub fn glue_tables(catalog: &Catalog, options: &Options) -> String {
    let head = format!(
        "# The tables of Amazon Athena, by event-log.\n#\n{}\n\n{}\n{}\n",
        comment(partition::trade(options.shape)),
        variable("event_lake", "Where the lake is, without a slash at the end.", &options.location),
        variable(
            "event_database",
            "The database of Glue that the tables are in.",
            &options.database
        ),
    );
    let resources = tables(catalog).into_iter().map(|table| resource(&table, options));
    head + &resources.collect::<Vec<_>>().join("\n")
}

fn comment(text: &str) -> String {
    text.lines().map(|line| format!("# {line}")).collect::<Vec<_>>().join("\n")
}

fn variable(name: &str, description: &str, default: &str) -> String {
    format!(
        "variable \"{name}\" {{\n  type        = string\n  description = {}\n  default     = {}\n}}\n",
        text(description),
        text(default),
    )
}

fn resource(table: &Table<'_>, options: &Options) -> String {
    let keys = partition::keys(options, table.name).iter().map(|key| {
        format!("\n  partition_keys {{\n    name = {}\n    type = \"string\"\n  }}\n", text(key))
    });
    format!(
        "resource \"aws_glue_catalog_table\" \"{name}\" {{\n  \
           name          = {}\n  \
           database_name = var.event_database\n  \
           description   = {}\n  \
           table_type    = \"EXTERNAL_TABLE\"\n\n  \
           parameters = {{\n{}  }}\n{}{}}}\n",
        text(table.name),
        text(shortened(&table.description, LONGEST_DESCRIPTION).as_str()),
        parameters(table.name, options),
        keys.collect::<String>(),
        storage(table, options),
        name = table.name,
    )
}

fn parameters(event_type: &str, options: &Options) -> String {
    let mut properties = properties(event_type, &options.clone().at("\0"));
    properties.insert(0, ("EXTERNAL".to_owned(), "TRUE".to_owned()));
    let width = properties.iter().map(|(key, _)| text(key).len()).max().unwrap_or(0);
    let line = |(key, value): &(String, String)| {
        let value = text(value).replace('\0', "${var.event_lake}");
        format!("    {:width$} = {value}\n", text(key))
    };
    properties.iter().map(line).collect::<Vec<_>>().concat()
}

fn storage(table: &Table<'_>, options: &Options) -> String {
    let (input, output, library) = classes(options.format);
    let mut block = format!(
        "\n  storage_descriptor {{\n    \
           location      = \"${{var.event_lake}}/{}/\"\n    \
           input_format  = \"{input}\"\n    \
           output_format = \"{output}\"\n\n    \
           ser_de_info {{\n      serialization_library = \"{library}\"\n{}    }}\n",
        table.name,
        serde_parameters(options.format),
    );
    for column in &table.columns {
        let _ = write!(block, "\n{}", column_block(column));
    }
    block + "  }\n"
}

fn classes(format: Format) -> (&'static str, &'static str, &'static str) {
    match format {
        Format::Json => (
            "org.apache.hadoop.mapred.TextInputFormat",
            "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            "org.openx.data.jsonserde.JsonSerDe",
        ),
        Format::Parquet => (
            "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        ),
    }
}

fn serde_parameters(format: Format) -> &'static str {
    match format {
        Format::Json => {
            "      parameters = {\n        \"case.insensitive\"      = \"true\"\n        \
             \"ignore.malformed.json\" = \"false\"\n      }\n"
        }
        Format::Parquet => "      parameters = { \"serialization.format\" = \"1\" }\n",
    }
}

fn column_block(column: &Column) -> String {
    // The quotes that Athena's grammar wants are no part of the type.
    let type_name = Engine::Athena.type_name(&column.column_type).replace('`', "");
    let (name, type_name) = (text(&column.name), text(&type_name));
    if column.description.is_empty() {
        return format!("    columns {{\n      name = {name}\n      type = {type_name}\n    }}\n");
    }
    let comment = text(&shortened(&column.description, LONGEST_COMMENT));
    format!(
        "    columns {{\n      name    = {name}\n      type    = {type_name}\n      comment = {comment}\n    }}\n"
    )
}

/// A text of HCL, in which `${` and `%{` would begin a template.
fn text(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{}\"", escaped.replace("${", "$${").replace("%{", "%%{"))
}
