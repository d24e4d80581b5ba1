//! A JSON object whose values are looked into later.

use std::fmt;

use serde_core::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The names and values of an object, in its order, borrowed from its text.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs<'r>(Vec<(&'r str, &'r RawValue)>);

impl<'r> Pairs<'r> {
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'r str, &'r RawValue)> {
        self.0.iter().copied()
    }

    pub(super) fn get(&self, name: &str) -> Option<&'r RawValue> {
        self.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

impl<'de: 'r, 'r> Deserialize<'de> for Pairs<'r> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut pairs = Vec::new();
        // Keys are names of columns, in which JSON escapes nothing.
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}
