//! What a recovery needs of the segments that a dead process left.

use std::io;

use crate::error::SegmentError;
use crate::spool::journal::Checkpoint;
use crate::writer::active::retry_interrupted;
use crate::writer::name::SegmentName;
use crate::writer::segments::Segments;

impl Segments {
    /// What the segment of a checkpoint holds behind it; `None` if it is gone, shorter than the
    /// checkpoint says, or has no end of a line there.
    pub(crate) fn written_since(&self, at: &Checkpoint) -> Result<Option<Vec<u8>>, SegmentError> {
        if !self.is_segment(&at.segment) {
            return Ok(None);
        }
        let path = self.config.directory.join(&at.segment);
        let storage = &self.config.storage;
        let read = storage.open(&path).and_then(|file| file.status()).and_then(|status| {
            if status.bytes < at.segment_bytes {
                return Ok(None);
            }
            let Some(newline) = at.segment_bytes.checked_sub(1) else {
                return storage.read_from(&path, 0).map(Some);
            };
            // Where a power cut took the end of the last line, what follows would be glued to it.
            let text = storage.read_from(&path, newline)?;
            Ok(text.strip_prefix(b"\n").map(<[u8]>::to_vec))
        });
        match read {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map_err(|source| SegmentError { operation: "read", path, source }),
        }
    }

    /// Appends the missing end of a torn line to the segment that holds its beginning.
    pub(crate) fn complete(&mut self, file_name: &str, rest: &[u8]) -> Result<(), SegmentError> {
        let path = self.config.directory.join(file_name);
        let completed = self.config.storage.open(&path).and_then(|mut file| {
            let mut rest = rest;
            while !rest.is_empty() {
                let appended = retry_interrupted(|| file.append(rest))?;
                rest = &rest[appended..];
            }
            Ok(())
        });
        self.note_unsynced(file_name.to_owned());
        completed.map_err(|source| SegmentError {
            operation: "complete the last line of",
            path,
            source,
        })
    }

    /// Whether a journal names a segment there: nothing else is ever read, completed or removed.
    fn is_segment(&self, file_name: &str) -> bool {
        SegmentName::parse(&self.config.prefix, file_name).is_some()
    }

    /// Has every segment from now on sort behind this one, also where its writer's clock was ahead.
    pub(crate) fn sort_behind(&mut self, file_name: &str) {
        if let Some(name) = SegmentName::parse(&self.config.prefix, file_name) {
            self.newest_millis = self.newest_millis.max(name.created_millis);
        }
    }

    /// Removes a segment that a kill left empty, so that no empty file is ever kept.
    pub(crate) fn remove_if_empty(&self, file_name: &str) -> Result<(), SegmentError> {
        if !self.is_segment(file_name) {
            return Ok(());
        }
        let path = self.config.directory.join(file_name);
        let storage = &self.config.storage;
        let removed = storage
            .open(&path)
            .and_then(|file| file.status())
            .and_then(|status| if status.bytes == 0 { storage.remove(&path) } else { Ok(()) });
        match removed {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed.map_err(|source| SegmentError { operation: "remove", path, source }),
        }
    }
}
