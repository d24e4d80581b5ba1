//! Storage for benches: segments that keep nothing, and a gate before their creation.

use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};

use event_log::{FileStatus, SegmentFile, Storage, SystemStorage};

/// Takes every line and keeps none, so that no disk is filled and none is measured.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sink;

impl Storage for Sink {
    fn create(&self, _: &Path) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(SinkFile { bytes: 0 }))
    }
}

/// The length of what was thrown away.
struct SinkFile {
    bytes: u64,
}

impl SegmentFile for SinkFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn status(&self) -> io::Result<FileStatus> {
        Ok(FileStatus::new(self.bytes, 1))
    }
}

/// Segments that cannot be created before the gate is opened, so that no drain mixes with the emits.
#[derive(Clone, Debug, Default)]
pub struct Gate<S = SystemStorage> {
    is_open: Arc<(Mutex<bool>, Condvar)>,
    storage: S,
}

impl<S> Gate<S> {
    /// Lets the writer through, now and from now on.
    ///
    /// # Panics
    /// Never: nobody panics while holding the lock.
    pub fn open(&self) {
        *self.is_open.0.lock().expect("no holder panics") = true;
        self.is_open.1.notify_all();
    }
}

impl<S: Storage> Storage for Gate<S> {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        let is_open = self.is_open.0.lock().expect("no holder panics");
        let is_open = self.is_open.1.wait_while(is_open, |is_open| !*is_open);
        drop(is_open.expect("no holder panics"));
        self.storage.create(path)
    }
}
