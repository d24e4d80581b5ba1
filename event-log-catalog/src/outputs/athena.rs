//! Amazon Athena: external tables whose partitions are projected, so that none is ever registered.

use crate::engine::Engine;
use crate::model::{Catalog, EventSchema};
use crate::options::{Format, Options, Shape};
use crate::outputs::projection::{self, Projection};
use crate::outputs::sql;
use crate::table::{Table, tables_of};

/// The longest comment of a column that Glue stores, in bytes.
pub(crate) const LONGEST_COMMENT: usize = 255;

/// `CREATE EXTERNAL TABLE` for one type of event: one statement, and a second one if the type was
/// renamed, for the lines under its former name. Athena takes one statement at a time.
#[must_use]
pub fn table(catalog: &Catalog, event: &EventSchema, options: &Options) -> String {
    let statements = tables_of(catalog, event).into_iter().map(|table| statement(&table, options));
    head(options) + &statements.collect::<Vec<_>>().join("\n")
}

fn head(options: &Options) -> String {
    let guard = match (options.full_scans, options.shape) {
        (true, _) => "",
        (false, Shape::Parts) => {
            "Each query must name the year: year = '2026', or year IN ('2025', '2026'). Without it Athena\n\
             refuses the query (the column's projection type is injected)."
        }
        (false, Shape::Dt) => {
            "Athena cannot refuse a query without dt: set a limit of scanned bytes for the workgroup."
        }
    };
    sql::head("Amazon Athena, by event-log.", guard, options)
}

fn statement(table: &Table<'_>, options: &Options) -> String {
    let engine = Engine::Athena;
    let columns = table.columns.iter().map(|column| sql::column(engine, column, LONGEST_COMMENT));
    let keys = projection::of(options, table.name);
    let keys: Vec<_> =
        keys.iter().map(|(key, _)| format!("{} string", engine.quote(key))).collect();
    let properties = properties(table.name, options);
    let properties = properties
        .iter()
        .map(|(key, value)| format!("{} = {}", engine.text(key), engine.text(value)));
    format!(
        "CREATE EXTERNAL TABLE IF NOT EXISTS {} (\n{}\n)\n{}PARTITIONED BY ({})\n{}\nLOCATION {}\nTBLPROPERTIES (\n{}\n);\n",
        sql::table_name(engine, options, table.name),
        sql::indented(columns),
        comment(&table.description),
        keys.join(", "),
        stored_as(options.format),
        engine.text(&format!("{}/", options.location_of(table.name))),
        sql::indented(properties),
    )
}

fn comment(description: &str) -> String {
    match description {
        "" => String::new(),
        text => format!("COMMENT {}\n", Engine::Athena.text(text)),
    }
}

fn stored_as(format: Format) -> &'static str {
    match format {
        Format::Json => {
            "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'\n\
             WITH SERDEPROPERTIES ('ignore.malformed.json' = 'false', 'case.insensitive' = 'true')\n\
             STORED AS TEXTFILE"
        }
        Format::Parquet => "STORED AS PARQUET",
    }
}

/// The properties of the table in Athena and in Glue.
pub(crate) fn properties(event_type: &str, options: &Options) -> Vec<(String, String)> {
    let classification = match options.format {
        Format::Json => "json",
        Format::Parquet => "parquet",
    };
    let mut properties = vec![
        ("classification".to_owned(), classification.to_owned()),
        ("projection.enabled".to_owned(), "true".to_owned()),
    ];
    for (key, projection) in projection::of(options, event_type) {
        let settings = settings(&projection);
        properties.extend(
            settings.into_iter().map(|(name, value)| (format!("projection.{key}.{name}"), value)),
        );
    }
    let template = projection::location_template(options, event_type);
    properties.push(("storage.location.template".to_owned(), template));
    properties
}

fn settings(projection: &Projection) -> Vec<(&'static str, String)> {
    match projection {
        Projection::Named => vec![("type", "injected".to_owned())],
        Projection::Numbers { first, last, digits } => vec![
            ("type", "integer".to_owned()),
            ("range", format!("{first},{last}")),
            ("digits", digits.to_string()),
        ],
        Projection::Moments { format, first, unit } => vec![
            ("type", "date".to_owned()),
            ("format", (*format).to_owned()),
            ("range", format!("{first},NOW")),
            ("interval", "1".to_owned()),
            ("interval.unit", (*unit).to_owned()),
        ],
    }
}
