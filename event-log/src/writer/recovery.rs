//! Spools whose process died: complete the torn line, write the rest, tell of the drops.
//!
//! The journal says how long the segment was when everything before `head` was written; what the
//! segment holds beyond that is compared, byte by byte, with the lines of the records behind `head`:
//!
//! ```text
//! segment   … checkpointed | line 1 | line 2 | li          what the dead process still wrote
//! records                  | line 1 | line 2 | line 3 | line 4 …
//!                            there    there    torn     missing
//! ```
//!
//! The torn line is completed in its segment, the missing ones go to a new one. Every step is
//! checkpointed in the dead spool's own journal, so a recovery that is killed is recovered in turn.

use crate::error::{LogError, SegmentError};
use crate::ledger::Ledger;
use crate::spool::Spool;
use crate::spool::record;
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

/// Every whole line behind a checkpoint, with the position behind its record.
#[derive(Debug, Default)]
struct Lines {
    text: Vec<u8>,
    /// For each line, where it ends in `text` and the position behind its record.
    ends: Vec<(usize, u64)>,
    damaged: u64,
}

impl Lines {
    fn read(spool: &Spool, head: u64) -> Self {
        let ring = spool.ring();
        let mut lines = Self::default();
        for position in ring.committed_since(head) {
            let start = lines.text.len();
            if ring.verified(position, &mut lines.text) && is_line(&lines.text[start..]) {
                let end = lines.text.len();
                lines.ends.push((end, position + record::size(end - start)));
            } else {
                lines.text.truncate(start);
                lines.damaged += 1;
            }
        }
        lines
    }

    fn iter(&self) -> impl Iterator<Item = (&[u8], u64)> {
        let mut start = 0;
        self.ends
            .iter()
            .map(move |&(end, next)| (&self.text[std::mem::replace(&mut start, end)..end], next))
    }
}

/// The lines at the front of which a segment already holds `already`.
#[derive(Debug, PartialEq, Eq)]
struct Progress {
    /// How many lines are there whole.
    whole: usize,
    /// How many bytes of the next line are there.
    torn_bytes: usize,
}

