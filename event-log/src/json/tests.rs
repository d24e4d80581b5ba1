//! Every kind of value, beside what `serde_json` makes of it.

use std::collections::BTreeMap;
use std::fmt;

use proptest::prelude::*;
use serde_core::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};
use serde_json::value::RawValue;

use super::*;

/// One of everything that serde's data model has.
#[derive(Clone, Debug)]
enum Any {
    Bool(bool),
    I8(i8),
    I16(i16),
    I32(i32),
    I64(i64),
    I128(i128),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    U128(u128),
    F32(f32),
    F64(f64),
    Char(char),
    Str(String),
    Displayed(String),
    Bytes(Vec<u8>),
    None,
    Some(Box<Any>),
    Unit,
    UnitStruct,
    UnitVariant(&'static str),
    NewtypeStruct(Box<Any>),
    NewtypeVariant(&'static str, Box<Any>),
    Seq(Vec<Any>),
    Tuple(Vec<Any>),
    TupleStruct(Vec<Any>),
    TupleVariant(&'static str, Vec<Any>),
    Map(Vec<(Any, Any)>),
    Struct(Vec<(&'static str, Any)>),
    StructVariant(&'static str, Vec<(&'static str, Any)>),
    Raw(Box<RawValue>),
}

impl Serialize for Any {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::I8(value) => serializer.serialize_i8(*value),
            Self::I16(value) => serializer.serialize_i16(*value),
            Self::I32(value) => serializer.serialize_i32(*value),
            Self::I64(value) => serializer.serialize_i64(*value),
            Self::I128(value) => serializer.serialize_i128(*value),
            Self::U8(value) => serializer.serialize_u8(*value),
            Self::U16(value) => serializer.serialize_u16(*value),
            Self::U32(value) => serializer.serialize_u32(*value),
            Self::U64(value) => serializer.serialize_u64(*value),
            Self::U128(value) => serializer.serialize_u128(*value),
            Self::F32(value) => serializer.serialize_f32(*value),
            Self::F64(value) => serializer.serialize_f64(*value),
            Self::Char(value) => serializer.serialize_char(*value),
            Self::Str(value) => serializer.serialize_str(value),
            Self::Displayed(value) => serializer.collect_str(&format_args!("<{value}|{value}>")),
            Self::Bytes(value) => serializer.serialize_bytes(value),
            Self::None => serializer.serialize_none(),
            Self::Some(value) => serializer.serialize_some(value),
            Self::Unit => serializer.serialize_unit(),
            Self::UnitStruct => serializer.serialize_unit_struct("Any"),
            Self::UnitVariant(name) => serializer.serialize_unit_variant("Any", 0, name),
            Self::NewtypeStruct(value) => serializer.serialize_newtype_struct("Any", value),
            Self::NewtypeVariant(name, value) => {
                serializer.serialize_newtype_variant("Any", 0, name, value)
            }
            Self::Seq(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                values.iter().try_for_each(|value| list.serialize_element(value))?;
                list.end()
            }
            Self::Tuple(values) => {
                let mut list = serializer.serialize_tuple(values.len())?;
                values.iter().try_for_each(|value| list.serialize_element(value))?;
                list.end()
            }
            Self::TupleStruct(values) => {
                let mut list = serializer.serialize_tuple_struct("Any", values.len())?;
                values.iter().try_for_each(|value| list.serialize_field(value))?;
                list.end()
            }
            Self::TupleVariant(name, values) => {
                let mut list = serializer.serialize_tuple_variant("Any", 0, name, values.len())?;
                values.iter().try_for_each(|value| list.serialize_field(value))?;
                list.end()
            }
            Self::Map(entries) => {
                // Without the number of entries: both must do with and without.
                let mut map = serializer.serialize_map(None)?;
                entries.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
            Self::Struct(fields) => {
                let mut object = serializer.serialize_struct("Any", fields.len())?;
                fields.iter().try_for_each(|(key, value)| object.serialize_field(key, value))?;
                object.end()
            }
            Self::StructVariant(name, fields) => {
                let mut object =
                    serializer.serialize_struct_variant("Any", 0, name, fields.len())?;
                fields.iter().try_for_each(|(key, value)| object.serialize_field(key, value))?;
                object.end()
            }
            Self::Raw(value) => value.serialize(serializer),
        }
    }
}

/// Text with more than its share of what needs an escape.
fn text() -> impl Strategy<Value = String> {
    "([a-z]|[\\PC]|[\"\\\\\u{0}-\u{1f}\u{7f}\u{2028}😀]){0,40}"
}

fn name() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("name"), Just("名前"), Just("a \"quoted\"\n\\ name"), Just("")]
}

fn scalar() -> impl Strategy<Value = Any> {
    prop_oneof![
        any::<bool>().prop_map(Any::Bool),
        any::<i8>().prop_map(Any::I8),
        any::<i16>().prop_map(Any::I16),
        any::<i32>().prop_map(Any::I32),
        any::<i64>().prop_map(Any::I64),
        any::<i128>().prop_map(Any::I128),
        any::<u8>().prop_map(Any::U8),
        any::<u16>().prop_map(Any::U16),
        any::<u32>().prop_map(Any::U32),
        any::<u64>().prop_map(Any::U64),
        any::<u128>().prop_map(Any::U128),
        any::<u32>().prop_map(|bits| Any::F32(f32::from_bits(bits))),
        any::<u64>().prop_map(|bits| Any::F64(f64::from_bits(bits))),
        (-1_000_000..1_000_000).prop_map(|n| Any::F64(f64::from(n) / 100.0)),
        any::<char>().prop_map(Any::Char),
        text().prop_map(Any::Str),
        text().prop_map(Any::Displayed),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(Any::Bytes),
        Just(Any::None),
        Just(Any::Unit),
        Just(Any::UnitStruct),
        name().prop_map(Any::UnitVariant),
        prop_oneof![Just(" [1, 2]"), Just("{\"a\" :  1e5}"), Just("\"\\u0041\"")]
            .prop_map(|json| Any::Raw(RawValue::from_string(json.to_owned()).unwrap())),
    ]
}

fn any_value() -> impl Strategy<Value = Any> {
    scalar().prop_recursive(4, 40, 6, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        let many = || prop::collection::vec(inner.clone(), 0..6);
        let fields = || prop::collection::vec((name(), inner.clone()), 0..6);
        prop_oneof![
            boxed.clone().prop_map(Any::Some),
            boxed.clone().prop_map(Any::NewtypeStruct),
            (name(), boxed).prop_map(|(name, value)| Any::NewtypeVariant(name, value)),
            many().prop_map(Any::Seq),
            many().prop_map(Any::Tuple),
            many().prop_map(Any::TupleStruct),
            (name(), many()).prop_map(|(name, values)| Any::TupleVariant(name, values)),
            prop::collection::vec((scalar(), inner.clone()), 0..6).prop_map(Any::Map),
            fields().prop_map(Any::Struct),
            (name(), fields()).prop_map(|(name, fields)| Any::StructVariant(name, fields)),
        ]
    })
}

