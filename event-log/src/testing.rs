//! Tests of code that emits: a logger that records, assertions, a set clock, a disk that fails.
//!
//! Needs the feature `testing`, which belongs among the dependencies of tests:
//!
//! ```toml
//! [dev-dependencies]
//! event-log = { version = "0.1", features = ["testing"] }
//! ```
//!
//! # The first test
//!
//! Domain code takes a `&Logger`, in tests as in the service. [`recorder`] makes one that keeps its
//! lines in memory, and hands out what it [`Recorded`]:
//!
//! ```
//! use event_log::{Event, Logger, testing};
//! use event_log::testing::{assert_emitted, assert_not_emitted};
//! use serde::Deserialize;
//!
//! #[derive(Event)]
//! #[derive(Deserialize)] // in a service: #[cfg_attr(test, derive(serde::Deserialize))]
//! struct SignedUp<'a> {
//!     provider: &'a str,
//!     referrer: Option<&'a str>,
//! }
//!
//! fn sign_up(provider: &str, logger: &Logger) -> bool {
//!     let is_known = matches!(provider, "google" | "twitter");
//!     if is_known {
//!         logger.emit(SignedUp { provider, referrer: None });
//!     }
//!     is_known
//! }
//!
//! // #[test]
//! fn signing_up_is_told_once() {
//!     let (logger, recorded) = testing::recorder();
//!     assert!(sign_up("twitter", &logger));
//!     assert_emitted!(recorded, SignedUp { provider: "twitter", .. }, times = 1);
//! }
//!
//! // #[test]
//! fn a_provider_that_is_not_known_signs_nobody_up() {
//!     let (logger, recorded) = testing::recorder();
//!     assert!(!sign_up("geocities", &logger));
//!     assert_not_emitted!(recorded);
//! }
//! # signing_up_is_told_once();
//! # a_provider_that_is_not_known_signs_nobody_up();
//! ```
//!
//! A recording logger is a [`Logger`] like any other: its clones, [`with`](Logger::with), the ambient
//! [`Context`](crate::Context), [`stats`](Logger::stats), the limit of a line, [`close`](Logger::close)
//! and whatever a `Serialize` does all go the way of a service's logger, and but for the ids the lines
//! are the same to the byte. But a line is there to be looked at as soon as its emit returns, and there is
//! no thread, no file and no spool. So nothing has to be flushed or cleared up, and tests can run in
//! parallel: each has a logger of its own, and nothing is global.
//!
//! A larger example, to be copied, is `examples/tested_domain.rs` in the repository.
//!
//! # What was emitted
//!
//! - [`assert_emitted!`] and [`assert_not_emitted!`] take a pattern, with or without a guard, or a
//!   part of the JSON. When they fail they show the near misses field by field, and all that was
//!   recorded and dropped. `assert_emitted!` returns what it found.
//! - [`Recorded::of`] reads all events of one type back: `assert_eq!(recorded.of::<SignedUp>(),
//!   [SignedUp { … }])`.
//! - [`Recorded::all`] has each [`Line`] with its envelope, its params as JSON, and its text.
//!
//! ```
//! # use event_log::{Context, Event, testing::{self, assert_emitted}};
//! # use serde::Deserialize;
//! #[derive(Debug, PartialEq, Event, Deserialize)]
//! enum Lesson {
//!     #[event(type = "lesson_started")]
//!     Started { lesson: u64 },
//!     #[event(type = "lesson_rated")]
//!     Rated { lesson: u64, stars: u8 },
//! }
//!
//! let (logger, recorded) = testing::recorder();
//! let request = Context::new().user_id(42).locale("ja")?;
//! request.enter(|| {
//!     logger.emit(Lesson::Started { lesson: 7 });
//!     logger.emit(Lesson::Rated { lesson: 7, stars: 5 });
//! });
//!
//! assert_eq!(
//!     recorded.of::<Lesson>(),
//!     [Lesson::Started { lesson: 7 }, Lesson::Rated { lesson: 7, stars: 5 }]
//! );
//! let rated = assert_emitted!(recorded, Lesson::Rated { stars: 4.., .. });
//! assert_eq!(rated.line().locale(), Some("ja"));
//! assert_emitted!(recorded, "lesson_rated", { "user_id": 42, "stars": 5 });
//! # Ok::<(), event_log::ContextError>(())
//! ```
//!
//! # Time and ids
//!
//! The clock of [`recorder`] stands at 2000-01-01T00:00:00Z, and ids count: they are
//! `00dc6acf-ac00-7000-8000-000000000001`, `…2`, `…3`. So a test sees the same lines in every run, and may
//! compare them with a stored text. Each id begins with the milliseconds of the clock, as a service's
//! do, and in one thread ids increase, also when the clock is set back.
//!
//! [`SetClock`] is a clock to be set and advanced. [`builder`] has all options of a logger, and
//! [`record`](LoggerBuilder::record) takes the place of [`build`](LoggerBuilder::build), also on the
//! options that the service itself is built with:
//!
//! ```
//! use event_log::{Context, DatePrecision, Event, Logger, LoggerBuilder, testing::SetClock};
//!
//! # #[derive(Event)]
//! # struct Ping;
//! /// The options of the service.
//! fn log_options() -> LoggerBuilder {
//!     Logger::builder("/var/log/shop").date_precision(DatePrecision::Millis)
//! }
//!
//! let clock = SetClock::at("2021-09-16T05:57:27.5Z");
//! let (logger, recorded) = log_options().clock(clock).record()?;
//! logger.emit(Ping);
//! assert!(recorded.all()[0].text().contains(r#""date":"2021-09-16T05:57:27.500Z""#));
//! # Ok::<(), event_log::BuildError>(())
//! ```
//!
//! # A disk that fails
//!
//! What a service does when its log cannot be written is seen with a logger that writes, and a
//! [`FailingDisk`] as its [`Storage`](crate::Storage): it fails the next, the nth or every nth [`Operation`], fills up, hangs,
//! takes a few bytes at a time, and heals.
//!
//! # What can be read back
//!
//! A pattern and [`Recorded::of`] read events back with the `Deserialize` of their type; nothing else
//! here needs it. Serde finds each field by its name in Rust or by the name that a `#[serde(rename)]` or
//! `alias` gives it, whatever it is called in the line:
//!
//! | a field with | is read from |
//! | --- | --- |
//! | no option, or `rename` | the param |
//! | `user_id`, `locale`, `country_code` | the envelope; where the event left it to the context, what the context said |
//! | `skip_none` | the param; `None` where it is left out |
//! | `pii = "hash"`, `pii = "mask"` | the text that stands there in its place |
//! | `skip` | nowhere: it needs `#[serde(skip)]`, and a `Default` |
//!
//! - A variant of an enum is found by its name in Rust, or by its type if `#[serde(rename)]` says so. An
//!   enum with `#[serde(tag = "type")]` is read by its types too.
//! - A field may borrow from the line: `&str`, and `Cow<str>` with `#[serde(borrow)]`. A `&str` cannot
//!   be read if its text has what JSON escapes, such as a quote or a newline; a `Cow` or a `String` can.
//! - A value is read by its `Deserialize`, which must take what its `Serialize` writes. Values nested more
//!   than 127 levels deep are not read by `serde_json`.
//! - Of a field with `pii` the value is in no line. A `String` takes the hash or the mask; for another type,
//!   [`Pii`](crate::pii::Pii) among them, let `#[serde(skip)]` leave it out, or `deserialize_with` make a
//!   value of the text, or look at the JSON.
//! - What is not read back has its JSON all the same: `assert_emitted!(recorded, "signed_up",
//!   { "provider": "twitter" })`.
//!
//! # What is not recorded
//!
//! No segments and no gap lines: what was dropped is in [`Recorded::dropped`] and in the
//! [`stats`](Logger::stats), and `written` there counts what was recorded. No room runs out, so
//! [`Overflow`](crate::Overflow) never applies. To test these, build a logger in a temporary directory.
//!
//! [`assert_emitted!`]: crate::testing::assert_emitted
//! [`assert_not_emitted!`]: crate::testing::assert_not_emitted

