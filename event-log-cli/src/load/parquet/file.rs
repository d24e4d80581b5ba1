//! Rows of a table to columns, and how files of them are written. The same rows always give the same bytes.

use std::sync::Arc;

use arrow_array::RecordBatch;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use crate::load::parquet::TableSchema;
use crate::load::parquet::cell::{self, Cell};
use crate::load::parquet::columns::Values;

/// Rows of one table, column by column.
#[derive(Debug)]
pub struct ParquetRows {
    schema: Arc<TableSchema>,
    columns: Vec<Values>,
}

impl ParquetRows {
    /// No rows of this table yet.
    #[must_use]
    pub fn new(schema: &Arc<TableSchema>) -> Self {
        let columns =
            schema.columns.iter().map(|column| Values::new(&column.column_type)).collect();
        Self { schema: Arc::clone(schema), columns }
    }

    /// Appends a row of JSON; all of it or nothing.
    ///
    /// # Errors
    /// If a value contradicts the type of its column, or a key has no column; the reason names it.
    pub fn push(&mut self, row: &str) -> Result<(), String> {
        let cells: Vec<Cell<'_>> = cell::row(&self.schema, row)?;
        for (column, cell) in self.columns.iter_mut().zip(&cells) {
            column.push(cell);
        }
        Ok(())
    }

    /// Takes all rows out.
    ///
    /// # Errors
    /// If there are more values in lists than an array can count.
    pub fn take(&mut self) -> Result<RecordBatch, ParquetError> {
        let mut arrays = Vec::with_capacity(self.columns.len());
        for column in &mut self.columns {
            arrays.push(column.finish()?);
        }
        Ok(RecordBatch::try_new(self.schema.arrow(), arrays)?)
    }
}

const ZSTD_LEVEL: i32 = 1;

/// The writer holds a row group, and so does a reader: it bounds the memory of both.
const ROW_GROUP_BYTES: usize = 64 << 20;

/// How all files of a lake are written.
pub(crate) fn properties() -> Result<WriterProperties, ParquetError> {
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_max_row_group_bytes(Some(ROW_GROUP_BYTES))
        // Each id is there once, so that a dictionary of them would be longer than they are.
        .set_column_dictionary_enabled(ColumnPath::from("id"), false)
        .set_created_by("event-log".to_owned())
        .build())
}
