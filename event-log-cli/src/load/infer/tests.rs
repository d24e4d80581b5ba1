//! What lines show of the types of their values, and that each line fits what was found.

use event_log_catalog::columns;

use super::*;
use crate::load::parquet::Tables;
use crate::load::parquet::cell;

fn line(common: &str, user_id: &str, params: &str) -> String {
    format!(
        r#"{{"id":"i","date":"2021-09-16T05:57:27Z","type":"t","user_id":{user_id},"locale":null,"country_code":null{common},"params":{params}}}"#
    )
}

fn inferred(lines: &[String]) -> Catalog {
    let mut guesses = Guesses::default();
    for line in lines {
        guesses.look(line.as_bytes());
    }
    guesses.beyond(&Catalog::default())
}

/// The type of the param `v` where it has these values, one after the other.
fn of(values: &[&str]) -> FieldType {
    let lines: Vec<_> =
        values.iter().map(|value| line("", "1", &format!(r#"{{"v":{value}}}"#))).collect();
    let catalog = inferred(&lines);
    fits(&catalog, &lines);
    catalog.events[0].fields[0].field_type.clone()
}

/// Each line is a row of the tables of the catalogue.
fn fits(catalog: &Catalog, lines: &[String]) {
    let tables = Tables::of(catalog);
    for text in lines {
        let mut row = Vec::new();
        flatten::row(&Line::parse(text.as_bytes()).unwrap(), &mut row, |_, _| {});
        let row = str::from_utf8(&row).unwrap();
        let cells = cell::row(tables.get("t").unwrap(), row);
        assert!(cells.is_ok(), "{cells:?} of {text}");
    }
}

const INTEGER: FieldType = FieldType::Integer { bits: 64, signed: true };
const FLOAT: FieldType = FieldType::Float { bits: 64 };

#[test]
fn values_of_one_kind_make_a_column_of_that_kind() {
    assert_eq!(of(&["true", "null", "false"]), FieldType::Boolean);
    assert_eq!(of(&["1", "-9223372036854775808"]), INTEGER);
    assert_eq!(of(&["0.5", "1e3"]), FLOAT);
    assert_eq!(of(&[r#""2021-09-16""#]), FieldType::String);
    assert_eq!(of(&["null"]), FieldType::Json);
}

#[test]
fn what_holds_both_is_found_and_nothing_is_rounded() {
    let beyond_float = "9007199254740993";
    assert_eq!(of(&["1", "0.5"]), FLOAT);
    assert_eq!(of(&["9007199254740992", "0.5"]), FLOAT);
    assert_eq!(of(&[beyond_float, "1"]), INTEGER);
    for contradicting in [
        &[beyond_float, "0.5"][..],
        &["0.5", "1", beyond_float],
        &["18446744073709551615"],
        &["0.1234567890123456789"],
        &["1e999"],
        &["1", r#""1""#],
        &["true", "1"],
        &["[1]", "{}"],
        &["[1]", "1"],
    ] {
        assert_eq!(of(contradicting), FieldType::Json, "{contradicting:?}");
    }
}

#[test]
fn what_is_found_does_not_depend_on_the_order_of_the_lines() {
    let values = [
        "null",
        "true",
        "1",
        "9007199254740993",
        "0.5",
        r#""x""#,
        "[]",
        "[1]",
        "[0.5]",
        "{}",
        r#"{"a":1}"#,
        r#"{"a":9007199254740993}"#,
        r#"{"A":1}"#,
        r#"{"b":null}"#,
    ];
    for one in values {
        for other in values {
            for third in values {
                let wanted = of(&[one, other, third]);
                assert_eq!(of(&[third, one, other]), wanted, "{one} {other} {third}");
                assert_eq!(of(&[other, one, third]), wanted, "{one} {other} {third}");
            }
        }
    }
}

#[test]
fn lists_and_records_are_found_by_what_they_hold() {
    let list = |item_type| FieldType::List(Box::new(ListItem { item_type, optional: true }));
    assert_eq!(of(&["[]", "[1]", "[null]"]), list(INTEGER));
    assert_eq!(of(&["[1,0.5]"]), list(FLOAT));
    assert_eq!(of(&["[18446744073709551616]"]), list(FieldType::Json));
    let FieldType::Record(members) = of(&[r#"{"b":1,"a":{"x":[]}}"#, r#"{"c":"x"}"#]) else {
        panic!("a record");
    };
    let names: Vec<_> = members.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(of(&[r#"{"a":1,"A":2}"#]), FieldType::Json);
    assert_eq!(of(&[r#"{"a":1}"#, r#"{"A":2}"#]), FieldType::Json);
    assert_eq!(of(&[r#"{"":1}"#]), FieldType::Json);
}

#[test]
fn a_value_that_nests_deep_is_json_however_deep() {
    let deep = |depth| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(matches!(of(&[&deep(2)]), FieldType::List(_)));
    let mut inner = &of(&[&deep(15_000)]);
    let mut depth = 0;
    while let FieldType::List(item) = inner {
        inner = &item.item_type;
        depth += 1;
    }
    assert_eq!((inner, depth), (&FieldType::Json, usize::from(MOST_DEPTH)));
}

#[test]
fn columns_have_the_names_that_the_rows_have() {
    let lines = [
        line(r#","app":"x""#, "1", r#"{"Price":1,"date":"d","app":2}"#),
        line("", "null", r#"{"PRICE":0.5,"price":2}"#),
    ];
    let catalog = inferred(&lines);
    fits(&catalog, &lines);
    let columns = columns(&catalog.envelope, &catalog.events[0]);
    let names: Vec<_> = columns[6..].iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["app", "params_app", "params_date", "params_price", "price"]);
}

#[test]
fn a_user_id_that_is_ever_a_text_is_one() {
    for (ids, wanted) in [
        (&["null"][..], UserIdType::Integer),
        (&["1", "null"], UserIdType::Integer),
        (&["1", r#""a""#], UserIdType::String),
    ] {
        let lines: Vec<_> = ids.iter().map(|id| line("", id, "{}")).collect();
        let catalog = inferred(&lines);
        fits(&catalog, &lines);
        assert_eq!(catalog.envelope.user_id, wanted, "{ids:?}");
    }
}

#[test]
fn what_a_catalogue_knows_stays_as_it_is() {
    let known = inferred(&[line("", "1", r#"{"v":1}"#)]);
    let mut guesses = Guesses::default();
    guesses.look(line("", r#""a""#, r#"{"v":"text","w":true}"#).as_bytes());
    let beyond = guesses.beyond(&known);
    assert_eq!(beyond.envelope.user_id, UserIdType::Integer);
    let fields = &beyond.events[0].fields;
    let found: Vec<_> =
        fields.iter().map(|field| (field.name.as_str(), &field.field_type)).collect();
    assert_eq!(found, [("v", &INTEGER), ("w", &FieldType::Boolean)]);
}

#[test]
fn a_type_that_names_no_table_is_not_in_the_catalogue() {
    let text = line("", "1", r#"{"v":1}"#);
    let traversing = text.replace(r#""type":"t""#, r#""type":"../../t""#);
    assert_ne!(text, traversing);
    let types = |catalog: Catalog| catalog.events.into_iter().map(|event| event.event_type);
    assert!(types(inferred(&[traversing.clone(), text])).eq(["t"]));
    let mut guesses = Guesses::default();
    guesses.look_at_row(traversing.as_bytes());
    assert_eq!(types(guesses.beyond(&Catalog::default())).count(), 0);
}
