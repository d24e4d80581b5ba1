//! What is wanted beside what was recorded, value by value: pure comparisons, for the reports.

use serde_json::Value;

use crate::testing::line::Line;

/// One wanted value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Check {
    /// Where: the name of a field or column, with a path for what is inside it.
    pub(super) place: String,
    /// As it stands in the assertion.
    pub(super) wanted: String,
    /// As it stands in the line; `None` if it does not.
    pub(super) got: Option<String>,
    pub(super) holds: bool,
}

/// Compares columns of a line with the wanted ones.
pub(super) fn columns(wanted: &Value, line: &Line<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    for (name, wanted) in wanted.as_object().into_iter().flatten() {
        compare(name, wanted, line.get(name).as_ref(), &mut checks);
    }
    checks
}

/// Goes into objects, and into arrays of one length; everything else is one check.
fn compare(place: &str, wanted: &Value, got: Option<&Value>, checks: &mut Vec<Check>) {
    match (wanted, got) {
        (Value::Object(wanted), Some(Value::Object(got))) if !wanted.is_empty() => {
            for (key, wanted) in wanted {
                compare(&format!("{place}.{key}"), wanted, got.get(key), checks);
            }
        }
        (Value::Array(wanted), Some(Value::Array(got)))
            if !wanted.is_empty() && wanted.len() == got.len() =>
        {
            for (index, (wanted, got)) in wanted.iter().zip(got).enumerate() {
                compare(&format!("{place}[{index}]"), wanted, Some(got), checks);
            }
        }
        _ => checks.push(Check {
            place: place.to_owned(),
            wanted: wanted.to_string(),
            got: got.map(Value::to_string),
            holds: got.is_some_and(|got| holds(wanted, got)),
        }),
    }
}

fn holds(wanted: &Value, got: &Value) -> bool {
    match (wanted, got) {
        // Of an object only the wanted keys count, and here there are none.
        (Value::Object(wanted), Value::Object(_)) => wanted.is_empty(),
        // 3 and 3.0 are one number to whom reads the line.
        (Value::Number(wanted), Value::Number(got)) => {
            wanted == got || (wanted.is_f64() != got.is_f64() && wanted.as_f64() == got.as_f64())
        }
        _ => wanted == got,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The places where `got` is not what is wanted.
    fn misses(wanted: &Value, got: &Value) -> Vec<String> {
        let mut checks = Vec::new();
        compare("it", wanted, Some(got), &mut checks);
        checks.into_iter().filter(|check| !check.holds).map(|check| check.place).collect()
    }

    #[test]
    fn of_an_object_only_the_wanted_keys_are_compared_at_any_depth() {
        let got = json!({"a": {"b": 1, "c": [{"d": 2, "e": 3}]}, "f": null});
        for wanted in [
            json!({}),
            json!({"a": {}}),
            json!({"a": {"b": 1}}),
            json!({"a": {"b": 1.0}}),
            json!({"a": {"c": [{"d": 2}]}, "f": null}),
        ] {
            assert_eq!(misses(&wanted, &got), [""; 0], "{wanted}");
        }
        for (wanted, place) in [
            (json!({"g": null}), "it.g"),
            (json!({"f": {}}), "it.f"),
            (json!({"a": {"b": "1"}}), "it.a.b"),
            (json!({"a": {"c": []}}), "it.a.c"),
            (json!({"a": {"c": [{"d": 2}, {}]}}), "it.a.c"),
            (json!({"a": {"c": [{"d": 3}]}}), "it.a.c[0].d"),
        ] {
            assert_eq!(misses(&wanted, &got), [place], "{wanted}");
        }
    }
}
