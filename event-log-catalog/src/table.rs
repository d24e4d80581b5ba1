//! The table of one type of event: the columns of the flattened lake, in order.

use crate::column_type::{ColumnType, one_line, with_former_names, written};
use crate::model::{Catalog, Envelope, EventSchema, Field, FieldType, UserIdType};

/// One column of the table that a type of event becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// Its name, in lower case.
    pub name: String,
    /// What it holds.
    pub column_type: ColumnType,
    /// Whether a line may lack it, or hold null there.
    pub nullable: bool,
    /// What the doc comment says, in one line; empty if there is none.
    pub description: String,
}

/// The columns of `event` in a lake: `id`, `date`, `type`, `user_id`, `locale`, `country_code`, the
/// common fields, the params; then the names that renamed ones had before. The partition columns are
/// not among them.
///
/// All names are in lower case. A param with the name of a common field is `params_<name>`, as the
/// loader calls it.
///
/// ```
/// use event_log_catalog::{Catalog, EventSchema, columns};
///
/// let event: EventSchema = serde_json::from_str(
///     r#"{"type": "lesson_cleared", "fields": [{"name": "score", "type": {"integer": {"bits": 8, "signed": false}}}]}"#,
/// )?;
/// let names: Vec<_> =
///     columns(&Catalog::default().envelope, &event).into_iter().map(|column| column.name).collect();
/// assert_eq!(names, ["id", "date", "type", "user_id", "locale", "country_code", "score"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn columns(envelope: &Envelope, event: &EventSchema) -> Vec<Column> {
    let mut columns = envelope_columns(envelope.user_id);
    columns.extend(with_former_names(&envelope.common_fields, Column::of));
    for mut param in with_former_names(&event.fields, Column::of) {
        if columns.iter().any(|column| column.name == param.name) {
            param.name = format!("params_{}", param.name);
        }
        columns.push(param);
    }
    columns
}

impl Column {
    fn of(field: &Field, name: &str, description: String) -> Self {
        Self {
            name: name.to_lowercase(),
            column_type: ColumnType::from(written(field)),
            nullable: field.optional,
            description,
        }
    }
}

/// One table of the lake.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    /// Its name, which is that of its directory.
    pub(crate) name: &'a str,
    pub(crate) columns: Vec<Column>,
    /// What it holds, in one line.
    pub(crate) description: String,
}

/// A table for each type, and one for each name that a type had before: the older lines are there.
pub(crate) fn tables(catalog: &Catalog) -> Vec<Table<'_>> {
    catalog.events.iter().flat_map(|event| tables_of(catalog, event)).collect()
}

/// The table of one type, and that of its former name.
pub(crate) fn tables_of<'a>(catalog: &Catalog, event: &'a EventSchema) -> Vec<Table<'a>> {
    let table =
        |name, description| Table { name, columns: columns(&catalog.envelope, event), description };
    let mut tables = vec![table(event.event_type.as_str(), described(event))];
    let is_taken = |name: &str| catalog.events.iter().any(|other| other.event_type == name);
    if let Some(former) = event.renamed_from.as_deref().filter(|former| !is_taken(former)) {
        tables.push(table(former, format!("Renamed to {}.", event.event_type)));
    }
    tables
}

fn described(event: &EventSchema) -> String {
    let mut sentences = vec![one_line(&event.description)];
    sentences.extend(event.owner.as_ref().map(|owner| format!("Owner: {owner}.")));
    sentences.extend(event.since.as_ref().map(|since| format!("Since: {since}.")));
    sentences.extend(event.deprecated.as_ref().map(|why| format!("Deprecated: {}", one_line(why))));
    sentences.retain(|sentence| !sentence.is_empty());
    sentences.join(" ")
}

fn envelope_columns(user_id: UserIdType) -> Vec<Column> {
    let column =
        |(name, field_type, nullable, description): (&str, FieldType, bool, &str)| Column {
            name: name.to_owned(),
            column_type: ColumnType::from(&field_type),
            nullable,
            description: description.to_owned(),
        };
    envelope_fields(user_id).map(column).into()
}

/// Name, type, whether it may be null, and meaning of what every line has beside common fields and params.
pub(crate) fn envelope_fields(
    user_id: UserIdType,
) -> [(&'static str, FieldType, bool, &'static str); 6] {
    [
        ("id", FieldType::Uuid, false, "Unique: a UUID of version 7. Remove duplicates by it."),
        ("date", FieldType::Timestamp, false, "When it happened, in UTC."),
        ("type", FieldType::String, false, "The type of event."),
        ("user_id", user_id.field_type(), true, "Who did it."),
        ("locale", FieldType::String, true, "In which language: a BCP 47 tag."),
        ("country_code", FieldType::String, true, "In which country: ISO 3166-1 alpha-2."),
    ]
}
