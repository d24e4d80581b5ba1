//! Examples for who reads the dictionary: a line, and a query.

use crate::engine::Engine;
use crate::json::Json;
use crate::model::{Catalog, EventSchema, Field, FieldType, Personal, UserIdType};
use crate::options::Options;
use crate::outputs::sql;
use crate::partition;

/// A line of one type as it stands in the log, with made-up values of the right types.
///
/// ```
/// use event_log_catalog::{Catalog, EventSchema, example_line};
///
/// let event: EventSchema = serde_json::from_str(r#"{"type": "sign_out", "fields": []}"#)?;
/// assert!(example_line(&Catalog::default(), &event).contains(r#""type":"sign_out""#));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn example_line(catalog: &Catalog, event: &EventSchema) -> String {
    let user_id = match catalog.envelope.user_id {
        UserIdType::Integer => Json::from(42),
        UserIdType::String => Json::from("u-42"),
    };
    let mut line = Json::object([
        ("id", Json::from("019ab3f4-5c21-7d0e-8b6a-2f1c9d3e4a5b")),
        ("date", Json::from("2026-11-22T03:04:05Z")),
        ("type", Json::from(event.event_type.as_str())),
        ("user_id", user_id),
        ("locale", Json::from("ja")),
        ("country_code", Json::from("JP")),
    ]);
    for field in &catalog.envelope.common_fields {
        line.insert(&field.name, of_field(field));
    }
    line.insert("params", of_record(&event.fields));
    line.to_string()
}

fn of_record(fields: &[Field]) -> Json {
    Json::Object(fields.iter().map(|field| (field.name.clone(), of_field(field))).collect())
}

fn of_field(field: &Field) -> Json {
    match field.personal {
        Some(Personal::Hash) => Json::from("5f1d7a84db00d2fce00b31a7fc73224f"),
        Some(Personal::Mask) => Json::from("***"),
        None => of_type(&field.field_type, &field.name),
    }
}

fn of_type(field_type: &FieldType, name: &str) -> Json {
    match field_type {
        FieldType::Boolean => Json::from(true),
        FieldType::Integer { .. } => Json::from(3),
        FieldType::Float { .. } => Json::from(12.5),
        FieldType::Decimal { scale: 0, .. } => Json::from("12"),
        FieldType::Decimal { scale, .. } => {
            Json::from(format!("12.{:0<1$}", 5, usize::from(*scale)))
        }
        FieldType::String => Json::from(format!("some {}", name.replace('_', " "))),
        FieldType::Enum(values) => Json::from(values.first().map_or("", String::as_str)),
        FieldType::Timestamp => Json::from("2026-11-22T03:04:05Z"),
        FieldType::Date => Json::from("2026-11-22"),
        FieldType::Time => Json::from("03:04:05"),
        FieldType::DateTime => Json::from("2026-11-22T03:04:05"),
        FieldType::Uuid => Json::from("5b0f1d9c-3a62-4e57-9f0b-7c2d8e6a1b34"),
        FieldType::Json => Json::object([("any", Json::from("thing"))]),
        FieldType::List(item) => Json::List(vec![of_type(&item.item_type, name)]),
        FieldType::Map(item) => Json::object([("key", of_type(&item.item_type, name))]),
        FieldType::Record(fields) => of_record(fields),
    }
}

/// A query over one day of one type, for Athena, Trino and DuckDB; the others quote names with backticks.
#[must_use]
pub fn example_query(event: &EventSchema, options: &Options) -> String {
    let table = sql::table_name(Engine::Trino, options, &event.event_type);
    let filter = partition::example_filter(options);
    let counts = "count(*) AS events, count(DISTINCT user_id) AS users";
    match event.fields.iter().find(|field| is_grouping(&field.field_type)) {
        Some(field) => {
            let column = Engine::Trino.quote(&field.name.to_lowercase());
            format!(
                "SELECT {column}, {counts}\nFROM {table}\nWHERE {filter}\nGROUP BY {column}\nORDER BY events DESC"
            )
        }
        None => format!("SELECT {counts}\nFROM {table}\nWHERE {filter}"),
    }
}

/// Whether a column has few values, so that counting by it says something.
fn is_grouping(field_type: &FieldType) -> bool {
    matches!(field_type, FieldType::Enum(_) | FieldType::Boolean)
}
