//! A JSON object as it is written: in its order, and with every key, also one that comes twice.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Invalid, scalar};

/// The members of an object, each key once.
pub(super) struct Object<'a> {
    pub(super) members: Vec<(String, &'a RawValue)>,
}

impl<'a> Object<'a> {
    /// Reads an object, in which a key that comes twice is a mistake.
    pub(super) fn parse(text: &'a str) -> Result<Self, Invalid> {
        let object: Self = serde_json::from_str(text).map_err(|error| {
            let is_json = serde_json::from_str::<&RawValue>(text);
            Invalid::new(match is_json {
                Ok(raw) => format!("{} is no object", scalar::shown(raw)),
                Err(_) => format!("it is not JSON: {error}"),
            })
        })?;
        for (index, (key, _)) in object.members.iter().enumerate() {
            if object.members[..index].iter().any(|(earlier, _)| earlier == key) {
                return Err(Invalid::new("stands twice").under(key));
            }
        }
        Ok(object)
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object { members })
            }
        }

        deserializer.deserialize_map(Members)
    }
}
