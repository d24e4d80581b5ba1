//! Tests.
mod assert;
mod check;
mod clock;
mod disk;
mod emitted;
mod error;
mod expect;
mod faults;
mod line;
mod pairs;
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

/// A logger that records in memory, and what it records.
///
/// Its clock stands at 2000-01-01T00:00:00Z and its ids count from 1.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "the default options are within their ranges")]
pub fn recorder() -> (Logger, Recorded) {
    builder().record().expect("the default options are within their ranges")
}

/// The options of a recording logger; end with [`record`](LoggerBuilder::record).
pub fn builder() -> LoggerBuilder {
    Logger::builder("").clock(SetClock::default())
}
