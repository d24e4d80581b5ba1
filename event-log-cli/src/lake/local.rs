//! A lake in a directory of a local disk.
//!
//! An object is written under a temporary name below `_tmp`, then renamed or linked to its own. What
//! a kill leaves there is removed by a later load.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, SystemTime};

use crate::failure::Failure;
use crate::lake::store::{Object, Store, StoreError};

/// Where objects are written before they have their names.
const TEMPORARY: &str = "_tmp";

/// No load takes so long for one object: what is older was left by a kill.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 3_600);

/// So many threads sync a batch; they do nothing but wait.
const SYNCS_AT_ONCE: usize = 16;

/// A lake below a directory.
#[derive(Debug)]
pub struct LocalStore {
    root: PathBuf,
    /// Part of each temporary name, beside the process's id.
    next: AtomicU64,
    /// What was written by each thread since it synced.
    unsynced: Mutex<HashMap<ThreadId, Vec<PathBuf>>>,
    /// Directories whose own names, and those of all above them, are known to survive a power cut.
    settled: Mutex<HashSet<PathBuf>>,
}

impl LocalStore {
    /// Opens the lake in this directory, and makes the directory if it is not there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn open(root: &Path) -> Result<Self, Failure> {
        let temporary = root.join(TEMPORARY);
        fs::create_dir_all(&temporary)
            .map_err(Failure::file("create the directory", &temporary))?;
        remove_left_behind(&temporary);
        let (unsynced, settled) = Default::default();
        Ok(Self { root: root.to_owned(), next: AtomicU64::new(0), unsynced, settled })
    }

    /// Writes the bytes under a temporary name, hands it to `publish`, and removes it if it is left.
    fn write<T>(
        &self,
        path: &str,
        parts: &[Cow<'_, [u8]>],
        publish: impl Fn(&Path, &Path) -> io::Result<T>,
    ) -> io::Result<T> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let temporary = self.root.join(TEMPORARY).join(format!("{}.{number}", process::id()));
        let written = File::create(&temporary)
            .and_then(|mut file| parts.iter().try_for_each(|part| file.write_all(part)));
        let target = self.root.join(path);
        let published = written.and_then(|()| match publish(&temporary, &target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let directory = target.parent().unwrap_or(&self.root);
                let mut settled = self.settled();
                for missing in directory.ancestors().take_while(|path| !path.is_dir()) {
                    settled.remove(missing);
                }
                drop(settled);
                fs::create_dir_all(directory)?;
                publish(&temporary, &target)
            }
            published => published,
        });
        // Gone if it was renamed. Else best effort: a later load removes it.
        let _ = fs::remove_file(&temporary);
        if published.is_ok() {
            self.unsynced().entry(thread::current().id()).or_default().push(target);
        }
        published
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

    fn unsynced(&self) -> MutexGuard<'_, HashMap<ThreadId, Vec<PathBuf>>> {
        self.unsynced.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settled(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Syncs these files, then their directories and those above, but for those that need no more.
    fn sync_each(&self, files: &[PathBuf]) -> io::Result<()> {
        sync_together(files)?;
        let directories = self.directories_of(files);
        directories.iter().rev().try_for_each(|directory| sync_if_there(directory))?;
        self.settled().extend(directories);
        Ok(())
    }

    /// The directories that must be synced so that these files have their names.
    fn directories_of(&self, files: &[PathBuf]) -> BTreeSet<PathBuf> {
        let settled = self.settled();
        let mut directories = BTreeSet::new();
        for file in files {
            let mut last = file.as_path();
            let above = file.ancestors().skip(1).take_while(|path| path.starts_with(&self.root));
            for (height, directory) in above.enumerate() {
                // `compact` may have put a new directory in the place of the lowest one a moment ago.
                if height > 1 && settled.contains(last) {
                    break;
                }
                if !directories.contains(directory) {
                    directories.insert(directory.to_owned());
                }
                last = directory;
            }
        }
        directories
    }
}

/// Several at a time: a journal commits those together that wait together, and then a sync of each
/// of a thousand small files is some dozens of commits.
fn sync_together(files: &[PathBuf]) -> io::Result<()> {
    let share = files.len().div_ceil(SYNCS_AT_ONCE).max(1);
    let results: Vec<thread::Result<io::Result<()>>> = thread::scope(|scope| {
        let sync = |files: &'_ [PathBuf]| files.iter().try_for_each(|file| sync_if_there(file));
        let threads: Vec<_> =
            files.chunks(share).map(|files| scope.spawn(move || sync(files))).collect();
        threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let unwound = |panic| std::panic::resume_unwind(panic);
    results.into_iter().try_for_each(|result| result.unwrap_or_else(unwound))
}

/// Somebody may have removed it: then there is nothing to sync.
fn sync_if_there(path: &Path) -> io::Result<()> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        file => file?.sync_all(),
    }
}

