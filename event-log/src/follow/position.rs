//! [`Position`]: what a follower has read, exactly, in a short text.
//!
//! ```text
//! v1;events;20261121T230000.004Z.51b7e0aa.000007;20261121T223000.123Z.7f3a91c2.000042@5120;…;0c55d1e8
//!    prefix  the greatest name that was begun    a place: so far in this segment            checksum
//! ```
//!
//! A segment whose logger has no place is read if its name is not greater than the greatest name
//! that was begun. A segment whose logger has a place is read if it comes before the last place of
//! that logger and has none itself. So only what is still growing needs a place.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::str::FromStr;

use crate::spool::record::checksum;
use crate::writer::name::SegmentName;

/// How far one segment was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Behind the last line that was read, in bytes.
    pub(super) offset: u64,
    /// Whether the segment is expected to have ended there.
    pub(super) is_end: bool,
}

/// What a follower has read of a log: a place in each segment that may still grow.
///
/// Store its text ([`Display`](fmt::Display)) with your results and read it back with
/// [`parse`](str::parse). The text is ASCII without white space and quotes, has a checksum, and
/// stays readable to later versions; `docs/format.md` describes it. It takes some 50 bytes for each
/// logger that is alive or was not recovered yet, and for up to 16 that ended: some 1,000 bytes for a
/// service that was restarted often. A column that holds it should have no narrow limit.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use event_log::follow::{Follower, Position, Start};
///
/// # let directory = tempfile::tempdir()?;
/// let follower = Follower::builder(directory.path()).build()?;
/// let text = follower.position().to_string();
///
/// let position: Position = text.parse()?;
/// let follower = Follower::builder(directory.path()).start(Start::At(position)).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    prefix: String,
    /// The greatest name that was begun.
    greatest: Option<SegmentName>,
    places: BTreeMap<SegmentName, Place>,
}

const VERSION: &str = "v1";
const NOTHING: &str = "-";
/// Stands behind the offset of a segment that ended there.
const END: &str = "$";

impl Position {
    pub(super) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), greatest: None, places: BTreeMap::new() }
    }

    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(super) fn places(&self) -> impl Iterator<Item = (&SegmentName, Place)> {
        self.places.iter().map(|(name, place)| (name, *place))
    }

    pub(super) fn place(&self, name: &SegmentName) -> Option<Place> {
        self.places.get(name).copied()
    }

    /// Whether any segment was begun.
    pub(super) fn is_begun(&self) -> bool {
        self.greatest.is_some()
    }

    /// The last segment of a logger that has a place.
    pub(super) fn last_of(&self, token: u32) -> Option<&SegmentName> {
        self.places.keys().rev().find(|name| name.token == token)
    }

    /// Whether nothing of a segment was read yet. `is_alive`: its logger has a spool, so it is none
    /// of those that ended and were forgotten.
    pub(super) fn is_unread(&self, name: &SegmentName, is_alive: bool) -> bool {
        match self.last_of(name.token) {
            Some(last) => name > last,
            None => is_alive || self.greatest.as_ref().is_none_or(|greatest| name > greatest),
        }
    }

    /// Begins a segment; those of its logger that ended need no place any more.
    pub(super) fn begin(&mut self, name: &SegmentName) {
        self.places.retain(|other, place| other.token != name.token || !place.is_end);
        self.places.insert(name.clone(), Place { offset: 0, is_end: false });
        if self.greatest.as_ref().is_none_or(|greatest| greatest < name) {
            self.greatest = Some(name.clone());
        }
    }

    /// Notes how far a segment was read.
    pub(super) fn read_to(&mut self, name: &SegmentName, offset: u64) {
        self.places.insert(name.clone(), Place { offset, is_end: false });
    }

    /// Notes that a segment is not expected to grow. If a later one of its logger was begun, it needs no
    /// place any more.
    pub(super) fn end(&mut self, name: &SegmentName) {
        if self.last_of(name.token).is_some_and(|last| name < last) {
            self.places.remove(name);
        } else if let Some(place) = self.places.get_mut(name) {
            place.is_end = true;
        }
    }

    /// Notes a logger of which no segment was seen: whatever its first one will be called, it is
    /// unread.
    pub(super) fn expect(&mut self, token: u32) {
        if self.last_of(token).is_none() {
            let before_all = SegmentName { created_millis: 0, token, sequence: 0 };
            self.places.insert(before_all, Place { offset: 0, is_end: true });
        }
    }

    /// Drops the places where loggers have ended, the oldest first, until `keep` are left.
    pub(super) fn forget(&mut self, keep: usize, has_ended: impl Fn(&SegmentName) -> bool) {
        let ended: Vec<SegmentName> = self
            .places()
            .filter(|(name, place)| place.is_end && has_ended(name))
            .map(|(name, _)| name.clone())
            .collect();
        for name in &ended[..ended.len().saturating_sub(keep)] {
            self.places.remove(name);
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let greatest = self.greatest.as_ref().map_or(NOTHING.to_owned(), SegmentName::to_string);
        let mut text = format!("{VERSION};{};{greatest};", self.prefix);
        for (name, Place { offset, is_end }) in self.places() {
            let end = if is_end { END } else { "" };
            write!(text, "{name}@{offset}{end};")?;
        }
        write!(f, "{text}{:08x}", checksum(0, text.as_bytes()))
    }
}

