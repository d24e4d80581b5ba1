//! Constants to the owned model, which outputs and checks work on.

use event_log_catalog::{EventSchema, Field, FieldType, ListItem, Personal};

use crate::schema::{EventDescription, Kind, Member, Schema, Treatment};

/// The schema of one type of event.
pub(super) fn event(event: &EventDescription) -> EventSchema {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    EventSchema {
        event_type: event.event_type.to_owned(),
        description: event.description.to_owned(),
        owner: owned(event.owner),
        since: owned(event.since),
        deprecated: owned(event.deprecated),
        renamed_from: owned(event.renamed_from),
        fields: fields(event.params, false),
    }
}

/// The type of a value, and whether it may be null.
pub(super) fn field_type(schema: &Schema) -> (FieldType, bool) {
    let field_type = match schema.kind {
        Kind::Boolean => FieldType::Boolean,
        Kind::Integer { bits, signed } => FieldType::Integer { bits, signed },
        Kind::Float { bits } => FieldType::Float { bits },
        Kind::Decimal { precision, scale } => FieldType::Decimal { precision, scale },
        Kind::String => FieldType::String,
        Kind::Enum(texts) => FieldType::Enum(texts.iter().map(|&text| text.to_owned()).collect()),
        Kind::Timestamp => FieldType::Timestamp,
        Kind::Date => FieldType::Date,
        Kind::Time => FieldType::Time,
        Kind::DateTime => FieldType::DateTime,
        Kind::Uuid => FieldType::Uuid,
        Kind::Json => FieldType::Json,
        Kind::List(item) => FieldType::List(Box::new(list_item(item))),
        Kind::Map(value) => FieldType::Map(Box::new(list_item(value))),
        Kind::Record(members) => FieldType::Record(fields(members, false)),
    };
    (field_type, schema.optional)
}

fn list_item(schema: &Schema) -> ListItem {
    let (item_type, optional) = field_type(schema);
    ListItem { item_type, optional }
}

/// The members, with those of flattened ones in their place. Where such a one may be absent, all of its
/// own may.
fn fields(members: &[Member], all_optional: bool) -> Vec<Field> {
    let mut fields = Vec::with_capacity(members.len());
    for member in members {
        match member.schema.kind {
            Kind::Record(inner) if member.is_flattened => {
                fields.extend(self::fields(inner, all_optional || member.schema.optional));
            }
            _ => fields.push(field(member, all_optional)),
        }
    }
    fields
}

fn field(member: &Member, is_optional: bool) -> Field {
    let (field_type, optional) = field_type(&member.schema);
    Field {
        name: member.name.to_owned(),
        field_type,
        optional: optional || is_optional,
        description: member.description.to_owned(),
        personal: member.personal.map(|treatment| match treatment {
            Treatment::Hash => Personal::Hash,
            Treatment::Mask => Personal::Mask,
        }),
        deprecated: member.deprecated.map(str::to_owned),
        renamed_from: member.renamed_from.map(str::to_owned),
    }
}
