//! A JSON object whose values are looked into later: with it the test kit and the follower take lines
//! apart.

use std::fmt;
use std::marker::PhantomData;

use serde_core::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The keys and values of an object, in its order, borrowed from its text.
///
/// A key is a `K`; `&str` takes those in which JSON escapes nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs<'a, K>(pub(crate) Vec<(K, &'a RawValue)>);

#[cfg(feature = "testing")]
impl<'a> Pairs<'a, &'a str> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'a str, &'a RawValue)> {
        self.0.iter().copied()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

impl<'de: 'a, 'a, K: Deserialize<'de>> Deserialize<'de> for Pairs<'a, K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor(PhantomData))
    }
}

struct PairsVisitor<'a, K>(PhantomData<(K, &'a RawValue)>);

impl<'de: 'a, 'a, K: Deserialize<'de>> Visitor<'de> for PairsVisitor<'a, K> {
    type Value = Pairs<'a, K>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        // As many as most lines have.
        let mut pairs = Vec::with_capacity(8);
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}
