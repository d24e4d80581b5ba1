use serde_json::value::RawValue;

use crate::{Catalog, EventSchema, Field, FieldType, ListItem, UserIdType};

fn field(name: &str, field_type: FieldType, optional: bool) -> Field {
    Field {
        name: name.into(),
        field_type,
        optional,
        description: String::new(),
        personal: None,
        deprecated: None,
        renamed_from: None,
    }
}

/// A catalogue of one event with these params.
fn catalog(fields: Vec<Field>) -> Catalog {
    let event = EventSchema {
        event_type: "order_placed".into(),
        description: String::new(),
        owner: None,
        since: None,
        deprecated: None,
        renamed_from: None,
        fields,
    };
    Catalog { events: vec![event], ..Catalog::default() }
}

fn line(params: &str) -> String {
    format!(
        "{{\"id\":\"017bed2e-6958-7c2f-9a41-0f6e2b7d8c35\",\"date\":\"2021-09-16T05:57:27Z\",\
         \"type\":\"order_placed\",\"user_id\":1,\"locale\":\"ja\",\"country_code\":null,\
         \"params\":{params}}}\n"
    )
}

/// What is wrong with a line, or nothing.
fn mistake(catalog: &Catalog, line: &str) -> String {
    catalog.validate(line).err().map(|invalid| invalid.to_string()).unwrap_or_default()
}

#[test]
fn a_line_with_the_keys_of_its_schema_is_valid() {
    let list = FieldType::List(Box::new(ListItem { item_type: FieldType::String, optional: true }));
    let record = FieldType::Record(vec![field("n", FieldType::Boolean, false)]);
    let catalog = catalog(vec![field("goods", list, false), field("more", record, true)]);
    for params in ["{\"goods\":[\"a\",null]}", "{\"more\":{\"n\":true},\"goods\":[]}"] {
        let event = catalog.validate(&line(params)).unwrap();
        assert_eq!(event.event_type, "order_placed");
    }
}

