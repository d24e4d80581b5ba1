//! One line back to its event: a deserializer that knows both names of each field.
//!
//! In the line a field has the name that analysts see, or the place in the envelope that it fills;
//! serde asks for it by its name in Rust, or by one that `#[serde(rename)]` or `alias` gives it. Serde
//! tells which names it knows, so each field is offered under the one that is known.

use serde_core::de::value::{BorrowedStrDeserializer, MapDeserializer};
use serde_core::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error as _, VariantAccess, Visitor,
};
use serde_core::forward_to_deserialize_any;
use serde_json::Error;
use serde_json::value::RawValue;

use crate::schema::{Described, EventDescription, FieldName};
use crate::testing::error::ReadError;
use crate::testing::line::Line;

/// Reads the event of a line.
///
/// # Errors
/// If the line is of another type, or serde refuses it.
pub(super) fn read<'r, E: Described + Deserialize<'r>>(line: &Line<'r>) -> Result<E, ReadError> {
    let event_type = line.event_type();
    let event = short_name::<E>();
    let Some(description) = description_of::<E>(event_type) else {
        let event_type = event_type.to_owned();
        return Err(ReadError::OtherType { line: line.number(), event_type, event });
    };
    let personal = || description.fields.iter().filter(|field| field.is_personal);
    E::deserialize(EventDeserializer { line, description }).map_err(|source| {
        ReadError::Deserialize {
            line: line.number(),
            event_type: event_type.to_owned(),
            event,
            personal: personal().map(|field| field.name).collect(),
            text: line.text().to_owned(),
            source,
        }
    })
}

/// What is known of `event_type`, if it is one of the types of `E`.
pub(super) fn description_of<E: Described>(event_type: &str) -> Option<&'static EventDescription> {
    E::EVENTS.iter().find(|event| event.event_type == event_type)
}

/// The name of a Rust type without its modules and parameters.
pub(super) fn short_name<E>() -> &'static str {
    let path = std::any::type_name::<E>();
    let plain = path.split('<').next().unwrap_or(path);
    plain.rsplit("::").next().unwrap_or(plain)
}

#[derive(Clone, Copy)]
struct EventDeserializer<'l, 'r> {
    line: &'l Line<'r>,
    description: &'static EventDescription,
}

impl<'r> EventDeserializer<'_, 'r> {
    /// The fields of the event and their values, each under the name that is in `known`.
    fn fields(&self, known: &[&str]) -> Vec<(BorrowedStr<'r>, &'r RawValue)> {
        let present = |field: &FieldName| {
            let name = if known.contains(&field.name) { field.name } else { field.key };
            Some((BorrowedStrDeserializer::new(name), self.line.raw(field.key)?))
        };
        self.description.fields.iter().filter_map(present).collect()
    }

    /// Everything in the line, params and envelope side by side.
    fn columns(&self) -> Vec<(BorrowedStr<'r>, &'r RawValue)> {
        let envelope = self.line.envelope().iter().filter(|(key, _)| *key != "params");
        let columns = self.line.param_pairs().iter().chain(envelope);
        columns.map(|(name, value)| (BorrowedStrDeserializer::new(name), value)).collect()
    }
}

type BorrowedStr<'de> = BorrowedStrDeserializer<'de, Error>;

impl<'de> Deserializer<'de> for EventDeserializer<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(MapDeserializer::new(self.columns().into_iter()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(MapDeserializer::new(self.fields(fields).into_iter()))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(VariantDeserializer { event: self, variants })
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit seq tuple tuple_struct map identifier ignored_any
    }
}

/// An enum whose variant is that of the line.
struct VariantDeserializer<'l, 'de> {
    event: EventDeserializer<'l, 'de>,
    variants: &'static [&'static str],
}

impl<'de> EnumAccess<'de> for VariantDeserializer<'_, 'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Error> {
        let EventDescription { event_type, variant, .. } = *self.event.description;
        let name = variant.filter(|name| self.variants.contains(name)).unwrap_or(event_type);
        let name: BorrowedStr<'de> = BorrowedStrDeserializer::new(name);
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for VariantDeserializer<'_, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self.event)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::custom("the variant of an event has named fields"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.event.deserialize_struct("", fields, visitor)
    }
}
