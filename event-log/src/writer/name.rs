//! The names of segments: they sort in time order and never repeat.
//!
//! ```text
//! events.20261121T223000.123Z.7f3a91c2.000042.jsonl
//! prefix  UTC, millis          token    sequence
//! ```
//!
//! A segment that was compressed has `.gz` or `.zst` behind that.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};

const TIME_FORMAT: &str = "%Y%m%dT%H%M%S%.3fZ";
const SUFFIX: &str = "jsonl";

/// A segment's name, taken apart.
///
/// The order is that of the text: by time first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SegmentName {
    /// When the segment was created, in milliseconds since 1970. Never decreases within a logger.
    pub(crate) created_millis: u64,
    /// The logger that wrote it.
    pub(crate) token: u32,
    /// Counts the segments of that logger from 1.
    pub(crate) sequence: u32,
}

/// How a file holds the lines of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    /// As they were written.
    Plain,
    /// As one member of gzip.
    Gzip,
    /// As one frame of Zstandard.
    Zstd,
}

impl Form {
    /// What a reader looks for first comes first.
    pub(crate) const ALL: [Self; 3] = [Self::Plain, Self::Gzip, Self::Zstd];

    /// What stands behind the name of the segment.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
        }
    }

    /// The feature of this crate that knows it; empty if none is needed.
    #[cfg(feature = "follow")]
    pub(crate) const fn feature(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

impl SegmentName {
    /// The file's name.
    pub(crate) fn file_name(&self, prefix: &str) -> String {
        format!("{prefix}.{self}.{SUFFIX}")
    }

    /// Reads a file's name; `None` for a file that a logger with this prefix did not make.
    pub(crate) fn parse(prefix: &str, file_name: &str) -> Option<Self> {
        let middle = file_name.strip_prefix(prefix)?.strip_prefix('.')?;
        let name: Self = middle.strip_suffix(SUFFIX)?.strip_suffix('.')?.parse().ok()?;
        // Only the spelling that we write ourselves is ours.
        (name.file_name(prefix) == file_name).then_some(name)
    }

    /// Reads the name of a file that may be compressed.
    pub(crate) fn parse_in_any_form(prefix: &str, file_name: &str) -> Option<(Self, Form)> {
        Form::ALL.into_iter().find_map(|form| {
            let name = Self::parse(prefix, file_name.strip_suffix(form.extension())?)?;
            Some((name, form))
        })
    }
}

impl fmt::Display for SegmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = to_utc(self.created_millis).format(TIME_FORMAT);
        write!(f, "{time}.{:08x}.{:06}", self.token, self.sequence)
    }
}

/// The text is not the middle of a segment's name.
#[derive(Debug)]
pub(crate) struct NotASegmentName;

impl FromStr for SegmentName {
    type Err = NotASegmentName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.rsplitn(3, '.');
        let mut part = || parts.next().ok_or(NotASegmentName);
        let (sequence, token, time) = (part()?, part()?, part()?);
        let time = NaiveDateTime::parse_from_str(time, TIME_FORMAT).map_err(|_| NotASegmentName)?;
        Ok(Self {
            created_millis: u64::try_from(time.and_utc().timestamp_millis())
                .map_err(|_| NotASegmentName)?,
            token: u32::from_str_radix(token, 16).map_err(|_| NotASegmentName)?,
            sequence: sequence.parse().map_err(|_| NotASegmentName)?,
        })
    }
}

/// The time for a name; a clock beyond the year 9999 stops there, so that names keep their width.
fn to_utc(millis: u64) -> DateTime<Utc> {
    const LAST: i64 = 253_402_300_799_999;
    let millis = i64::try_from(millis).map_or(LAST, |millis| millis.min(LAST));
    Utc.timestamp_millis_opt(millis).single().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_as_the_format_says() {
        let name =
            SegmentName { created_millis: 1_795_300_200_123, token: 0x7f3a_91c2, sequence: 42 };
        assert_eq!(name.file_name("events"), "events.20261121T223000.123Z.7f3a91c2.000042.jsonl");
    }

    #[test]
    fn names_of_others_are_not_taken_for_ours() {
        for other in [
            "events.jsonl",
            "events.20261121T223000.123Z.7f3a91c2.000042.jsonl.gz",
            "events.20261121T223000.123Z.7F3A91C2.000042.jsonl",
            "events.20261121T223000.123Z.7f3a91c2.42.jsonl",
            "events2.20261121T223000.123Z.7f3a91c2.000042.jsonl",
            "events.20261321T223000.123Z.7f3a91c2.000042.jsonl",
            "orders.20261121T223000.123Z.7f3a91c2.000042.jsonl",
        ] {
            assert_eq!(SegmentName::parse("events", other), None, "{other}");
        }
    }

    #[test]
    fn a_compressed_segment_keeps_its_name() {
        const PLAIN: &str = "events.20261121T223000.123Z.7f3a91c2.000042.jsonl";
        let name = SegmentName::parse("events", PLAIN).unwrap();
        for form in Form::ALL {
            let file_name = format!("{PLAIN}{}", form.extension());
            let found = SegmentName::parse_in_any_form("events", &file_name);
            assert_eq!(found, Some((name.clone(), form)));
        }
        for other in [".gz.gz", ".zst.gz", ".GZ", ".xz", "gz", ".gz.7f3a91c2.tmp"] {
            let file_name = format!("{PLAIN}{other}");
            assert_eq!(SegmentName::parse_in_any_form("events", &file_name), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn names_round_trip_and_sort_by_time(
            millis in prop::array::uniform2(0..253_402_300_799_999_u64),
            token: [u32; 2],
            sequence in prop::array::uniform2(1..=999_999_u32),
        ) {
            let [a, b]: [SegmentName; 2] = std::array::from_fn(|i| SegmentName {
                created_millis: millis[i], token: token[i], sequence: sequence[i],
            });
            let (text_a, text_b) = (a.file_name("shop.events"), b.file_name("shop.events"));
            prop_assert_eq!(SegmentName::parse("shop.events", &text_a), Some(a.clone()));
            prop_assert_eq!(a.cmp(&b), text_a.cmp(&text_b));
        }
    }
}
