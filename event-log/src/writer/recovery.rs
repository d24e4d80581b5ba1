//! Spools whose process died: complete the torn line, write the rest, tell of the drops.
//!
//! The journal says how long the segment was when everything before `head` was written; what the
//! segment holds beyond that is compared, byte by byte, with what the records behind `head` hold:
//!
//! ```text
//! segment   … checkpointed | line 1 | line 2 | li            what the dead process still wrote
//! records                  | line 1 | line 2 | line 3 line 4 | line 5 …
//!                            there    there    torn            missing
//! ```
//!
//! The torn record is completed in its segment, the missing ones go to a new one. Every step is
//! checkpointed in the dead spool's own journal, so a recovery that is killed is recovered in turn.

use crate::error::{LogError, SegmentError};
use crate::ledger::Ledger;
use crate::spool::Spool;
use crate::spool::record::{self, Lines};
use crate::writer::batch::{BATCH_BYTES, Batch};
use crate::writer::segments::Segments;

/// What a recovery did.
#[derive(Debug, Default)]
pub(crate) struct Recovered {
    /// Records that were found damaged and left out.
    pub(crate) damaged: u64,
    /// The report that lines were repeated, if their segment was gone.
    pub(crate) repeated: Option<LogError>,
}

/// What every whole record behind a checkpoint holds, with the position behind it.
#[derive(Debug, Default)]
struct Records {
    text: Vec<u8>,
    /// For each record, where it ends in `text` and the position behind it.
    ends: Vec<(usize, u64)>,
    damaged: u64,
}

impl Records {
    fn read(spool: &Spool, head: u64) -> Self {
        let ring = spool.ring();
        let mut records = Self::default();
        for position in ring.committed_since(head) {
            let start = records.text.len();
            match ring.verified(position, &mut records.text) {
                Some(stated) if is_whole(&records.text[start..], stated.lines) => {
                    let next = position + record::size(stated.bytes);
                    records.ends.push((records.text.len(), next));
                }
                _ => {
                    records.text.truncate(start);
                    records.damaged += 1;
                }
            }
        }
        records
    }

    fn iter(&self) -> impl Iterator<Item = (&[u8], u64)> {
        let mut start = 0;
        self.ends
            .iter()
            .map(move |&(end, next)| (&self.text[std::mem::replace(&mut start, end)..end], next))
    }
}

/// The records at the front of which a segment already holds `already`.
#[derive(Debug, PartialEq, Eq)]
struct Progress {
    /// How many records are there whole.
    whole: usize,
    /// How many bytes of the next one are there.
    torn_bytes: usize,
}

impl Progress {
    /// Compares what a segment holds behind a checkpoint with what it should.
    fn of<'a>(mut already: &[u8], records: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut whole = 0;
        for text in records {
            match already.strip_prefix(text) {
                Some(behind) => already = behind,
                None if text.starts_with(already) => {
                    return Self { whole, torn_bytes: already.len() };
                }
                // Bytes that are none of ours, as after a power cut: leave them, write the rest.
                None => break,
            }
            whole += 1;
        }
        Self { whole, torn_bytes: 0 }
    }
}

/// Writes what the spool still holds.
///
/// # Errors
/// If the storage fails; call again later, nothing is written twice.
pub(crate) fn recover(
    spool: &Spool,
    segments: &mut Segments,
    ledger: &Ledger,
) -> Result<Recovered, SegmentError> {
    let recovered = complete_and_write(spool, segments, ledger);
    // The dead spool's journal speaks of this segment, so no other spool may go on in it.
    segments.close();
    recovered
}

fn complete_and_write(
    spool: &Spool,
    segments: &mut Segments,
    ledger: &Ledger,
) -> Result<Recovered, SegmentError> {
    let mut at = spool.journal().latest();
    let records = Records::read(spool, at.head);
    let mut recovered = Recovered { damaged: records.damaged, repeated: None };

    segments.sort_behind(&at.segment);
    let already = segments.written_since(&at)?;
    if already.is_none() && at.segment_bytes > 0 && !records.ends.is_empty() {
        recovered.repeated = Some(LogError::LinesRepeated {
            segment: at.segment.clone(),
            lines: line_count(&records.text),
        });
    }
    let texts = records.iter().map(|(text, _)| text);
    let progress = Progress::of(already.as_deref().unwrap_or_default(), texts);
    let mut rest = records.iter();
    for (text, next) in rest.by_ref().take(progress.whole) {
        at.head = next;
        at.segment_bytes += text.len() as u64;
    }
    spool.journal().record(&at);
    if progress.torn_bytes > 0
        && let Some((text, next)) = rest.next()
    {
        let missing = &text[progress.torn_bytes..];
        segments.complete(&at.segment, missing)?;
        at.head = next;
        at.segment_bytes += text.len() as u64;
        spool.journal().record(&at);
        let mut written = ledger.written();
        written.recovered_lines += line_count(missing);
        written.bytes += missing.len() as u64;
    }
    segments.remove_if_empty(&at.segment)?;
    write_rest(rest, spool, segments, ledger)?;
    Ok(recovered)
}

