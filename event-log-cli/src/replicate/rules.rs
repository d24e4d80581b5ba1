//! The rules file: which values vary, and how.
//!
//! A JSON object. A key is `locale`, `country_code`, the name of a common field, or a param as
//! `<type>.<param>`, or `*.<param>` for every type that has it. A value is one of
//!
//! ```json
//! {
//!   "country_code":      {"choose": [["JP", 70], ["US", 25], [null, 5]]},
//!   "purchase.price":    {"range": [100, 9900], "step": 100},
//!   "purchase.discount": {"range": ["0.00", "0.50"]},
//!   "*.course":          {"choose": [["kanji", 3], ["kana", 1]], "per": "user"},
//!   "message.sender":    {"user": true}
//! }
//! ```
//!
//! - `choose`: values with their weights; a value stands in the line as it stands here.
//! - `range`: both ends belong to it. Ends in quotes are decimals, and a value has as many places as
//!   the end with the most. `step` is one unit of the last place if it is not given.
//! - `user`: the id of the user, as in `user_id`.
//! - `per`: `event` draws anew for each event, `user` once for each user. The default is `user` for
//!   `locale` and `country_code`, `event` for the others.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::failure::Failure;

/// All rules, by what they are for.
pub type Rules = BTreeMap<String, Rule>;

/// How a value varies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What is drawn.
    pub draw: Draw,
    /// Whether once for each user.
    pub is_per_user: bool,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Draw {
    /// One of these JSON texts; each with the sum of the weights up to its own.
    Choose(Vec<(Box<str>, u64)>),
    /// A number.
    Range {
        /// The least, in units of the last place.
        low: i64,
        /// The distance of two neighbours.
        step: i64,
        /// How many values there are.
        count: u64,
        /// How many digits stand behind the point.
        places: u32,
    },
    /// The user's id.
    User,
}

