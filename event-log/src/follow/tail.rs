//! One segment that is being read.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

/// An open segment. The file stays readable when somebody removes its name.
#[derive(Debug)]
pub(super) struct Tail {
    pub(super) file: File,
    pub(super) path: Arc<Path>,
    /// There is no newline between the place in this segment and here.
    pub(super) scanned: u64,
}

impl Tail {
    pub(super) fn open(path: &Path, offset: u64) -> io::Result<Self> {
        Ok(Self { file: File::open(path)?, path: path.into(), scanned: offset })
    }

    /// How long it is now, in bytes.
    pub(super) fn bytes(&self) -> io::Result<u64> {
        self.file.metadata().map(|metadata| metadata.len())
    }

    /// The offset behind its last newline.
    pub(super) fn end_of_last_line(&self) -> io::Result<u64> {
        const CHUNK_BYTES: u64 = 64 * 1024;
        let mut chunk = Vec::new();
        let mut end = self.bytes()?;
        while end > 0 {
            let start = end.saturating_sub(CHUNK_BYTES);
            chunk.resize(usize::try_from(end - start).map_err(io::Error::other)?, 0);
            self.file.read_exact_at(&mut chunk, start)?;
            if let Some(index) = chunk.iter().rposition(|&byte| byte == b'\n') {
                return Ok(start + index as u64 + 1);
            }
            end = start;
        }
        Ok(0)
    }
}
