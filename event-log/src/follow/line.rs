//! [`Line`]: one event as it stands in the log, its envelope typed, its params on demand.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_core::Deserialize;
use uuid::Uuid;

use crate::follow::error::{FollowError, Malformed, ValueError};
use crate::follow::parse::{self, Parsed};
use crate::user_id::UserId;
use crate::writer::gap::GAP_TYPE;

/// One event as it stands in the log.
///
/// The envelope was parsed and checked; `params` and common fields are parsed when they are asked
/// for, into types of yours.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use event_log::follow::Follower;
/// use event_log::{Context, Event, Logger, UserId};
///
/// #[derive(Event, serde::Deserialize, PartialEq, Debug)]
/// struct LessonStarted {
///     course: String,
///     lesson: u32,
/// }
///
/// # let directory = tempfile::tempdir()?;
/// let logger = Logger::builder(directory.path()).build()?;
/// let context = Context::new().user_id(42).locale("ja")?.field("session_id", "s-1")?;
/// logger.with(&context).emit(LessonStarted { course: "kanji".to_owned(), lesson: 7 });
/// logger.flush(Duration::from_secs(5))?;
///
/// let mut follower = Follower::builder(directory.path()).build()?;
/// let line = follower.next_timeout(Duration::from_secs(5)).ok_or("no line")??;
/// assert_eq!(line.event_type(), "lesson_started");
/// assert_eq!(line.user_id(), Some(UserId::Unsigned(42)));
/// assert_eq!(line.locale(), Some("ja"));
/// assert_eq!(line.common_field::<&str>("session_id").transpose()?, Some("s-1"));
/// assert_eq!(line.params::<LessonStarted>()?.lesson, 7);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Line {
    text: Box<str>,
    parsed: Parsed,
    path: Arc<Path>,
    offset: u64,
}

impl Line {
    /// Reads a line without its newline.
    pub(super) fn parse(text: &[u8], path: &Arc<Path>, offset: u64) -> Result<Self, FollowError> {
        let malformed = |reason| {
            let path = path.to_path_buf();
            FollowError::Malformed { path, offset, reason }
        };
        let text = str::from_utf8(text).map_err(|_| malformed(Malformed::NotUtf8))?;
        let parsed = parse::line(text).map_err(malformed)?;
        Ok(Self { text: text.into(), parsed, path: Arc::clone(path), offset })
    }

    /// The id, by which a line that came twice is told.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.parsed.id
    }

    /// When the event was emitted, as finely as the logger's
    /// [`date_precision`](crate::LoggerBuilder::date_precision) says: whole seconds by default.
    #[must_use]
    pub fn date(&self) -> DateTime<Utc> {
        self.parsed.date
    }

    /// The type of the event.
    #[must_use]
    pub fn event_type(&self) -> &str {
        &self.parsed.event_type
    }

    /// Whether the logger wrote this line itself, to tell of events that it had to drop: its
    /// [`params`](Self::params) are a [`Gap`](crate::follow::Gap).
    #[must_use]
    pub fn is_gap(&self) -> bool {
        self.event_type() == GAP_TYPE
    }

    /// The user: [`Unsigned`](UserId::Unsigned) for an integer that is not negative,
    /// [`Signed`](UserId::Signed) for a negative one, [`Text`](UserId::Text) for text and for a UUID.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId<'_>> {
        self.parsed.user_id.as_ref().map(parse::OwnedUserId::as_user_id)
    }

    /// The locale, a tag of BCP 47.
    #[must_use]
    pub fn locale(&self) -> Option<&str> {
        self.parsed.locale.as_deref()
    }

    /// The country, two letters of ISO 3166-1.
    #[must_use]
    pub fn country_code(&self) -> Option<&str> {
        self.parsed.country_code.as_deref()
    }

    /// The common fields in their order: names, and values as JSON text.
    pub fn common_fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parsed.common.iter().map(|(name, range)| (&**name, self.at(range)))
    }

    /// The common field of this name as a type of yours; `None` if the line has none.
    ///
    /// # Errors
    /// If its value is not of this type.
    #[must_use]
    pub fn common_field<'a, T: Deserialize<'a>>(
        &'a self,
        name: &str,
    ) -> Option<Result<T, ValueError>> {
        let (_, json) = self.common_fields().find(|(other, _)| *other == name)?;
        Some(self.value(name, json))
    }

    /// The event's own fields as a type of yours, which may borrow text from the line.
    ///
    /// # Errors
    /// If they are not of this type.
    pub fn params<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ValueError> {
        self.value("params", self.raw_params())
    }

    /// The event's own fields as the text of a JSON object.
    #[must_use]
    pub fn raw_params(&self) -> &str {
        self.at(&self.parsed.params)
    }

    /// The whole line as it stands in the segment, without its newline.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file that the line was read from: the segment, or what it was compressed into.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the line begins in its segment, in bytes; of a compressed one in what it was before.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    fn at(&self, range: &Range<usize>) -> &str {
        &self.text[range.clone()]
    }

    fn value<'a, T: Deserialize<'a>>(&self, what: &str, json: &'a str) -> Result<T, ValueError> {
        serde_json::from_str(json).map_err(|source| ValueError {
            what: what.to_owned(),
            event_type: self.event_type().to_owned(),
            path: PathBuf::from(&*self.path),
            offset: self.offset,
            source,
        })
    }
}
