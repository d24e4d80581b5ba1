//! [`Line`]: a recorded line, looked into.

use std::fmt;

use chrono::{DateTime, Utc};
use serde_core::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::pairs::Pairs;
use crate::schema::Described;
use crate::testing::error::ReadError;
use crate::testing::read::read;

/// The keys of the envelope; every other one, beside `params`, is a common field.
const ENVELOPE: [&str; 7] = ["id", "date", "type", "user_id", "locale", "country_code", "params"];

/// A line as it would stand in a segment. [`Recorded::all`](super::Recorded::all) has them.
///
/// ```
/// use event_log::{Context, Event, testing};
///
/// #[derive(Event)]
/// struct LessonStarted<'a> {
///     course: &'a str,
/// }
///
/// let (logger, recorded) = testing::recorder();
/// let context = Context::new().user_id(42).locale("ja")?.field("session_id", "s-1")?;
/// logger.with(&context).emit(LessonStarted { course: "kanji" });
///
/// let line = &recorded.all()[0];
/// assert_eq!(line.event_type(), "lesson_started");
/// assert_eq!(line.user_id(), 42);
/// assert_eq!(line.locale(), Some("ja"));
/// assert_eq!(line.country_code(), None);
/// assert_eq!(line.get("session_id"), Some("s-1".into()));
/// assert_eq!(line.params()["course"], "kanji");
/// assert_eq!(
///     line.text(),
///     concat!(
///         r#"{"id":"00dc6acf-ac00-7000-8000-000000000001","date":"2000-01-01T00:00:00Z","#,
///         r#""type":"lesson_started","user_id":42,"locale":"ja","country_code":null,"#,
///         r#""session_id":"s-1","params":{"course":"kanji"}}"#,
///     )
/// );
/// # Ok::<(), event_log::ContextError>(())
/// ```
#[derive(Clone)]
pub struct Line<'r> {
    text: &'r str,
    number: usize,
    envelope: Pairs<'r, &'r str>,
    params: Pairs<'r, &'r str>,
}

impl<'r> Line<'r> {
    /// The line with this number and text.
    pub(super) fn new(number: usize, text: &'r str) -> Self {
        let envelope: Pairs<'r, &'r str> = parse(text);
        let params = envelope.get("params").map(|params| parse(params.get()));
        Self { text, number, params: params.unwrap_or_default(), envelope }
    }

    /// The line without its newline.
    #[must_use]
    pub fn text(&self) -> &'r str {
        self.text
    }

    /// Its place among the recorded lines, from 1 on.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }

    /// The id of the event.
    #[must_use]
    pub fn id(&self) -> Uuid {
        whole(Uuid::parse_str(self.envelope_value("id")))
    }

    /// The date of the event, as finely as the logger writes it.
    #[must_use]
    pub fn date(&self) -> DateTime<Utc> {
        whole(self.envelope_value::<&str>("date").parse())
    }

    /// The type of the event, such as `user_registration`.
    #[must_use]
    pub fn event_type(&self) -> &'r str {
        self.envelope_value("type")
    }

    /// The user: a number, a string or null.
    #[must_use]
    pub fn user_id(&self) -> Value {
        self.envelope_value("user_id")
    }

    /// The language, such as `ja`.
    #[must_use]
    pub fn locale(&self) -> Option<&'r str> {
        self.envelope_value("locale")
    }

    /// The country, such as `JP`.
    #[must_use]
    pub fn country_code(&self) -> Option<&'r str> {
        self.envelope_value("country_code")
    }

    /// The event's own fields: an object.
    ///
    /// # Panics
    /// If a [`Value`] cannot hold them: they are nested more than 127 levels deep, or a raw value has a
    /// number beyond every float. [`text`](Self::text) has them.
    #[must_use]
    #[track_caller]
    pub fn params(&self) -> Value {
        self.value("params", self.params_text())
    }

    /// The param, the common field or the value of the envelope with this name: what a column of
    /// this name holds once the line is loaded into a lake.
    ///
    /// # Panics
    /// If a [`Value`] cannot hold it; see [`params`](Self::params).
    #[must_use]
    #[track_caller]
    pub fn get(&self, name: &str) -> Option<Value> {
        let json = self.raw(name)?;
        Some(self.value(name, json.get()))
    }

    /// The common fields, in the order of the line.
    ///
    /// # Panics
    /// If a [`Value`] cannot hold one of them; see [`params`](Self::params).
    pub fn fields(&self) -> impl Iterator<Item = (&'r str, Value)> {
        let common = self.envelope.iter().filter(|(name, _)| !ENVELOPE.contains(name));
        common.map(|(name, json)| (name, self.value(name, json.get())))
    }

    /// Reads the event back; see [what can be read back](super#what-can-be-read-back).
    ///
    /// # Errors
    /// If the line is of another type, or its values are not what the `Deserialize` of the type
    /// takes.
    pub fn read<E: Described + Deserialize<'r>>(&self) -> Result<E, ReadError> {
        read(self)
    }

    pub(super) fn params_text(&self) -> &'r str {
        self.envelope.get("params").map_or("", RawValue::get)
    }

    pub(super) fn raw(&self, name: &str) -> Option<&'r RawValue> {
        let param = self.params.get(name);
        param.or_else(|| self.envelope.get(name).filter(|_| name != "params"))
    }

    pub(super) fn envelope(&self) -> &Pairs<'r, &'r str> {
        &self.envelope
    }

    pub(super) fn param_pairs(&self) -> &Pairs<'r, &'r str> {
        &self.params
    }

    fn envelope_value<T: Deserialize<'r>>(&self, key: &str) -> T {
        parse(whole(self.envelope.get(key).ok_or("a key is missing")).get())
    }

    #[track_caller]
    fn value(&self, name: &str, json: &str) -> Value {
        match serde_json::from_str(json) {
            Ok(value) => value,
            Err(error) => panic!(
                "a `serde_json::Value` cannot hold `{name}` of line {}: {error}; look at the `text` of \
                 the line instead",
                self.number
            ),
        }
    }
}

/// Parses what a logger wrote, where it can be but of one kind.
fn parse<'r, T: Deserialize<'r>>(json: &'r str) -> T {
    whole(serde_json::from_str(json))
}

/// What is never missing or wrong in a line that a logger rendered.
fn whole<T>(found: Result<T, impl fmt::Display>) -> T {
    found.unwrap_or_else(|error| unreachable!("every line is whole: {error}"))
}

/// Shows the text.
impl fmt::Debug for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}
