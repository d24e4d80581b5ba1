//! The rows of a partition, and the bytes of the file that they become. The same rows always give the
//! same bytes.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::lake::settings::Format;
use crate::load::blocks::{Blocks, Chain};
use crate::load::parquet::TableSchema;
use crate::load::parquet::file::ParquetRows;

/// Fast, and within a tenth of the size that the default level reaches on lines of JSON.
const GZIP_LEVEL: u32 = 4;
const ZSTD_LEVEL: i32 = 3;

/// The rows of one partition.
#[derive(Debug)]
pub enum Rows {
    /// Lines of JSON, in the blocks of the batch.
    Json(Chain),
    /// Columns.
    Parquet(Box<ParquetRows>),
}

impl Rows {
    /// No rows yet, of a table with this schema, if its files have one.
    #[must_use]
    pub fn new(schema: Option<&Arc<TableSchema>>) -> Self {
        match schema {
            None => Self::Json(Chain::default()),
            Some(schema) => Self::Parquet(Box::new(ParquetRows::new(schema))),
        }
    }

    /// Appends the row that `write` writes as a line of JSON, to `blocks` if it stays that; `space` is for
    /// use in between.
    ///
    /// # Errors
    /// If the row contradicts the schema; then it is not appended.
    pub fn push(
        &mut self,
        blocks: &mut Blocks,
        space: &mut Vec<u8>,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), String> {
        space.clear();
        write(space);
        match self {
            Self::Json(lines) => {
                blocks.append(lines, space);
                Ok(())
            }
            Self::Parquet(rows) => {
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

    /// The bytes of the file, in parts.
    ///
    /// # Errors
    /// If the encoder fails, which it has no reason to in memory.
    pub fn encode(self, format: Format, blocks: &Blocks) -> io::Result<Vec<Cow<'_, [u8]>>> {
        let lines = match self {
            Self::Json(lines) => blocks.parts(lines),
            Self::Parquet(rows) => {
                let mut out = Vec::new();
                rows.write(&mut out).map_err(io::Error::other)?;
                return Ok(vec![out.into()]);
            }
        };
        let out = match format {
            Format::Json | Format::Parquet => return Ok(lines.map(Cow::Borrowed).collect()),
            Format::JsonGzip => {
                let encoder = GzEncoder::new(Vec::new(), Compression::new(GZIP_LEVEL));
                written(lines, encoder)?.finish()?
            }
            Format::JsonZstd => {
                let encoder = zstd::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
                written(lines, encoder)?.finish()?
            }
        };
        Ok(vec![out.into()])
    }
}

fn written<'b, W: Write>(
    mut parts: impl Iterator<Item = &'b [u8]>,
    mut encoder: W,
) -> io::Result<W> {
    parts.try_for_each(|part| encoder.write_all(part))?;
    Ok(encoder)
}
