//! A lake in a directory of a local disk.
//!
//! An object is written under a temporary name below `_tmp`, then renamed or linked to its own. What
//! a kill leaves there is removed by a later load.
//!
//! What a power cut may take is said by [`Store`]. An object that is written alone is synced before it
//! gets its name, so it is never torn; its name is synced by [`Store::sync`]. Of the many files of a batch
//! both are synced there, together: a name may come back without its bytes, and the batch is then done again.

mod sync;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fs::{self, File, TryLockError};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant, SystemTime};

use crate::failure::Failure;
use crate::lake::store::{Object, Store, StoreError};

use self::sync::{Safe, make, sync_if_there, sync_together};

/// Where objects are written before they have their names.
const TEMPORARY: &str = "_tmp";

/// No load takes so long for one object: what is older was left by a kill.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 3_600);

/// Held, shared, by who looks whether a batch is done and puts a file of it.
const PUTTING: &str = "_ledger/putting.lock";

/// So long may that take. Who takes longer was stopped in between.
const PUTTING_TIME: Duration = Duration::from_secs(10);

/// A lake below a directory.
#[derive(Debug)]
pub struct LocalStore {
    root: PathBuf,
    /// Part of each temporary name. The process's id would not do: in containers many have the same.
    token: u64,
    /// The other part.
    next: AtomicU64,
    /// What was written by each thread since it synced.
    unsynced: Mutex<HashMap<ThreadId, Unsynced>>,
    safe: Safe,
}

/// What a thread wrote since it synced.
#[derive(Debug, Default)]
struct Unsynced {
    /// Files of which neither the bytes nor the name need be on the disk yet.
    files: Vec<PathBuf>,
    /// Files of which the bytes are.
    names: Vec<PathBuf>,
}

/// A file without a name of its own; removed unless it gets one.
struct Staged(PathBuf);

impl Drop for Staged {
    fn drop(&mut self) {
        // Gone if it was renamed. Else best effort: a later load removes it.
        let _ = fs::remove_file(&self.0);
    }
}

impl LocalStore {
    /// Opens the lake in this directory, and makes the directory if it is not there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn open(root: &Path) -> Result<Self, Failure> {
        let temporary = root.join(TEMPORARY);
        make(&temporary).map_err(Failure::file("create the directory", &temporary))?;
        remove_left_behind(&temporary);
        // The standard library's source of what differs from process to process.
        let token = RandomState::new().build_hasher().finish();
        let (next, unsynced, safe) = (AtomicU64::new(0), Mutex::default(), Safe::default());
        Ok(Self { root: root.to_owned(), token, next, unsynced, safe })
    }

    /// Writes the bytes under a temporary name.
    fn stage(&self, parts: &[Cow<'_, [u8]>]) -> io::Result<Staged> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let name = format!("{:016x}.{number}", self.token);
        let staged = Staged(self.root.join(TEMPORARY).join(name));
        let mut file = File::create_new(&staged.0)?;
        parts.iter().try_for_each(|part| file.write_all(part))?;
        Ok(staged)
    }

    /// Has `publish` give it its own name, in a directory that is made if it is not there.
    fn publish<T>(
        &self,
        staged: &Staged,
        path: &str,
        publish: impl Fn(&Path, &Path) -> io::Result<T>,
    ) -> io::Result<T> {
        let target = self.root.join(path);
        match publish(&staged.0, &target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let directory = target.parent().unwrap_or(&self.root);
                self.safe.is_missing(directory);
                fs::create_dir_all(directory)?;
                publish(&staged.0, &target)
            }
            published => published,
        }
    }

    /// The names of the directories in this one; none if it is none.
    ///
    /// # Errors
    /// If it cannot be listed.
    pub fn list_directories(&self, directory: &str) -> Result<Vec<String>, StoreError> {
        let mut names = match self.list(directory) {
            Err(error) if error.source.kind() == io::ErrorKind::NotADirectory => Vec::new(),
            names => names?,
        };
        names.retain(|name| self.root.join(directory).join(name).is_dir());
        Ok(names)
    }

    /// Waits until every load sees which batches are done by now, and has put the files of those that it
    /// took for unfinished. Then nobody puts a file of them again.
    ///
    /// # Errors
    /// If somebody takes too long, or the disk fails.
    pub fn await_puts(&self) -> Result<(), Failure> {
        let path = self.root.join(PUTTING);
        let file = self.open_lock().map_err(Failure::file("open", &path))?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if begun.elapsed() < PUTTING_TIME => {
                    thread::sleep(Duration::from_millis(5));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(Failure::Argument(format!(
                        "a load holds `{}` though it needs that for an instant only; was it stopped? Let it go \
                         on, or end it, and compact again",
                        path.display()
                    )));
                }
                Err(TryLockError::Error(error)) => return Err(Failure::file("lock", &path)(error)),
            }
        }
        // What is taken for done now must be so after a power cut, too.
        let done = self.root.join("_ledger/done");
        sync_if_there(&done).map(drop).map_err(Failure::file("sync", &done))
    }

    fn open_lock(&self) -> io::Result<File> {
        let path = self.root.join(PUTTING);
        let open = || File::options().create(true).truncate(false).write(true).open(&path);
        match open() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(path.parent().unwrap_or(&self.root))?;
                open()
            }
            opened => opened,
        }
    }

    /// Gives a file of a batch its name by `act`, unless the batch is done. Meanwhile nobody takes that for
    /// granted.
    fn unless_done<T: Default>(
        &self,
        done: &Path,
        act: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        // A lock belongs to an opened file, so each has one of its own.
        let lock = self.open_lock()?;
        match lock.lock_shared() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            // A file system without locks: there nobody compacts, either.
            _ => {}
        }
        if done.exists() { Ok(T::default()) } else { act() }
    }

    /// Creates objects; `link` gives each its name, and says whether there was none.
    fn create_each(
        &self,
        objects: &[Object<'_>],
        link: impl Fn(&Path, &Path) -> io::Result<bool>,
    ) -> Result<Vec<bool>, StoreError> {
        let mut staged = Vec::with_capacity(objects.len());
        for Object { path, parts } in objects {
            // What is there stays, so there is no need to write it first.
            let is_there = self.root.join(path).exists();
            let write = (!is_there).then(|| self.stage(parts)).transpose();
            staged.push(write.map_err(StoreError::new("create", path))?);
        }
        let written: Vec<_> = staged.iter().flatten().map(|staged| &staged.0).collect();
        sync_together(&written).map_err(StoreError::new("sync", TEMPORARY))?;
        let mut created = Vec::with_capacity(objects.len());
        for (Object { path, .. }, staged) in objects.iter().zip(&staged) {
            let link = staged.as_ref().map(|staged| self.publish(staged, path, &link));
            created.push(link.unwrap_or(Ok(false)).map_err(StoreError::new("create", path))?);
            // Another may have created it a moment ago, and not have synced it yet.
            self.note(|unsynced| unsynced.names.push(self.root.join(path)));
        }
        Ok(created)
    }

    /// Notes what this thread wrote.
    fn note(&self, note: impl FnOnce(&mut Unsynced)) {
        note(self.unsynced().entry(thread::current().id()).or_default());
    }

    fn unsynced(&self) -> MutexGuard<'_, HashMap<ThreadId, Unsynced>> {
        self.unsynced.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Syncs the files, then all directories and those above.
    fn sync_each(&self, unsynced: &Unsynced) -> io::Result<()> {
        let Unsynced { files, names } = unsynced;
        if !sync_together(files)? {
            // `compact` is moving one over, or somebody removed it: wherever it is now, it has to be on the disk.
            rustix::fs::sync();
        }
        let directories = self.safe.to_sync(&self.root, files.iter().chain(names));
        directories.iter().rev().try_for_each(|directory| sync_if_there(directory).map(drop))?;
        self.safe.add(directories);
        Ok(())
    }
}

