//! The schemas of types, one by one.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use event_log::catalog::{Field, FieldType, ListItem, common_field};
use event_log::{EventField, Schema};
use serde::Serialize;
use serde_json::json;

/// The type of the values, and whether they may be null.
fn schema<F: EventField + ?Sized>() -> (FieldType, bool) {
    let Field { field_type, optional, .. } = common_field::<F>("", "");
    (field_type, optional)
}

/// The schema as JSON, for records.
fn members<F: EventField + ?Sized>() -> serde_json::Value {
    let FieldType::Record(members) = schema::<F>().0 else { panic!("no record") };
    let member = |field: &Field| {
        let optional = if field.optional { "?" } else { "" };
        let field_type = serde_json::to_value(&field.field_type).expect("a type is plain data");
        (format!("{}{optional}", field.name), field_type)
    };
    members.iter().map(member).collect::<serde_json::Map<_, _>>().into()
}

fn list(item_type: FieldType, optional: bool) -> FieldType {
    FieldType::List(Box::new(ListItem { item_type, optional }))
}

const fn integer(bits: u8, signed: bool) -> FieldType {
    FieldType::Integer { bits, signed }
}

#[test]
fn numbers_have_their_bits() {
    assert_eq!(schema::<i8>(), (integer(8, true), false));
    assert_eq!(schema::<u128>(), (integer(128, false), false));
    assert_eq!(schema::<usize>(), (integer(64, false), false));
    assert_eq!(schema::<std::num::NonZeroU16>(), (integer(16, false), false));
    assert_eq!(schema::<bool>(), (FieldType::Boolean, false));
}

#[test]
fn floats_may_be_null_as_nan_is() {
    assert_eq!(schema::<f32>(), (FieldType::Float { bits: 32 }, true));
    assert_eq!(schema::<Vec<f64>>(), (list(FieldType::Float { bits: 64 }, true), false));
}

#[test]
fn pointers_and_cells_are_what_they_hold() {
    let string = (FieldType::String, false);
    assert_eq!(schema::<&str>(), string);
    assert_eq!(schema::<Cow<'_, str>>(), string);
    assert_eq!(schema::<Box<str>>(), string);
    assert_eq!(schema::<Arc<Rc<String>>>(), string);
    assert_eq!(schema::<&mut char>(), string);
    assert_eq!(schema::<Cell<Option<u8>>>(), (integer(8, false), true));
}

#[test]
fn lists_and_sets_are_lists() {
    let expected = (list(integer(8, false), false), false);
    assert_eq!(schema::<Vec<u8>>(), expected);
    assert_eq!(schema::<[u8]>(), expected);
    assert_eq!(schema::<[u8; 40]>(), expected);
    assert_eq!(schema::<VecDeque<u8>>(), expected);
    assert_eq!(schema::<LinkedList<u8>>(), expected);
    assert_eq!(schema::<BinaryHeap<u8>>(), expected);
    assert_eq!(schema::<BTreeSet<u8>>(), expected);
    assert_eq!(schema::<HashSet<u8>>(), expected);
    assert_eq!(schema::<Option<&[Option<u8>]>>(), (list(integer(8, false), true), true));
}

#[test]
fn maps_are_maps_of_their_values() {
    let of = FieldType::Map(Box::new(ListItem { item_type: integer(8, false), optional: true }));
    assert_eq!(schema::<BTreeMap<String, Option<u8>>>(), (of.clone(), false));
    assert_eq!(schema::<HashMap<u32, Option<u8>>>(), (of, false));
}

#[test]
fn any_json_is_opaque_and_may_be_null() {
    assert_eq!(schema::<serde_json::Value>(), (FieldType::Json, true));
    assert_eq!(schema::<serde_json::Map<String, serde_json::Value>>(), (FieldType::Json, true));
}

#[test]
fn times_are_told_apart() {
    assert_eq!(schema::<chrono::DateTime<chrono::Utc>>().0, FieldType::Timestamp);
    assert_eq!(schema::<chrono::NaiveDateTime>().0, FieldType::DateTime);
    assert_eq!(schema::<chrono::NaiveDate>().0, FieldType::Date);
    assert_eq!(schema::<chrono::NaiveTime>().0, FieldType::Time);
    assert_eq!(schema::<uuid::Uuid>().0, FieldType::Uuid);
    let duration = json!({
        "secs": {"integer": {"bits": 64, "signed": false}},
        "nanos": {"integer": {"bits": 32, "signed": false}},
    });
    assert_eq!(members::<std::time::Duration>(), duration);
}

#[test]
fn a_schema_may_be_written_by_hand() {
    struct Money;

    impl EventField for Money {
        const SCHEMA: Schema = Schema::decimal(18, 2);
    }

    assert_eq!(schema::<Money>(), (FieldType::Decimal { precision: 18, scale: 2 }, false));
}

#[derive(Serialize, EventField)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Plan {
    MonthByMonth,
    #[serde(rename = "forever")]
    Lifetime,
    #[serde(skip)]
    #[expect(dead_code, reason = "it is never written")]
    Internal,
}

#[derive(Serialize, EventField)]
#[serde(rename_all = "camelCase")]
struct Address<T> {
    /// Of the street.
    street_name: T,
    #[serde(rename = "zip", skip_serializing_if = "Option::is_none")]
    zip_code: Option<u32>,
    #[serde(flatten)]
    place: Option<Place>,
    #[serde(skip)]
    _cache: (),
    plan: Plan,
    #[event(json)]
    rest: Vec<(u8, String)>,
}

#[derive(Serialize, EventField)]
#[serde(tag = "kind", rename = "place")]
struct Place {
    city: String,
}

#[test]
fn a_record_has_the_members_that_serde_writes() {
    let expected = json!({
        "streetName": "string",
        "zip?": {"integer": {"bits": 32, "signed": false}},
        "kind?": {"enum": ["place"]},
        "city?": "string",
        "plan": {"enum": ["MONTH_BY_MONTH", "forever"]},
        "rest?": "json",
    });
    assert_eq!(members::<Address<&str>>(), expected);
    let address = Address {
        street_name: "a",
        zip_code: Some(1),
        place: Some(Place { city: "b".into() }),
        _cache: (),
        plan: Plan::Lifetime,
        rest: Vec::new(),
    };
    let written = json!({
        "streetName": "a", "zip": 1, "kind": "place", "city": "b", "plan": "forever", "rest": [],
    });
    assert_eq!(serde_json::to_value(&address).unwrap(), written);
    let _ = Plan::MonthByMonth;
}

#[test]
fn the_docs_of_members_are_kept() {
    let FieldType::Record(members) = schema::<Address<u8>>().0 else { panic!("no record") };
    assert_eq!(members[0].description, "Of the street.");
}

#[test]
fn what_the_type_is_told_to_look_like_goes_before_what_is_seen() {
    #[derive(EventField)]
    #[event(as = "Option<u8>")]
    #[expect(dead_code, reason = "only its schema is of interest")]
    struct Numbered<T>(T, fn());

    #[derive(EventField)]
    #[event(json)]
    #[expect(dead_code, reason = "only its schema is of interest")]
    enum Shape {
        Circle { radius: f64 },
        Point,
    }

    assert_eq!(schema::<Numbered<()>>(), (integer(8, false), true));
    assert_eq!(schema::<Shape>(), (FieldType::Json, true));
}