impl Draw {
    /// The sum of the weights, or the number of values.
    #[must_use]
    pub fn total(&self) -> u64 {
        match self {
            Self::Choose(values) => values.last().map_or(0, |(_, sum)| *sum),
            Self::Range { count, .. } => *count,
            Self::User => 1,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    choose: Option<Vec<(Box<RawValue>, u64)>>,
    range: Option<[Number; 2]>,
    step: Option<Number>,
    user: Option<bool>,
    per: Option<Per>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Per {
    User,
    Event,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "an integer, or a decimal in quotes")]
enum Number {
    Integer(i64),
    Decimal(String),
}

/// Reads a rules file.
///
/// # Errors
/// If it cannot be read, or a rule is none; the text names the file and the rule, or line and column.
pub fn read(path: &Path) -> Result<Rules, Failure> {
    let text = fs::read_to_string(path).map_err(Failure::file("read", path))?;
    parse(&text).map_err(|reason| Failure::Argument(format!("`{}`: {reason}", path.display())))
}

fn parse(text: &str) -> Result<Rules, String> {
    let texts: BTreeMap<String, Text> =
        serde_json::from_str(text).map_err(|error| error.to_string())?;
    let rule = |(key, text): (String, Text)| {
        let rule = text.rule(&key).map_err(|reason| format!("`{key}`: {reason}"))?;
        Ok((key, rule))
    };
    texts.into_iter().map(rule).collect()
}

impl Text {
    fn rule(self, key: &str) -> Result<Rule, String> {
        let is_envelope = key == "locale" || key == "country_code";
        let is_per_user = self.per.map_or(is_envelope, |per| matches!(per, Per::User));
        let draw = match (self.choose, self.range, self.user, self.step) {
            (Some(values), None, None, None) => choose(values)?,
            (None, Some([low, high]), None, step) => range(&low, &high, step.as_ref())?,
            (None, None, Some(true), None) => Draw::User,
            _ => {
                let wanted =
                    "a rule has one of `choose`, `range` (with or without `step`) and `user: true`";
                return Err(wanted.to_owned());
            }
        };
        if is_envelope {
            check_envelope(key, &draw)?;
        }
        Ok(Rule { draw, is_per_user })
    }
}

fn choose(values: Vec<(Box<RawValue>, u64)>) -> Result<Draw, String> {
    let mut sum = 0_u64;
    let mut chosen = Vec::new();
    for (value, weight) in values {
        sum = sum.checked_add(weight).ok_or("the weights add up to more than 64 bits")?;
        if value.get().contains(['\n', '\r']) {
            return Err(format!("the value {} has a line break", value.get().escape_debug()));
        }
        if weight > 0 {
            chosen.push((value.get().into(), sum));
        }
    }
    if sum == 0 { Err("no value has a weight".to_owned()) } else { Ok(Draw::Choose(chosen)) }
}

fn range(low: &Number, high: &Number, step: Option<&Number>) -> Result<Draw, String> {
    let numbers = [Some(low), Some(high), step].into_iter().flatten();
    let places = numbers.map(Number::places).max().unwrap_or_default();
    let (low, high) = (low.units(places)?, high.units(places)?);
    let step = step.map_or(Ok(1), |step| step.units(places))?;
    if step < 1 {
        return Err("the step is below one unit of the last place".to_owned());
    }
    let Some(width) = high.checked_sub(low).filter(|width| *width >= 0) else {
        return Err("the second end of the range is below the first, or too far away".to_owned());
    };
    Ok(Draw::Range { low, step, count: (width / step).unsigned_abs() + 1, places })
}

impl Number {
    fn places(&self) -> u32 {
        match self {
            Self::Integer(_) => 0,
            Self::Decimal(text) => {
                let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
                u32::try_from(fraction.len()).unwrap_or(u32::MAX)
            }
        }
    }

    /// In units of the last of so many places.
    fn units(&self, places: u32) -> Result<i64, String> {
        let text = match self {
            Self::Integer(number) => number.to_string(),
            Self::Decimal(text) => text.clone(),
        };
        let wrong = || format!("`{text}` is no decimal of at most 18 digits");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let is_decimal = whole.strip_prefix('-').unwrap_or(whole).bytes().chain(fraction.bytes());
        let zeros = places.checked_sub(self.places()).filter(|zeros| *zeros <= 18);
        let zeros = zeros.ok_or_else(wrong)? as usize;
        if whole.trim_start_matches('-').is_empty() || !{ is_decimal }.all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        format!("{whole}{fraction}{:0<zeros$}", "").parse().map_err(|_| wrong())
    }
}

fn check_envelope(key: &str, draw: &Draw) -> Result<(), String> {
    let Draw::Choose(values) = draw else {
        return Err("it is text or null, so only `choose` makes sense".to_owned());
    };
    for (value, _) in values {
        let text: Option<String> =
            serde_json::from_str(value).map_err(|_| format!("{value} is neither text nor null"))?;
        let fits = text.is_none_or(|text| match key {
            "country_code" => text.parse::<event_log::CountryCode>().is_ok(),
            _ => text.parse::<event_log::Locale>().is_ok(),
        });
        if !fits {
            return Err(format!("{value} is no {}", key.replace('_', " ")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> Rule {
        parse(&format!(r#"{{"t.p":{text}}}"#)).unwrap().remove("t.p").unwrap()
    }

    #[test]
    fn rules_are_read_and_values_keep_their_text() {
        let chosen = vec![("801.0".into(), 2), ("null".into(), 3)];
        assert_eq!(
            rule(r#"{"choose":[[801.0,2],["never",0],[null,1]],"per":"user"}"#),
            Rule { draw: Draw::Choose(chosen), is_per_user: true }
        );
        let draw = |text| rule(text).draw;
        let range = |low, step, count, places| Draw::Range { low, step, count, places };
        assert_eq!(draw(r#"{"range":[-5,5]}"#), range(-5, 1, 11, 0));
        assert_eq!(draw(r#"{"range":["0.5",2],"step":"0.25"}"#), range(50, 25, 7, 2));
        assert_eq!(draw(r#"{"user":true}"#), Draw::User);
        assert!(parse(r#"{"locale":{"choose":[["ja",1]]}}"#).unwrap()["locale"].is_per_user);
    }

    #[test]
    fn what_is_no_rule_is_told_with_its_place() {
        for (text, reason) in [
            ("{\n\"a\": {\"chose\":[]}}", "unknown field `chose`, expected one of"),
            ("{\n\"a\": {\"chose\":[]}}", "at line 2 column"),
            (r#"{"a":{}}"#, "`a`: a rule has one of `choose`"),
            (r#"{"a":{"user":true,"range":[1,2]}}"#, "`a`: a rule has one of `choose`"),
            (r#"{"a":{"choose":[["x",0]]}}"#, "`a`: no value has a weight"),
            (r#"{"a":{"range":[2,1]}}"#, "`a`: the second end of the range is below the first"),
            (r#"{"a":{"range":[1,2],"step":0}}"#, "`a`: the step is below"),
            (r#"{"a":{"range":["1.x",2]}}"#, "`a`: `1.x` is no decimal"),
            (r#"{"a":{"range":["",2]}}"#, "`a`: `` is no decimal"),
            (
                r#"{"country_code":{"choose":[["Japan",1]]}}"#,
                "`country_code`: \"Japan\" is no country code",
            ),
            (r#"{"locale":{"range":[1,2]}}"#, "`locale`: it is text or null"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
