//! The rows of a partition to the bytes of a file. The same rows always give the same bytes.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::lake::settings::Format;

/// Fast, and within a tenth of the size that the default level reaches on lines of JSON.
const GZIP_LEVEL: u32 = 4;
const ZSTD_LEVEL: i32 = 3;

/// Encodes rows, into `space` where they change.
///
/// # Errors
/// If the encoder fails, which it has no reason to in memory.
pub fn encode<'a>(format: Format, rows: &'a [u8], space: &'a mut Vec<u8>) -> io::Result<&'a [u8]> {
    match format {
        Format::Json => return Ok(rows),
        Format::JsonGzip => {
            let mut encoder = GzEncoder::new(&mut *space, Compression::new(GZIP_LEVEL));
            encoder.write_all(rows)?;
            encoder.finish()?;
        }
        Format::JsonZstd => zstd::stream::copy_encode(rows, &mut *space, ZSTD_LEVEL)?,
    }
    Ok(space)
}
