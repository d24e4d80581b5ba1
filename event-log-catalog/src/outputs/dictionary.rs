//! What both forms of the data dictionary show of an event.

use crate::column_type::written;
use crate::model::{Envelope, Field, FieldType};
use crate::outputs::json_schema::personal_mark;
use crate::table::envelope_fields;

/// One row of an event's table of fields.
#[derive(Debug)]
pub(crate) struct Row {
    /// `items[].sku`.
    pub(crate) path: String,
    /// `text`, `optional`, `personal data: hash`.
    pub(crate) type_name: String,
    pub(crate) marks: Vec<String>,
    pub(crate) description: String,
}

/// What all events have: the envelope, and the common fields.
pub(crate) fn common_rows(envelope: &Envelope) -> Vec<Row> {
    let row = |(name, field_type, nullable, description): (&str, FieldType, bool, &str)| Row {
        path: name.to_owned(),
        type_name: field_type.to_string(),
        marks: if nullable { vec!["optional".to_owned()] } else { Vec::new() },
        description: description.to_owned(),
    };
    let mut all: Vec<_> = envelope_fields(envelope.user_id).map(row).into();
    all.extend(rows(&envelope.common_fields, ""));
    all
}

/// The fields, and below each the members of its records.
pub(crate) fn rows(fields: &[Field], prefix: &str) -> Vec<Row> {
    fields.iter().flat_map(|field| rows_of(field, prefix)).collect()
}

fn rows_of(field: &Field, prefix: &str) -> Vec<Row> {
    let path = format!("{prefix}{}", field.name);
    let (suffix, members) = members(written(field));
    let mut all = vec![Row {
        path: path.clone(),
        type_name: written(field).to_string(),
        marks: marks(field),
        description: description(field),
    }];
    all.extend(rows(members, &format!("{path}{suffix}.")));
    all
}

/// The members of a record, also of one in a list or a map, and how the way there is written.
fn members(field_type: &FieldType) -> (String, &[Field]) {
    match field_type {
        FieldType::Record(fields) => (String::new(), fields),
        FieldType::List(item) => {
            let (suffix, fields) = members(&item.item_type);
            (format!("[]{suffix}"), fields)
        }
        FieldType::Map(item) => {
            let (suffix, fields) = members(&item.item_type);
            (format!("{{}}{suffix}"), fields)
        }
        _ => (String::new(), &[]),
    }
}

fn marks(field: &Field) -> Vec<String> {
    let mut marks = Vec::new();
    marks.extend(field.optional.then(|| "optional".to_owned()));
    marks.extend(field.personal.map(|how| format!("personal data: {}", personal_mark(how))));
    marks.extend(field.deprecated.as_ref().map(|_| "deprecated".to_owned()));
    marks
}

fn description(field: &Field) -> String {
    let mut parts = vec![field.description.clone()];
    parts.extend(field.deprecated.as_ref().map(|why| format!("Deprecated: {why}")));
    parts.extend(field.renamed_from.as_ref().map(|name| format!("Was called {name} before.")));
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}