fn rename(temporary: &Path, target: &Path) -> io::Result<()> {
    fs::rename(temporary, target)
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
        self.write(path, &[bytes.into()], rename).map_err(StoreError::new("write", path))
    }

    fn put_all(&self, objects: &mut dyn Iterator<Item = Object<'_>>) -> Result<(), StoreError> {
        for Object { path, parts } in objects {
            self.write(&path, &parts, rename).map_err(StoreError::new("write", &path))?;
        }
        Ok(())
    }

    fn create(&self, path: &str, bytes: &[u8]) -> Result<bool, StoreError> {
        // A link fails where there is something, which a rename does not.
        let link = |temporary: &Path, target: &Path| match fs::hard_link(temporary, target) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        };
        self.write(path, &[bytes.into()], link).map_err(StoreError::new("create", path))
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
        let files = self.unsynced().remove(&thread::current().id()).unwrap_or_default();
        self.sync_each(&files).map_err(StoreError::new("sync", "."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_replaced_by_put_and_kept_by_create() {
        let directory = tempfile::tempdir().unwrap();
        let store = LocalStore::open(&directory.path().join("lake")).unwrap();
        assert_eq!(store.get("a/b/one").unwrap(), None);
        assert!(store.create("a/b/one", b"1").unwrap());
        assert!(!store.create("a/b/one", b"2").unwrap());
        assert_eq!(store.get("a/b/one").unwrap().as_deref(), Some(&b"1"[..]));
        store.put("a/b/one", b"3").unwrap();
        store.put("a/b/another", b"").unwrap();
        assert_eq!(store.get("a/b/one").unwrap().as_deref(), Some(&b"3"[..]));
        assert_eq!(store.list("a/b").unwrap(), ["another", "one"]);
        assert_eq!(store.list("nowhere").unwrap(), [""; 0]);
        assert_eq!(store.list(TEMPORARY).unwrap(), [""; 0]);
        store.sync().unwrap();
    }

    #[test]
    fn a_directory_is_synced_with_those_above_it_until_their_names_are_safe() {
        let directory = tempfile::tempdir().unwrap();
        let store = LocalStore::open(directory.path()).unwrap();
        let wanted = |names: &[&str]| -> BTreeSet<PathBuf> {
            names.iter().map(|name| store.root.join(name)).collect()
        };
        let put = |path: &str| {
            store.put(path, b"1").unwrap();
            let directories = store.directories_of(&[store.root.join(path)]);
            store.sync().unwrap();
            directories
        };
        assert_eq!(put("a/b/c/one"), wanted(&["", "a", "a/b", "a/b/c"]));
        assert_eq!(put("a/b/c/two"), wanted(&["a/b", "a/b/c"]));
        fs::remove_dir_all(store.root.join("a/b")).unwrap();
        assert_eq!(put("a/b/c/three"), wanted(&["a", "a/b", "a/b/c"]));
        assert_eq!(put("a/d/four"), wanted(&["a", "a/d"]));
    }

    #[test]
    fn of_many_that_create_at_once_one_does() {
        let directory = tempfile::tempdir().unwrap();
        let store = LocalStore::open(directory.path()).unwrap();
        let created: usize = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8_u8)
                .map(|byte| {
                    let store = &store;
                    scope.spawn(move || usize::from(store.create("claims/one", &[byte]).unwrap()))
                })
                .collect();
            tries.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(created, 1);
    }

    #[test]
    fn what_a_kill_left_is_removed_once_it_is_old() {
        let directory = tempfile::tempdir().unwrap();
        let temporary = directory.path().join(TEMPORARY);
        fs::create_dir(&temporary).unwrap();
        let [old, young] = ["1.1", "2.1"].map(|name| temporary.join(name));
        fs::write(&young, "").unwrap();
        fs::write(&old, "").unwrap();
        let long_ago = SystemTime::now() - LEFT_BEHIND - Duration::from_secs(60);
        File::options().write(true).open(&old).unwrap().set_modified(long_ago).unwrap();
        LocalStore::open(directory.path()).unwrap();
        assert_eq!((old.exists(), young.exists()), (false, true));
    }
}