/// Writes records into new segments, a batch at a time.
fn write_rest<'a>(
    rest: impl Iterator<Item = (&'a [u8], u64)>,
    spool: &Spool,
    segments: &mut Segments,
    ledger: &Ledger,
) -> Result<(), SegmentError> {
    let mut rest = rest.peekable();
    let mut batch = Batch::default();
    while rest.peek().is_some() {
        let room = usize::try_from(segments.room()).unwrap_or(usize::MAX).min(BATCH_BYTES);
        let mut bytes = 0;
        while let Some((text, next)) =
            rest.next_if(|(text, _)| bytes == 0 || bytes + text.len() <= room)
        {
            bytes += text.len();
            batch.push(text, next);
        }
        segments.append(&mut batch, spool.journal(), |settled| {
            let mut written = ledger.written();
            written.recovered_lines += settled.lines().count() as u64;
            written.bytes += settled.bytes;
        })?;
        batch.clear();
    }
    Ok(())
}

/// Whether these bytes can stand in a segment: so many lines, the last newline at the end. Only a damage
/// that the checksum missed could make it otherwise.
fn is_whole(bytes: &[u8], lines: Lines) -> bool {
    let Some((b'\n', before)) = bytes.split_last() else { return false };
    before.contains(&b'\n') == (lines == Lines::Several)
}

