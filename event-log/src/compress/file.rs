//! One segment to one compressed file, such that a kill at any moment loses and doubles nothing.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::compress::CompressConfig;
use crate::compress::bell::Bell;
use crate::compress::encoder::Encoder;
use crate::error::SegmentError;
use crate::writer::name::{Form, SegmentName};
use crate::writer::storage::SegmentFile;

/// How much is read at once: between two parts the thread looks up whether it shall end.
const PART_BYTES: usize = 1 << 20;
const BUFFER_BYTES: usize = 64 << 10;

/// Begins a name that no collector's pattern takes, as no prefix begins with it.
const TEMPORARY_PREFIX: &str = ".";
const TEMPORARY_SUFFIX: &str = ".tmp";

/// Why a compression did not come to its end.
#[derive(Debug)]
pub(super) enum Halt {
    /// The logger is closed.
    Stopped,
    /// An operation failed.
    Failed(SegmentError),
}

/// Compresses a segment and removes it. One that is gone, or that somebody changes meanwhile, is left
/// alone.
///
/// # Errors
/// If an operation fails or the logger is closed. Then the segment is still there, and nothing half
/// written but what could not be removed either; call it again.
pub(super) fn compress(
    config: &CompressConfig,
    name: &SegmentName,
    own: u32,
    bell: &Bell,
) -> Result<(), Halt> {
    let segment = name.file_name(&config.prefix);
    let compressed = segment.clone() + config.compression.form().extension();
    let temporary = temporary_name(&compressed, own);
    // What an earlier attempt of this logger left.
    remove(config, &temporary)?;
    let outcome = write(config, &segment, &temporary, bell).and_then(|is_whole| {
        if is_whole {
            rename(config, &temporary, &compressed)?;
            remove(config, &segment)
        } else {
            remove(config, &temporary)
        }
    });
    if outcome.is_err() {
        // Best effort: the next attempt, or the next start, removes it.
        let _ = remove(config, &temporary);
    }
    outcome
}

/// Writes the compressed file and syncs it; false if the segment is not what it was any more.
fn write(
    config: &CompressConfig,
    segment: &str,
    temporary: &str,
    bell: &Bell,
) -> Result<bool, Halt> {
    let (from, to) = (config.directory.join(segment), config.directory.join(temporary));
    let output = config.storage.create(&to).map_err(failed("create", &to))?;
    let output = BufWriter::with_capacity(BUFFER_BYTES, Output(output));
    let mut encoder =
        Encoder::new(config.compression, output).map_err(failed("compress", &from))?;
    let mut bytes = 0;
    loop {
        if bell.is_stopping() {
            return Err(Halt::Stopped);
        }
        let part = match config.storage.read_part(&from, bytes, PART_BYTES) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            part => part.map_err(failed("read", &from))?,
        };
        if part.is_empty() {
            break;
        }
        bytes += part.len() as u64;
        encoder.write_all(&part).map_err(failed("write", &to))?;
    }
    let output = encoder.finish().map_err(failed("write", &to))?;
    let mut output =
        output.into_inner().map_err(|error| failed("write", &to)(error.into_error()))?;
    output.0.sync().map_err(failed("sync", &to))?;
    match config.storage.open(&from).and_then(|segment| segment.status()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        status => Ok(status.map_err(failed("examine", &from))?.bytes == bytes),
    }
}

/// Gives the whole file its name, such that it survives a power cut.
fn rename(config: &CompressConfig, temporary: &str, compressed: &str) -> Result<(), Halt> {
    let CompressConfig { storage, directory, .. } = config;
    let (from, to) = (directory.join(temporary), directory.join(compressed));
    storage.rename(&from, &to).map_err(failed("rename", &from))?;
    storage.sync_directory(directory).map_err(failed("sync the directory", directory))
}

/// Removes a file; one that is gone is no error.
pub(super) fn remove(config: &CompressConfig, file_name: &str) -> Result<(), Halt> {
    let path = config.directory.join(file_name);
    match config.storage.remove(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(failed("remove", &path)),
    }
}

fn temporary_name(compressed: &str, own: u32) -> String {
    format!("{TEMPORARY_PREFIX}{compressed}.{own:08x}{TEMPORARY_SUFFIX}")
}

/// The logger that was compressing into the file of this name, if it is such a file.
pub(super) fn token_of_temporary(prefix: &str, file_name: &str) -> Option<u32> {
    let inner = file_name.strip_prefix(TEMPORARY_PREFIX)?.strip_suffix(TEMPORARY_SUFFIX)?;
    let (compressed, token) = inner.rsplit_once('.')?;
    let (_, form) = SegmentName::parse_in_any_form(prefix, compressed)?;
    let token = u32::from_str_radix(token, 16).ok()?;
    (form != Form::Plain && temporary_name(compressed, token) == file_name).then_some(token)
}

pub(super) fn failed<'a>(
    operation: &'static str,
    path: &'a Path,
) -> impl Fn(io::Error) -> Halt + 'a {
    move |source| Halt::Failed(SegmentError { operation, path: path.to_owned(), source })
}

/// A file of a [`Storage`](crate::Storage) as what encoders write to.
struct Output(Box<dyn SegmentFile>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() { Ok(0) } else { self.0.append(bytes) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_spelling_is_a_leftover() {
        const SEGMENT: &str = "events.20261121T223000.123Z.7f3a91c2.000042.jsonl";
        let ours = temporary_name(&format!("{SEGMENT}.gz"), 0x0c55_d1e8);
        assert_eq!(ours, format!(".{SEGMENT}.gz.0c55d1e8.tmp"));
        assert_eq!(token_of_temporary("events", &ours), Some(0x0c55_d1e8));
        assert_eq!(token_of_temporary("orders", &ours), None);
        for other in [
            format!(".{SEGMENT}.0c55d1e8.tmp"),
            format!(".{SEGMENT}.gz.0C55D1E8.tmp"),
            format!(".{SEGMENT}.gz.c55d1e8.tmp"),
            format!("{SEGMENT}.gz.0c55d1e8.tmp"),
            format!(".{SEGMENT}.gz.tmp"),
            ".notes.tmp".to_owned(),
        ] {
            assert_eq!(token_of_temporary("events", &other), None, "{other}");
        }
    }
}
