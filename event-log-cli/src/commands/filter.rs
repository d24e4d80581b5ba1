//! Which events a command looks at: `--type` and `--where`.

use serde_json::Value;

use crate::line::Line;

/// The options that choose events.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Filter {
    /// Only events of this type; may be given several times.
    #[arg(long = "type", value_name = "TYPE")]
    pub types: Vec<String>,
    /// Only events with this value, as in `user_id=42` or `provider!=twitter`; may be given several
    /// times, and all must hold. The key is one of the envelope, a common field or a param; the value
    /// is compared as text, a string without its quotes.
    #[arg(long = "where", value_name = "KEY=VALUE", value_parser = Condition::parse)]
    pub conditions: Vec<Condition>,
}

/// One `--where`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    key: String,
    equal: bool,
    value: String,
}

impl Condition {
    fn parse(text: &str) -> Result<Self, String> {
        let (key, value) =
            text.split_once('=').ok_or("write KEY=VALUE or KEY!=VALUE, as in user_id=42")?;
        let (key, equal) = key.strip_suffix('!').map_or((key, true), |key| (key, false));
        if key.is_empty() {
            return Err("a key stands before the `=`, as in user_id=42".to_owned());
        }
        Ok(Self { key: key.to_owned(), equal, value: value.to_owned() })
    }

    fn holds(&self, line: &Line<'_>) -> bool {
        let is_equal = line.value(&self.key).is_some_and(|json| {
            json == self.value
                || matches!(serde_json::from_str(&json), Ok(Value::String(text)) if text == self.value)
        });
        is_equal == self.equal
    }
}

impl Filter {
    /// Whether the event is wanted.
    #[must_use]
    pub fn accepts(&self, line: &Line<'_>) -> bool {
        (self.types.is_empty() || self.types.iter().any(|wanted| *wanted == line.event_type))
            && self.conditions.iter().all(|condition| condition.holds(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id":"i","date":"d","type":"lesson_started","user_id":42,"locale":"ja","country_code":null,"params":{"course":"漢\u5b57","level":"7"}}"#;

    fn accepts(types: &[&str], conditions: &[&str]) -> bool {
        let filter = Filter {
            types: types.iter().map(|&name| name.to_owned()).collect(),
            conditions: conditions.iter().map(|text| Condition::parse(text).unwrap()).collect(),
        };
        filter.accepts(&Line::parse(LINE.as_bytes()).unwrap())
    }

    #[test]
    fn values_are_compared_as_text() {
        assert!(accepts(&[], &["user_id=42", "locale=ja", "course=漢字", "level=7"]));
        assert!(accepts(&[], &["country_code=null", "type=lesson_started"]));
        assert!(!accepts(&[], &["user_id=4"]) && !accepts(&[], &["nothing="]));
        assert!(accepts(&[], &["user_id!=4", "nothing!=x"]) && !accepts(&[], &["locale!=ja"]));
    }

    #[test]
    fn one_of_the_types_is_enough() {
        assert!(accepts(&["purchase", "lesson_started"], &[]) && !accepts(&["purchase"], &[]));
    }

    #[test]
    fn a_condition_without_key_or_equals_sign_is_refused() {
        assert!(Condition::parse("user_id").is_err() && Condition::parse("!=4").is_err());
    }
}
