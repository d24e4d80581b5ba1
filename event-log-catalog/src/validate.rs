//! Whether a line is what the catalogue says of it.
//!
//! Values are read from the text itself, not from a parsed number: an integer of 128 bits, or `1.0`
//! where `1` is meant, would not be seen otherwise.

mod object;
mod scalar;
mod text;

use serde_json::value::RawValue;

use self::object::Object;
use crate::{Catalog, Envelope, EventSchema, Field, FieldType, ListItem};

/// Where a line is not what the catalogue says, and in what way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", if path.is_empty() { "the line" } else { path })]
pub struct Invalid {
    path: String,
    reason: String,
}

impl Invalid {
    /// The field, as in `params.goods[3].price`; empty if it is the line as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there: what was found, and what should be.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    fn new(reason: impl Into<String>) -> Self {
        Self { path: String::new(), reason: reason.into() }
    }

    /// The same, inside of the value under `key`.
    fn under(mut self, key: &str) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{key}{dot}{}", self.path);
        self
    }
}

impl Catalog {
    /// Checks a line, with or without its newline, against the schema of its type, and returns that.
    ///
    /// ```
    /// use event_log_catalog::Catalog;
    ///
    /// let catalog = Catalog::default();
    /// let invalid = catalog.validate("{\"id\":7}").unwrap_err();
    /// assert_eq!(invalid.to_string(), "id: 7 is no text");
    /// ```
    ///
    /// # Errors
    /// If it is no JSON object with the keys of a line in their order, if its type is not in the
    /// catalogue, or if a value is not what the schema says: of another type, beyond its range, null or
    /// absent where it must not be, or under a key that the schema does not have.
    pub fn validate(&self, line: &str) -> Result<&EventSchema, Invalid> {
        let line = Object::parse(line)?;
        let mut keys = line.members.iter();
        let mut next = |name: &str| match keys.next() {
            Some((key, value)) if key == name => Ok(*value),
            Some((key, _)) => Err(Invalid::new(format!("`{key}` stands where `{name}` should"))),
            None => Err(Invalid::new(format!("`{name}` is missing"))),
        };
        value(&FieldType::Uuid, next("id")?).map_err(|error| error.under("id"))?;
        value(&FieldType::Timestamp, next("date")?).map_err(|error| error.under("date"))?;
        let event = self.event_of(next("type")?).map_err(|error| error.under("type"))?;
        self.envelope.user_id(next("user_id")?).map_err(|error| error.under("user_id"))?;
        for name in ["locale", "country_code"] {
            or_null(&FieldType::String, next(name)?).map_err(|error| error.under(name))?;
        }
        let (last, common) = line.members[6..].split_last().ok_or_else(no_params)?;
        let (_, params) = Some(last).filter(|(key, _)| key == "params").ok_or_else(no_params)?;
        fields(&self.envelope.common_fields, common)?;
        let params = Object::parse(params.get());
        params
            .and_then(|params| fields(&event.fields, &params.members))
            .map_err(|error| error.under("params"))?;
        Ok(event)
    }

    fn event_of(&self, name: &RawValue) -> Result<&EventSchema, Invalid> {
        let name = scalar::string(name)?;
        let found = self.events.iter().find(|event| event.event_type == name);
        found.ok_or_else(|| Invalid::new(format!("`{name}` is not in the catalogue")))
    }
}

impl Envelope {
    fn user_id(&self, id: &RawValue) -> Result<(), Invalid> {
        or_null(&self.user_id.field_type(), id)
    }
}

fn no_params() -> Invalid {
    Invalid::new("`params` is not the last key")
}

/// The members of an object against those of a schema.
fn fields(schema: &[Field], members: &[(String, &RawValue)]) -> Result<(), Invalid> {
    for (key, raw) in members {
        let Some(field) = schema.iter().find(|field| field.name == *key) else {
            return Err(Invalid::new("is not in the schema").under(key));
        };
        item(&field.field_type, field.optional, raw).map_err(|error| error.under(key))?;
    }
    let is_there = |field: &Field| members.iter().any(|(key, _)| *key == field.name);
    match schema.iter().find(|field| !field.optional && !is_there(field)) {
        Some(missing) => Err(Invalid::new("is missing, but not optional").under(&missing.name)),
        None => Ok(()),
    }
}

fn item(field_type: &FieldType, optional: bool, raw: &RawValue) -> Result<(), Invalid> {
    match raw.get() {
        "null" if optional => Ok(()),
        "null" => Err(Invalid::new("is null, but not optional")),
        _ => value(field_type, raw),
    }
}

fn or_null(field_type: &FieldType, raw: &RawValue) -> Result<(), Invalid> {
    item(field_type, true, raw)
}

/// A value that is not null.
fn value(field_type: &FieldType, raw: &RawValue) -> Result<(), Invalid> {
    match field_type {
        FieldType::List(of) => list(of, raw),
        FieldType::Map(of) => map(of, raw),
        FieldType::Record(of) => fields(of, &Object::parse(raw.get())?.members),
        _ => scalar::check(field_type, raw),
    }
}

fn list(of: &ListItem, raw: &RawValue) -> Result<(), Invalid> {
    let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(raw.get()) else {
        return Err(Invalid::new(format!("{} is no list", scalar::shown(raw))));
    };
    for (index, raw) in items.into_iter().enumerate() {
        item(&of.item_type, of.optional, raw)
            .map_err(|error| error.under(&format!("[{index}]")))?;
    }
    Ok(())
}

fn map(of: &ListItem, raw: &RawValue) -> Result<(), Invalid> {
    for (key, raw) in Object::parse(raw.get())?.members {
        item(&of.item_type, of.optional, raw)
            .map_err(|error| error.under(&format!("[{key:?}]")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
