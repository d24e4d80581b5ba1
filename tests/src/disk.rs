//! A disk that sticks, fills up, fails and recovers on command, and counts what it is asked for.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use event_log::{FileStatus, SegmentFile, Storage, SystemStorage};

/// What is wrong with the disk at the moment.
#[derive(Default)]
pub struct Faults {
    /// So many bytes can be appended, then the disk is full; `None`: no limit.
    pub room: Option<u64>,
    /// Appending fails with this error number.
    pub append: Option<i32>,
    /// Creating a file fails with this error number.
    pub create: Option<i32>,
    /// Syncing files fails with this error number.
    pub sync: Option<i32>,
    /// Appending hangs until this is false again.
    pub stuck: bool,
    /// Runs before each append, on the writer's thread.
    pub before_append: Option<Arc<dyn Fn() + Send + Sync>>,
    /// Syncing a file hangs until this is false again.
    pub sync_stuck: bool,
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults").field("room", &self.room).finish_non_exhaustive()
    }
}

/// What the disk was asked for.
#[derive(Debug, Default)]
pub struct Counts {
    /// Attempts to append.
    pub appends: AtomicU64,
    /// Attempts to sync a file.
    pub syncs: AtomicU64,
    /// Attempts to create a file.
    pub creates: AtomicU64,
    /// Attempts to sync a directory.
    pub directory_syncs: AtomicU64,
}

/// The system's disk behind faults; clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct Disk(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    faults: Mutex<Faults>,
    changed: Condvar,
    counts: Counts,
    synced: Mutex<Vec<PathBuf>>,
}

impl Disk {
    /// Changes what is wrong.
    pub fn set(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut self.faults());
        self.0.changed.notify_all();
    }

    /// Makes everything right.
    pub fn heal(&self) {
        self.set(|faults| *faults = Faults::default());
    }

    /// What it was asked for so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.0.counts
    }

    /// How often it was asked to append.
    #[must_use]
    pub fn appends(&self) -> u64 {
        self.0.counts.appends.load(Ordering::SeqCst)
    }

    /// How often it was asked to sync a file.
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.0.counts.syncs.load(Ordering::SeqCst)
    }

    /// The files that were synced, in order.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn synced(&self) -> Vec<PathBuf> {
        self.0.synced.lock().expect("no panic under the lock").clone()
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.0.faults.lock().expect("no panic under the lock")
    }

    fn file(&self, path: &Path, file: Box<dyn SegmentFile>) -> Box<dyn SegmentFile> {
        Box::new(DiskFile { disk: self.clone(), path: path.to_owned(), file })
    }

    /// Waits while `stuck`; a test that forgets to free the disk ends all the same.
    fn wait_while(&self, stuck: impl Fn(&Faults) -> bool) -> MutexGuard<'_, Faults> {
        let waited =
            self.0
                .changed
                .wait_timeout_while(self.faults(), Duration::from_secs(60), |faults| stuck(faults));
        waited.expect("no panic under the lock").0
    }
}

fn fail(error: Option<i32>) -> io::Result<()> {
    error.map_or(Ok(()), |number| Err(io::Error::from_raw_os_error(number)))
}

impl Storage for Disk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        self.0.counts.creates.fetch_add(1, Ordering::SeqCst);
        fail(self.faults().create)?;
        Ok(self.file(path, SystemStorage.create(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        Ok(self.file(path, SystemStorage.open(path)?))
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        self.0.counts.directory_syncs.fetch_add(1, Ordering::SeqCst);
        SystemStorage.sync_directory(path)
    }
}

struct DiskFile {
    disk: Disk,
    path: PathBuf,
    file: Box<dyn SegmentFile>,
}

impl SegmentFile for DiskFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.0.counts.appends.fetch_add(1, Ordering::SeqCst);
        let hook = self.disk.faults().before_append.clone();
        if let Some(hook) = hook {
            hook();
        }
        let mut faults = self.disk.wait_while(|faults| faults.stuck);
        fail(faults.append)?;
        let Some(room) = &mut faults.room else { return self.file.append(bytes) };
        if *room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(usize::try_from(*room).unwrap_or(usize::MAX));
        let appended = self.file.append(&bytes[..taken])?;
        *room -= appended as u64;
        Ok(appended)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.0.counts.syncs.fetch_add(1, Ordering::SeqCst);
        let faults = self.disk.wait_while(|faults| faults.sync_stuck);
        fail(faults.sync)?;
        drop(faults);
        self.file.sync()?;
        self.disk.0.synced.lock().expect("no panic under the lock").push(self.path.clone());
        Ok(())
    }

    fn status(&self) -> io::Result<FileStatus> {
        self.file.status()
    }
}