fn line_count(text: &[u8]) -> u64 {
    text.split_inclusive(|byte| *byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::clock::TimeSource;
    use crate::date::DatePrecision;
    use crate::spool::header::RING_OFFSET_BYTES;
    use crate::spool::journal::Checkpoint;
    use crate::spool::tests::{small, text_of};
    use crate::writer::retention::Retention;
    use crate::writer::rotation::Rotation;
    use crate::writer::segments::SegmentsConfig;
    use crate::writer::storage::SystemStorage;

    const SEGMENT: &str = "events.20261121T223000.123Z.7f3a91c2.000042.jsonl";

    /// What a record of about so many bytes holds: one line, or, of every third size, two.
    fn held(bytes: usize) -> (Vec<u8>, Lines) {
        let line = [text_of(bytes), b"\n".to_vec()].concat();
        if bytes.is_multiple_of(3) { (line.repeat(2), Lines::Several) } else { (line, Lines::One) }
    }

    /// A spool after a few laps with its last records not drained; returns its image and what those hold.
    fn left_behind(sizes: &[usize], keep: usize) -> (Vec<u8>, Vec<Vec<u8>>) {
        let spool = small();
        let mut head = 0;
        for (index, (text, lines)) in sizes.iter().map(|bytes| held(*bytes)).enumerate() {
            spool.ring().push_lines(&text, lines, || ()).unwrap();
            if index + keep < sizes.len() {
                head += record::size(text.len());
                let segment = SEGMENT.to_owned();
                spool.journal().record(&Checkpoint { head, segment, segment_bytes: head });
                spool.ring().release(head);
            }
        }
        let left = &sizes[sizes.len().saturating_sub(keep)..];
        (spool.image(), left.iter().map(|bytes| held(*bytes).0).collect())
    }

    fn read(image: &[u8]) -> Option<Vec<Vec<u8>>> {
        let spool = Spool::from_image(image).ok()?;
        let records = Records::read(&spool, spool.journal().latest().head);
        Some(records.iter().map(|(text, _)| text.to_vec()).collect())
    }

    proptest! {
        #[test]
        fn what_was_left_behind_is_found_whole_and_in_order(
            sizes in prop::collection::vec(0..1_500_usize, 1..100), keep in 0..20_usize,
        ) {
            let (image, left) = left_behind(&sizes, keep);
            prop_assert_eq!(read(&image), Some(left));
        }

        #[test]
        fn a_flipped_byte_yields_only_records_that_were_emitted(
            sizes in prop::collection::vec(0..1_500_usize, 1..100),
            keep in 1..20_usize,
            at: prop::sample::Index,
            by in 1..=255_u8,
            in_the_header: bool,
        ) {
            let (mut image, left) = left_behind(&sizes, keep);
            let range = if in_the_header { 0..RING_OFFSET_BYTES } else { 0..image.len() };
            image[at.index(range.len())] ^= by;
            // A damaged journal falls back to an older checkpoint, so older records may come again.
            let emitted: Vec<Vec<u8>> = sizes.iter().map(|bytes| held(*bytes).0).collect();
            let found = read(&image).unwrap_or_default();
            prop_assert!(found.iter().all(|text| emitted.contains(text)));
            let missing = left.iter().filter(|text| !found.contains(text)).count();
            prop_assert!(missing <= 1 || found.is_empty(), "{} of {} are missing", missing, left.len());
        }

        #[test]
        fn a_spool_cut_anywhere_is_refused_without_a_panic(
            sizes in prop::collection::vec(0..1_500_usize, 1..20), at: prop::sample::Index,
        ) {
            let (image, _) = left_behind(&sizes, 5);
            prop_assert_eq!(read(&image[..at.index(image.len())]), None);
        }
    }

    #[test]
    fn a_record_is_whole_if_it_ends_with_a_newline_and_holds_as_many_as_it_says() {
        assert!(is_whole(b"\n", Lines::One) && is_whole(b"one\n", Lines::One));
        assert!(is_whole(b"one\ntwo\n", Lines::Several));
        for other in [&b""[..], b"one", b"one\ntwo\n", b"one\ntwo"] {
            assert!(!is_whole(other, Lines::One), "{other:?}");
        }
        for other in [&b""[..], b"one", b"one\n", b"one\ntwo"] {
            assert!(!is_whole(other, Lines::Several), "{other:?}");
        }
    }

    #[test]
    fn a_torn_line_behind_bytes_that_a_power_cut_took_is_written_whole_elsewhere() {
        let directory = tempfile::tempdir().unwrap();
        let torn = directory.path().join(SEGMENT);
        std::fs::write(&torn, b"\0\0\0\0tw").unwrap();
        let spool = small();
        let segment = SEGMENT.to_owned();
        spool.journal().record(&Checkpoint { head: 0, segment, segment_bytes: 4 });
        spool.ring().push(b"two\n", || ()).unwrap();
        let mut segments = segments(directory.path());
        let recovered = recover(&spool, &mut segments, &Ledger::default()).unwrap();
        assert!(matches!(recovered.repeated, Some(LogError::LinesRepeated { lines: 1, .. })));
        assert_eq!(std::fs::read(&torn).unwrap(), b"\0\0\0\0tw");
        let written = directory.path().join(spool.journal().latest().segment);
        assert_eq!(std::fs::read(written).unwrap(), b"two\n");
    }

    fn segments(directory: &Path) -> Segments {
        let config = SegmentsConfig {
            storage: Arc::new(SystemStorage),
            directory: directory.to_owned(),
            spool_directory: directory.join(".spool"),
            prefix: "events".to_owned(),
            rotation: Rotation { segment_bytes: 4_000, period: Duration::from_secs(3_600) },
            retention: Retention {
                total_bytes: None,
                age: None,
                count: None,
                grace: Duration::ZERO,
            },
            clock: TimeSource::system(DatePrecision::Seconds),
        };
        Segments::open(config, 2).unwrap()
    }

    const RECORDS: [&[u8]; 3] = [b"one\n", b"two\n", b"three\nfour\n"];

    fn progress(already: &[u8]) -> (usize, usize) {
        let Progress { whole, torn_bytes } = Progress::of(already, RECORDS.into_iter());
        (whole, torn_bytes)
    }

    #[test]
    fn records_that_are_there_are_not_written_again() {
        assert_eq!(progress(b""), (0, 0));
        assert_eq!(progress(b"one\n"), (1, 0));
        assert_eq!(progress(b"one\ntwo\nthree\nfour\n"), (3, 0));
    }

    #[test]
    fn a_torn_record_is_completed_from_where_it_was_cut() {
        assert_eq!(progress(b"one\nt"), (1, 1));
        assert_eq!(progress(b"one\ntwo\nthree"), (2, 5));
        assert_eq!(progress(b"one\ntwo\nthree\n"), (2, 6));
    }

    #[test]
    fn foreign_bytes_end_the_comparison() {
        assert_eq!(progress(b"one\nxyz"), (1, 0));
        assert_eq!(progress(b"\0\0\0\0"), (0, 0));
    }
}
