//! Business events as JSON lines in rotating files, none lost however the process dies.
//!
//! A service says *what happened* (a sign-up, a payment, a lesson started) by emitting a struct.
//! Each becomes one line of JSON, in files that a collector (Fluent Bit, Fluentd, Vector, rsyslog
//! …) carries to where analysts query them.
//!
//! ```
//! use event_log::{Context, Event, Logger};
//!
//! /// Fired when the account row is committed.
//! #[derive(Event)]
//! struct UserRegistration<'a> {
//!     provider: &'a str,
//!     referrer: Option<&'a str>,
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     # let directory = tempfile::tempdir()?;
//!     # let log_directory = directory.path();
//!     # #[cfg(any())]
//!     let log_directory = "/var/log/shop";
//!     let logger = Logger::builder(log_directory)
//!         .on_error(|error| eprintln!("event log: {error}"))
//!         .build()?;
//!
//!     // What is known of every event of a request.
//!     let context = Context::new().user_id(1).locale("ja")?.country_code("JP")?;
//!     context.enter(|| {
//!         logger.emit(UserRegistration { provider: "twitter", referrer: None });
//!     });
//!
//!     # drop(logger);
//!     # let mut entries = std::fs::read_dir(log_directory)?.map(|entry| entry.unwrap().path());
//!     # let segment = entries.find(|path| path.extension().is_some_and(|e| e == "jsonl")).unwrap();
//!     # let line = std::fs::read_to_string(segment)?;
//!     # let (head, tail) = line.split_once(r#","type":"#).unwrap();
//!     # assert!(head.starts_with(r#"{"id":""#) && head.contains(r#"","date":"20"#));
//!     # let expected = concat!(
//!     #     r#""user_registration","user_id":1,"locale":"ja","country_code":"JP","#,
//!     #     r#""params":{"provider":"twitter","referrer":null}}"#,
//!     #     "\n",
//!     # );
//!     # assert_eq!(tail, expected);
//!     Ok(())
//! }
//! ```
//!
//! ```json
//! {"id":"017bed2e-6958-7c2f-9a41-0f6e2b7d8c35","date":"2021-09-16T05:57:27Z","type":"user_registration","user_id":1,"locale":"ja","country_code":"JP","params":{"provider":"twitter","referrer":null}}
//! ```
//!
//! # What survives what
//!
//! | an accepted event, once this returns | a panic, `exit` | SIGKILL, the OOM killer | a power cut | a full disk |
//! | --- | --- | --- | --- | --- |
//! | [`emit`](Logger::emit) | yes | yes | no | yes |
//! | [`flush`](Logger::flush) | yes | yes | no | yes; an error says what is not in a segment |
//! | [`sync`](Logger::sync), [`sync_async`](Logger::sync_async) | yes | yes | yes | yes; an error says what is not synced |
//!
//! An emit copies the line into the *spool*, a mapped file, which the kernel keeps when the process
//! dies. A background thread moves lines from the spool into *segments*, the files for collectors.
//! What a dead process left in its spool is written by the next [`Logger`] that is built on the
//! directory. So there is no guard to keep alive and nothing to call before the end; but what a
//! process emits in its last milliseconds may reach its segment only with the next start.
//!
//! An event that cannot be accepted is *dropped*, never silently: it is counted
//! ([`Logger::stats`]), told to [`on_error`](LoggerBuilder::on_error), and told of in the log
//! itself by a line of type `event_log_gap`. The accounts balance: emitted = written + dropped +
//! still in the spool.
//!
//! # Together, or not at all
//!
//! Events of a [transaction](Transaction) appear together and in order, or not at all, also across a
//! kill: for emitting beside a database transaction.
//!
//! ```
//! # use event_log::{Event, Logger};
//! # #[derive(Event)] struct OrderPlaced { order: u64 }
//! # #[derive(Event)] struct StockReserved { pieces: u32 }
//! # fn place(logger: &Logger, database: impl FnOnce() -> std::io::Result<()>) -> std::io::Result<()> {
//! let mut events = logger.transaction();
//! events.emit(OrderPlaced { order: 17 });
//! events.emit(StockReserved { pieces: 2 });
//! database()?; // If this fails, nothing was ever emitted.
//! events.commit();
//! # Ok(())
//! # }
//! # let directory = tempfile::tempdir()?;
//! # let logger = Logger::builder(directory.path()).build()?;
//! # place(&logger, || Err(std::io::ErrorKind::Other.into())).unwrap_err();
//! # assert_eq!(logger.stats().total.emitted, 0);
//! # place(&logger, || Ok(()))?;
//! # assert_eq!(logger.stats().total.emitted, 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # One logger for the process
//!
//! A logger is a value that is handed around, and nothing is global, unless a program wants it:
//! [`Logger::install`] makes one the logger of the process, and [`event_log::emit`](emit) emits to it
//! from anywhere. It is never dropped; [what that means at exit](Logger::install).
//!
//! # The main types
//!
//! - [`Event`], with [`#[derive(Event)]`](derive@Event): a struct, or each variant of an enum, is a
//!   type of event. The derive refuses names that would break a table later.
//! - [`EventField`](trait@EventField), with [`#[derive(EventField)]`](derive@EventField): what can be a field of an
//!   event, because it says what it looks like in a table.
//! - [`Logger`]: a cheap clone that threads share. [`LoggerBuilder`] has all options and their
//!   defaults; [`Overflow`] says what an emit does when the spool is full.
//! - [`Transaction`]: events that appear together, or not at all.
//! - [`Context`]: user, [`Locale`], [`CountryCode`] and common fields of a request; passed along
//!   with [`Logger::with`], or ambient in a future ([`Context::scope`]) or a closure
//!   ([`Context::enter`]); see [below](#the-context-of-a-request).
//! - [`Stats`]: what became of the events. [`LogError`]: what the error handler is told.
//! - [`Clock`] and [`Storage`]: for tests that set the time or make the disk fail.
//! - [`testing`]: a logger that records in memory, [`assert_emitted!`] and what else the tests of
//!   domain code want.
//!
//! # The context of a request
//!
//! Made once, where a request comes in, and current wherever its code runs:
//!
//! - [`Context::lenient`] takes what strangers sent, and tells of what makes no sense instead of
//!   failing the request. With the feature `tower`, [`tower::ContextLayer`] does so for each request
//!   of axum, tonic or hyper.
//! - `.await`, `join!` and the like need nothing. A spawned task takes its context along with
//!   [`in_current_context`](InContext::in_current_context), a thread, `spawn_blocking`, rayon or a
//!   job for a worker with [`Context::wrap`], a stream with `scope_stream` (feature `stream`); see
//!   [`Context`].
//! - [`baggage`] carries it to the next service, in the W3C's header.
//!
//! # Watching the logger
//!
//! [`Logger::stats`] says what became of the events, how full the spool is, and how long events wait
//! in it. With the feature `metrics` the same numbers go to Prometheus and others: [`metrics`] lists
//! them and says what to watch.
//!
//! # Personal data
//!
//! What would tell who somebody is is hashed with a key, masked or left out before it is written, as
//! `#[event(pii = "…")]` on its field says: see [`pii`].
//!
//! # At three in the morning
//!
//! **What are these files?** `events.20261121T223000.123Z.7f3a91c2.000042.jsonl` is a segment:
//! prefix, UTC time of creation, token of the logger, number. The token differs from start to
//! start. Each segment is created under this name, appended to and left alone; collectors take
//! `events.*.jsonl`. `.spool/events.7f3a91c2.spool` is the spool of the logger with that token: do not
//! touch it.
//!
//! **When does a segment end?** When it would grow past
//! [`segment_bytes`](LoggerBuilder::segment_bytes) (64 MiB) or its
//! [period](LoggerBuilder::rotate_every) ends (on the hour, UTC), and with the logger. At most once
//! a second.
//!
//! **Can closed segments be compressed?** Yes, with the feature `gzip` or `zstd` and
//! [`LoggerBuilder::compress`]: a while after they were closed, so that collectors have read them, and by
//! a thread that harms nobody.
//!
//! **Who deletes old segments?** Nobody, unless a limit is set:
//! [`retain_bytes`](LoggerBuilder::retain_bytes), [`retain_age`](LoggerBuilder::retain_age),
//! [`retain_count`](LoggerBuilder::retain_count). Anybody else may delete segments as well.
//!
//! **The disk is full.** Nothing breaks. The writer tries again, at least once a second, and the
//! spool (8 MiB) takes what is emitted meanwhile. When that is full too, emits wait up to 100 ms,
//! then events are dropped and counted ([`overflow`](LoggerBuilder::overflow)). When there is room
//! again, writing goes on at the very byte where it stopped.
//!
//! **The disk fails in other ways.** The same. After three failures in a row the writer begins a
//! new segment; the old one may then end in a line that is cut short, which stands whole in a later
//! one.
//!
//! **A segment's last line has no newline.** It is being written, or its process died: the next
//! logger on the directory completes it. Or the disk failed as above. Collectors wait for the
//! newline, and so should you.
//!
//! **An `.unreadable` file lies in `.spool/`.** A spool that this version cannot read: damaged, or
//! of another version. It may hold events, so it was kept.
//!
//! **An event must not be lost even in a power cut.** Call [`sync`](Logger::sync) after it, or
//! `sync_async().await`. Callers that wait together share one `fdatasync`.
//!
//! **Can a line come twice?** Yes, with the same `id`: when a segment is removed or changed while
//! it is written, and after a power cut. Remove duplicates by `id`.
//!
//! **The service forks.** A child makes a spool, segments and a writer of its own at its first
//! emit. Its lines are in its own files.
//!
//! **Two processes use one directory.** Each has its own spool and its own segments. Retention
//! looks at all of them, and spares what a living process or a recovery may go on writing. Loggers
//! with different prefixes can share a directory too, and keep to their own files.
//!
//! **Somebody deleted the directory.** The writer creates it again with the next segment, and
//! writes the last batch again. The spool has lost its name: events still arrive, but would not
//! survive the process. You are told ([`LogError::SpoolRemoved`]); restart the process.
//!
//! **Who can read the files?** Whoever the umask lets: segments and spools are created as any file
//! is, and hold user ids, unless they are hashed ([`pii`]).
//!
//! # Reading the log in the same hour
//!
//! [`follow`], with the feature of that name, yields the lines as they are written, across rotations
//! and restarts, to a consumer that can be killed and goes on where it stopped: at least once with a
//! file of its own, exactly once where the position is stored with the result. Blocking, or as a
//! `Stream`.
//!
//! # Platforms
//!
//! Linux, 64-bit and little-endian. The directory must lie on a file system that maps and locks files: a
//! local disk, or tmpfs if events need not outlive the machine. Do not truncate a spool: the
//! process would be killed by SIGBUS.
//!
//! # Crate features
//!
//! None is on by default. But for `testing`, none adds anything to an emit.
//!
//! | feature | adds | crates |
//! | --- | --- | --- |
//! | `catalog` | the module [`catalog`] and [`assert_catalog!`]: all events of a program, compared with a reviewed file in a unit test; for `dev-dependencies`, as each event adds a function that runs before `main` | `event-log-catalog`, `inventory` |
//! | `follow` | the module [`follow`], which reads the log as it grows | none |
//! | `follow-async` | the same as an async stream, on any runtime | `futures-core` |
//! | `gzip` | [`LoggerBuilder::compress`] with `Compression::Gzip`, for closed segments; `follow` reads them | `flate2` and five that it needs |
//! | `metrics` | [`metrics`]: numbers about each logger for the facade of that name | `metrics` and two that it needs |
//! | `pii` | `#[event(pii = "hash")]` and the key for it; see [`pii`] | `hmac`, `sha2`, `inventory` and ten that they need |
//! | `stream` | `Context::scope_stream`: streams that are polled in a context | `futures-core` |
//! | `testing` | the module [`testing`], for `dev-dependencies` | none |
//! | `tower` | [`tower::ContextLayer`]: the context of each request | `tower-layer`, `tower-service` |
//! | `zstd` | the same with `Compression::Zstd` | `zstd` and two that it needs, which a compiler for C builds |
//!
//! # Where it is written down
//!
//! In the repository: `docs/format.md` describes every byte on disk, `docs/design.md` answers why
//! things are as they are, `ARCHITECTURE.md` maps the code.
//!
#![cfg_attr(feature = "testing", doc = "[`testing`]: crate::testing")]
#![cfg_attr(feature = "testing", doc = "[`assert_emitted!`]: crate::testing::assert_emitted")]
#![cfg_attr(not(feature = "testing"), doc = "[`testing`]: #crate-features")]
#![cfg_attr(feature = "follow", doc = "[`follow`]: crate::follow")]
#![cfg_attr(not(feature = "follow"), doc = "[`follow`]: #crate-features")]
#![cfg_attr(feature = "catalog", doc = "[`catalog`]: crate::catalog")]
#![cfg_attr(feature = "catalog", doc = "[`assert_catalog!`]: crate::assert_catalog")]
#![cfg_attr(not(feature = "catalog"), doc = "[`catalog`]: #crate-features")]
#![cfg_attr(not(feature = "catalog"), doc = "[`assert_catalog!`]: #crate-features")]
#![cfg_attr(not(feature = "testing"), doc = "[`assert_emitted!`]: #crate-features")]
#![cfg_attr(
    feature = "_compression",
    doc = "[`LoggerBuilder::compress`]: crate::LoggerBuilder::compress"
)]
#![cfg_attr(not(feature = "_compression"), doc = "[`LoggerBuilder::compress`]: #crate-features")]
#![cfg_attr(feature = "metrics", doc = "[`metrics`]: crate::metrics")]
#![cfg_attr(not(feature = "metrics"), doc = "[`metrics`]: #crate-features")]
#![cfg_attr(feature = "tower", doc = "[`tower::ContextLayer`]: crate::tower::ContextLayer")]
#![cfg_attr(not(feature = "tower"), doc = "[`tower::ContextLayer`]: #crate-features")]

