//! Which old segments may go; a pure decision from names and sizes.

use std::time::Duration;

use crate::writer::name::{Form, SegmentName};

/// What may stay. A limit that is `None` keeps everything; every limit applies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retention {
    /// All segments together, in bytes.
    pub(crate) total_bytes: Option<u64>,
    /// The age of a segment, from the time in its name.
    pub(crate) age: Option<Duration>,
    /// How many segments.
    pub(crate) count: Option<usize>,
    /// No segment younger than this goes, whatever the limits say: a collector that looks for new
    /// files once a minute must have had the time to find it.
    pub(crate) grace: Duration,
}

/// A segment in the log directory.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) name: SegmentName,
    pub(crate) form: Form,
    /// The length of the file.
    pub(crate) bytes: u64,
}

impl Stored {
    pub(crate) fn file_name(&self, prefix: &str) -> String {
        self.name.file_name(prefix) + self.form.extension()
    }
}

impl Retention {
    /// Whether any limit is set.
    pub(crate) fn is_on(&self) -> bool {
        self.total_bytes.is_some() || self.age.is_some() || self.count.is_some()
    }

    /// The files that may go, oldest first. Segments that somebody may still be writing are for
    /// the caller to leave out of what goes; they count towards the limits here.
    pub(crate) fn expired<'a>(&self, segments: &'a [Stored], now_millis: u64) -> Vec<&'a Stored> {
        let mut segments: Vec<&Stored> = segments.iter().collect();
        segments.sort_by(|a, b| b.name.cmp(&a.name));
        let mut kept_bytes = 0_u64;
        let mut expired = Vec::new();
        let mut newer = 0;
        for (index, &segment) in segments.iter().enumerate() {
            // A segment that is compressed at this moment is one, and takes the room of two files.
            if index > 0 && segments[index - 1].name != segment.name {
                newer += 1;
            }
            kept_bytes = kept_bytes.saturating_add(segment.bytes);
            let created = segment.name.created_millis;
            let age = Duration::from_millis(now_millis.saturating_sub(created));
            // A name from the future was given before the clock was set back, and so are all names
            // since: they must not be kept beyond the limits until the clock has caught up.
            let distance = Duration::from_millis(now_millis.abs_diff(created));
            let over = self.total_bytes.is_some_and(|limit| kept_bytes > limit)
                || self.age.is_some_and(|limit| age > limit)
                || self.count.is_some_and(|limit| newer >= limit);
            if over && distance >= self.grace {
                expired.push(segment);
            }
        }
        expired.reverse();
        expired
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000;

    /// Ten segments of 100 bytes, one a minute; the last is a minute old.
    fn segments() -> Vec<Stored> {
        (0..10)
            .map(|minute| Stored {
                name: SegmentName { created_millis: minute * MINUTE, token: 1, sequence: 1 },
                form: Form::Plain,
                bytes: 100,
            })
            .collect()
    }

    fn unlimited() -> Retention {
        Retention { total_bytes: None, age: None, count: None, grace: Duration::ZERO }
    }

    fn expired_minutes(retention: &Retention) -> Vec<u64> {
        let segments = segments();
        let expired = retention.expired(&segments, 10 * MINUTE);
        expired.into_iter().map(|stored| stored.name.created_millis / MINUTE).collect()
    }

    #[test]
    fn a_segment_in_two_forms_is_one_and_both_go_together() {
        let mut segments = segments();
        let twin = Stored { form: Form::Gzip, bytes: 10, ..segments[9].clone() };
        let other = Stored { form: Form::Gzip, bytes: 10, ..segments[0].clone() };
        segments.extend([twin, other]);
        let by_count = Retention { count: Some(9), ..unlimited() };
        let by_bytes = Retention { total_bytes: Some(910), ..unlimited() };
        let expired = |retention: Retention| {
            let expired = retention.expired(&segments, 10 * MINUTE);
            expired.into_iter().map(|stored| stored.file_name("e")).collect::<Vec<_>>()
        };
        let oldest = "e.19700101T000000.000Z.00000001.000001.jsonl";
        assert_eq!(expired(by_count), [format!("{oldest}.gz"), oldest.to_owned()]);
        assert_eq!(expired(by_bytes).len(), 2);
    }

    #[test]
    fn without_a_limit_everything_stays() {
        assert!(!unlimited().is_on());
        assert!(expired_minutes(&unlimited()).is_empty());
    }

    #[test]
    fn each_limit_lets_the_oldest_go() {
        let by_bytes = Retention { total_bytes: Some(750), ..unlimited() };
        let by_age = Retention { age: Some(Duration::from_secs(8 * 60)), ..unlimited() };
        let by_count = Retention { count: Some(9), ..unlimited() };
        assert_eq!(expired_minutes(&by_bytes), [0, 1, 2]);
        assert_eq!(expired_minutes(&by_age), [0, 1]);
        assert_eq!(expired_minutes(&by_count), [0]);
    }

    #[test]
    fn the_strictest_limit_counts() {
        let both = Retention { total_bytes: Some(750), count: Some(2), ..unlimited() };
        assert_eq!(expired_minutes(&both).len(), 8);
    }

    #[test]
    fn nothing_younger_than_the_grace_goes() {
        let strict =
            Retention { count: Some(0), grace: Duration::from_secs(5 * 60), ..unlimited() };
        assert_eq!(expired_minutes(&strict), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn names_from_before_the_clock_was_set_back_count_towards_the_limits_but_are_not_aged() {
        let by_count =
            Retention { count: Some(4), grace: Duration::from_secs(5 * 60), ..unlimited() };
        let by_age = Retention { age: Some(Duration::from_secs(60)), ..unlimited() };
        let long_before = |retention: Retention| retention.expired(&segments(), 0).len();
        assert_eq!(long_before(by_count), 1);
        assert_eq!(long_before(by_age), 0);
    }
}
