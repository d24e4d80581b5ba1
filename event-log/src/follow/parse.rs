//! The keys of one line, checked; and its type alone, without parsing.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use chrono::{DateTime, Utc};
use serde_core::de::{Deserialize, Deserializer, Visitor};
use uuid::Uuid;

use crate::date::DatePrecision;
use crate::follow::error::Malformed;
use crate::line::{HEAD, ID_OFFSET, TYPE_KEY, type_offset};
use crate::pairs::Pairs;
use crate::user_id::UserId;

/// What a line says in its envelope, and where the rest lies in it.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    pub(super) id: Uuid,
    pub(super) date: DateTime<Utc>,
    pub(super) event_type: Box<str>,
    pub(super) user_id: Option<OwnedUserId>,
    pub(super) locale: Option<Box<str>>,
    pub(super) country_code: Option<Box<str>>,
    pub(super) common: Vec<(Box<str>, Range<usize>)>,
    pub(super) params: Range<usize>,
}

/// A user id as a line holds it.
#[derive(Clone, Debug)]
pub(super) enum OwnedUserId {
    Unsigned(u64),
    Signed(i64),
    Text(Box<str>),
}

impl OwnedUserId {
    pub(super) fn as_user_id(&self) -> UserId<'_> {
        match self {
            Self::Unsigned(id) => UserId::Unsigned(*id),
            Self::Signed(id) => UserId::Signed(*id),
            Self::Text(id) => UserId::Text(id),
        }
    }

    fn parse(json: &str) -> Option<Self> {
        if json.starts_with('"') {
            return serde_json::from_str(json).ok().map(Self::Text);
        }
        let unsigned = serde_json::from_str(json).ok().map(Self::Unsigned);
        unsigned.or_else(|| serde_json::from_str(json).ok().map(Self::Signed))
    }
}

/// Reads the envelope of a line.
pub(super) fn line(text: &str) -> Result<Parsed, Malformed> {
    let mut keys: Keys<'_> = serde_json::from_str(text).map_err(Malformed::NotJson)?;
    keys.refuse_repeated()?;
    let id = keys.required("id", |json| Uuid::parse_str(&text_of(json)?).ok())?;
    let date = keys.required("date", |json| DateTime::parse_from_rfc3339(&text_of(json)?).ok())?;
    let event_type = keys.required("type", text_of)?;
    let user_id = keys.nullable("user_id", OwnedUserId::parse)?;
    let locale = keys.nullable("locale", text_of)?;
    let country_code = keys.nullable("country_code", text_of)?;
    let params = keys.take("params")?;
    if !params.starts_with('{') {
        return Err(wrong("params", params));
    }
    let common = keys.0.into_iter().map(|(key, json)| (key.0.into(), range_in(text, json.get())));
    let (params, common) = (range_in(text, params), common.collect());
    let date = date.to_utc();
    Ok(Parsed { id, date, event_type, user_id, locale, country_code, common, params })
}

fn text_of(json: &str) -> Option<Box<str>> {
    serde_json::from_str(json).ok()
}

fn wrong(key: &'static str, json: &str) -> Malformed {
    Malformed::Value { key, found: json.chars().take(100).collect() }
}

/// Where a part of a text lies in it.
fn range_in(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - text.as_ptr().addr();
    start..start + part.len()
}

/// The keys of a line, with their values as they stand there.
type Keys<'a> = Pairs<'a, Key<'a>>;

impl<'a> Keys<'a> {
    fn refuse_repeated(&self) -> Result<(), Malformed> {
        let mut names: Vec<&str> = self.0.iter().map(|(key, _)| &*key.0).collect();
        names.sort_unstable();
        let repeated = names.windows(2).find(|pair| pair[0] == pair[1]);
        repeated.map_or(Ok(()), |pair| Err(Malformed::Key(pair[0].to_owned())))
    }

    fn take(&mut self, key: &str) -> Result<&'a str, Malformed> {
        let index = self.0.iter().position(|(other, _)| other.0 == key);
        let index = index.ok_or_else(|| Malformed::Key(key.to_owned()))?;
        Ok(self.0.remove(index).1.get())
    }

    fn required<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, Malformed> {
        let json = self.take(key)?;
        read(json).ok_or_else(|| wrong(key, json))
    }

    fn nullable<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<Option<T>, Malformed> {
        self.required(key, |json| if json == "null" { Some(None) } else { read(json).map(Some) })
    }
}