#[cfg(target_endian = "big")]
compile_error!("the spool's words are little-endian; big-endian targets are not supported");
#[cfg(not(target_pointer_width = "64"))]
compile_error!("a spool may have 4 GiB and is mapped whole; 32-bit targets are not supported");
#[cfg(not(target_os = "linux"))]
compile_error!("event-log runs on Linux: it tells forks by a page that the kernel wipes");

pub mod baggage;
mod builder;
#[cfg(feature = "catalog")]
pub mod catalog;
mod clock;
#[cfg(feature = "_compression")]
mod compress;
mod context;
mod country_code;
mod date;
mod delays;
mod emit;
mod envelope;
mod error;
mod event;
#[cfg(feature = "follow")]
pub mod follow;
mod fork;
mod handle;
mod id;
mod installed;
mod json;
mod ledger;
mod line;
mod line_buffer;
mod list_event;
mod local;
mod locale;
mod logger;
mod mapping;
#[cfg(feature = "metrics")]
pub mod metrics;
#[cfg(any(feature = "follow", feature = "testing"))]
mod pairs;
mod params;
pub mod pii;
mod progress;
mod schema;
mod shared;
mod spool;
mod stats;
mod sync;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tower")]
pub mod tower;
mod transaction;
mod user_id;
mod waiting;
mod writer;

