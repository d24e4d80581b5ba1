//! Pairs the old with the new, by name or by a declared rename, and says what differs in each pair.

use super::meaning;
use super::{Change, ChangeKind, types};
use crate::column_type::written;
use crate::lock::Removed;
use crate::model::{Catalog, EventSchema, Field, FieldType, ListItem, UserIdType};

/// All changes from `old` to `new`, in the order of `new`, those of the envelope first.
///
/// ```
/// use event_log_catalog::{Catalog, change};
///
/// let catalog = Catalog::default();
/// assert!(change::compare(&catalog, &catalog).is_empty());
/// ```
#[must_use]
pub fn compare(old: &Catalog, new: &Catalog) -> Vec<Change> {
    compare_with(&Removed::default(), old, new)
}

/// The same, with what was removed earlier: a name must not come back with another meaning.
pub(crate) fn compare_with(removed: &Removed, old: &Catalog, new: &Catalog) -> Vec<Change> {
    let mut comparison = Comparison { removed, changes: Vec::new() };
    comparison.user_id(old.envelope.user_id, new.envelope.user_id);
    comparison.fields("*", &old.envelope.common_fields, &new.envelope.common_fields);
    comparison.events(&old.events, &new.events);
    comparison.changes
}

struct Comparison<'a> {
    removed: &'a Removed,
    changes: Vec<Change>,
}

impl Comparison<'_> {
    fn user_id(&mut self, old: UserIdType, new: UserIdType) {
        self.types("*.user_id", &old.field_type(), &new.field_type());
    }

    fn events(&mut self, old: &[EventSchema], new: &[EventSchema]) {
        let named = |events: &[EventSchema], name: &str| {
            events.iter().any(|event| event.event_type == name)
        };
        for event in new {
            let place = event.event_type.as_str();
            let former = event.renamed_from.as_deref().filter(|former| !named(new, former));
            if let Some(before) = find_event(old, place) {
                self.event(place, before, event);
            } else if let Some(before) = former.and_then(|former| find_event(old, former)) {
                self.changes.push(meaning::event_renamed(place, &before.event_type));
                self.event(place, before, event);
            } else if let Some(before) = find_event(&self.removed.events, place) {
                self.changes.push(meaning::event_returned(place));
                self.event(place, before, event);
            } else {
                self.changes.push(meaning::event_added(place));
            }
        }
        let is_kept = |event: &EventSchema| {
            named(new, &event.event_type)
                || new.iter().any(|new| {
                    new.renamed_from.as_ref() == Some(&event.event_type)
                        && !named(old, &new.event_type)
                })
        };
        for gone in old.iter().filter(|event| !is_kept(event)) {
            self.changes.push(meaning::event_removed(&gone.event_type));
        }
    }

    fn event(&mut self, place: &str, old: &EventSchema, new: &EventSchema) {
        let words = |event: &EventSchema| {
            let EventSchema { description, owner, since, deprecated, renamed_from, .. } =
                event.clone();
            (description, owner, since, deprecated, renamed_from)
        };
        let is_renamed = old.event_type != new.event_type;
        if !is_renamed && words(old) != words(new) {
            self.changes.push(Change::safe(place, ChangeKind::Described));
        }
        self.fields(place, &old.fields, &new.fields);
    }

    fn fields(&mut self, place: &str, old: &[Field], new: &[Field]) {
        for field in new {
            self.field_among(place, old, new, field);
        }
        let is_kept = |field: &Field| {
            find(new, &field.name).is_some()
                || new.iter().any(|new| {
                    new.renamed_from.as_ref() == Some(&field.name) && find(old, &new.name).is_none()
                })
        };
        for gone in old.iter().filter(|field| !is_kept(field)) {
            self.changes.push(meaning::field_removed(&format!("{place}.{}", gone.name)));
        }
        let order = |fields: &[Field], others: &[Field]| -> Vec<String> {
            let names = fields.iter().map(|field| field.name.clone());
            names.filter(|name| find(others, name).is_some()).collect()
        };
        if order(old, new) != order(new, old) {
            self.changes.push(Change::safe(place, ChangeKind::Reordered));
        }
    }

    fn field_among(&mut self, place: &str, old: &[Field], new: &[Field], field: &Field) {
        let inner = format!("{place}.{}", field.name);
        let former = field.renamed_from.as_deref().filter(|former| find(new, former).is_none());
        if let Some(before) = find(old, &field.name) {
            self.field(&inner, before, field);
        } else if let Some(before) = former.and_then(|former| find(old, former)) {
            self.changes.push(meaning::field_renamed(&inner, &before.name));
            self.field(&inner, before, field);
        } else if let Some(before) = self.removed.field(&inner) {
            self.changes.push(meaning::field_returned(&inner));
            self.types(&inner, before, written(field));
        } else {
            self.changes.push(meaning::field_added(&inner, field.optional));
        }
    }

    fn field(&mut self, place: &str, old: &Field, new: &Field) {
        let words = |field: &Field| {
            (field.description.clone(), field.deprecated.clone(), field.renamed_from.clone())
        };
        if old.name == new.name && words(old) != words(new) {
            self.changes.push(Change::safe(place, ChangeKind::Described));
        }
        if old.personal != new.personal {
            self.changes.push(meaning::personal_changed(place));
        }
        let is_list = matches!(written(old), FieldType::List(_));
        self.optional(place, old.optional, new.optional, is_list);
        self.types(place, written(old), written(new));
    }

    /// `has_mode`: whether BigQuery has another type for what may be null.
    fn optional(&mut self, place: &str, old: bool, new: bool, has_mode: bool) {
        match (old, new) {
            (false, true) => self.changes.push(meaning::made_optional(place, has_mode)),
            (true, false) => self.changes.push(meaning::made_required(place, has_mode)),
            _ => {}
        }
    }

    fn types(&mut self, place: &str, old: &FieldType, new: &FieldType) {
        match (old, new) {
            (FieldType::List(old), FieldType::List(new)) => {
                self.items(&format!("{place}[]"), old, new, true);
            }
            (FieldType::Map(old), FieldType::Map(new)) => {
                self.items(&format!("{place}{{}}"), old, new, false);
            }
            (FieldType::Record(old), FieldType::Record(new))
                if old.is_empty() == new.is_empty() =>
            {
                self.fields(place, old, new);
            }
            _ if old == new => {}
            _ => self.changes.push(types::changed(place, old, new)),
        }
    }

    fn items(&mut self, place: &str, old: &ListItem, new: &ListItem, has_mode: bool) {
        self.optional(place, old.optional, new.optional, has_mode);
        self.types(place, &old.item_type, &new.item_type);
    }
}

fn find<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    fields.iter().find(|field| field.name == name)
}

fn find_event<'a>(events: &'a [EventSchema], name: &str) -> Option<&'a EventSchema> {
    events.iter().find(|event| event.event_type == name)
}
