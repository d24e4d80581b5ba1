//! The catalogue of a binary: all events that are linked into it, as data.
//!
//! # How it comes about
//!
//! Each `#[derive(Event)]` lists its event. [`of_binary`] collects the events of the program and of
//! all crates linked into it. Not listed are:
//!
//! - events with type or const parameters, since each instance has a schema of its own: list the
//!   one that you emit with [`list_event!`](crate::list_event);
//! - events marked `#[event(unlisted)]`, such as those of tests;
//! - events of crates of which the program uses nothing, as they are not linked.
//!
//! The logger's own `event_log_gap` is there, since its lines are in the log as well.
//!
//! # Reviewed like code
//!
//! ```no_run
//! # use event_log::Event;
//! /// Fired when the account row is committed.
//! #[derive(Event)]
//! #[event(owner = "growth@example.com")]
//! struct UserRegistration {
//!     /// The OAuth provider that vouched for the user.
//!     provider: String,
//! }
//!
//! // In one unit test:
//! event_log::assert_catalog!("events.lock.json");
//! ```
//!
//! # What the events do not say
//!
//! What `user_id` holds and which common fields the contexts add is not known to any struct. Tell it:
//!
//! ```standalone_crate
//! use event_log::catalog::{self, UserIdType};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut catalog = catalog::of_binary()?;
//! catalog.envelope.user_id = UserIdType::String;
//! catalog.envelope.common_fields = vec![
//!     catalog::common_field::<&str>("app_version", "The release that emitted the event."),
//!     catalog::common_field::<Option<&str>>("session_id", "Given by the client."),
//! ];
//! # let directory = tempfile::tempdir()?;
//! # let lock = directory.path().join("events.lock.json");
//! # let lock = lock.to_str().unwrap();
//! # #[cfg(any())]
//! event_log::assert_catalog!("events.lock.json", catalog);
//! # Ok(())
//! # }
//! ```

mod duplicate;
mod gap;
mod listed;
mod owned;

use std::error::Error as _;
use std::iter::successors;
use std::path::Path;

#[doc(no_inline)]
pub use event_log_catalog::*;

pub use self::duplicate::DuplicateType;
use crate::schema::EventField;

/// What the expansion of `list_event!` names. Not part of the stable API.
#[doc(hidden)]
pub mod __private {
    pub use super::listed::{Listed, Place};
    pub use inventory::submit;
}

/// The catalogue of all events that are linked into this program, in the order of their names.
///
/// Its envelope has integer user ids and no common fields; change it where that is not so.
///
/// # Errors
/// If two events have one type name: their rows could not be told apart. The error names both places.
pub fn of_binary() -> Result<Catalog, DuplicateType> {
    listed::catalog()
}

/// A common field, as [`Context::field`](crate::Context::field) adds it, whose values are of type
/// `F`.
#[must_use]
pub fn common_field<F: EventField + ?Sized>(name: &str, description: &str) -> Field {
    let (field_type, optional) = owned::field_type(&F::SCHEMA);
    Field {
        name: name.to_owned(),
        field_type,
        optional,
        description: description.to_owned(),
        personal: None,
        deprecated: None,
        renamed_from: None,
    }
}

/// Compares a catalogue with the lock file at this path.
#[doc(hidden)]
#[track_caller]
pub fn assert_lock(lock: &Path, catalog: &Catalog) {
    let Err(mismatch) = lock::check(lock, catalog) else { return };
    let causes = successors(mismatch.source(), |cause| (*cause).source());
    let causes: Vec<String> = causes.map(|cause| format!("\ncaused by: {cause}")).collect();
    panic!("{mismatch}{}", causes.concat());
}

/// [`of_binary`], for the macro.
#[doc(hidden)]
#[track_caller]
#[must_use]
pub fn expect_of_binary() -> Catalog {
    of_binary().unwrap_or_else(|duplicate| panic!("{duplicate}"))
}

/// Panics with a report unless the events are those of a lock file, which is reviewed like code.
///
/// The path is relative to the `Cargo.toml` of the package that calls it. The second argument is the
/// catalogue, by default that of the binary, [`catalog::of_binary`](crate::catalog::of_binary).
///
/// With the environment variable `EVENT_LOG_ACCEPT=1` it writes the lock file instead.
///
/// ```no_run
/// // In a unit test:
/// event_log::assert_catalog!("events.lock.json");
/// ```
///
/// # Panics
/// If the catalogue differs from the lock file, the file cannot be read, or two events have one name.
#[macro_export]
macro_rules! assert_catalog {
    ($lock:expr $(,)?) => {
        $crate::assert_catalog!($lock, $crate::catalog::expect_of_binary())
    };
    ($lock:expr, $catalog:expr $(,)?) => {
        $crate::catalog::assert_lock(
            &::std::path::Path::new(::core::env!("CARGO_MANIFEST_DIR")).join($lock),
            &$catalog,
        )
    };
}
