//! What each type of column takes, and what it refuses, with the reason.

use super::*;

/// What a column of this type holds of a value.
fn read(column_type: &ColumnType, json: &str) -> Result<Cell<'static>, String> {
    let value: Box<RawValue> = serde_json::from_str(json).unwrap();
    cell(column_type, value.get()).map(owned)
}

/// The same without a borrow.
fn owned(cell: Cell<'_>) -> Cell<'static> {
    match cell {
        Cell::Null => Cell::Null,
        Cell::Boolean(value) => Cell::Boolean(value),
        Cell::Integer(value) => Cell::Integer(value),
        Cell::Decimal(value) => Cell::Decimal(value),
        Cell::Float(value) => Cell::Float(value),
        Cell::Text(text) => Cell::Text(text.into_owned().into()),
        Cell::List(items) => Cell::List(items.into_iter().map(owned).collect()),
        Cell::Map(entries) => Cell::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key.into_owned().into(), owned(value)))
                .collect(),
        ),
        Cell::Record(members) => Cell::Record(members.into_iter().map(owned).collect()),
    }
}

fn takes(column_type: &ColumnType, values: &[(&str, Cell<'static>)]) {
    for (json, wanted) in values {
        assert_eq!(read(column_type, json).as_ref(), Ok(wanted), "{column_type:?} {json}");
    }
    assert_eq!(read(column_type, "null"), Ok(Cell::Null), "{column_type:?}");
}

/// It refuses each, and names what it is and what is wanted.
fn refuses(column_type: &ColumnType, wanted: &str, values: &[&str]) {
    for json in values {
        let reason = format!("{json} is not {wanted}");
        assert_eq!(read(column_type, json), Err(reason), "{column_type:?}");
    }
}

fn text(text: &str) -> Cell<'static> {
    Cell::Text(text.to_owned().into())
}

fn column_type(field_type: &str) -> ColumnType {
    let field_type: event_log_catalog::FieldType = serde_json::from_str(field_type).unwrap();
    ColumnType::from(&field_type)
}

#[test]
fn a_boolean_is_true_or_false() {
    let of = ColumnType::Boolean;
    takes(&of, &[("true", Cell::Boolean(true)), ("false", Cell::Boolean(false))]);
    refuses(&of, "true or false", &["1", "0", r#""true""#, "[]"]);
}

#[test]
fn an_integer_is_whole_and_in_the_range_of_its_column() {
    for (bits, least, most, below, above) in [
        (8, "-128", "127", "-129", "128"),
        (16, "-32768", "32767", "-32769", "32768"),
        (32, "-2147483648", "2147483647", "-2147483649", "2147483648"),
        (
            64,
            "-9223372036854775808",
            "9223372036854775807",
            "-9223372036854775809",
            "9223372036854775808",
        ),
    ] {
        let of = ColumnType::Integer { bits };
        let value = |text: &str| Cell::Integer(text.parse().unwrap());
        takes(&of, &[(least, value(least)), (most, value(most)), ("-0", Cell::Integer(0))]);
        let wanted = format!("an integer of {bits} bits");
        refuses(&of, &wanted, &[below, above, "1.0", "1e2", r#""1""#, "true", "[1]", "{}"]);
    }
}

#[test]
fn a_float_takes_fractions_and_refuses_integers_that_it_would_round() {
    let double = ColumnType::Float { bits: 64 };
    takes(
        &double,
        &[
            ("0.1", Cell::Float(0.1)),
            ("801.0", Cell::Float(801.0)),
            ("-1.5e-300", Cell::Float(-1.5e-300)),
            ("9007199254740992", Cell::Float(9_007_199_254_740_992.0)),
        ],
    );
    let wanted = |bits| {
        format!("a number that {bits} bits of floating point hold without rounding an integer")
    };
    let bad = ["9007199254740993", "-9007199254740993", "1e400", r#""0.1""#, "true", r#""NaN""#];
    refuses(&double, &wanted(64), &bad);
    let single = ColumnType::Float { bits: 32 };
    takes(
        &single,
        &[("0.1", Cell::Float(f64::from(0.1_f32))), ("16777216", Cell::Float(16_777_216.0))],
    );
    refuses(&single, &wanted(32), &["16777217", "1e39", "9007199254740992"]);
}

#[test]
fn a_decimal_keeps_every_digit_as_a_number_or_as_a_text() {
    let of = ColumnType::Decimal { precision: 5, scale: 2 };
    takes(
        &of,
        &[
            ("1.5", Cell::Decimal(150)),
            ("-0.05", Cell::Decimal(-5)),
            (r#""999.99""#, Cell::Decimal(99_999)),
            ("7", Cell::Decimal(700)),
            ("1.500", Cell::Decimal(150)),
        ],
    );
    let wanted = "a decimal number of 5 digits, 2 of them behind the point";
    refuses(
        &of,
        wanted,
        &["1.005", "1000", "1e2", r#""""#, r#""-""#, r#""1.2.3""#, r#""+1""#, "[]"],
    );
    let widest = ColumnType::Decimal { precision: 38, scale: 0 };
    let nines = "9".repeat(38);
    takes(&widest, &[(nines.as_str(), Cell::Decimal(10_i128.pow(38) - 1))]);
    let over = format!("1{}", "0".repeat(38));
    refuses(&widest, "a decimal number of 38 digits, 0 of them behind the point", &[&over]);
}

#[test]
fn integers_that_no_engine_has_are_kept_whole() {
    let u64_column = column_type(r#"{"integer":{"bits":64,"signed":false}}"#);
    takes(&u64_column, &[("18446744073709551615", Cell::Decimal(i128::from(u64::MAX)))]);
    let i128_column = column_type(r#"{"integer":{"bits":128,"signed":true}}"#);
    let least = i128::MIN.to_string();
    takes(&i128_column, &[(least.as_str(), text(&least))]);
}

#[test]
fn a_text_is_what_its_escapes_mean() {
    let of = ColumnType::Text;
    takes(
        &of,
        &[
            (r#""""#, text("")),
            (r#""漢字 é""#, text("漢字 é")),
            (r#""a\"\\\n\u00e9\ud83d\ude00""#, text("a\"\\\né😀")),
        ],
    );
    refuses(&of, "a text", &["true", "[]", "{}", r#""\ud800""#]);
}

#[test]
fn json_is_kept_as_it_stands() {
    let values = [r#"{"b": 1.0, "a": [18446744073709551616]}"#, "801.0", r#""x""#, "true"];
    for json in values {
        takes(&ColumnType::Json, &[(json, text(json))]);
    }
}

#[test]
fn moments_end_at_their_microsecond_and_days_are_counted_from_1970() {
    takes(
        &ColumnType::Timestamp,
        &[
            (r#""1970-01-01T00:00:01Z""#, Cell::Integer(1_000_000)),
            (r#""1970-01-01T09:00:00.000002999+09:00""#, Cell::Integer(2)),
            (r#""1969-12-31T23:59:59Z""#, Cell::Integer(-1_000_000)),
        ],
    );
    let wanted = "a moment as in 2021-09-16T05:57:27Z";
    let bad = [r#""2021-09-16T05:57:27""#, r#""yesterday""#, "1631771847"];
    refuses(&ColumnType::Timestamp, wanted, &bad);
    let at = [(r#""1970-01-01T00:00:00.5""#, Cell::Integer(500_000))];
    takes(&ColumnType::DateTime, &at);
    let wanted = "a date and time as in 2021-09-16T05:57:27";
    refuses(&ColumnType::DateTime, wanted, &[r#""1970-01-01T00:00:00Z""#, "0"]);
    let days = [(r#""1970-01-02""#, Cell::Integer(1)), (r#""1969-12-31""#, Cell::Integer(-1))];
    takes(&ColumnType::Date, &days);
    refuses(&ColumnType::Date, "a day as in 2021-09-16", &[r#""2021-02-29""#, "1"]);
}

#[test]
fn lists_maps_and_records_nest_and_tell_where_a_value_is_wrong() {
    let small = r#"{"type":{"integer":{"bits":8,"signed":true}},"optional":true}"#;
    let list = column_type(&format!(r#"{{"list":{small}}}"#));
    let items = Cell::List(vec![Cell::Integer(1), Cell::Null]);
    takes(&list, &[("[1, null]", items), ("[]", Cell::List(vec![]))]);
    refuses(&list, "a list", &["{}", "1"]);
    assert_eq!(read(&list, "[1,128]").unwrap_err(), "128 is not an integer of 8 bits");

    let map = column_type(&format!(r#"{{"map":{small}}}"#));
    let entries = Cell::Map(vec![("a\n".into(), Cell::Integer(1))]);
    takes(&map, &[(r#"{"a\n":1}"#, entries)]);
    refuses(&map, "a map", &["[]"]);
    assert_eq!(read(&map, r#"{"a":1,"a":2}"#).unwrap_err(), "the key `a` stands there twice");

    let record = column_type(
        r#"{"record":[{"name":"sku","type":"string"},{"name":"Count","type":{"integer":{"bits":8,"signed":true}}}]}"#,
    );
    takes(
        &record,
        &[
            (r#"{"Count":2,"sku":"x"}"#, Cell::Record(vec![text("x"), Cell::Integer(2)])),
            ("{}", Cell::Record(vec![Cell::Null, Cell::Null])),
        ],
    );
    refuses(&record, "a record", &[r#""x""#]);
    for (json, reason) in [
        (r#"{"Count":"x"}"#, r#"`Count`: "x" is not an integer of 8 bits"#),
        (r#"{"size":1}"#, "the catalogue has no member `size` of it"),
        (r#"{"sku":"x","sku":"y"}"#, "the key `sku` stands there twice"),
    ] {
        assert_eq!(read(&record, json).unwrap_err(), reason);
    }
}

#[test]
fn a_long_value_is_shortened_in_the_reason() {
    let json = format!("\"{}\"", "漢".repeat(1_000));
    let reason = read(&ColumnType::Boolean, &json).unwrap_err();
    assert!(reason.chars().count() < 100 && reason.contains('…'), "{reason}");
}

/// The columns of an event with these params.
fn schema(fields: &str) -> TableSchema {
    let event = format!(r#"{{"type":"t","fields":{fields}}}"#);
    let event: event_log_catalog::EventSchema = serde_json::from_str(&event).unwrap();
    let catalog = event_log_catalog::Catalog::default();
    TableSchema::new(event_log_catalog::columns(&catalog.envelope, &event))
}

#[test]
fn a_key_finds_its_column_in_whatever_case_and_never_twice() {
    let schema = schema(r#"[{"name":"PageÉ","type":"string"}]"#);
    for key in ["PageÉ", "pageé", "PAGEÉ"] {
        let json = format!(r#"{{"{key}":"x"}}"#);
        assert_eq!(row(&schema, &json).unwrap().last(), Some(&text("x")), "{key}");
    }
    let twice = r#"{"pageé":"x","PAGEÉ":"y"}"#;
    assert_eq!(row(&schema, twice).unwrap_err(), "the key `PAGEÉ` stands there twice");
}

#[test]
fn keys_may_stand_in_any_order_with_escapes_and_spaces() {
    let schema = schema(r#"[{"name":"a","type":"string"},{"name":"b","type":"string"}]"#);
    for json in [
        r#"{"type":"t","a":"x","b":"y"}"#,
        "{\"b\":\"y\",\"type\":\"t\",\"a\":\"x\"}\n",
        r#"{"\u0061":"x","b":"y","type":"t"}"#,
        r#" { "type" : "t", "b":"y" , "a": "x" } "#,
    ] {
        let cells = row(&schema, json).unwrap();
        let there: Vec<_> = cells.into_iter().filter(|cell| *cell != Cell::Null).collect();
        assert_eq!(there, [text("t"), text("x"), text("y")], "{json}");
    }
}

#[test]
fn a_key_without_a_column_and_a_wrong_value_are_named() {
    let schema = schema(r#"[{"name":"price","type":{"decimal":{"precision":4,"scale":2}}}]"#);
    for (json, reason) in [
        (r#"{"cost":1}"#, "the catalogue has no field `cost` of this type"),
        (
            r#"{"price":1.005}"#,
            "`price`: 1.005 is not a decimal number of 4 digits, 2 of them behind the point",
        ),
    ] {
        assert_eq!(row(&schema, json).unwrap_err(), reason);
    }
}