/// A key, borrowed where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Cow<'de, str>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }

        deserializer.deserialize_str(KeyVisitor).map(Key)
    }
}

/// The type of a line that has the form in which loggers write it; costs a few comparisons.
pub(super) fn type_of(line: &[u8]) -> Option<&[u8]> {
    if line.get(..ID_OFFSET)? != &HEAD[..ID_OFFSET] || line.get(DATE_KEY)? != &HEAD[DATE_KEY] {
        return None;
    }
    let start = PRECISIONS.into_iter().map(type_offset).find(|&start| {
        line.get(start - TYPE_KEY.len()..start).is_some_and(|key| key == TYPE_KEY)
    })?;
    let name = &line[start..];
    name.iter().position(|&byte| byte == b'"').map(|end| &name[..end])
}

const ID_BYTES: usize = 36;
const DATE_KEY: Range<usize> = ID_OFFSET + ID_BYTES..HEAD.len();
const PRECISIONS: [DatePrecision; 3] =
    [DatePrecision::Seconds, DatePrecision::Millis, DatePrecision::Micros];

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = concat!(
        r#"{"id":"017bed2e-6958-7c2f-9a41-0f6e2b7d8c35","date":"2021-09-16T05:57:27Z","#,
        r#""type":"user_registration","user_id":-1,"locale":"ja","country_code":null,"#,
        r#""session_id":"s-1","params":{"provider":"twitter"}}"#
    );

    #[test]
    fn an_envelope_is_read_as_it_is_written() {
        let parsed = line(LINE).unwrap();
        assert_eq!(parsed.id.to_string(), "017bed2e-6958-7c2f-9a41-0f6e2b7d8c35");
        assert_eq!(parsed.date.to_rfc3339(), "2021-09-16T05:57:27+00:00");
        assert_eq!(&*parsed.event_type, "user_registration");
        assert_eq!(parsed.user_id.as_ref().unwrap().as_user_id(), UserId::Signed(-1));
        assert_eq!(parsed.locale.as_deref(), Some("ja"));
        assert_eq!(parsed.country_code, None);
        assert_eq!(&LINE[parsed.params], r#"{"provider":"twitter"}"#);
        let (name, range) = &parsed.common[0];
        assert_eq!((&**name, &LINE[range.clone()]), ("session_id", r#""s-1""#));
    }

    #[test]
    fn the_type_is_found_without_parsing_in_every_precision() {
        for date in ["", ".123", ".123456"] {
            let text = LINE.replacen("27Z", &format!("27{date}Z"), 1);
            assert_eq!(type_of(text.as_bytes()), Some(&b"user_registration"[..]), "{text}");
        }
    }

    #[test]
    fn a_line_of_another_form_is_left_to_the_parser() {
        for other in ["", "{}", &LINE[..60], &LINE[1..], &LINE.replacen(":\"017", ": \"017", 1)] {
            assert_eq!(type_of(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_line_is_named() {
        let reason = |text: &str| line(text).unwrap_err().to_string();
        assert!(reason("").starts_with("it is no JSON object: EOF"));
        assert!(reason("[1]").contains("expected an object"));
        assert!(reason(&LINE[..LINE.len() - 1]).starts_with("it is no JSON object"));
        assert_eq!(reason("{}"), "its key `id` is missing or there twice");
        let replaced = |from: &str, to: &str| reason(&LINE.replacen(from, to, 1));
        assert_eq!(replaced("session_id", "locale"), "its key `locale` is missing or there twice");
        assert_eq!(replaced(":-1", ":1.5"), "the value of its key `user_id` is 1.5");
        assert_eq!(
            replaced("-09-", "-13-"),
            "the value of its key `date` is \"2021-13-16T05:57:27Z\""
        );
        assert_eq!(
            replaced(r#"{"provider":"twitter"}"#, "[]"),
            "the value of its key `params` is []"
        );
    }
}
