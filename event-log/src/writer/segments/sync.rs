//! What of the segments would not survive a power cut yet, and how it comes to.

use std::io;

use crate::error::SegmentError;
use crate::writer::batch::Batch;
use crate::writer::segments::Segments;

/// How many closed segments may wait for the next sync. The one before them is synced when it is
/// pushed out; by then the system has long written it by itself.
const MAX_UNSYNCED: usize = 64;

impl Segments {
    /// Makes every line appended so far survive a power cut.
    ///
    /// # Errors
    /// If the storage fails; then what was not synced before may not survive.
    pub(crate) fn sync(&mut self) -> Result<(), SegmentError> {
        if let Some(error) = self.failed_sync.take() {
            return Err(error);
        }
        while let Some(name) = self.unsynced.front() {
            self.sync_closed(name)?;
            self.unsynced.pop_front();
        }
        if let Some(active) = &mut self.active
            && active.synced_bytes != active.bytes
        {
            if let Err(source) = active.file.sync() {
                return Err(self.failed("sync", source));
            }
            active.synced_bytes = active.bytes;
        }
        if self.directory_unsynced {
            let path = &self.config.directory;
            self.config.storage.sync_directory(path).map_err(|source| SegmentError {
                operation: "sync the directory",
                path: path.clone(),
                source,
            })?;
            self.directory_unsynced = false;
            // The directory's own name, in case that this logger created it. Best effort: the parent
            // may belong to somebody else.
            if let Some(parent) = path.parent() {
                let _ = self.config.storage.sync_directory(parent);
            }
        }
        Ok(())
    }

    /// Gives up everything that is not synced, after a sync has failed: trying again would be answered
    /// with success by a system that has already thrown the bytes away.
    pub(crate) fn give_up_sync(&mut self, batch: &mut Batch) {
        self.unsynced.clear();
        if let Some(active) = &mut self.active {
            active.synced_bytes = active.bytes;
        }
        self.directory_unsynced = false;
        // A line that is cut short at its end is repeated whole in the next one.
        self.abandon(batch);
    }

    /// Remembers a segment for the next sync. In a service that never calls `sync` the list would
    /// grow, so the oldest are synced when it gets long.
    pub(super) fn note_unsynced(&mut self, file_name: String) {
        self.unsynced.push_back(file_name);
        while self.unsynced.len() > MAX_UNSYNCED
            && let Some(oldest) = self.unsynced.pop_front()
        {
            if let Err(SegmentError { operation, path, source }) = self.sync_closed(&oldest) {
                let same = io::Error::new(source.kind(), source.to_string());
                let told = SegmentError { operation, path: path.clone(), source: same };
                self.incidents.push(told.into());
                // The next to ask for a sync must not hear that all is well.
                self.failed_sync = Some(SegmentError { operation, path, source });
            }
        }
    }

    fn sync_closed(&self, file_name: &str) -> Result<(), SegmentError> {
        let path = self.config.directory.join(file_name);
        match self.config.storage.open(&path).and_then(|mut file| file.sync()) {
            // Whoever removed it has done with it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            synced => synced.map_err(|source| SegmentError { operation: "sync", path, source }),
        }
    }
}