#[test]
fn a_mistake_is_told_with_its_path() {
    let integer = FieldType::Integer { bits: 8, signed: false };
    let price = FieldType::Record(vec![field("price", integer.clone(), false)]);
    let goods = FieldType::List(Box::new(ListItem { item_type: price, optional: false }));
    let labels = FieldType::Map(Box::new(ListItem { item_type: integer, optional: false }));
    let catalog = catalog(vec![field("goods", goods, true), field("labels", labels, true)]);
    for (params, expected) in [
        (
            r#"{"goods":[{"price":1},{"price":256}]}"#,
            "params.goods[1].price: 256 is no unsigned integer of 8 bits",
        ),
        (r#"{"goods":[{}]}"#, "params.goods[0].price: is missing, but not optional"),
        (r#"{"goods":[null]}"#, "params.goods[0]: is null, but not optional"),
        (r#"{"goods":{}}"#, "params.goods: {} is no list"),
        (r#"{"goods":[],"goods":[]}"#, "params.goods: stands twice"),
        (
            r#"{"labels":{"a":1,"b":-1}}"#,
            "params.labels[\"b\"]: -1 is no unsigned integer of 8 bits",
        ),
        (r#"{"labels":[]}"#, "params.labels: [] is no object"),
        (r#"{"other":1}"#, "params.other: is not in the schema"),
        ("[]", "params: [] is no object"),
    ] {
        assert_eq!(mistake(&catalog, &line(params)), expected);
    }
}

#[test]
fn the_envelope_is_checked_too() {
    let mut catalog = catalog(Vec::new());
    catalog.envelope.common_fields = vec![field("app_version", FieldType::String, false)];
    let valid = line("{}").replace("\"params\"", "\"app_version\":\"1\",\"params\"");
    assert_eq!(mistake(&catalog, &valid), "");
    for (from, to, expected) in [
        ("\"id\":\"0", "\"id\":\"x", "id: \"x17bed2e-6958-7c2f-9a41-0f6e2b7d8c35\" is no UUID"),
        ("27Z", "27", "date: \"2021-09-16T05:57:27\" is no RFC 3339 timestamp"),
        ("order_placed", "order", "type: `order` is not in the catalogue"),
        ("\"user_id\":1", "\"user_id\":\"a\"", "user_id: \"a\" is no signed integer of 64 bits"),
        ("\"user_id\":1,", "", "the line: `locale` stands where `user_id` should"),
        ("\"locale\":\"ja\"", "\"locale\":1", "locale: 1 is no text"),
        ("\"app_version\":\"1\",", "", "app_version: is missing, but not optional"),
        ("\"app_version\"", "\"version\"", "version: is not in the schema"),
        (",\"params\":{}", "", "the line: `params` is not the last key"),
        ("{\"id\"", "{id", "the line: it is not JSON: key must be a string at line 1 column 2"),
    ] {
        let wrong = valid.replacen(from, to, 1);
        assert_ne!(wrong, valid);
        assert_eq!(mistake(&catalog, &wrong), expected);
    }
}

#[test]
fn a_user_id_is_what_the_envelope_says() {
    let mut catalog = catalog(Vec::new());
    let with = |id: &str| line("{}").replace("\"user_id\":1", &format!("\"user_id\":{id}"));
    for id in ["null", "-1", "9223372036854775807"] {
        assert_eq!(mistake(&catalog, &with(id)), "");
    }
    // The logger writes it, but no table with this type of column holds it.
    let beyond = "user_id: 9223372036854775808 is no signed integer of 64 bits";
    assert_eq!(mistake(&catalog, &with("9223372036854775808")), beyond);
    catalog.envelope.user_id = UserIdType::String;
    assert_eq!(mistake(&catalog, &with("\"u1\"")), "");
    assert_eq!(mistake(&catalog, &with("1")), "user_id: 1 is no text");
}

fn takes(field_type: &FieldType, json: &str) -> bool {
    let raw: &RawValue = serde_json::from_str(json).unwrap();
    super::value(field_type, raw).is_ok()
}

#[test]
fn each_type_takes_its_values_and_no_others() {
    let integer = |bits, signed| FieldType::Integer { bits, signed };
    let decimal = FieldType::Decimal { precision: 4, scale: 2 };
    let texts = FieldType::Enum(vec!["a".into(), "b".into()]);
    let cases: [(FieldType, &[&str], &[&str]); 15] = [
        (FieldType::Boolean, &["true", "false"], &["0", "\"true\""]),
        (integer(8, true), &["-128", "127", "0"], &["-129", "128", "1.0", "1e1", "\"1\""]),
        (integer(64, false), &["18446744073709551615"], &["18446744073709551616", "-1"]),
        (integer(64, true), &["-9223372036854775808"], &["9223372036854775808"]),
        (
            integer(128, true),
            &["-170141183460469231731687303715884105728"],
            &["170141183460469231731687303715884105728"],
        ),
        (integer(128, false), &["340282366920938463463374607431768211455"], &["-1"]),
        (FieldType::Float { bits: 32 }, &["1.5", "-0.0", "1e38", "3"], &["1e39", "\"1\"", "true"]),
        (FieldType::Float { bits: 64 }, &["1e308", "5e-324"], &["1e309", "[]"]),
        (decimal, &["12.34", "\"-99.99\"", "0", "1.500"], &["123.4", "1.234", "\"\"", "1e1"]),
        (texts, &["\"a\"", "\"\\u0062\""], &["\"c\"", "\"\"", "1"]),
        (FieldType::Json, &["1", "[{}]"], &[]),
        (
            FieldType::Timestamp,
            &["\"2021-09-16T05:57:27Z\"", "\"2020-02-29T23:59:60.123456789-09:30\""],
            &[
                "\"2021-09-16 05:57:27Z\"",
                "\"2021-09-16T05:57:27\"",
                "\"2021-02-29T05:57:27Z\"",
                "1",
            ],
        ),
        (
            FieldType::Date,
            &["\"2000-02-29\""],
            &["\"1900-02-29\"", "\"2021-13-01\"", "\"2021-1-01\""],
        ),
        (FieldType::Time, &["\"05:57:27.5\""], &["\"24:00:00\"", "\"05:57\"", "\"05:57:27.\""]),
        (
            FieldType::DateTime,
            &["\"2021-09-16T05:57:27\""],
            &["\"2021-09-16T05:57:27Z\"", "\"2021-09-16\""],
        ),
    ];
    for (field_type, valid, invalid) in cases {
        for json in valid {
            assert!(takes(&field_type, json), "{field_type:?} {json}");
        }
        for json in invalid {
            assert!(!takes(&field_type, json), "{field_type:?} {json}");
        }
    }
}
