//! Business events as JSON lines in rotating files, none lost however the process dies.

#[cfg(target_endian = "big")]
compile_error!("the spool's words are little-endian; big-endian targets are not supported");
#[cfg(not(unix))]
compile_error!("event-log needs a Unix: it maps and locks files");

mod builder;
mod clock;
mod context;
mod country_code;
mod date;
mod envelope;
mod error;
mod event;
mod fork;
mod id;
mod ledger;
mod line;
mod line_buffer;
mod local;
mod locale;
mod logger;
mod mapping;
mod params;
mod progress;
mod shared;
mod spool;
mod stats;
mod sync;
mod user_id;
mod writer;

pub use crate::builder::{LoggerBuilder, Overflow};
pub use crate::clock::Clock;
pub use crate::context::{Context, ContextError, Entered, Scope};
pub use crate::country_code::{AsCountryCode, CountryCode, CountryCodeError};
pub use crate::date::DatePrecision;
pub use crate::error::{BuildError, EmitError, FlushError, LogError, SegmentError, SyncError};
pub use crate::event::{Event, EventType};
pub use crate::locale::{AsLocale, Locale, LocaleError};
pub use crate::logger::{Logger, WithContext};
pub use crate::stats::{DropReason, Stats, TypeStats};
pub use crate::user_id::{AsUserId, UserId};
pub use crate::writer::storage::{FileStatus, SegmentFile, Storage, StoredFile, SystemStorage};
#[doc = include_str!("derive_event.md")]
pub use event_log_derive::Event;

/// What the expansion of `#[derive(Event)]` names. Not part of the stable API.
#[doc(hidden)]
pub mod __private {
    pub use crate::country_code::AsCountryCode;
    pub use crate::envelope::Envelope;
    pub use crate::event::{Event, EventType};
    pub use crate::locale::AsLocale;
    pub use crate::params::{Params, ParamsError};
    pub use crate::user_id::AsUserId;
    pub use core::option::Option;
    pub use core::result::Result::{self, Ok};
    pub use serde_core::Serialize;
}
