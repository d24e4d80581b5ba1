//! What a catalogue no longer has, and must not have again with another meaning.

use serde::{Deserialize, Serialize};

use crate::change::{Change, ChangeKind};
use crate::column_type::written;
use crate::model::{Catalog, EventSchema, Field, FieldType};

/// Events and fields that were removed or renamed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Removed {
    /// The events, as they last were, in the order of their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventSchema>,
    /// The fields of events that are still there, in the order of their places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<RemovedField>,
}

/// A field that was removed or renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RemovedField {
    /// Where it was: [`Change::place`].
    pub place: String,
    /// What it held.
    #[serde(rename = "type")]
    pub field_type: FieldType,
}

impl Removed {
    /// Whether nothing was ever removed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.fields.is_empty()
    }

    /// What the field at `place` held before it was removed.
    pub(crate) fn field(&self, place: &str) -> Option<&FieldType> {
        self.fields.iter().find(|field| field.place == place).map(|field| &field.field_type)
    }

    /// What is to be remembered once `changes`, which lead away from `old`, are accepted.
    pub(crate) fn after(&self, old: &Catalog, changes: &[Change]) -> Self {
        let mut removed = self.clone();
        for change in changes {
            removed.apply(old, change);
        }
        removed.events.sort_by(|a, b| a.event_type.cmp(&b.event_type));
        removed.fields.sort_by(|a, b| a.place.cmp(&b.place));
        removed
    }

    fn apply(&mut self, old: &Catalog, change: &Change) {
        let place = change.place.as_str();
        match &change.kind {
            ChangeKind::EventRemoved => self.add_event(old, place),
            ChangeKind::EventRenamed { from } => self.add_event(old, from),
            ChangeKind::EventReturned => self.events.retain(|event| event.event_type != place),
            ChangeKind::FieldRemoved => self.add_field(old, place.to_owned()),
            ChangeKind::FieldRenamed { from } => {
                let parent = place.rsplit_once('.').map_or("", |(parent, _)| parent);
                self.add_field(old, format!("{parent}.{from}"));
            }
            ChangeKind::FieldReturned => self.fields.retain(|field| field.place != place),
            _ => {}
        }
    }

    fn add_event(&mut self, old: &Catalog, event_type: &str) {
        let gone = old.events.iter().filter(|event| event.event_type == event_type);
        self.events.extend(gone.cloned());
    }

    fn add_field(&mut self, old: &Catalog, place: String) {
        if let Some(field_type) = type_at(old, &place) {
            self.fields.retain(|field| field.place != place);
            self.fields.push(RemovedField { place, field_type: field_type.clone() });
        }
    }
}

/// The type of the field at a [`Change::place`].
fn type_at<'a>(catalog: &'a Catalog, place: &str) -> Option<&'a FieldType> {
    let (event, path) = place.split_once('.')?;
    let mut fields = match event {
        "*" => &catalog.envelope.common_fields,
        _ => &find_event(catalog, event)?.fields,
    };
    let mut names = path.split('.').map(|name| name.trim_end_matches(['[', ']', '{', '}']));
    let mut field = find(fields, names.next()?)?;
    for name in names {
        fields = members(&field.field_type)?;
        field = find(fields, name)?;
    }
    Some(written(field))
}

fn members(field_type: &FieldType) -> Option<&Vec<Field>> {
    match field_type {
        FieldType::Record(fields) => Some(fields),
        FieldType::List(item) | FieldType::Map(item) => members(&item.item_type),
        _ => None,
    }
}

fn find<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    fields.iter().find(|field| field.name == name)
}

fn find_event<'a>(catalog: &'a Catalog, event_type: &str) -> Option<&'a EventSchema> {
    catalog.events.iter().find(|event| event.event_type == event_type)
}
