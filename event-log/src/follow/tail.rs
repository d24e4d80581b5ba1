//! One segment that is being read, in whatever form it is there.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::follow::unzip::Unzip;
use crate::writer::name::Form;

/// An open segment. The file stays readable when somebody removes its name.
#[derive(Debug)]
pub(super) struct Tail {
    bytes: Bytes,
    /// The file that is open.
    pub(super) path: Arc<Path>,
    /// There is no newline between the place in this segment and here.
    pub(super) scanned: u64,
}

/// The bytes of a segment.
#[derive(Debug)]
enum Bytes {
    /// As they were written.
    Plain(File),
    /// Out of a compressed file, to which nobody appends.
    Compressed(Unzip),
}

/// Why a segment cannot be opened.
#[derive(Debug)]
pub(super) enum NotOpened {
    /// It is there in no form.
    Gone,
    /// It was compressed, and this program cannot read it without this feature.
    Compressed { path: PathBuf, feature: &'static str },
    /// What the system says.
    Failed { path: PathBuf, source: io::Error },
}

impl Tail {
    /// Opens the segment at `path`, or what it was compressed into.
    pub(super) fn open(path: &Path, offset: u64) -> Result<Self, NotOpened> {
        // First as it was written: a compressed file beside that may be somebody's who is not done yet.
        for form in Form::ALL {
            let path = in_form(path, form);
            let failed = |source| NotOpened::Failed { path: path.clone(), source };
            let file = match File::open(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                file => file.map_err(failed)?,
            };
            let bytes = if form == Form::Plain {
                Bytes::Plain(file)
            } else if let Some(unzip) = Unzip::open(form, file).map_err(failed)? {
                Bytes::Compressed(unzip)
            } else {
                return Err(NotOpened::Compressed { path, feature: form.feature() });
            };
            return Ok(Self { bytes, path: path.into(), scanned: offset });
        }
        Err(NotOpened::Gone)
    }

    /// Whether somebody may append to it.
    pub(super) fn may_grow(&self) -> bool {
        matches!(self.bytes, Bytes::Plain(_))
    }

    /// How long it is now, in bytes. Of one that was compressed only its end tells; until there it is
    /// without one.
    pub(super) fn bytes(&self) -> io::Result<u64> {
        match &self.bytes {
            Bytes::Plain(file) => file.metadata().map(|metadata| metadata.len()),
            Bytes::Compressed(_) => Ok(u64::MAX),
        }
    }

    /// Decodes a piece of what lies before `offset`, where nothing else leads there; whether the next
    /// read begins there, or there is no more.
    pub(super) fn approach(&mut self, offset: u64) -> io::Result<bool> {
        match &mut self.bytes {
            Bytes::Plain(_) => Ok(true),
            Bytes::Compressed(unzip) => unzip.approach(offset),
        }
    }

    /// Reads from `offset` on, once it was [approached](Self::approach).
    pub(super) fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match &mut self.bytes {
            Bytes::Plain(file) => file.read_at(buffer, offset),
            Bytes::Compressed(unzip) => unzip.read(buffer),
        }
    }

    /// How many bytes were decoded, if it was compressed.
    pub(super) fn decoded_bytes(&self) -> Option<u64> {
        match &self.bytes {
            Bytes::Plain(_) => None,
            Bytes::Compressed(unzip) => Some(unzip.position()),
        }
    }

    /// The offset behind the last newline of one that may grow.
    pub(super) fn end_of_last_line(&self) -> io::Result<u64> {
        const CHUNK_BYTES: u64 = 64 * 1024;
        let Bytes::Plain(file) = &self.bytes else { return Ok(0) };
        let mut chunk = Vec::new();
        let mut end = self.bytes()?;
        while end > 0 {
            let start = end.saturating_sub(CHUNK_BYTES);
            chunk.resize(usize::try_from(end - start).map_err(io::Error::other)?, 0);
            file.read_exact_at(&mut chunk, start)?;
            if let Some(index) = chunk.iter().rposition(|&byte| byte == b'\n') {
                return Ok(start + index as u64 + 1);
            }
            end = start;
        }
        Ok(0)
    }
}

fn in_form(path: &Path, form: Form) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(form.extension());
    path.into()
}
