//! The fast way through a line: what a logger writes needs no more than to leave out `params`.
//!
//! A line is checked as JSON in full, its keys are looked at, and its row is two slices of it. What is
//! out of the ordinary (an escape in a key, a name that is taken, another order, white space, a
//! mistake) is left to [`Line`](crate::line::Line) and [`flatten`](crate::load::flatten).

use std::fmt;

use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use crate::load::flatten;

/// So many keys are looked at; a line with more takes the other way.
const MOST_KEYS: usize = 48;

/// What stands between the envelope and the params, and at the end.
const PARAMS: &str = ",\"params\":{";
const END: &str = "}}";

/// An ordinary line.
#[derive(Debug, PartialEq, Eq)]
pub struct Scanned<'a> {
    /// The id.
    pub id: &'a str,
    /// The date.
    pub date: &'a str,
    /// The type.
    pub event_type: &'a str,
    /// From the first brace to the end of the last value before the params.
    envelope: &'a str,
    /// The members of the params.
    params: &'a str,
}

impl<'a> Scanned<'a> {
    /// Scans a line; `None` if it is out of the ordinary.
    #[must_use]
    pub fn of(text: &'a str) -> Option<Self> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let keys = deserializer.deserialize_map(Envelope { taken: Taken::default() }).ok()?;
        deserializer.end().ok()?;
        let body = text.strip_suffix(END)?;
        let begin = match keys.first_param {
            // Behind the quote that the first key begins with.
            Some(key) => (key.as_ptr() as usize).checked_sub(text.as_ptr() as usize + 1)?,
            None => body.len(),
        };
        let envelope = body.get(..begin)?.strip_suffix(PARAMS)?;
        let Keys { id, date, event_type, .. } = keys;
        Some(Self { id, date, event_type, envelope, params: &body[begin..] })
    }

    /// Appends the row.
    pub fn row(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.envelope.as_bytes());
        if !self.params.is_empty() {
            out.push(b',');
            out.extend_from_slice(self.params.as_bytes());
        }
        out.extend_from_slice(b"}\n");
    }
}

/// What a scan takes from the keys and values.
struct Keys<'a> {
    id: &'a str,
    date: &'a str,
    event_type: &'a str,
    first_param: Option<&'a str>,
}

/// The names at the top level of the row so far.
struct Taken<'a> {
    names: [&'a str; MOST_KEYS],
    count: usize,
}

impl Default for Taken<'_> {
    fn default() -> Self {
        Self { names: [""; MOST_KEYS], count: 0 }
    }
}

impl<'a> Taken<'a> {
    /// Adds a name of a common field or a param, unless it is taken or there are too many.
    fn add<E: Error>(&mut self, name: &'a str) -> Result<(), E> {
        let others = &self.names[..self.count];
        let is_taken = flatten::TAKEN
            .iter()
            .chain(others)
            .any(|other| other.len() == name.len() && other.eq_ignore_ascii_case(name));
        if is_taken || self.count == MOST_KEYS {
            return Err(E::custom("out of the ordinary"));
        }
        self.names[self.count] = name;
        self.count += 1;
        Ok(())
    }
}

/// Visits the whole line.
struct Envelope<'a> {
    taken: Taken<'a>,
}

impl<'de> Visitor<'de> for Envelope<'de> {
    type Value = Keys<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a line")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
        let wrong = || A::Error::custom("out of the ordinary");
        let mut value = |wanted| match map.next_key::<&str>()? {
            Some(key) if key == wanted => map.next_value::<&str>(),
            _ => Err(wrong()),
        };
        let (id, date, event_type) = (value("id")?, value("date")?, value("type")?);
        for wanted in ["user_id", "locale", "country_code"] {
            if map.next_key::<&str>()? != Some(wanted) {
                return Err(wrong());
            }
            map.next_value::<IgnoredAny>()?;
        }
        loop {
            match map.next_key::<&str>()? {
                Some("params") => break,
                Some(name) => {
                    self.taken.add(name)?;
                    map.next_value::<IgnoredAny>()?;
                }
                None => return Err(wrong()),
            }
        }
        let first_param = map.next_value_seed(Params { taken: &mut self.taken })?;
        match map.next_key::<IgnoredAny>()? {
            None => Ok(Keys { id, date, event_type, first_param }),
            Some(_) => Err(wrong()),
        }
    }
}

/// Visits the params; gives the first key.
struct Params<'t, 'a> {
    taken: &'t mut Taken<'a>,
}

impl<'de> serde::de::DeserializeSeed<'de> for Params<'_, 'de> {
    type Value = Option<&'de str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Params<'_, 'de> {
    type Value = Option<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("params")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut first = None;
        while let Some(key) = map.next_key::<&'de str>()? {
            first = first.or(Some(key));
            self.taken.add(key)?;
            map.next_value::<IgnoredAny>()?;
        }
        Ok(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::Line;

    const HEAD: &str =
        r#"{"id":"i","date":"d","type":"t","user_id":1,"locale":"ja","country_code":null"#;

    /// The row by the fast way, if the line takes it; it is compared with the other way.
    fn row(line: &str) -> Option<String> {
        let scanned = Scanned::of(line)?;
        let (mut fast, mut slow) = (Vec::new(), Vec::new());
        scanned.row(&mut fast);
        let parsed = Line::parse(line.as_bytes()).unwrap();
        flatten::row(&parsed, &mut slow, |key, _| panic!("{key} was renamed"));
        assert_eq!(fast, slow, "{line}");
        assert_eq!((scanned.id, scanned.date, scanned.event_type), ("i", "d", "t"));
        Some(String::from_utf8(fast).unwrap())
    }

    #[test]
    fn an_ordinary_line_loses_its_params_key_and_nothing_else() {
        for (rest, flat) in [
            (r#","params":{}}"#, "}\n".to_owned()),
            (
                r#","params":{"a":801.0,"b":{"id":[]}}}"#,
                r#","a":801.0,"b":{"id":[]}}"#.to_owned() + "\n",
            ),
            (r#","s":"}}","params":{"a":"\"}}"}}"#, r#","s":"}}","a":"\"}}"}"#.to_owned() + "\n"),
        ] {
            assert_eq!(row(&format!("{HEAD}{rest}")), Some(format!("{HEAD}{flat}")));
        }
    }

    #[test]
    fn what_is_out_of_the_ordinary_takes_the_other_way() {
        for rest in [
            r#","params":{"date":1}}"#,
            r#","params":{"a":1,"A":2}}"#,
            r#","a":1,"params":{"a":1}}"#,
            r#","params":{"\u0061":1}}"#,
            r#","params":{"a":1},"b":2}"#,
            r#", "params":{"a":1}}"#,
            r#","params": {"a":1}}"#,
            r#","params":{ "a":1}}"#,
            r#","params":{"a":1} }"#,
            r#","params":{"a":1}}x"#,
            r#","params":{"a":01}}"#,
            r#","params":[]}"#,
            "}",
        ] {
            assert_eq!(row(&format!("{HEAD}{rest}")), None, "{rest}");
        }
        assert_eq!(row(r#"{"date":"d","id":"i","type":"t"}"#), None);
    }
}
