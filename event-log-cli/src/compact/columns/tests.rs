//! Values of older columns in the table's, and which columns are held at all.

use event_log_catalog::{Catalog, ColumnType};
use serde_json::json;

use super::*;
use crate::load::parquet::Tables;
use crate::load::parquet::cell;
use crate::load::parquet::columns::{Values, data_type};

/// The type of a column that a field of this type has.
fn column_type(field_type: &serde_json::Value) -> ColumnType {
    let catalog = json!({
        "envelope": {"user_id": "integer"},
        "events": [{"type": "t", "fields": [{"name": "v", "type": field_type}]}],
    });
    let catalog: Catalog = serde_json::from_value(catalog).unwrap();
    let table = Tables::of(&catalog);
    table.get("t").unwrap().columns.last().unwrap().column_type.clone()
}

/// An array of values, as a load makes it.
fn array(field_type: &serde_json::Value, values: &[&str]) -> ArrayRef {
    let catalog = json!({
        "envelope": {"user_id": "integer"},
        "events": [{"type": "t", "fields": [{"name": "v", "type": field_type}]}],
    });
    let catalog: Catalog = serde_json::from_value(catalog).unwrap();
    let tables = Tables::of(&catalog);
    let mut column = Values::new(&column_type(field_type));
    for value in values {
        let row = format!(r#"{{"v":{value}}}"#);
        column.push(cell::row(tables.get("t").unwrap(), &row).unwrap().last().unwrap());
    }
    column.finish().unwrap()
}

fn integer(bits: u8) -> serde_json::Value {
    json!({"integer": {"bits": bits, "signed": true}})
}

fn decimal(precision: u8, scale: u8) -> serde_json::Value {
    json!({"decimal": {"precision": precision, "scale": scale}})
}

fn record(members: &serde_json::Value) -> serde_json::Value {
    json!({ "record": members })
}

#[test]
fn each_value_is_the_same_in_a_wider_column() {
    let float = |bits: u8| json!({"float": {"bits": bits}});
    let list = |item: serde_json::Value| json!({"list": {"type": item, "optional": true}});
    let map = |value: serde_json::Value| json!({"map": {"type": value, "optional": true}});
    let narrow = record(&json!([{"name": "b", "type": integer(8), "optional": true}]));
    let wide = record(&json!([
        {"name": "a", "type": "string", "optional": true},
        {"name": "b", "type": integer(64), "optional": true},
    ]));
    for (from, to, values) in [
        (integer(8), integer(16), &["-128", "null", "127"][..]),
        (integer(16), integer(32), &["-32768", "32767"]),
        (integer(32), integer(64), &["-2147483648", "null"]),
        (integer(16), float(32), &["-32768", "null", "7"]),
        (integer(32), float(64), &["-2147483648", "2147483647"]),
        (float(32), float(64), &["0.5", "null", "-1024.25"]),
        (integer(64), decimal(21, 2), &["-9223372036854775808", "null"]),
        (decimal(5, 2), decimal(10, 4), &[r#""-123.45""#, "null"]),
        (list(integer(8)), list(integer(64)), &["[1,null]", "null", "[]", "[-128]"]),
        (map(integer(8)), map(integer(16)), &[r#"{"x":1,"y":null}"#, "null", "{}"]),
        (narrow, wide, &[r#"{"b":-1}"#, "null", "{}"]),
    ] {
        let (older, wanted) = (array(&from, values), array(&to, values));
        assert!(is_held(wanted.data_type(), older.data_type()), "{from} {to}");
        let found = cast(&older, wanted.data_type()).unwrap();
        assert_eq!(found.to_data(), wanted.to_data(), "{from} {to}");
    }
}

#[test]
fn what_would_change_a_value_is_not_held() {
    let text = json!("string");
    for (from, to) in [
        (integer(64), integer(32)),
        (integer(64), json!({"float": {"bits": 64}})),
        (integer(32), json!({"float": {"bits": 32}})),
        (integer(64), decimal(20, 2)),
        (decimal(10, 2), decimal(10, 4)),
        (decimal(10, 2), decimal(11, 1)),
        (text.clone(), integer(64)),
        (integer(8), text),
        (
            record(&json!([{"name": "a", "type": "boolean"}, {"name": "b", "type": "boolean"}])),
            record(&json!([{"name": "a", "type": "boolean"}])),
        ),
    ] {
        let types = (data_type(&column_type(&to)), data_type(&column_type(&from)));
        assert!(!is_held(&types.0, &types.1), "{from} {to}");
    }
}
