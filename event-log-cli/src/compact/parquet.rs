//! Joined files of Parquet.
//!
//! A catalogue grows, so older files have fewer columns than newer ones, or narrower ones. All that the
//! table's columns hold exactly can be joined, and has the table's columns then. Others are joined if their
//! columns are the same.

use std::fs::File;
use std::io;
use std::path::Path;

use arrow_array::{BooleanArray, RecordBatch};
use arrow_schema::SchemaRef;
use arrow_select::filter::filter_record_batch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::compact::columns;
use crate::compact::join::Source;
use crate::compact::plan::Candidate;
use crate::compact::repeats::Rows;
use crate::failure::Failure;
use crate::load::parquet::file;

/// So many rows are held at once.
pub const BATCH_ROWS: usize = 8_192;

/// The files by what can be joined.
///
/// # Errors
/// If a file cannot be read.
pub fn kinds(
    directory: &Path,
    files: &[Candidate],
    table: Option<&SchemaRef>,
) -> Result<Vec<Vec<Candidate>>, Failure> {
    let mut kinds: Vec<(SchemaRef, Vec<Candidate>)> = Vec::new();
    for candidate in files {
        let own = schema_of(&directory.join(&candidate.name))?;
        let schema = table.filter(|table| columns::hold(table, &own)).cloned().unwrap_or(own);
        match kinds.iter_mut().find(|(kind, _)| *kind == schema) {
            Some((_, files)) => files.push(candidate.clone()),
            None => kinds.push((schema, vec![candidate.clone()])),
        }
    }
    Ok(kinds.into_iter().map(|(_, files)| files).collect())
}

fn schema_of(path: &Path) -> Result<SchemaRef, Failure> {
    Ok(open(path).map_err(Failure::file("read", path))?.schema().clone())
}

/// Opens a file.
///
/// # Errors
/// If it cannot be opened, or is no Parquet.
pub fn open(path: &Path) -> io::Result<ParquetRecordBatchReaderBuilder<File>> {
    Ok(ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?)
}

/// Writes the rows of files of one kind into one.
///
/// # Errors
/// If one cannot be read, or the target not be written.
pub fn write(sources: &[Source<'_>], table: Option<&SchemaRef>, out: &File) -> Result<(), Failure> {
    let Some(first) = sources.first() else { return Ok(()) };
    let own = schema_of(&first.path)?;
    let schema = table.filter(|table| columns::hold(table, &own)).cloned().unwrap_or(own);
    let failed = |source: &Source<'_>| Failure::file("join", &source.path);
    let writer = file::properties()
        .and_then(|properties| ArrowWriter::try_new(out, schema.clone(), Some(properties)));
    let mut writer = writer.map_err(io::Error::from).map_err(failed(first))?;
    for source in sources {
        append(source, &schema, &mut writer).map_err(failed(source))?;
    }
    writer.close().map_err(io::Error::from).map_err(failed(first))?;
    Ok(())
}

fn append(
    source: &Source<'_>,
    schema: &SchemaRef,
    writer: &mut ArrowWriter<&File>,
) -> io::Result<()> {
    let mut before = 0;
    for batch in open(&source.path)?.with_batch_size(BATCH_ROWS).build()? {
        let mut batch = batch.map_err(io::Error::other)?;
        let rows = batch.num_rows();
        if let Some(part) = source.part {
            batch = without_repeated(&batch, part, before)?;
        }
        before += rows;
        let batch = columns::fit(&batch, schema).map_err(io::Error::other)?;
        writer.write(&batch)?;
    }
    Ok(())
}

/// The rows that stay, of some that stand behind so many others of their file.
fn without_repeated(batch: &RecordBatch, part: &Rows, before: usize) -> io::Result<RecordBatch> {
    let stays = |row| u32::try_from(row).is_ok_and(|row| !part.repeated.contains(row));
    let stay: Vec<bool> = (before..before + batch.num_rows()).map(stays).collect();
    filter_record_batch(batch, &BooleanArray::from(stay)).map_err(io::Error::other)
}
