//! What the journals of a log's spools name: segments that somebody may still append to.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::spool::directory::is_spool_of;
use crate::spool::header::{JOURNAL_SLOT_WORDS, JOURNAL_WORD};
use crate::spool::journal::Journal;
use crate::sync::AtomicU64;

/// Up to the end of the journal.
const HEAD_BYTES: usize = (JOURNAL_WORD + 2 * JOURNAL_SLOT_WORDS) * 8;

/// How often a journal is read that changes from one time to the next and is half written each time. Its
/// owner would have to begin a checkpoint with every one of them.
const ATTEMPTS: usize = 100;

/// The segments that the spools of a log name, whoever drains them: each is appended to, or the
/// recovery of its spool goes on where it ends.
#[derive(Debug, Default)]
pub(crate) struct InJournals {
    /// Their names.
    pub(crate) segments: Vec<String>,
    /// The first that could not be read, the directory or a spool in it, so that names may be missing.
    #[cfg_attr(
        not(any(feature = "follow", feature = "_compression")),
        allow(dead_code, reason = "retention takes what it can get")
    )]
    pub(crate) unread: Option<(PathBuf, io::Error)>,
}

/// Reads the journal of every spool of this prefix.
///
/// What is named is certain for segments that were listed before this call. It takes no lock and maps
/// nothing: a spool that somebody cuts short meanwhile does no harm.
pub(crate) fn segments_in_journals(directory: &Path, prefix: &str) -> InJournals {
    let mut found = InJournals::default();
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) => return InJournals { unread: Some((directory.to_owned(), error)), ..found },
    };
    for entry in entries {
        let read = match entry.map(|entry| entry.path()) {
            Ok(path) if is_spool_of(prefix, &path) => {
                segment_of(&path).map_err(|error| (path, error))
            }
            Ok(_) => Ok(None),
            Err(error) => Err((directory.to_owned(), error)),
        };
        match read {
            Ok(segment) => found.segments.extend(segment),
            Err(unread) => _ = found.unread.get_or_insert(unread),
        }
    }
    found
}

/// The segment that the journal of a spool names; none if the spool is gone, or too short to be one.
///
/// A slot that is not whole is being written, or is damaged. One that is still the same at a second look
/// does not count: the other slot, which was the latest all the while, does. Nothing is missed then, as
/// a checkpoint that names a new segment is whole before that segment is created.
fn segment_of(spool: &Path) -> io::Result<Option<String>> {
    let mut before = None;
    for _ in 0..ATTEMPTS {
        let Some(slots) = read_slots(spool)? else { return Ok(None) };
        let words: Vec<AtomicU64> = slots.iter().copied().map(AtomicU64::new).collect();
        let journal = Journal::new(&words);
        if journal.is_whole() || before.as_ref() == Some(&slots) {
            return Ok(Some(journal.latest().segment));
        }
        before = Some(slots);
    }
    Err(io::ErrorKind::WouldBlock.into())
}

/// The words of a spool up to the end of its journal, those before it as zeros: they change with every
/// event.
fn read_slots(spool: &Path) -> io::Result<Option<Vec<u64>>> {
    let mut head = [0; HEAD_BYTES];
    match File::open(spool).and_then(|mut file| file.read_exact(&mut head)) {
        Ok(()) => {}
        // It was recovered, or its logger has closed: nobody appends for it any more. Or it is cut
        // short, and will be set aside.
        Err(error) if is_gone_or_short(&error) => return Ok(None),
        Err(error) => return Err(error),
    }
    head[..JOURNAL_WORD * 8].fill(0);
    Ok(Some(head.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word)).collect()))
}

fn is_gone_or_short(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt;

    use super::*;
    use crate::spool::directory::SpoolFile;
    use crate::spool::journal::Checkpoint;

    const RING_BYTES: usize = 1 << 16;
    const SLOT_BYTES: u64 = JOURNAL_SLOT_WORDS as u64 * 8;

    /// A spool whose journal names these segments, one after the other.
    fn spool(directory: &Path, segments: &[&str]) -> SpoolFile {
        let file = SpoolFile::create(directory, "events", RING_BYTES, 0).unwrap();
        for segment in segments {
            let segment = (*segment).to_owned();
            file.spool.journal().record(&Checkpoint { segment, ..Checkpoint::default() });
        }
        file
    }

    fn damage_slot(spool: &SpoolFile, slot: u64) {
        let file = File::options().write(true).open(spool.path()).unwrap();
        file.write_all_at(b"damage", JOURNAL_WORD as u64 * 8 + slot * SLOT_BYTES + 16).unwrap();
    }

    fn named(directory: &Path) -> Vec<String> {
        let InJournals { mut segments, unread } = segments_in_journals(directory, "events");
        assert!(unread.is_none(), "{unread:?}");
        segments.sort();
        segments
    }

    #[test]
    fn each_journal_names_its_latest_segment() {
        let directory = tempfile::tempdir().unwrap();
        let _spools = [&["a"][..], &["b", "c"], &["d", "d", "e"]]
            .map(|segments| spool(directory.path(), segments));
        assert_eq!(named(directory.path()), ["a", "c", "e"]);
    }

    #[test]
    fn a_slot_that_stays_damaged_leaves_the_other_one() {
        let directory = tempfile::tempdir().unwrap();
        let spool = spool(directory.path(), &["a", "b", "c"]);
        damage_slot(&spool, 0);
        assert_eq!(named(directory.path()), ["b"]);
        damage_slot(&spool, 1);
        assert_eq!(named(directory.path()), [""]);
    }

    #[test]
    fn what_cannot_be_read_is_told_and_hides_no_other() {
        let directory = tempfile::tempdir().unwrap();
        let _spool = spool(directory.path(), &["a"]);
        let path = directory.path().join("events.deadbeef.spool");
        fs::create_dir(&path).unwrap();
        fs::write(directory.path().join("events.0badcafe.spool"), "short").unwrap();
        let InJournals { segments, unread } = segments_in_journals(directory.path(), "events");
        assert_eq!((segments, unread.unwrap().0), (vec!["a".to_owned()], path));
        let gone = directory.path().join("gone");
        assert_eq!(segments_in_journals(&gone, "events").unread.unwrap().0, gone);
    }
}
