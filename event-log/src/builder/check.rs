//! The ranges of the options, checked all at once by `build`.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::builder::LoggerBuilder;
use crate::error::BuildError;
use crate::pii::{self, HashedField};
use crate::spool::header::{MAX_RING_BYTES, MIN_RING_BYTES};
use crate::spool::record;

pub(crate) const LINE_BYTES: RangeInclusive<usize> = 1_024..=1_048_576;
const SEGMENT_BYTES_MAX: u64 = 1 << 40;
const DRAIN_INTERVAL: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(1);
const ROTATE_EVERY: RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(366 * 24 * 3_600);
const PREFIX_BYTES: RangeInclusive<usize> = 1..=100;

pub(crate) const PREFIX_RANGE: &str = "1 to 100 of `A-Z a-z 0-9 _ - .`, not beginning with `.`";

/// The spool holds at least so many of the longest lines, and of the longest transactions.
pub(super) const SPOOL_LINES_MIN: u64 = 4;

const _: () = assert!(*LINE_BYTES.end() <= record::MAX_BYTES);

impl LoggerBuilder {
    /// Checks every option.
    ///
    /// # Errors
    /// If one is out of its range: the first.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        require(is_prefix(&self.prefix), "prefix", &self.prefix, || PREFIX_RANGE.to_owned())?;
        within("max_line_bytes", self.max_line_bytes, &LINE_BYTES)?;
        let spool_min = (record::size(self.max_line_bytes) * SPOOL_LINES_MIN)
            .next_power_of_two()
            .max(MIN_RING_BYTES as u64);
        require(
            self.spool_bytes.is_power_of_two()
                && (spool_min..=MAX_RING_BYTES as u64).contains(&(self.spool_bytes as u64)),
            "spool_bytes",
            self.spool_bytes,
            || {
                format!(
                    "a power of two from {spool_min} ({SPOOL_LINES_MIN} lines of `max_line_bytes`) \
                     to {MAX_RING_BYTES}"
                )
            },
        )?;
        within(
            "segment_bytes",
            self.segment_bytes,
            &(self.max_line_bytes as u64..=SEGMENT_BYTES_MAX),
        )?;
        let context_bytes = self.context.rendered_bytes();
        let context_max = self.max_line_bytes / 2;
        require(
            context_bytes <= context_max,
            "context",
            format_args!("{context_bytes} bytes long"),
            || {
                format!(
                    "at most {context_max} bytes, half of `max_line_bytes`: it is part of every line"
                )
            },
        )?;
        within_times("drain_interval", self.drain_interval, &DRAIN_INTERVAL)?;
        within_times("rotate_every", self.rotate_every, &ROTATE_EVERY)?;
        match pii::first_hashed_field() {
            Some(&HashedField { event_type, field }) if self.pii_key.is_none() => {
                Err(BuildError::NoPiiKey { event_type, field })
            }
            _ => Ok(()),
        }
    }
}

/// Whether segments can have this prefix.
pub(crate) fn is_prefix(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    PREFIX_BYTES.contains(&text.len()) && text.bytes().all(plain) && !text.starts_with('.')
}

fn require(
    holds: bool,
    option: &'static str,
    got: impl fmt::Display,
    range: impl FnOnce() -> String,
) -> Result<(), BuildError> {
    if holds {
        return Ok(());
    }
    Err(BuildError::Option { option, got: got.to_string(), range: range() })
}

fn within<T: PartialOrd + fmt::Display>(
    option: &'static str,
    got: T,
    range: &RangeInclusive<T>,
) -> Result<(), BuildError> {
    let text = || format!("from {} to {}", range.start(), range.end());
    require(range.contains(&got), option, got, text)
}

fn within_times(
    option: &'static str,
    got: Duration,
    range: &RangeInclusive<Duration>,
) -> Result<(), BuildError> {
    let text = || format!("from {:?} to {:?}", range.start(), range.end());
    require(range.contains(&got), option, format_args!("{got:?}"), text)
}
