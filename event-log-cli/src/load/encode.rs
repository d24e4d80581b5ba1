//! The rows of a partition, and the bytes of the file that they become. The same rows always give the
//! same bytes.

use std::io::{self, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::lake::settings::Format;
use crate::load::parquet::TableSchema;
use crate::load::parquet::file::ParquetRows;

/// Fast, and within a tenth of the size that the default level reaches on lines of JSON.
pub(crate) const GZIP_LEVEL: u32 = 4;
pub(crate) const ZSTD_LEVEL: i32 = 3;

/// The rows of one partition.
#[derive(Debug)]
pub enum Rows {
    /// Lines of JSON.
    Json(Vec<u8>),
    /// Columns.
    Parquet(Box<ParquetRows>),
}

impl Rows {
    /// No rows yet, of a table with this schema, if its files have one.
    #[must_use]
    pub fn new(schema: Option<&Arc<TableSchema>>) -> Self {
        match schema {
            None => Self::Json(Vec::new()),
            Some(schema) => Self::Parquet(Box::new(ParquetRows::new(schema))),
        }
    }

    /// Appends the row that `write` writes as a line of JSON; `space` is for use in between.
    ///
    /// # Errors
    /// If the row contradicts the schema; then it is not appended.
    pub fn push(
        &mut self,
        space: &mut Vec<u8>,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), String> {
        match self {
            Self::Json(lines) => {
                write(lines);
                Ok(())
            }
            Self::Parquet(rows) => {
                space.clear();
                write(space);
                let row = str::from_utf8(space).map_err(|error| error.to_string())?;
                rows.push(row)
            }
        }
    }

    /// Whether there is none: all were refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Json(lines) => lines.is_empty(),
            Self::Parquet(rows) => rows.is_empty(),
        }
    }

    /// The bytes of the file, in `space` where they are not those of the rows.
    ///
    /// # Errors
    /// If the encoder fails, which it has no reason to in memory.
    pub fn encode(self, format: Format, space: &mut Vec<u8>) -> io::Result<()> {
        space.clear();
        match (self, format) {
            (Self::Json(lines), Format::JsonGzip) => {
                let mut encoder = GzEncoder::new(space, Compression::new(GZIP_LEVEL));
                encoder.write_all(&lines)?;
                encoder.finish()?;
            }
            (Self::Json(lines), Format::JsonZstd) => {
                zstd::stream::copy_encode(&lines[..], space, ZSTD_LEVEL)?;
            }
            (Self::Json(lines), Format::Json | Format::Parquet) => *space = lines,
            (Self::Parquet(rows), _) => rows.write(space).map_err(io::Error::other)?,
        }
        Ok(())
    }
}
