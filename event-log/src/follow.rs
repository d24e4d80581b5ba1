//! Reads the log as it grows: lines within milliseconds, across rotations and restarts, each once.
//!
//! A log is for analysts, hours or years later. This module is for the program that cannot wait so long:
//! the recommender that wants the click of a second ago, the counter on a wall, a cache to be
//! invalidated. It needs nothing but to read the files, in the service's own process or in another one
//! on the same machine. The services that write are never waited for and never wait.
//!
//! # Waiting for lines
//!
//! A [`Follower`] is an iterator that waits:
//!
//! ```
//! use event_log::follow::Follower;
//! use event_log::{Event, Logger};
//!
//! #[derive(Event, serde::Deserialize)]
//! struct ArticleClicked {
//!     topic: String,
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = tempfile::tempdir()?;
//! # let log_directory = directory.path();
//! # let logger = Logger::builder(log_directory).build()?;
//! # logger.emit(ArticleClicked { topic: "music".to_owned() });
//! # let mut topics = Vec::new();
//! let follower = Follower::builder(log_directory).types(["article_clicked"]).build()?;
//! # let stop = follower.stop_handle();
//! for line in follower {
//!     match line {
//!         Ok(line) => {
//!             let ArticleClicked { topic } = line.params()?;
//!             println!("{}: {:?} is interested in {topic}", line.date(), line.user_id());
//!             # topics.push(topic);
//!         }
//!         // A foreign line, a segment removed too early: told once, and it goes on.
//!         Err(trouble) => eprintln!("{trouble}"),
//!     }
//!     # stop.stop();
//! }
//! # assert_eq!(topics, ["music"]);
//! # Ok(())
//! # }
//! ```
//!
//! - [`Line`] has the envelope, typed, and gives common fields and params as types of yours.
//! - [`types`](FollowerBuilder::types) passes over other types without parsing them.
//! - [`next_timeout`](Follower::next_timeout) waits so long at most;
//!   [`read_available`](Follower::read_available) does not wait.
//! - A [`StopHandle`] ends it from another thread.
//! - With the feature `follow-async`, [`into_stream`](./struct.Follower.html#method.into_stream) makes a `Stream` of it,
//!   for any runtime.
//!
//! # Going on where it stopped
//!
//! A [`Position`] says what was consumed. There are two ways to keep it.
//!
//! **At least once**: name a [position file](FollowerBuilder::position_file), and
//! [`commit`](Follower::commit) after the work. Who is killed between the two does the work since the
//! last commit again.
//!
//! ```
//! # use event_log::follow::Follower;
//! # fn work_on(_: &event_log::follow::Line) {}
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (log, state) = (tempfile::tempdir()?, tempfile::tempdir()?);
//! # let (log_directory, state_directory) = (log.path(), state.path());
//! let mut follower = Follower::builder(log_directory)
//!     .position_file(state_directory.join("clicks.position"))
//!     .build()?;
//! # follower.stop_handle().stop();
//! while let Some(line) = follower.next() {
//!     work_on(&line?);
//!     follower.commit()?; // Better after many lines: a commit waits for the disk.
//! }
//! # Ok(())
//! # }
//! ```
//!
//! **Exactly once**: store the text of the position with your result, in one transaction of your
//! database. Either both are there or neither is, so nothing is lost or counted twice, whoever is killed
//! when. `examples/interests` in the repository does so with `SQLite`, and a test kills it.
//!
//! ```
//! # use event_log::follow::{Follower, Position, Start};
//! # #[derive(Default)] struct Database { position: Option<String>, clicks: u64 }
//! # impl Database {
//! #     fn transaction(&mut self, work: impl FnOnce(&mut Self)) { work(self) }
//! # }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let log = tempfile::tempdir()?;
//! # let log_directory = log.path();
//! # let mut database = Database::default();
//! let start = match &database.position {
//!     Some(text) => Start::At(text.parse()?),
//!     None => Start::Beginning,
//! };
//! let mut follower = Follower::builder(log_directory).start(start).build()?;
//! # follower.stop_handle().stop();
//! while let Some(line) = follower.next() {
//!     let line = line?;
//!     let position = follower.position().to_string();
//!     database.transaction(|rows| {
//!         rows.clicks += u64::from(line.event_type() == "article_clicked");
//!         rows.position = Some(position);
//!     });
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What is promised
//!
//! - **Every line once.** Each line that is in a segment is yielded once, counted from the position that
//!   it begins at, unless its segment was removed before it was read. Where the *log* holds a line twice,
//!   with the same [`id`](Line::id), it comes twice: after a power cut, where somebody removed or changed
//!   a segment that was being written, and where a failing disk cut a transaction.
//! - **The order of each logger.** The lines of one logger come in the order in which they were accepted,
//!   also those that a recovery completed or wrote to another segment. Of loggers that run at the same
//!   time nothing more is promised; what is there already when a follower looks comes in the order of the
//!   segments' names, that is of the time at which segments were begun. All of a logger that ended comes
//!   before all of one that was built later, unless the clock was set back and the earlier segments
//!   removed in between.
//!   Between the lines of a transaction comes no other line of that logger; the first may come before
//!   the last is written, and then lines of other loggers in between.
//! - **No half line.** A line without its newline waits, however long, until it is completed. When nobody
//!   will ever complete it, it is told as [`FollowError::Abandoned`]; it stands whole in a later segment,
//!   if it could be written.
//! - **Nothing ends it.** Trouble is yielded as an `Err` in its place, and reading goes on. A directory
//!   that is not there is waited for.
//! - **Nobody waits for it.** It takes no lock that a logger takes and writes nothing into the log
//!   directory. (A `.lock` lies beside the position file, to keep two followers from using one.)
//! - **It stays small.** One buffer of at most three times the longest line that a logger can write
//!   (1 MiB), less than 100 bytes for each segment in the directory, and what the decoder of a compressed
//!   one needs (zstd: some 2 MiB).
//! - **Holes are told**, those that can be known of: events that the logger had to drop come as
//!   [gap lines](Line::is_gap), whatever [types](FollowerBuilder::types) were asked for; segments removed
//!   too early as [`FollowError::Removed`] or [`FollowError::Missing`]. Of a logger that came and went,
//!   segments and all, while nobody followed, nothing is known.
//!
//! # How late may it be?
//!
//! A segment that was removed before it was read is gone for it. Keep segments longer than the follower is
//! ever away: see [`retain_at_least`](crate::LoggerBuilder::retain_at_least). A segment that is removed
//! while it is being read is read to its end.
//!
//! One that was compressed before it was read, by the logger or by `gzip` or `zstd`, is read out of its
//! `.gz` or `.zst` file, from its place on, with the features `gzip` and `zstd` of this crate; without
//! them, each is told as [`FollowError::Compressed`]. To go on within one, all before its place has to be
//! decoded again.
//!
//! # How does it wake?
//!
//! By inotify: a line is there some milliseconds after the logger wrote it, which is 10 to 50 ms after
//! the emit ([`drain_interval`](crate::LoggerBuilder::drain_interval)). Where inotify does not work, as
//! on network file systems, it looks every [`poll_interval`](FollowerBuilder::poll_interval). With
//! either it looks at the directory at least every 2 s.
//!
//! It must be able to list the log directory and `.spool/` in it, and to read the files there: those in
//! `.spool/` tell which segments may still grow. If it cannot list `.spool/` or read a spool in it, it
//! tells so once, takes every logger to be alive and every segment to grow; then each keeps a file open
//! and a place in the position until that is mended.

mod builder;
mod error;
mod filter;
mod follower;
mod gap;
mod line;
mod parse;
mod position;
mod position_file;
mod reader;
mod stop;
#[cfg(feature = "follow-async")]
mod stream;
mod survey;
mod tail;
mod tails;
mod troubles;
mod unzip;
mod watch;
mod window;

pub use crate::follow::builder::{FollowerBuilder, Start};
pub use crate::follow::error::{CommitError, FollowError, Malformed, OpenError, ValueError};
pub use crate::follow::follower::Follower;
pub use crate::follow::gap::Gap;
pub use crate::follow::line::Line;
pub use crate::follow::position::{Position, PositionError};
pub use crate::follow::stop::StopHandle;
#[cfg(feature = "follow-async")]
pub use crate::follow::stream::FollowStream;
