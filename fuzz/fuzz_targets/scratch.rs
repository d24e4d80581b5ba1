//! A directory for one input, and what lies in it afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// An empty directory, in memory where there is a directory for that: an input takes some dozen file
/// operations.
pub fn directory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let in_memory = std::env::var_os("TMPDIR").is_none() && memory.is_dir();
    let base = if in_memory { memory.to_owned() } else { std::env::temp_dir() };
    tempfile::Builder::new()
        .prefix("event-log-fuzz-")
        .tempdir_in(base)
        .expect("a writable directory")
}

/// The plain files of a directory: name and content, in the order of their names.
pub fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(directory).expect("the directory is there");
    let files = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
    files
        .map(|path| {
            let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
            (name, fs::read(&path).expect("the file is readable"))
        })
        .collect()
}

/// The lines of a text, each with its newline; the last one may lack it.
pub fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|byte| *byte == b'\n')
}
