//! [`FailingDisk`]: the system's disk, behind faults that a test commands.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::testing::faults::{DiskError, Faults, Hook, Operation, Rule};
use crate::writer::storage::{FileStatus, SegmentFile, Storage, StoredFile, SystemStorage};

/// How long an operation hangs at most, so that a test which forgets to free the disk ends.
const LONGEST_HANG: Duration = Duration::from_secs(60);

/// The system's disk, until it is told to fail, to fill up or to hang; clones are the same disk.
///
/// For tests of how a service fares when its log cannot be written: give it to
/// [`LoggerBuilder::storage`](crate::LoggerBuilder::storage). Only segments go through it; the spool
/// is always on the real disk.
///
/// ```
/// use std::{io, time::Duration};
/// use event_log::{Event, Logger, testing::{FailingDisk, Operation}};
///
/// #[derive(Event)]
/// struct LessonStarted {
///     lesson: u32,
/// }
///
/// # let directory = tempfile::tempdir()?;
/// let disk = FailingDisk::new();
/// let logger = Logger::builder(directory.path()).storage(disk.clone()).build()?;
///
/// disk.fail(Operation::Append, io::ErrorKind::StorageFull);
/// logger.emit(LessonStarted { lesson: 1 });
/// assert!(logger.flush(Duration::from_millis(50)).is_err(), "the disk is full");
///
/// disk.heal();
/// logger.flush(Duration::from_secs(30))?;
/// assert_eq!(logger.stats().total.written, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct FailingDisk(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    faults: Mutex<Faults>,
    changed: Condvar,
}

impl FailingDisk {
    /// A disk that works.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets this operation fail from now on, with an [`io::ErrorKind`] or the system's number of an
    /// error (5 is `EIO` on Linux).
    pub fn fail(&self, operation: Operation, error: impl Into<DiskError>) {
        self.fail_every(operation, 1, error);
    }

    /// Lets the `n`th of these operations fail, counted from now; 1 is the next.
    ///
    /// # Panics
    /// If `n` is 0.
    #[track_caller]
    pub fn fail_nth(&self, operation: Operation, n: u64, error: impl Into<DiskError>) {
        assert!(n > 0, "the next operation is the first, so `n` is at least 1");
        let rule = Rule::Nth { left: n, error: error.into() };
        self.change(|faults| faults.on(operation).rule = rule);
    }

    /// Lets every `n`th of these operations fail, counted from now: every second one, with 2.
    ///
    /// # Panics
    /// If `n` is 0.
    #[track_caller]
    pub fn fail_every(&self, operation: Operation, n: u64, error: impl Into<DiskError>) {
        assert!(n > 0, "every first operation is every one, so `n` is at least 1");
        let rule = Rule::Every { n, seen: 0, error: error.into() };
        self.change(|faults| faults.on(operation).rule = rule);
    }

    /// Lets this operation hang until it is resumed or freed, but not longer than a minute.
    pub fn hang(&self, operation: Operation) {
        self.change(|faults| faults.on(operation).hangs = true);
    }

    /// Lets this operation hang no more. What hangs goes on, and fails if it is to fail.
    pub fn resume(&self, operation: Operation) {
        self.change(|faults| faults.on(operation).hangs = false);
    }

    /// Lets this operation neither hang nor fail any more. What hangs goes on.
    pub fn free(&self, operation: Operation) {
        self.change(|faults| {
            let state = faults.on(operation);
            (state.rule, state.hangs) = (Rule::Works, false);
        });
    }

    /// Lets the disk be full once so many more bytes are appended: the append that passes the limit
    /// takes what fits, and the following ones fail with [`io::ErrorKind::StorageFull`].
    pub fn leave_room(&self, bytes: u64) {
        self.change(|faults| faults.room = Some(bytes));
    }

    /// Lets an append take at most so many bytes at once; at least 1.
    ///
    /// # Panics
    /// If `bytes` is 0.
    #[track_caller]
    pub fn append_at_most(&self, bytes: usize) {
        assert!(bytes > 0, "an append takes at least 1 byte; a full disk is `leave_room(0)`");
        self.change(|faults| faults.append_at_most = Some(bytes));
    }

