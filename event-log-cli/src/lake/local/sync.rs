//! What it takes that files and directories survive a power cut.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// So many threads sync a batch; they do nothing but wait.
const SYNCS_AT_ONCE: usize = 16;

/// Makes a directory and those above it, and has their names survive a power cut.
pub(super) fn make(directory: &Path) -> io::Result<()> {
    let is_missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
    let missing: Vec<_> = directory.ancestors().take_while(is_missing).collect();
    fs::create_dir_all(directory)?;
    for made in missing {
        let above = made.parent().filter(|above| !above.as_os_str().is_empty());
        // One that may be written and not read cannot be synced.
        if let Ok(above) = File::open(above.unwrap_or(Path::new("."))) {
            above.sync_all()?;
        }
    }
    Ok(())
}

/// Several at a time: a journal commits those together that wait together, and then a sync of each
/// of a thousand small files is some dozens of commits.
///
/// Says whether all were there.
pub(super) fn sync_together<P: AsRef<Path> + Sync>(files: &[P]) -> io::Result<bool> {
    let share = files.len().div_ceil(SYNCS_AT_ONCE).max(1);
    let results: Vec<thread::Result<io::Result<bool>>> = thread::scope(|scope| {
        let sync = |files: &'_ [P]| {
            let each = |are_there, file: &P| Ok(sync_if_there(file.as_ref())? && are_there);
            files.iter().try_fold(true, each)
        };
        let threads: Vec<_> =
            files.chunks(share).map(|files| scope.spawn(move || sync(files))).collect();
        threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let unwound = |panic| std::panic::resume_unwind(panic);
    results
        .into_iter()
        .try_fold(true, |are_there, result| Ok(result.unwrap_or_else(unwound)? && are_there))
}

/// Says whether it is there: somebody may have moved or removed it.
pub(super) fn sync_if_there(path: &Path) -> io::Result<bool> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        file => file?.sync_all().map(|()| true),
    }
}

/// Directories whose own names, and those of all above them, are known to survive a power cut.
#[derive(Debug, Default)]
pub(super) struct Safe(Mutex<HashSet<PathBuf>>);

impl Safe {
    /// The directories below `root` that must be synced so that these files have their names.
    pub(super) fn to_sync<'a>(
        &self,
        root: &Path,
        files: impl Iterator<Item = &'a PathBuf>,
    ) -> BTreeSet<PathBuf> {
        let safe = self.lock();
        let mut directories = BTreeSet::new();
        for file in files {
            let mut last = file.as_path();
            let above = file.ancestors().skip(1).take_while(|path| path.starts_with(root));
            for (height, directory) in above.enumerate() {
                // `compact` may have put a new directory in the place of the lowest one a moment ago.
                if height > 1 && safe.contains(last) {
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

    /// Notes directories that were synced. Not those at the bottom: they are synced every time, and there may
    /// be hundreds of thousands of them.
    pub(super) fn add(&self, directories: BTreeSet<PathBuf>) {
        let mut safe = self.lock();
        let mut directories = directories.into_iter().peekable();
        while let Some(directory) = directories.next() {
            // What is in a directory follows it in their order.
            if directories.peek().is_some_and(|next| next.starts_with(&directory)) {
                safe.insert(directory);
            }
        }
    }

    /// Says that a directory is not there, with those above it that are not.
    pub(super) fn is_missing(&self, directory: &Path) {
        let mut safe = self.lock();
        for missing in directory.ancestors().take_while(|path| !path.is_dir()) {
            safe.remove(missing);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
