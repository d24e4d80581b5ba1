//! Which segments are closed for good, and since when; a pure decision from names.

use crate::writer::name::{Form, SegmentName};
use crate::writer::retention::Stored;

/// The segments that are not compressed and that nobody appends to, oldest first; each with the time
/// when its logger began a later one, which is when it was closed at the latest.
///
/// `is_held` says whether somebody may need a segment as it is. The newest of the logger with the
/// token `own` is held in any case.
pub(super) fn closed(
    stored: &[Stored],
    own: u32,
    is_held: impl Fn(&SegmentName) -> bool,
) -> Vec<(SegmentName, Option<u64>)> {
    let plain = stored.iter().filter(|stored| stored.form == Form::Plain);
    let mut closed: Vec<_> = plain
        .map(|Stored { name, .. }| (name.clone(), successor_millis(name, stored)))
        .filter(|(name, successor)| {
            let is_newest = successor.is_none();
            !(is_held(name) || is_newest && name.token == own)
        })
        .collect();
    closed.sort();
    closed
}

/// When the next segment of the same logger that is still there was created.
fn successor_millis(name: &SegmentName, stored: &[Stored]) -> Option<u64> {
    let names = stored.iter().map(|stored| &stored.name);
    let later = names.filter(|other| other.token == name.token && other.sequence > name.sequence);
    later.map(|other| other.created_millis).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: u32 = 1;

    fn name(token: u32, sequence: u32) -> SegmentName {
        SegmentName { created_millis: u64::from(sequence) * 1_000, token, sequence }
    }

    fn plain(token: u32, sequence: u32) -> Stored {
        Stored { name: name(token, sequence), form: Form::Plain, bytes: 1 }
    }

    #[test]
    fn a_segment_is_closed_when_its_logger_has_begun_a_later_one() {
        let stored = [plain(OWN, 3), plain(OWN, 1), plain(OWN, 2)];
        let expected = [(name(OWN, 1), Some(2_000)), (name(OWN, 2), Some(3_000))];
        assert_eq!(closed(&stored, OWN, |_| false), expected);
    }

    #[test]
    fn a_later_one_counts_in_every_form_and_is_not_compressed_again() {
        let later = Stored { form: Form::Zstd, ..plain(OWN, 7) };
        assert_eq!(closed(&[plain(OWN, 1), later], OWN, |_| false), [(name(OWN, 1), Some(7_000))]);
    }

    #[test]
    fn of_others_the_last_is_closed_too_unless_it_is_held() {
        let stored = [plain(OWN, 1), plain(2, 1), plain(3, 1), plain(3, 2)];
        assert_eq!(closed(&stored, OWN, |name| name.token == 3), [(name(2, 1), None)]);
        assert_eq!(closed(&stored, OWN, |held| *held == name(3, 2)).len(), 2);
    }
}