    /// Runs `hook` before each operation of this kind, on the thread that asks for it: mostly the
    /// writer's.
    pub fn before(&self, operation: Operation, hook: impl Fn() + Send + Sync + 'static) {
        self.change(|faults| faults.on(operation).hook = Some(Hook(Arc::new(hook))));
    }

    /// Lets everything work again. Only the counts stay.
    pub fn heal(&self) {
        self.change(Faults::heal);
    }

    /// How often this operation was asked for so far, with success or not.
    #[must_use]
    pub fn count(&self, operation: Operation) -> u64 {
        self.lock().on(operation).count
    }

    /// The files that were synced so far, in order.
    #[must_use]
    pub fn synced(&self) -> Vec<PathBuf> {
        self.lock().synced.clone()
    }

    fn change(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut self.lock());
        self.0.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Faults> {
        self.0.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an operation, waits while it hangs, and says whether it fails. What it does under the
    /// lock that is returned, no command can change.
    fn begin(&self, operation: Operation) -> io::Result<MutexGuard<'_, Faults>> {
        let hook = {
            let mut faults = self.lock();
            let state = faults.on(operation);
            state.count += 1;
            state.hook.clone()
        };
        if let Some(Hook(hook)) = hook {
            hook();
        }
        let waited = self
            .0
            .changed
            .wait_timeout_while(self.lock(), LONGEST_HANG, |faults| faults.on(operation).hangs);
        let mut faults = waited.unwrap_or_else(PoisonError::into_inner).0;
        faults.on(operation).rule.check()?;
        Ok(faults)
    }

    fn file(&self, path: &Path, file: Box<dyn SegmentFile>) -> Box<dyn SegmentFile> {
        Box::new(DiskFile { disk: self.clone(), path: path.to_owned(), file })
    }
}

impl Storage for FailingDisk {
    fn create_directory(&self, path: &Path) -> io::Result<()> {
        drop(self.begin(Operation::CreateDirectory)?);
        SystemStorage.create_directory(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        drop(self.begin(Operation::Create)?);
        Ok(self.file(path, SystemStorage.create(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        drop(self.begin(Operation::Open)?);
        Ok(self.file(path, SystemStorage.open(path)?))
    }

    fn read_from(&self, path: &Path, offset: u64) -> io::Result<Vec<u8>> {
        drop(self.begin(Operation::Read)?);
        SystemStorage.read_from(path, offset)
    }

    fn read_part(&self, path: &Path, offset: u64, bytes: usize) -> io::Result<Vec<u8>> {
        drop(self.begin(Operation::Read)?);
        SystemStorage.read_part(path, offset, bytes)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        drop(self.begin(Operation::Rename)?);
        SystemStorage.rename(from, to)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<StoredFile>> {
        drop(self.begin(Operation::List)?);
        SystemStorage.list(directory)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        drop(self.begin(Operation::Remove)?);
        SystemStorage.remove(path)
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        drop(self.begin(Operation::SyncDirectory)?);
        SystemStorage.sync_directory(path)
    }
}

/// A segment on the disk.
struct DiskFile {
    disk: FailingDisk,
    path: PathBuf,
    file: Box<dyn SegmentFile>,
}

impl SegmentFile for DiskFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut faults = self.disk.begin(Operation::Append)?;
        let taken = faults.room_for(bytes.len())?;
        let appended = self.file.append(&bytes[..taken])?;
        faults.fill(appended);
        Ok(appended)
    }

    fn sync(&mut self) -> io::Result<()> {
        drop(self.disk.begin(Operation::Sync)?);
        self.file.sync()?;
        self.disk.lock().synced.push(self.path.clone());
        Ok(())
    }

    fn status(&self) -> io::Result<FileStatus> {
        drop(self.disk.begin(Operation::Status)?);
        self.file.status()
    }
}