fn ours(value: &impl Serialize) -> Result<String, String> {
    let mut line = LineBuffer::default();
    line.start(1 << 20);
    value.serialize(Json::new(&mut line)).map_err(|error| error.to_string())?;
    Ok(String::from_utf8(line.as_slice().to_vec()).unwrap())
}

fn theirs(value: &impl Serialize) -> Result<String, String> {
    serde_json::to_string(value).map_err(|error| error.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_value_is_written_as_serde_json_writes_it(value in any_value()) {
        prop_assert_eq!(ours(&value), theirs(&value));
    }

    #[test]
    fn every_text_is_written_as_serde_json_writes_it(text: String, escaped in text()) {
        prop_assert_eq!(ours(&text), theirs(&text));
        prop_assert_eq!(ours(&escaped), theirs(&escaped));
    }
}

#[test]
fn keys_of_maps_follow_the_rules_of_serde_json() {
    let numbers = BTreeMap::from([(-1, true), (2, false)]);
    assert_eq!(ours(&numbers).unwrap(), r#"{"-1":true,"2":false}"#);
    assert_eq!(ours(&BTreeMap::from([(true, 1)])).unwrap(), r#"{"true":1}"#);
    assert_eq!(ours(&BTreeMap::from([((), 1)])).unwrap_err(), "key must be a string");
    assert_eq!(ours(&BTreeMap::from([([1], 1)])).unwrap_err(), "key must be a string");
}

#[test]
fn a_list_that_is_longer_than_it_said_is_valid_all_the_same() {
    struct Liar;
    impl Serialize for Liar {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut list = serializer.serialize_seq(Some(0))?;
            list.serialize_element(&1)?;
            list.end()
        }
    }
    assert_eq!(ours(&Liar).unwrap(), "[1]");
}

#[test]
fn a_display_that_fails_is_an_error_and_no_panic() {
    struct Failing;
    impl fmt::Display for Failing {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Err(fmt::Error)
        }
    }
    impl Serialize for Failing {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(self)
        }
    }
    assert!(ours(&Failing).is_err());
}
