//! The few file operations on segments, as a trait: the system's files, or a disk that a test
//! fails.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Where segments are kept. The library's own is [`SystemStorage`]; tests bring one that fails.
///
/// Each operation is the system's unless it is overridden, so a test writes down only what it changes.
/// Only segments go through it. The spool is a mapped file and always lies on the real disk.
pub trait Storage: Send + Sync + 'static {
    /// Creates a directory and its parents; one that exists is no error.
    ///
    /// # Errors
    /// What the system says.
    fn create_directory(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    /// Creates a file that must not exist yet, for appending.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::AlreadyExists`] if there is one.
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(OpenOptions::new().append(true).create_new(true).open(path)?))
    }

    /// Opens an existing file for appending.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::NotFound`] if it is gone.
    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(OpenOptions::new().append(true).open(path)?))
    }

    /// Reads a file from `offset` (in bytes, at most its length) to its end.
    ///
    /// # Errors
    /// What the system says.
    fn read_from(&self, path: &Path, offset: u64) -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads at most so many bytes of a file from `offset` (in bytes); fewer only at its end.
    ///
    /// # Errors
    /// What the system says.
    fn read_part(&self, path: &Path, offset: u64, bytes: usize) -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut part = Vec::with_capacity(bytes);
        file.take(bytes as u64).read_to_end(&mut part)?;
        Ok(part)
    }

    /// Gives a file another name in the same directory, taking it from any file that has it.
    ///
    /// # Errors
    /// What the system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    /// The plain files of a directory, in any order, whoever made them; those whose names are not
    /// text may be left out.
    ///
    /// # Errors
    /// What the system says.
    fn list(&self, directory: &Path) -> io::Result<Vec<StoredFile>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            // A file may vanish while we look; a name that is not text is not ours.
            if let (Ok(name), Ok(metadata)) = (entry.file_name().into_string(), entry.metadata())
                && metadata.is_file()
            {
                files.push(StoredFile { name, bytes: metadata.len() });
            }
        }
        Ok(files)
    }

    /// Removes a file.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::NotFound`] if it is gone already, which is no
    /// trouble.
    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    /// Makes the names in a directory survive a power cut.
    ///
    /// # Errors
    /// What the system says.
    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }
}

/// A segment that is open for appending.
pub trait SegmentFile: Send {
    /// Appends as many of the bytes as the disk takes, at least one; returns how many. `bytes` is
    /// never empty.
    ///
    /// # Errors
    /// What the system says; then nothing was appended. [`io::ErrorKind::StorageFull`] and
    /// [`io::ErrorKind::QuotaExceeded`] are waited out; after three others in a row a new segment
    /// is begun.
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Makes everything appended survive a power cut.
    ///
    /// # Errors
    /// What the system says.
    fn sync(&mut self) -> io::Result<()>;

    /// What the file is like now.
    ///
    /// # Errors
    /// What the system says.
    fn status(&self) -> io::Result<FileStatus>;
}

/// A file found in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredFile {
    /// Its name, without the directory.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
}

/// An open file's length and names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileStatus {
    /// Its length in bytes.
    pub bytes: u64,
    /// How many names (hard links) it has; 0 once somebody removed it. A segment without a name is
    /// given up.
    pub links: u64,
}

impl StoredFile {
    /// A file of this name and of so many bytes.
    #[must_use]
    pub const fn new(name: String, bytes: u64) -> Self {
        Self { name, bytes }
    }
}

impl FileStatus {
    /// A file of so many bytes with so many names.
    #[must_use]
    pub const fn new(bytes: u64, links: u64) -> Self {
        Self { bytes, links }
    }
}

/// The operating system's files.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemStorage;

impl Storage for SystemStorage {}

impl SegmentFile for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.write(bytes)? {
            0 => Err(io::ErrorKind::WriteZero.into()),
            appended => Ok(appended),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn status(&self) -> io::Result<FileStatus> {
        let metadata = self.metadata()?;
        Ok(FileStatus { bytes: metadata.len(), links: metadata.nlink() })
    }
}

impl fmt::Debug for dyn SegmentFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SegmentFile")
    }
}

impl fmt::Debug for dyn Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Storage")
    }
}