impl Progress {
    /// Compares what a segment holds behind a checkpoint with what it should.
    fn of<'a>(mut already: &[u8], lines: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut whole = 0;
        for line in lines {
            match already.strip_prefix(line) {
                Some(behind) => already = behind,
                None if line.starts_with(already) => {
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
    let lines = Lines::read(spool, at.head);
    let mut recovered = Recovered { damaged: lines.damaged, repeated: None };

    segments.sort_behind(&at.segment);
    let already = segments.written_since(&at)?;
    if already.is_none() && at.segment_bytes > 0 && !lines.ends.is_empty() {
        recovered.repeated = Some(LogError::LinesRepeated {
            segment: at.segment.clone(),
            lines: lines.ends.len() as u64,
        });
    }
    let progress =
        Progress::of(already.as_deref().unwrap_or_default(), lines.iter().map(|(line, _)| line));
    let mut rest = lines.iter();
    for (line, next) in rest.by_ref().take(progress.whole) {
        at.head = next;
        at.segment_bytes += line.len() as u64;
    }
    spool.journal().record(&at);
    if progress.torn_bytes > 0
        && let Some((line, next)) = rest.next()
    {
        segments.complete(&at.segment, &line[progress.torn_bytes..])?;
        at.head = next;
        at.segment_bytes += line.len() as u64;
        spool.journal().record(&at);
        let mut written = ledger.written();
        written.recovered_lines += 1;
        written.bytes += (line.len() - progress.torn_bytes) as u64;
    }
    segments.remove_if_empty(&at.segment)?;
    write_rest(rest, spool, segments, ledger)?;
    Ok(recovered)
}

/// Writes lines into new segments, a batch at a time.
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
        while let Some((line, next)) =
            rest.next_if(|(line, _)| bytes == 0 || bytes + line.len() <= room)
        {
            bytes += line.len();
            batch.push(line, next);
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

/// Whether these bytes can stand as a line of a segment: one line, its newline at the end. Only a
/// damage that the checksum missed could make it otherwise.
fn is_line(bytes: &[u8]) -> bool {
    matches!(bytes.split_last(), Some((b'\n', text)) if !text.contains(&b'\n'))
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

    /// A spool after a few laps with its last lines not drained; returns its image and those lines.
    fn left_behind(sizes: &[usize], keep: usize) -> (Vec<u8>, Vec<Vec<u8>>) {
        let spool = small();
        let lines: Vec<Vec<u8>> =
            sizes.iter().map(|bytes| [text_of(*bytes), b"\n".to_vec()].concat()).collect();
        let mut head = 0;
        for (index, line) in lines.iter().enumerate() {
            spool.ring().push(line, || ()).unwrap();
            if index + keep < lines.len() {
                head += record::size(line.len());
                let segment = SEGMENT.to_owned();
                spool.journal().record(&Checkpoint { head, segment, segment_bytes: head });
                spool.ring().release(head);
            }
        }
        (spool.image(), lines[lines.len().saturating_sub(keep)..].to_vec())
    }

    fn read(image: &[u8]) -> Option<Vec<Vec<u8>>> {
        let spool = Spool::from_image(image).ok()?;
        let lines = Lines::read(&spool, spool.journal().latest().head);
        Some(lines.iter().map(|(line, _)| line.to_vec()).collect())
    }

    proptest! {
        #[test]
        fn what_was_left_behind_is_found_whole_and_in_order(
            sizes in prop::collection::vec(0..3_000_usize, 1..100), keep in 0..20_usize,
        ) {
            let (image, left) = left_behind(&sizes, keep);
            prop_assert_eq!(read(&image), Some(left));
        }

        #[test]
        fn a_flipped_byte_yields_only_lines_that_were_emitted(
            sizes in prop::collection::vec(0..3_000_usize, 1..100),
            keep in 1..20_usize,
            at: prop::sample::Index,
            by in 1..=255_u8,
            in_the_header: bool,
        ) {
            let (mut image, left) = left_behind(&sizes, keep);
            let range = if in_the_header { 0..RING_OFFSET_BYTES } else { 0..image.len() };
            image[at.index(range.len())] ^= by;
            // A damaged journal falls back to an older checkpoint, so older lines may come again.
            let emitted: Vec<Vec<u8>> =
                sizes.iter().map(|bytes| [text_of(*bytes), b"\n".to_vec()].concat()).collect();
            let found = read(&image).unwrap_or_default();
            prop_assert!(found.iter().all(|line| emitted.contains(line)));
            let missing = left.iter().filter(|line| !found.contains(line)).count();
            prop_assert!(missing <= 1 || found.is_empty(), "{} of {} are missing", missing, left.len());
        }

        #[test]
        fn a_spool_cut_anywhere_is_refused_without_a_panic(
            sizes in prop::collection::vec(0..3_000_usize, 1..20), at: prop::sample::Index,
        ) {
            let (image, _) = left_behind(&sizes, 5);
            prop_assert_eq!(read(&image[..at.index(image.len())]), None);
        }
    }

    #[test]
    fn a_line_is_some_bytes_that_end_with_their_only_newline() {
        assert!(is_line(b"\n") && is_line(b"one\n"));
        for other in [&b""[..], b"one", b"one\ntwo\n", b"one\ntwo"] {
            assert!(!is_line(other), "{other:?}");
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

    const LINES: [&[u8]; 3] = [b"one\n", b"two\n", b"three\n"];

    fn progress(already: &[u8]) -> (usize, usize) {
        let Progress { whole, torn_bytes } = Progress::of(already, LINES.into_iter());
        (whole, torn_bytes)
    }

    #[test]
    fn lines_that_are_there_are_not_written_again() {
        assert_eq!(progress(b""), (0, 0));
        assert_eq!(progress(b"one\n"), (1, 0));
        assert_eq!(progress(b"one\ntwo\nthree\n"), (3, 0));
    }

    #[test]
    fn a_torn_line_is_completed_from_where_it_was_cut() {
        assert_eq!(progress(b"one\nt"), (1, 1));
        assert_eq!(progress(b"one\ntwo\nthree"), (2, 5));
    }

    #[test]
    fn foreign_bytes_end_the_comparison() {
        assert_eq!(progress(b"one\nxyz"), (1, 0));
        assert_eq!(progress(b"\0\0\0\0"), (0, 0));
    }
}
