//! JSON Schema, draft 2020-12: what a whole line of one type looks like.

use crate::column_type::written;
use crate::json::Json;
use crate::model::{Catalog, EventSchema, Field, FieldType, Personal};
use crate::table::envelope_fields;

/// The schema of the lines of one type, as they stand in the log: with `params`, not flattened.
///
/// Keys that it does not name are allowed, so that a reader with an older schema takes newer lines.
#[must_use]
pub fn schema(catalog: &Catalog, event: &EventSchema) -> String {
    let mut properties = Vec::new();
    let mut required = Vec::new();
    for (name, field_type, nullable, description) in envelope_fields(catalog.envelope.user_id) {
        properties
            .push((name.to_owned(), of_envelope(event, name, &field_type, nullable, description)));
        required.push(Json::from(name));
    }
    for field in &catalog.envelope.common_fields {
        properties.push((field.name.clone(), of_field(field)));
        required.extend((!field.optional).then(|| Json::from(field.name.as_str())));
    }
    properties.push(("params".to_owned(), of_record(&event.fields)));
    required.push(Json::from("params"));

    let mut schema = Json::object([
        ("$schema", Json::from("https://json-schema.org/draft/2020-12/schema")),
        ("title", Json::from(event.event_type.as_str())),
    ]);
    schema.insert_text("description", &event.description);
    if event.deprecated.is_some() {
        schema.insert("deprecated", true);
    }
    schema.insert("type", "object");
    schema.insert("properties", Json::Object(properties));
    schema.insert("required", Json::List(required));
    schema.pretty()
}

fn of_envelope(
    event: &EventSchema,
    name: &str,
    field_type: &FieldType,
    nullable: bool,
    description: &str,
) -> Json {
    let mut schema = match name {
        "type" => Json::object([("const", Json::from(event.event_type.as_str()))]),
        "country_code" => Json::object([
            ("type", types("string", nullable)),
            ("pattern", Json::from("^[A-Z]{2}$")),
        ]),
        _ => of_type(field_type, nullable),
    };
    schema.insert("description", description);
    schema
}

fn of_field(field: &Field) -> Json {
    let mut schema = of_type(written(field), field.optional);
    schema.insert_text("description", &field.description);
    if field.deprecated.is_some() {
        schema.insert("deprecated", true);
    }
    if let Some(personal) = field.personal {
        schema.insert("x-personal", personal_mark(personal));
    }
    schema
}

/// How personal data is marked, in every output.
pub(crate) fn personal_mark(personal: Personal) -> &'static str {
    match personal {
        Personal::Hash => "hash",
        Personal::Mask => "mask",
    }
}

fn of_type(field_type: &FieldType, nullable: bool) -> Json {
    let plain = |name: &str| Json::object([("type", types(name, nullable))]);
    let text = |pattern: &str| {
        Json::object([("type", types("string", nullable)), ("pattern", Json::from(pattern))])
    };
    match field_type {
        FieldType::Boolean => plain("boolean"),
        &FieldType::Integer { bits, signed } => integer(bits, signed, nullable),
        FieldType::Float { bits } => Json::object([
            ("type", types("number", nullable)),
            ("format", Json::from(if *bits == 32 { "float" } else { "double" })),
        ]),
        &FieldType::Decimal { precision, scale } => decimal(precision, scale, nullable),
        FieldType::String => plain("string"),
        FieldType::Enum(values) => one_of(values, nullable),
        FieldType::Timestamp => {
            text(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$")
        }
        FieldType::Date => text(r"^\d{4}-\d\d-\d\d$"),
        FieldType::Time => text(r"^\d\d:\d\d:\d\d(\.\d{1,9})?$"),
        FieldType::DateTime => text(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?$"),
        FieldType::Uuid => text("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
        FieldType::Json => Json::Object(Vec::new()),
        FieldType::List(item) => Json::object([
            ("type", types("array", nullable)),
            ("items", of_type(&item.item_type, item.optional)),
        ]),
        FieldType::Map(item) => Json::object([
            ("type", types("object", nullable)),
            ("additionalProperties", of_type(&item.item_type, item.optional)),
        ]),
        FieldType::Record(fields) => nullable_record(fields, nullable),
    }
}

fn types(name: &str, nullable: bool) -> Json {
    if nullable { Json::List(vec![Json::from(name), Json::from("null")]) } else { Json::from(name) }
}

/// The bounds of 128 bits are powers of two, which validators that hold numbers as doubles hold exactly, too.
fn integer(bits: u8, signed: bool, nullable: bool) -> Json {
    let mut schema = Json::object([("type", types("integer", nullable))]);
    match (bits, signed) {
        (1..=64, true) => {
            schema.insert("minimum", i64::MIN >> (64 - bits));
            schema.insert("maximum", i64::MAX >> (64 - bits));
        }
        (1..=64, false) => {
            schema.insert("minimum", 0);
            schema.insert("maximum", u64::MAX >> (64 - bits));
        }
        (_, true) => {
            schema.insert("minimum", -2_f64.powi(127));
            schema.insert("exclusiveMaximum", 2_f64.powi(127));
        }
        (_, false) => {
            schema.insert("minimum", 0);
            schema.insert("exclusiveMaximum", 2_f64.powi(128));
        }
    }
    schema
}

/// A text, or a number, of so many digits before the point and behind it.
fn decimal(precision: u8, scale: u8, nullable: bool) -> Json {
    let mut names = vec![Json::from("string"), Json::from("number")];
    names.extend(nullable.then(|| Json::from("null")));
    let whole = precision.saturating_sub(scale);
    let fraction = if scale == 0 { String::new() } else { format!(r"(\.\d{{1,{scale}}}0*)?") };
    let bound = 10_f64.powi(whole.into());
    Json::object([
        ("type", Json::List(names)),
        ("pattern", Json::from(format!(r"^-?0*\d{{0,{whole}}}{fraction}$"))),
        ("exclusiveMinimum", Json::from(-bound)),
        ("exclusiveMaximum", Json::from(bound)),
    ])
}

fn one_of(values: &[String], nullable: bool) -> Json {
    let values = values.iter().map(|value| Json::from(value.as_str()));
    let null = nullable.then_some(Json::Value(serde_json::Value::Null));
    Json::object([("enum", Json::List(values.chain(null).collect()))])
}

fn nullable_record(fields: &[Field], nullable: bool) -> Json {
    let mut schema = of_record(fields);
    if let (true, Json::Object(members)) = (nullable, &mut schema) {
        members.retain(|(key, _)| key != "type");
        members.insert(0, ("type".to_owned(), types("object", true)));
    }
    schema
}

fn of_record(fields: &[Field]) -> Json {
    let properties = fields.iter().map(|field| (field.name.clone(), of_field(field))).collect();
    let required = fields.iter().filter(|field| !field.optional);
    let required = required.map(|field| Json::from(field.name.as_str())).collect();
    Json::object([
        ("type", Json::from("object")),
        ("properties", Json::Object(properties)),
        ("required", Json::List(required)),
    ])
}
