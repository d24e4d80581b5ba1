//! The file of one spool: made whole, locked while it is in use, taken over from the dead.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::fs::FallocateFlags;

use crate::mapping::Mapping;
use crate::spool::Spool;
use crate::spool::directory::{SET_ASIDE_EXTENSION, TEMPORARY_PREFIX, file_name};
use crate::spool::header::{Identity, NotASpool};

/// How many names are tried before the directory itself must be at fault.
const NAME_ATTEMPTS: usize = 16;

/// A spool together with its file, whose lock says that it is in use.
#[derive(Debug)]
pub(crate) struct SpoolFile {
    pub(crate) spool: Spool,
    path: PathBuf,
    /// Held for its lock, until that is let go of.
    locked: Mutex<Option<File>>,
}

/// A spool whose process is gone.
#[derive(Debug)]
pub(crate) enum Dead {
    /// It can be recovered, and is locked against others who would.
    Readable(SpoolFile),
    /// It cannot be read and now lies at this path.
    SetAside { path: PathBuf, reason: NotASpool },
}

impl SpoolFile {
    /// Makes a new spool in `directory`, which exists.
    ///
    /// Its blocks are allocated and its pages are touched now, so that no later store meets a full
    /// disk (`SIGBUS`) or pays for a page fault of the first lap.
    ///
    /// # Errors
    /// If the file cannot be created, allocated, locked, mapped or renamed.
    pub(crate) fn create(
        directory: &Path,
        prefix: &str,
        ring_bytes: usize,
        now_millis: u64,
    ) -> io::Result<Self> {
        let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
        for _ in 0..NAME_ATTEMPTS {
            let identity =
                Identity { ring_bytes, token: random_token()?, created_millis: now_millis };
            match Self::create_named(directory, prefix, identity) {
                Ok(spool) => return Ok(spool),
                // Another spool has the token, or a cleaner took the temporary file for a dead one.
                Err(error) if is_taken(&error) => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    fn create_named(directory: &Path, prefix: &str, identity: Identity) -> io::Result<Self> {
        let name = file_name(prefix, identity.token);
        let path = directory.join(&name);
        let temporary = directory.join(format!("{TEMPORARY_PREFIX}{name}"));
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&temporary)?;
        let made = Self::fill(&file, &temporary, identity).and_then(|spool| {
            if path.try_exists()? {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(&temporary, &path)?;
            Ok(spool)
        });
        match made {
            Ok(spool) => Ok(Self { spool, path, locked: Mutex::new(Some(file)) }),
            Err(error) => {
                // Best effort: what stays behind is removed by the next start.
                let _ = fs::remove_file(&temporary);
                Err(error)
            }
        }
    }

    fn fill(file: &File, path: &Path, identity: Identity) -> io::Result<Spool> {
        file.try_lock().map_err(io::Error::from)?;
        let bytes = identity.file_bytes();
        allocate(file, bytes as u64)?;
        let mapping = map(path, bytes)?;
        for page in mapping.words().chunks(4096 / 8) {
            page[0].store(0, Ordering::Relaxed);
        }
        Ok(Spool::format(mapping, identity))
    }

    /// A spool of a recording logger, without a file: no line ever enters it, but it says whether it
    /// is closed, and counts drops, like any other.
    #[cfg(feature = "testing")]
    pub(crate) fn without_file(created_millis: u64) -> Self {
        let identity = Identity { ring_bytes: size_of::<u64>(), token: 0, created_millis };
        let spool = Spool::in_heap(identity);
        Self { spool, path: PathBuf::new(), locked: Mutex::new(None) }
    }

    /// Takes hold of the spool at `path` if its process is gone.
    ///
    /// # Errors
    /// If the file cannot be opened, mapped or renamed.
    pub(super) fn take(path: &Path) -> io::Result<Option<Dead>> {
        let file = match OpenOptions::new().read(true).write(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        if !lock_patiently(&file)? {
            return Ok(None);
        }
        // Somebody may have recovered and removed it between the opening and the locking.
        if !is_still_at(&file, path)? {
            return Ok(None);
        }
        let opened = usize::try_from(file.metadata()?.len())
            .map_err(io::Error::other)
            .and_then(|bytes| map(path, bytes));
        let opened = match opened {
            Ok(mapping) => Spool::open(mapping),
            // Not whole pages: no spool has such a length.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                Err(NotASpool::TooShort { got: file.metadata()?.len() })
            }
            Err(error) => return Err(error),
        };
        Ok(Some(match opened {
            Ok(spool) => {
                let locked = Mutex::new(Some(file));
                Dead::Readable(Self { spool, path: path.to_owned(), locked })
            }
            Err(reason) => Dead::SetAside { path: set_aside(path)?, reason },
        }))
    }

    /// The file's path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Lets go of the lock, so that somebody else may recover what is left.
    pub(crate) fn unlock(&self) {
        if let Some(file) = self.locked.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // Explicitly: a forked child may hold the same lock through its copy of the file.
            let _ = file.unlock();
        }
    }

    /// Closes the file that a forked child inherited. The lock stays with the parent, and goes when
    /// the parent dies.
    pub(crate) fn disinherit(&self) {
        // Another thread of the parent may have held the mutex at the moment of the fork.
        if let Ok(mut locked) = self.locked.try_lock() {
            drop(locked.take());
        }
    }

    /// Removes the file; for a spool that holds nothing any more.
    ///
    /// # Errors
    /// If the file cannot be removed; one that is gone already is no error.
    pub(crate) fn remove(&self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }
}

/// Maps the file at `path`, which its owner never shortens, through an opening of its own.
///
/// A lock lasts as long as anything refers to the opening that it was taken through, and a mapping
/// does; a forked child inherits every mapping. Were it the same opening, the child would keep its
/// parent's spool locked beyond the parent's death.
fn map(path: &Path, bytes: usize) -> io::Result<Mapping> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    Mapping::of_file(&file, bytes)
}

/// Locks the file, or says that it is in use.
///
/// Whoever asks whether its owner is alive may hold a shared lock for a moment, as `docs/format.md`
/// has it, which must not pass for a living owner.
fn lock_patiently(file: &File) -> io::Result<bool> {
    for pause in [Duration::from_micros(200), Duration::from_millis(2), Duration::ZERO] {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => thread::sleep(pause),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(false)
}

fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.with_extension(SET_ASIDE_EXTENSION);
    let mut number = 0;
    while target.try_exists()? {
        number += 1;
        target = path.with_extension(format!("{number}.{SET_ASIDE_EXTENSION}"));
    }
    fs::rename(path, &target)?;
    Ok(target)
}

/// Whether `file` is what lies at `path` now.
fn is_still_at(file: &File, path: &Path) -> io::Result<bool> {
    let held = file.metadata()?;
    match fs::metadata(path) {
        Ok(there) => Ok((held.dev(), held.ino()) == (there.dev(), there.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Allocates the file's blocks now.
fn allocate(file: &File, bytes: u64) -> io::Result<()> {
    match rustix::fs::fallocate(file, FallocateFlags::empty(), 0, bytes) {
        // A file system without the call gets its blocks by being written.
        Err(rustix::io::Errno::OPNOTSUPP) => write_zeros(file, bytes),
        allocated => Ok(allocated?),
    }
}

fn write_zeros(mut file: &File, bytes: u64) -> io::Result<()> {
    io::copy(&mut io::Read::take(io::repeat(0), bytes), &mut file)?;
    Ok(())
}

fn random_token() -> io::Result<u32> {
    let mut bytes = [0; 4];
    rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty())?;
    Ok(u32::from_le_bytes(bytes))
}

fn is_taken(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound | io::ErrorKind::WouldBlock
    )
}
