//! One line of a segment, taken apart: the envelope by name, the params one by one.
//!
//! Values are kept as the JSON text that stands in the line, so a number never loses a digit and a
//! string keeps its escapes. Keys are unescaped. What is read is checked as JSON in full.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A named value, as its JSON text.
pub type Member<'a> = (Key<'a>, &'a RawValue);

/// One event.
#[derive(Debug)]
pub struct Line<'a> {
    /// The id, unescaped.
    pub id: Cow<'a, str>,
    /// The date, unescaped: RFC 3339.
    pub date: Cow<'a, str>,
    /// The type, unescaped.
    pub event_type: Cow<'a, str>,
    /// A number, a string or null.
    pub user_id: &'a RawValue,
    /// A string or null.
    pub locale: &'a RawValue,
    /// A string or null.
    pub country_code: &'a RawValue,
    /// The common fields, in the order of the line.
    pub common_fields: Vec<Member<'a>>,
    /// The event's own fields, in the order of the line.
    pub params: Vec<Member<'a>>,
}

/// Why bytes are no line of an event log.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct Malformed {
    /// What was found, what was wanted, and at which column if that is known.
    pub reason: String,
}

impl<'a> Line<'a> {
    /// Takes a line apart; `bytes` may or may not end with the newline.
    ///
    /// # Errors
    /// If it is not UTF-8, not one JSON object, lacks a key of the envelope, has a key twice, or a
    /// value of the envelope is of another kind than docs/format.md says.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let text = str::from_utf8(bytes).map_err(|error| Malformed {
            reason: format!("not UTF-8: byte {} is wrong", error.valid_up_to() + 1),
        })?;
        serde_json::from_str(text).map_err(|error| Malformed { reason: in_one_line(&error) })
    }

    /// The value under this key of the envelope, or else of the common fields, or else of the params.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<Cow<'a, str>> {
        let quoted = |text: &str| Cow::Owned(serde_json::Value::from(text).to_string());
        match key {
            "id" => Some(quoted(&self.id)),
            "date" => Some(quoted(&self.date)),
            "type" => Some(quoted(&self.event_type)),
            "user_id" => Some(Cow::Borrowed(self.user_id.get())),
            "locale" => Some(Cow::Borrowed(self.locale.get())),
            "country_code" => Some(Cow::Borrowed(self.country_code.get())),
            key => {
                let mut members = self.common_fields.iter().chain(&self.params);
                let (_, value) = members.find(|(name, _)| name.0 == key)?;
                Some(Cow::Borrowed(value.get()))
            }
        }
    }

    /// The hour in which it happened, as in `2021-09-16T05`; `None` if the date has no such form.
    #[must_use]
    pub fn hour(&self) -> Option<&str> {
        const FORM: &[u8] = b"dddd-dd-ddTdd";
        let hour = self.date.get(..FORM.len())?;
        let fits = hour.bytes().zip(FORM).all(|(byte, form)| match form {
            b'd' => byte.is_ascii_digit(),
            form => byte == *form,
        });
        fits.then_some(hour)
    }
}

/// What serde says, without the line number: it is always 1.
fn in_one_line(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

/// A key, unescaped; borrowed where it had no escapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key<'a>(pub Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }

        deserializer.deserialize_str(KeyVisitor)
    }
}

/// The members of `params`.
struct Params<'a>(Vec<Member<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Params<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ParamsVisitor;

        impl<'de> Visitor<'de> for ParamsVisitor {
            type Value = Params<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = map.next_entry()? {
                    add(&mut members, key, value).map_err(A::Error::custom)?;
                }
                Ok(Params(members))
            }
        }

        deserializer.deserialize_map(ParamsVisitor)
    }
}

/// The members of a row of a lake, whose params stand beside the envelope.
///
/// # Errors
/// If it is not UTF-8, not one JSON object, or has a key twice.
pub fn members_of_row(bytes: &[u8]) -> Result<Vec<Member<'_>>, Malformed> {
    let members: Result<Params<'_>, _> = serde_json::from_slice(bytes);
    members.map(|members| members.0).map_err(|error| Malformed { reason: in_one_line(&error) })
}

/// Adds a member, unless its key is there already.
fn add<'a>(members: &mut Vec<Member<'a>>, key: Key<'a>, value: &'a RawValue) -> Result<(), String> {
    if members.iter().any(|(other, _)| *other == key) {
        return Err(format!("the key `{}` stands there twice", key.0));
    }
    members.push((key, value));
    Ok(())
}

impl<'de: 'a, 'a> Deserialize<'de> for Line<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LineVisitor;

        impl<'de> Visitor<'de> for LineVisitor {
            type Value = Line<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with the keys id, date, type and params")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut parts = Parts::default();
                while let Some(key) = map.next_key::<Key<'de>>()? {
                    parts.take(key, &mut map)?;
                }
                parts.into_line().map_err(A::Error::custom)
            }
        }

        deserializer.deserialize_map(LineVisitor)
    }
}

