//! The members of a row of JSON.

use std::borrow::Cow;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::json::Cursor;
use crate::line::Key;

/// A row has hardly more.
pub(super) const MEMBERS: usize = 16;

/// Each key with the JSON text of its value.
pub(super) type Members<'a> = Vec<(Cow<'a, str>, &'a str)>;

/// The members of a row.
pub(super) fn members(text: &str) -> Result<Members<'_>, String> {
    if let Some(members) = plain_members(text) {
        return Ok(members);
    }
    serde_json::Deserializer::from_str(text)
        .deserialize_map(AnyMembers)
        .map_err(|error| error.to_string())
}

/// The same for a row in the form that `load` writes.
fn plain_members(text: &str) -> Option<Members<'_>> {
    let mut cursor = Cursor::new(text);
    let mut members = Vec::with_capacity(MEMBERS);
    cursor.literal(b"{")?;
    loop {
        let key = cursor.string()?;
        cursor.literal(b":")?;
        let value = cursor.value()?;
        members.push((key.is_plain.then_some(Cow::Borrowed(key.raw))?, value));
        if cursor.is_next(b'}') {
            return cursor.is_end().then_some(members);
        }
        cursor.literal(b",")?;
    }
}

struct AnyMembers;

impl<'de> Visitor<'de> for AnyMembers {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((key, value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
            members.push((key.0, value.get()));
        }
        Ok(members)
    }
}
