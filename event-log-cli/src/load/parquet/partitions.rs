//! The rows of a table by partition, and the bytes of the Parquet files that they become.
//!
//! The columns are those of all partitions of the table, and rows are told apart at the end: a partition
//! with one row would otherwise hold a dozen buffers, and an input may mix a hundred thousand partitions.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::{RecordBatch, UInt32Array};
use arrow_schema::ArrowError;
use arrow_select::take::take_record_batch;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::arrow::{ArrowSchemaConverter, ArrowWriter};
use parquet::errors::ParquetError;
use parquet::file::properties::{
    DEFAULT_DATA_PAGE_ROW_COUNT_LIMIT, EnabledStatistics, WriterProperties,
};
use parquet::schema::types::SchemaDescriptor;

use crate::lake::layout::Hour;
use crate::load::parquet::TableSchema;
use crate::load::parquet::file::{ParquetRows, properties};

/// The rows of one table, with the partition of each.
#[derive(Debug)]
pub struct PartitionedRows {
    rows: ParquetRows,
    /// Of each row the first hour of its partition.
    hours: Vec<Hour>,
}

impl PartitionedRows {
    /// No rows of this table yet.
    #[must_use]
    pub fn new(schema: &Arc<TableSchema>) -> Self {
        Self { rows: ParquetRows::new(schema), hours: Vec::new() }
    }

    /// Appends a row of JSON to the partition with this first hour; all of it or nothing.
    ///
    /// # Errors
    /// If a value contradicts the type of its column, or a key has no column; the reason names it.
    pub fn push(&mut self, hour: Hour, row: &str) -> Result<(), String> {
        self.rows.push(row)?;
        self.hours.push(hour);
        Ok(())
    }

    /// The rows of each partition, in the order of their first hours.
    ///
    /// # Errors
    /// If there are more values in lists than an array can count.
    pub fn partitions(mut self) -> Result<Vec<(Hour, Part)>, ParquetError> {
        let rows = self.rows.take()?;
        let written_as = ArrowSchemaConverter::new().convert(&rows.schema())?;
        let mut order: Vec<usize> = (0..self.hours.len()).collect();
        // Stable: within a partition the rows keep their order.
        order.sort_by_key(|row| self.hours[*row]);
        let table = Arc::new(Table { rows, written_as, order });
        let hour = |row: usize| self.hours[row];
        let mut begin = 0;
        let runs = table.order.chunk_by(|a, b| hour(*a) == hour(*b)).map(|rows| {
            let run = begin..begin + rows.len();
            begin = run.end;
            (hour(rows[0]), Part { table: Arc::clone(&table), run })
        });
        Ok(runs.collect())
    }
}

/// The rows of all partitions of a table.
#[derive(Debug)]
struct Table {
    rows: RecordBatch,
    written_as: SchemaDescriptor,
    /// The indices of the rows, partition by partition.
    order: Vec<usize>,
}

/// The rows of one partition.
#[derive(Debug)]
pub struct Part {
    table: Arc<Table>,
    /// Where in the table's order.
    run: Range<usize>,
}

impl Part {
    /// Writes the file to `out`.
    ///
    /// # Errors
    /// If the encoder fails, which it has no reason to in memory.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<(), ParquetError> {
        let rows = self.rows()?;
        let options = ArrowWriterOptions::new()
            .with_properties(properties_of(&rows)?)
            .with_parquet_schema(self.table.written_as.clone())
            // What Arrow would say beside the types of Parquet is not needed to read them.
            .with_skip_arrow_metadata(true);
        let mut writer = ArrowWriter::try_new_with_options(out, rows.schema(), options)?;
        writer.write(&rows)?;
        writer.close()?;
        Ok(())
    }

    fn rows(&self) -> Result<RecordBatch, ArrowError> {
        let rows = &self.table.order[self.run.clone()];
        let (first, last) = (rows[0], rows[rows.len() - 1]);
        // They ascend, so nothing lies between: mostly, since services write in the order of time.
        if last - first + 1 == rows.len() {
            return Ok(self.table.rows.slice(first, rows.len()));
        }
        let indices = rows.iter().map(|row| u32::try_from(*row).ok()).collect::<UInt32Array>();
        take_record_batch(&self.table.rows, &indices)
    }
}

/// How a file of these rows is written: where a column is one page, an index of its pages would say no
/// more than the column's own statistics.
fn properties_of(rows: &RecordBatch) -> Result<WriterProperties, ParquetError> {
    let properties = properties()?;
    if rows.num_rows() > DEFAULT_DATA_PAGE_ROW_COUNT_LIMIT {
        return Ok(properties);
    }
    let builder = properties.into_builder().set_statistics_enabled(EnabledStatistics::Chunk);
    Ok(builder.set_offset_index_disabled(true).build())
}