/// Why a text is no [`Position`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PositionError {
    /// It begins with another version.
    #[error(
        "the position has the version `{found}`, and this library reads `v1`; \
         use the version that wrote it, or start without a position"
    )]
    Version {
        /// What stands before the first semicolon, at most 16 characters of it.
        found: String,
    },
    /// It is cut short or was changed.
    #[error(
        "the position `{text}` is not as it was written: its checksum is wrong; \
         is the column or file that holds it large enough?"
    )]
    Damaged {
        /// The text, at most 200 characters of it.
        text: String,
    },
}

impl FromStr for Position {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, PositionError> {
        let version = text.split(';').next().unwrap_or_default();
        if version != VERSION {
            return Err(PositionError::Version { found: version.chars().take(16).collect() });
        }
        let damaged = || PositionError::Damaged { text: text.chars().take(200).collect() };
        let sum_at = text.rfind(';').map(|last| last + 1).ok_or_else(damaged)?;
        let (said, sum) = text.split_at(sum_at);
        if format!("{:08x}", checksum(0, said.as_bytes())) != sum {
            return Err(damaged());
        }
        Self::parse(said).ok_or_else(damaged)
    }
}

impl Position {
    fn parse(said: &str) -> Option<Self> {
        let mut parts = said.strip_suffix(';')?.split(';').skip(1);
        let mut position = Self::new(parts.next()?);
        position.greatest = match parts.next()? {
            NOTHING => None,
            name => Some(name.parse().ok()?),
        };
        for part in parts {
            let (name, offset) = part.split_once('@')?;
            let (offset, is_end) = match offset.strip_suffix(END) {
                Some(offset) => (offset, true),
                None => (offset, false),
            };
            let place = Place { offset: offset.parse().ok()?, is_end };
            position.places.insert(name.parse().ok()?, place);
        }
        Some(position)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(millis: u64, token: u32, sequence: u32) -> SegmentName {
        SegmentName { created_millis: 1_795_300_200_000 + millis, token, sequence }
    }

    #[test]
    fn the_text_is_as_docs_format_says() {
        let mut position = Position::new("events");
        assert_eq!(position.to_string(), "v1;events;-;60cf1ee1");
        position.begin(&name(123, 0x7f3a_91c2, 42));
        position.read_to(&name(123, 0x7f3a_91c2, 42), 5_120);
        position.begin(&name(456, 0x51b7_e0aa, 1));
        position.read_to(&name(456, 0x51b7_e0aa, 1), 640);
        position.end(&name(456, 0x51b7_e0aa, 1));
        position.expect(0x0c55_d1e8);
        let text = concat!(
            "v1;events;20261121T223000.456Z.51b7e0aa.000001;",
            "19700101T000000.000Z.0c55d1e8.000000@0$;",
            "20261121T223000.123Z.7f3a91c2.000042@5120;",
            "20261121T223000.456Z.51b7e0aa.000001@640$;",
            "ec13f38d",
        );
        assert_eq!(position.to_string(), text);
        assert_eq!(text.parse(), Ok(position));
    }

    #[test]
    fn what_is_unread_depends_on_the_places_of_its_logger_first() {
        let mut position = Position::new("events");
        assert!(position.is_unread(&name(0, 1, 1), false));
        position.begin(&name(10, 1, 1));
        position.expect(2);
        assert!(!position.is_unread(&name(10, 1, 1), true), "it has a place");
        assert!(position.is_unread(&name(11, 1, 2), true), "behind the last place");
        assert!(position.is_unread(&name(5, 2, 1), true), "the first of one that was expected");
        assert!(!position.is_unread(&name(5, 3, 1), false), "not above the greatest, and ended");
        assert!(position.is_unread(&name(5, 3, 1), true), "its logger was not there before");
        assert!(position.is_unread(&name(11, 3, 1), false), "above the greatest");
    }

    #[test]
    fn a_segment_that_may_still_be_completed_keeps_its_place_when_a_later_one_begins() {
        let mut position = Position::new("events");
        let [first, second, third] = [name(1, 1, 1), name(2, 1, 2), name(3, 1, 3)];
        position.begin(&first);
        position.begin(&second);
        position.end(&second);
        position.begin(&third);
        assert!(position.place(&first).is_some() && position.place(&second).is_none());
        position.end(&first);
        assert_eq!(position.place(&first), None);
    }

    proptest! {
        #[test]
        fn a_position_round_trips(
            places in prop::collection::btree_map(
                (0..253_402_300_799_999_u64, any::<u32>(), 1..=999_999_u32),
                (any::<u64>(), any::<bool>()),
                0..20,
            ),
        ) {
            let mut position = Position::new("shop.events");
            for ((created_millis, token, sequence), (offset, is_end)) in places {
                let name = SegmentName { created_millis, token, sequence };
                position.begin(&name);
                position.read_to(&name, offset);
                if is_end {
                    position.end(&name);
                }
            }
            prop_assert_eq!(position.to_string().parse(), Ok(position));
        }
    }
}
