//! The bytes of a joined file.
//!
//! Lines of JSON stand one behind the other, and so may what gzip and zstd made of them: both formats say
//! that a file may consist of several members, one after the other. So nothing is packed again. Parquet is
//! read and written, row group by row group.

use std::fs::File;
use std::io;
use std::path::Path;

use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::compact::plan::Candidate;
use crate::failure::Failure;
use crate::lake::settings::Format;
use crate::load::parquet::file;

/// The files by what can be joined: of Parquet those with the same columns.
///
/// # Errors
/// If a file cannot be read.
pub fn kinds(
    directory: &Path,
    files: &[Candidate],
    format: Format,
) -> Result<Vec<Vec<Candidate>>, Failure> {
    if format != Format::Parquet {
        return Ok(vec![files.to_vec()]);
    }
    let mut kinds: Vec<(SchemaRef, Vec<Candidate>)> = Vec::new();
    for candidate in files {
        let path = directory.join(&candidate.name);
        let schema = open(&path).map_err(Failure::file("read", &path))?.schema().clone();
        match kinds.iter_mut().find(|(kind, _)| *kind == schema) {
            Some((_, files)) => files.push(candidate.clone()),
            None => kinds.push((schema, vec![candidate.clone()])),
        }
    }
    Ok(kinds.into_iter().map(|(_, files)| files).collect())
}

/// Writes the joined file, and syncs it.
///
/// # Errors
/// If a source cannot be read, or the target not be written.
pub fn write(
    directory: &Path,
    sources: &[String],
    target: &Path,
    format: Format,
) -> Result<(), Failure> {
    let unwritable = || Failure::file("write", target);
    let mut out = File::create(target).map_err(unwritable())?;
    if format == Format::Parquet {
        parquet(directory, sources, &out)?;
    } else {
        for source in sources {
            let path = directory.join(source);
            let mut source = File::open(&path).map_err(Failure::file("open", &path))?;
            io::copy(&mut source, &mut out).map_err(unwritable())?;
        }
    }
    out.sync_all().map_err(unwritable())
}

fn open(path: &Path) -> io::Result<ParquetRecordBatchReaderBuilder<File>> {
    Ok(ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?)
}

fn parquet(directory: &Path, sources: &[String], out: &File) -> Result<(), Failure> {
    let mut writer = None;
    for source in sources {
        let path = directory.join(source);
        let failed = || Failure::file("join", &path);
        let builder = open(&path).map_err(failed())?;
        let writer = match &mut writer {
            Some(writer) => writer,
            none => {
                let properties = file::properties().map_err(io::Error::from).map_err(failed())?;
                let schema = builder.schema().clone();
                let made = ArrowWriter::try_new(out, schema, Some(properties));
                none.insert(made.map_err(io::Error::from).map_err(failed())?)
            }
        };
        let batches = builder.build().map_err(io::Error::from).map_err(failed())?;
        for batch in batches {
            let batch = batch.map_err(io::Error::other).map_err(failed())?;
            writer.write(&batch).map_err(io::Error::from).map_err(failed())?;
        }
    }
    let closed = writer.map(ArrowWriter::close).transpose();
    closed.map_err(io::Error::from).map_err(Failure::file("join files in", directory))?;
    Ok(())
}