fn rename(staged: &Path, target: &Path) -> io::Result<()> {
    fs::rename(staged, target)
}

/// Fails where there is something, which a rename does not, and says whether there was nothing.
fn link(staged: &Path, target: &Path) -> io::Result<bool> {
    match fs::hard_link(staged, target) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Best effort: they cost room and nothing else.
fn remove_left_behind(temporary: &Path) {
    let Ok(entries) = fs::read_dir(temporary) else { return };
    for entry in entries.flatten() {
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let age = modified.ok().and_then(|time| SystemTime::now().duration_since(time).ok());
        if age.is_some_and(|age| age > LEFT_BEHIND) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

impl Store for LocalStore {
    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let put = || {
            let staged = self.stage(&[bytes.into()])?;
            sync_if_there(&staged.0)?;
            self.publish(&staged, path, rename)
        };
        put().map_err(StoreError::new("write", path))?;
        self.note(|unsynced| unsynced.names.push(self.root.join(path)));
        Ok(())
    }

    fn put_all(&self, objects: &mut dyn Iterator<Item = Object<'_>>) -> Result<(), StoreError> {
        for Object { path, parts } in objects {
            let put = self.stage(&parts).and_then(|staged| self.publish(&staged, &path, rename));
            put.map_err(StoreError::new("write", &path))?;
            self.note(|unsynced| unsynced.files.push(self.root.join(path)));
        }
        Ok(())
    }

    fn put_files(
        &self,
        files: &mut dyn Iterator<Item = Object<'_>>,
        done: &str,
    ) -> Result<(), StoreError> {
        let done = self.root.join(done);
        let rename_unless_done =
            |staged: &Path, target: &Path| self.unless_done(&done, || rename(staged, target));
        for Object { path, parts } in files {
            let put = self.stage(&parts);
            let put = put.and_then(|staged| self.publish(&staged, &path, rename_unless_done));
            put.map_err(StoreError::new("write", &path))?;
            self.note(|unsynced| unsynced.files.push(self.root.join(path)));
        }
        Ok(())
    }

    fn create(&self, path: &str, bytes: &[u8]) -> Result<bool, StoreError> {
        let created = self.create_all(vec![Object::whole(path.to_owned(), bytes.to_owned())])?;
        Ok(created == [true])
    }

    fn create_all(&self, objects: Vec<Object<'_>>) -> Result<Vec<bool>, StoreError> {
        self.create_each(&objects, link)
    }

    fn create_files(&self, files: Vec<Object<'_>>, done: &str) -> Result<(), StoreError> {
        let done = self.root.join(done);
        let link = |staged: &Path, target: &Path| self.unless_done(&done, || link(staged, target));
        self.create_each(&files, link).map(drop)
    }

    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match fs::read(self.root.join(path)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::new("read", path)(error)),
        }
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, StoreError> {
        let entries = match fs::read_dir(self.root.join(directory)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.and_then(Iterator::collect::<io::Result<Vec<_>>>),
        };
        let entries = entries.map_err(StoreError::new("list", directory))?;
        let mut names: Vec<_> =
            entries.iter().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        Ok(names)
    }

    fn sync(&self) -> Result<(), StoreError> {
        // Not the whole file system: others may be writing to it, and would be waited for.
        let unsynced = self.unsynced().remove(&thread::current().id()).unwrap_or_default();
        self.sync_each(&unsynced).map_err(StoreError::new("sync", "."))
    }
}