pub use crate::builder::{LoggerBuilder, Overflow};
pub use crate::clock::Clock;
#[cfg(feature = "_compression")]
pub use crate::compress::Compression;
pub use crate::context::{
    Context, ContextError, Entered, InContext, IntoCountryCode, IntoLocale, LenientContext, Scope,
};
pub use crate::country_code::{AsCountryCode, CountryCode, CountryCodeError};
pub use crate::date::DatePrecision;
pub use crate::error::{
    BuildError, CommitError, EmitError, FlushError, LogError, SegmentError, SyncError,
};
pub use crate::event::{Event, EventType};
pub use crate::installed::{InstallError, dropped_before_install, emit, installed, try_emit};
pub use crate::locale::{AsLocale, Locale, LocaleError};
pub use crate::logger::{Logger, WithContext};
pub use crate::schema::{EventField, EventKey, EventRecord, Schema};
pub use crate::stats::{DropReason, Stats, TypeStats};
pub use crate::transaction::{Transaction, TransactionWithContext};
pub use crate::user_id::{AsUserId, UserId};
pub use crate::writer::storage::{FileStatus, SegmentFile, Storage, StoredFile, SystemStorage};
/// Dates, as [`Clock`] tells them.
pub use chrono;
#[doc = include_str!("derive_event.md")]
pub use event_log_derive::Event;
#[doc = include_str!("derive_event_field.md")]
pub use event_log_derive::EventField;
/// Ids, as [`Logger::try_emit`] returns them.
pub use uuid;

/// What the expansion of `#[derive(Event)]` names. Not part of the stable API.
#[doc(hidden)]
pub mod __private {
    pub use crate::__hashed_field as hashed_field;
    pub use crate::__list_event as list_event;
    pub use crate::country_code::AsCountryCode;
    pub use crate::envelope::Envelope;
    pub use crate::event::{Event, EventType};
    pub use crate::locale::AsLocale;
    pub use crate::params::{Params, ParamsError};
    pub use crate::pii::{AsHashedUserId, HashText, HashedField};
    pub use crate::schema::{
        Described, EventDescription, EventField, EventKey, EventRecord, FieldName, HashOf,
        HashOfAnything, Member, Schema, TimeSpan, Treatment, Unit,
    };
    pub use crate::user_id::AsUserId;
    pub use core::option::Option;
    pub use core::result::Result::{self, Ok};
    #[cfg(feature = "pii")]
    pub use inventory;
    pub use serde_core::Serialize;
}