/// A line of which not all keys were read yet.
#[derive(Default)]
struct Parts<'a> {
    id: Option<Key<'a>>,
    date: Option<Key<'a>>,
    event_type: Option<Key<'a>>,
    user_id: Option<&'a RawValue>,
    locale: Option<&'a RawValue>,
    country_code: Option<&'a RawValue>,
    common_fields: Vec<Member<'a>>,
    params: Option<Params<'a>>,
}

impl<'a> Parts<'a> {
    /// Reads the value behind a key.
    fn take<A: MapAccess<'a>>(&mut self, key: Key<'a>, map: &mut A) -> Result<(), A::Error> {
        match &*key.0 {
            "id" => set(&mut self.id, &key, map),
            "date" => set(&mut self.date, &key, map),
            "type" => set(&mut self.event_type, &key, map),
            "user_id" => set(&mut self.user_id, &key, map),
            "locale" => set(&mut self.locale, &key, map),
            "country_code" => set(&mut self.country_code, &key, map),
            "params" => set(&mut self.params, &key, map),
            _ => {
                let value = map.next_value()?;
                add(&mut self.common_fields, key, value).map_err(A::Error::custom)
            }
        }
    }

    fn into_line(self) -> Result<Line<'a>, String> {
        let lacks = |key: &str| format!("the key `{key}` is missing");
        Ok(Line {
            id: self.id.ok_or_else(|| lacks("id"))?.0,
            date: self.date.ok_or_else(|| lacks("date"))?.0,
            event_type: self.event_type.ok_or_else(|| lacks("type"))?.0,
            user_id: self.user_id.ok_or_else(|| lacks("user_id"))?,
            locale: self.locale.ok_or_else(|| lacks("locale"))?,
            country_code: self.country_code.ok_or_else(|| lacks("country_code"))?,
            common_fields: self.common_fields,
            params: self.params.ok_or_else(|| lacks("params"))?.0,
        })
    }
}

/// Reads the value behind a key of the envelope, which may stand there once.
fn set<'a, T: Deserialize<'a>, A: MapAccess<'a>>(
    slot: &mut Option<T>,
    key: &Key<'a>,
    map: &mut A,
) -> Result<(), A::Error> {
    if slot.is_some() {
        return Err(A::Error::custom(format_args!("the key `{}` stands there twice", key.0)));
    }
    *slot = Some(map.next_value()?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Line;

    const LINE: &str = r#"{"id":"i","date":"2021-09-16T05:57:27Z","type":"t","user_id":18446744073709551615,"locale":null,"country_code":"JP","session_id":"s\n1","params":{"price":801.0,"na\u006de":"x"}}"#;

    #[test]
    fn values_keep_their_bytes_and_keys_are_unescaped() {
        let line = Line::parse(LINE.as_bytes()).unwrap();
        assert_eq!((&*line.id, &*line.event_type, line.hour()), ("i", "t", Some("2021-09-16T05")));
        assert_eq!(line.user_id.get(), "18446744073709551615");
        assert_eq!(line.value("session_id").as_deref(), Some(r#""s\n1""#));
        assert_eq!(line.value("price").as_deref(), Some("801.0"));
        assert_eq!(line.value("name").as_deref(), Some(r#""x""#));
        assert_eq!(line.value("nothing"), None);
    }

    #[test]
    fn what_is_no_line_is_refused_with_the_reason() {
        for (bytes, reason) in [
            (&b""[..], "EOF while parsing a value at column 0"),
            (b"\xFF{}", "not UTF-8: byte 1 is wrong"),
            (b"[]", "invalid type: sequence, expected an object with the keys"),
            (b"{}", "the key `id` is missing"),
            (br#"{"id":1}"#, "invalid type: integer `1`, expected a string"),
            (br#"{"id":"a","id":"b"}"#, "the key `id` stands there twice"),
            (br#"{"params":{"a":1,"a":2}}"#, "the key `a` stands there twice"),
            (br#"{"params":3}"#, "invalid type: integer `3`, expected an object"),
        ] {
            let error = Line::parse(bytes).unwrap_err().to_string();
            assert!(error.starts_with(reason), "{error}");
        }
        let cut = &LINE.as_bytes()[..LINE.len() - 1];
        assert!(Line::parse(cut).unwrap_err().to_string().starts_with("EOF while parsing"));
        let behind = format!("{LINE} x");
        assert!(Line::parse(behind.as_bytes()).unwrap_err().to_string().contains("trailing"));
    }

    #[test]
    fn a_date_without_the_form_has_no_hour() {
        for date in ["", "2021", "2021-09-16 05:00:00Z", "2021-09-16T0x"] {
            let text = LINE.replace("2021-09-16T05:57:27Z", date);
            assert_eq!(Line::parse(text.as_bytes()).unwrap().hour(), None, "{date}");
        }
    }
}
