//! The bytes of a joined file.
//!
//! Lines of JSON stand one behind the other, and so may what gzip and zstd made of them: both formats say
//! that a file may consist of several members, one after the other. So nothing is packed again, but for files
//! of which rows are dropped. Parquet is read and written, row group by row group.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow_schema::SchemaRef;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::compact::repeats::Rows;
use crate::compact::{parquet, rows};
use crate::failure::Failure;
use crate::lake::settings::Format;
use crate::load::encode::{GZIP_LEVEL, ZSTD_LEVEL};

/// A file that goes into a joined one.
#[derive(Debug)]
pub struct Source<'a> {
    /// Where it is.
    pub path: PathBuf,
    /// Its rows, if there is one to drop.
    pub part: Option<&'a Rows>,
}

/// Writes the joined file, and syncs it. `table` has the columns of the table, for files that have such.
///
/// # Errors
/// If a source cannot be read, or the target not be written.
pub fn write(
    sources: &[Source<'_>],
    target: &Path,
    format: Format,
    table: Option<&SchemaRef>,
) -> Result<(), Failure> {
    let unwritable = || Failure::file("write", target);
    let mut out = File::create(target).map_err(unwritable())?;
    if format == Format::Parquet {
        parquet::write(sources, table, &out)?;
    } else {
        for source in sources {
            append(source, format, &mut out).map_err(Failure::file("join", &source.path))?;
        }
    }
    out.sync_all().map_err(unwritable())
}

fn append(source: &Source<'_>, format: Format, out: &mut File) -> io::Result<()> {
    let Some(part) = source.part else {
        io::copy(&mut File::open(&source.path)?, out)?;
        return Ok(());
    };
    if part.left() == 0 {
        return Ok(());
    }
    match format {
        Format::JsonGzip => {
            let out = BufWriter::new(out);
            let mut encoder = GzEncoder::new(out, Compression::new(GZIP_LEVEL));
            append_part(&source.path, part, &mut encoder)?;
            encoder.finish()?.flush()
        }
        Format::JsonZstd => {
            let mut encoder = zstd::Encoder::new(BufWriter::new(out), ZSTD_LEVEL)?;
            append_part(&source.path, part, &mut encoder)?;
            encoder.finish()?.flush()
        }
        Format::Json | Format::Parquet => {
            let mut out = BufWriter::new(out);
            append_part(&source.path, part, &mut out)?;
            out.flush()
        }
    }
}

fn append_part(path: &Path, part: &Rows, out: &mut impl Write) -> io::Result<()> {
    rows::each_line(
        path,
        |row, line| {
            if part.repeated.contains(row) { Ok(()) } else { out.write_all(line) }
        },
    )
}