mod assert;
mod check;
mod clock;
mod disk;
mod emitted;
mod error;
mod expect;
mod faults;
mod line;
mod read;
mod recorded;
mod recording;
mod report;

pub use crate::testing::clock::SetClock;
pub use crate::testing::disk::FailingDisk;
pub use crate::testing::emitted::Emitted;
pub use crate::testing::error::ReadError;
pub use crate::testing::faults::{DiskError, Operation};
pub use crate::testing::line::Line;
pub use crate::testing::recorded::Recorded;
pub(crate) use crate::testing::recording::Recording;
use crate::{Logger, LoggerBuilder};

#[doc(inline)]
pub use crate::{assert_emitted, assert_not_emitted};

/// What the macros name. Not part of the stable API.
#[doc(hidden)]
pub mod __private {
    pub use crate::testing::expect::{
        Columns, FieldCheck, Judgement, Pattern, events, lines, nothing,
    };
    pub use serde_json::json;
}

/// A logger that records in memory, and what it records. Its clock stands at 2000-01-01T00:00:00Z.
///
/// ```
/// use event_log::{Event, testing};
///
/// #[derive(Event)]
/// struct LessonStarted {
///     lesson: u32,
/// }
///
/// let (logger, recorded) = testing::recorder();
/// logger.emit(LessonStarted { lesson: 7 });
/// assert_eq!(recorded.all()[0].params()["lesson"], 7);
/// ```
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "the default options are within their ranges")]
pub fn recorder() -> (Logger, Recorded) {
    builder().record().expect("the default options are within their ranges")
}

/// The options of a logger that is to record: the defaults of [`Logger::builder`], with a clock that
/// stands at 2000-01-01T00:00:00Z and, with the feature `pii`, a key that is no secret, so that events
/// with hashed fields can be recorded. There is no directory, so end with
/// [`record`](LoggerBuilder::record): [`build`](LoggerBuilder::build) is an error.
///
/// ```
/// use event_log::{Context, testing};
///
/// let version = Context::new().field("app_version", 12)?;
/// let (logger, recorded) = testing::builder().context(version).record()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn builder() -> LoggerBuilder {
    let builder = Logger::builder("").clock(SetClock::default());
    #[cfg(feature = "pii")]
    let builder = builder.pii_key(crate::pii::PiiKey::for_tests());
    builder
}
